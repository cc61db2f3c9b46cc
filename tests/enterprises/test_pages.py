"""The pages: who sees what, every step by its button, reports and sheets, bad files."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hengjian.documents.sheets import write_csv
from hengjian.enterprises.models import CodeConflict, Enterprise, IntakeBatch, IntakeTemplate, ReviewPair
from hengjian.enterprises.queries import by_code
from hengjian.ledger.models import VaultAccess
from tests.enterprises.conftest import World, code_of, deliver
from tests.enterprises.test_identity import MILK, pair_of

PAGES = ("list", "intake", "batches", "review", "conflicts")


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_lists_are_for_people_in_office(world: World) -> None:
    deliver(world.officer, [MILK])
    for name in PAGES:
        assert client_of(world.officer).get(reverse(f"enterprises:{name}")).status_code == 200, name
        assert Client().get(reverse(f"enterprises:{name}")).status_code == 302, name
    assert MILK[0] in client_of(world.farm_officer).get(reverse("enterprises:list")).content.decode()
    assert MILK[0] not in client_of(world.citizen).get(reverse("enterprises:list")).content.decode()
    assert not client_of(world.enterprise).get(reverse("enterprises:review")).context["table"].total


def test_an_enterprise_sees_itself_only(world: World) -> None:
    deliver(world.officer, [MILK, ("望澜远岫检测技术有限公司", code_of(1), "沈止境")])
    client = client_of(world.enterprise)
    page = client.get(reverse("enterprises:list")).content.decode()
    assert "望澜远岫检测技术有限公司" in page and MILK[0] not in page
    own, other = by_code(code_of(1)), by_code(MILK[1])
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


def test_the_page_tells_values_and_sources(world: World) -> None:
    deliver(world.officer, [MILK])
    milk = by_code(MILK[1])
    page = client_of(world.farm_officer).get(milk.get_absolute_url()).content.decode()
    assert "祁**" in page and "望野" not in page and world.market.name in page
    assert "原样内容" not in page, "another department's raw record"
    assert "原样内容" in client_of(world.officer).get(milk.get_absolute_url()).content.decode()
    by_old = client_of(world.officer).get(reverse("enterprises:enterprise", args=[MILK[1]]))
    assert by_old.status_code == 302 and by_old.headers["Location"] == milk.get_absolute_url()
    assert client_of(world.officer).get(reverse("enterprises:enterprise", args=["E999999999"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_names_are_shown_for_a_purpose_and_logged(world: World) -> None:
    deliver(world.officer, [MILK])
    milk = by_code(MILK[1])
    record = milk.records.get()
    data = {"do": "reveal", "record": record.pk, "purpose": "核对法定代表人身份"}
    page = client_of(world.county_officer).post(milk.get_absolute_url(), data).content.decode()
    assert "祁望野" in page
    assert VaultAccess.objects.get().purpose == "核对法定代表人身份"
    assert client_of(world.other_officer).post(milk.get_absolute_url(), data).status_code == 403
    assert client_of(world.county_officer).post(milk.get_absolute_url(), data | {"purpose": ""}).status_code == 400


def upload(client: Client, data: bytes, name: str = "名录.csv") -> object:
    return client.post(reverse("enterprises:intake"), {"file": SimpleUploadedFile(name, data)})


def test_a_delivery_from_upload_to_undo(world: World) -> None:
    client = client_of(world.officer)
    data = write_csv(("甲列", "社会信用代码", "备注"), [(MILK[0], MILK[1], "x"), ("", code_of(3), "")])
    response = upload(client, data)
    batch = IntakeBatch.objects.get()
    page = reverse("enterprises:batch", args=[batch.pk])
    assert response.status_code == 302 and response.headers["Location"] == page  # type: ignore[attr-defined]
    assert "甲列" in client.get(page).content.decode()
    wrong = client.post(page, {"do": "assign", "column-1": "code"})
    assert wrong.status_code == 422
    client.post(page, {"do": "assign", "column-0": "name", "column-1": "code", "keep_as": "旧库"})
    assert IntakeTemplate.objects.get().columns == {"甲列": "name", "社会信用代码": "code"}
    checked = client.get(page).content.decode()
    assert "没有填写名称" in checked
    report = client.get(reverse("enterprises:faults", args=[batch.pk]))
    assert report.status_code == 200 and report.content[:2] == b"PK"
    assert client.post(page, {"do": "confirm"}).status_code == 400
    client.post(page, {"do": "confirm", "skip_wrong": "1"})
    assert by_code(MILK[1]) is not None
    assert client.post(page, {"do": "undo"}).status_code == 400
    client.post(page, {"do": "undo", "reason": "送错了"})
    assert by_code(MILK[1]) is None
    batch.refresh_from_db()
    assert batch.state == "undone" and client.get(page).status_code == 200
    # The template is used by itself the next time.
    upload(client, write_csv(("甲列", "社会信用代码", "备注"), [(MILK[0], code_of(5), "y")]))
    assert IntakeBatch.objects.latest("pk").state == "checked"


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), (b"PK\x03\x04broken", "a.xlsx"), (b"%PDF-1.4", "a.csv"), ("只有一列\r\n甲\r\n".encode(), "a.csv")],
)
def test_bad_files_are_told(world: World, data: bytes, name: str) -> None:
    response = upload(client_of(world.officer), data, name)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert not Enterprise.objects.exists()


def test_deliveries_of_other_units_are_not_there(world: World) -> None:
    batch = deliver(world.officer, [MILK, ("",)])
    for person in (world.farm_officer, world.county_officer):
        client = client_of(person)
        assert client.get(reverse("enterprises:batch", args=[batch.pk])).status_code == 404
        assert client.get(reverse("enterprises:faults", args=[batch.pk])).status_code == 404
        assert batch.name not in client.get(reverse("enterprises:batches")).content.decode()


def test_pairs_are_decided_on_their_page(world: World) -> None:
    pair = pair_of(world)
    page = reverse("enterprises:pair", args=[pair.pk])
    assert client_of(world.other_officer).get(page).status_code == 404
    client = client_of(world.county_officer)
    shown = client.get(page).content.decode()
    assert MILK[0] in shown and "同一主体，合并" in shown
    assert client.post(page, {"decision": "perhaps"}).status_code == 400
    assert client.post(page, {"decision": "same", "reason": "一家"}).status_code == 302
    assert ReviewPair.objects.get().state == "same"
    assert client.get(page).status_code == 200


def test_the_return_sheet_goes_out_and_comes_back(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    conflict = CodeConflict.objects.get()
    client = client_of(world.officer)
    sheet = client.post(reverse("enterprises:conflict_sheet"))
    assert sheet.content[:2] == b"PK"
    conflict.refresh_from_db()
    assert conflict.state == "sent"
    page = reverse("enterprises:conflict", args=[conflict.pk])
    assert "最多一个" in client.get(page).content.decode()
    empty = client.post(
        reverse("enterprises:conflict_answers"), {"file": SimpleUploadedFile("a.xlsx", sheet.content)}, follow=True
    )
    assert "没有填写操作标识" in empty.content.decode()
    first, second = conflict.claims.order_by("pk")
    data = {f"flag-{first.pk}": "2", f"flag-{second.pk}": "0", f"code-{second.pk}": code_of(9, first="93")}
    assert client_of(world.other_officer).post(page, data).status_code == 404
    assert client.post(page, data).status_code == 302
    conflict.refresh_from_db()
    assert conflict.state == "closed" and client.get(page).status_code == 200


def test_steps_on_the_page_of_a_body(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("远岫奶站",)])
    milk, loose = Enterprise.objects.order_by("pk")
    client, page = client_of(world.officer), milk.get_absolute_url()
    assert client.post(page, {"do": "merge", "other": "nothing", "reason": "x"}).status_code == 400
    assert client.post(page, {"do": "merge", "other": loose.key, "reason": "同一家"}).status_code == 302
    event = milk.events.get(kind="merged")
    assert f"undo-{event.pk}" in client.get(page).content.decode()
    assert client.post(page, {"do": "undo", "event": event.pk, "reason": "错了"}).status_code == 302
    assert client.post(page, {"do": "correct", "address": "澜东区新渠街5号", "reason": "核查"}).status_code == 302
    milk.refresh_from_db()
    assert milk.address == "澜东区新渠街5号"
    wrong = client.post(page, {"do": "correct", "code": "123", "reason": "核查"})
    assert wrong.status_code == 422
    assert client_of(world.farm_officer).get(page).status_code == 200
    assert (
        client_of(world.other_officer).post(page, {"do": "correct", "address": "x", "reason": "y"}).status_code == 403
    )


def test_lists_ask_a_fixed_number_of_times(world: World) -> None:
    deliver(world.officer, [MILK])
    client, asked = client_of(world.officer), []
    client.get(reverse("enterprises:list"))
    for rows in range(2):
        deliver(
            world.officer, [(f"澜东区长庚{rows}{n}号种业有限公司", code_of(100 * (rows + 1) + n)) for n in range(4)]
        )
        with CaptureQueriesContext(connection) as context:
            client.get(reverse("enterprises:list"))
        asked.append(len(context))
    assert asked[0] == asked[1] <= 45
