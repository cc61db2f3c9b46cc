"""After repair and after expiry nothing shows a record any more: every address, file, copy and table is searched.

One world, one walk. The addresses are those that the program knows, not those that somebody thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.filing import find_item, object_to
from hengjian.credit.dossier.models import Report
from hengjian.credit.dossier.readers import PUBLIC, Reader
from hengjian.credit.dossier.reports.issuing import again
from hengjian.credit.records import jobs
from hengjian.credit.records.actions import (
    ApplyDelivery,
    ApplyForRepair,
    CorrectRecord,
    UploadDelivery,
)
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing.actions import AddToPortfolio, Subscribe
from hengjian.credit.sharing.jobs import run_due as send_messages
from hengjian.enterprises.search.jobs import run_due as index_enterprises
from hengjian.lake.sql import run_sql
from hengjian.lake.storing import lake
from hengjian.lake.syncing import sync
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.models import Fact
from hengjian.ledger.proofs import check_proof
from hengjian.ledger.proving import prove
from hengjian.ledger.sealing import is_sealed
from hengjian.ledger.verification import verify
from hengjian.parties.models import Confidentiality, RoleGrant, User
from hengjian.registers.actions import CreateEntry
from tests.credit.records.conftest import MARK, World, days_ago, keys, record, world
from tests.credit.walking import addresses, files_with, says, shown_to, tables_with, text_of
from tests.parties.test_webhooks import receiver

__all__ = ["keys", "receiver", "record", "world"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]
Make = Callable[..., CreditRecord]
#: The rooms that have records at all, are near them, or list what others publish.
NEAR = ("credit", "enterprises", "ledger", "registers", "publishing", "pages", "api", "notices", "views", "search")
#: Said by a register of another room: its own file stays, its public face does not.
ELSEWHERE = "别处标记X3M"


@pytest.fixture(autouse=True)
def lake_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.HENGJIAN_LAKE_DIR = str(tmp_path / "lake")


def signed_in(user: Any, world: World) -> Client:
    client = Client()
    client.force_login(user)
    # Officers say once why they look.
    client.post(f"/credit/dossier/{world.firm.code}/", {"purpose": "inspection"})
    return client


def delivered(world: World) -> CreditRecord:
    """A record from a department's sheet."""
    day = days_ago(100).isoformat()
    sheet = (
        "统一社会信用代码,决定书文号,决定日期,案件名称,处罚种类,罚款档次,目录条目\n"
        f"{world.firm.code},{MARK}表1号,{day},{MARK}表,罚款,较大数额,N-03-02\n"
    )
    user, unit = world.place.officer, world.place.market
    delivery = UploadDelivery(user=user, unit=unit, category="penalty", data=sheet.encode(), name="九月.csv").execute()
    assert delivery.good == 1, (delivery.columns, delivery.faults)
    return ApplyDelivery(user=user, delivery=delivery).execute().records.get()


def exposed(world: World) -> CreditRecord:
    """A record from a register of another room."""
    CreateEntry(
        user=None,
        system="tests",
        register="exposure_bulletin",
        unit=world.place.market,
        region=world.place.region,
        values={
            "headline": ELSEWHERE,
            "party": world.firm.code,
            "party_name": world.firm.name,
            "decision_number": f"{ELSEWHERE}9号",
            "decided_on": days_ago(100).isoformat(),
            "violation": ELSEWHERE,
            "penalty": "没收违法所得",
        },
        on=days_ago(99),
    ).execute()
    jobs.gather()
    return CreditRecord.objects.get(document__startswith=ELSEWHERE)


def repaired(world: World, record: CreditRecord) -> None:
    """The whole way of a repair."""
    given: dict[str, Any] = {"fulfilled_on": days_ago(3), "committed": True, "statement": "已履行"}
    case = ApplyForRepair(user=world.firm_user, record=record, **given).execute()
    place = world.place
    for code, user, values in (
        ("accept", place.officer, {}),
        ("check", place.officer, {"corrected": True, "fulfilled": True, "how": "papers"}),
        ("repair", place.reviewer, {}),
    ):
        TakeStep(user=user, case=case, step=code, values=values).execute()
        case.refresh_from_db()


def readers(world: World) -> dict[str, Client]:
    return {
        "nobody": Client(),
        "own enterprise": signed_in(world.firm_user, world),
        "organ": signed_in(world.place.officer, world),
        "another department": signed_in(world.place.other, world),
        "the whole region": signed_in(overseer(world), world),
    }


def overseer(world: World) -> User:
    """Somebody of another unit with every right to look over the whole region, whatever the secrecy."""
    user, made = User.objects.get_or_create(username="overseer", defaults={"unit": world.place.tourism})
    if made:
        for role in ("office", "unit_head", "officer", "reviewer", "viewer", "analyst", "inspector"):
            RoleGrant.objects.create(user=user, role=role, region=world.place.region, ceiling=Confidentiality.PERSONAL)
    return user


def bulk(form: str, since: date | None = None) -> str:
    address = f"/api/v1/credit/bulk?category=penalty&format={form}"
    return text_of(Client().get(f"{address}&since={since}" if since else address))


def said(receiver: Any) -> str:
    """Everything that was posted to the subscriber."""
    return "".join(body.decode() for _path, _headers, body in receiver.got)


def report(client: Client, url: str) -> Any:
    """The address of the page of a new report."""
    return client.post(url, {"purpose": "permit"})["Location"]


def test_nothing_shows_a_repaired_or_an_expired_record(
    world: World, record: Make, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, code = world.place, world.firm.code
    subscription = Subscribe(
        user=place.other, unit=place.tourism, title="合作企业", purpose="评优", events=["penalty", "repair", "expiry"],
        url=f"http://127.0.0.1:{receiver.server_port}/in",
    ).execute()  # fmt: skip
    AddToPortfolio(user=place.other, subscription=subscription, codes=[code]).execute()
    to_repair, expiring = record(), record()
    others = [delivered(world), exposed(world)]
    CorrectRecord(user=place.officer, record=to_repair, values={"basis": f"{MARK}第一条"}, reason="补充依据").execute()
    item = find_item(Dossier(world.firm, Reader("own", world.firm_user)), fact=str(expiring.fact))
    assert item is not None
    object_to(world.firm_user, world.firm, item, "日期不对", "请更正", "t")
    index_enterprises(timezone.now())
    sign_checkpoint()
    sync()
    values = {
        "name": world.firm.name, "code": code, "ident": code, "uuid": to_repair.key, "fact_id": to_repair.fact,
        "credit_records:key": to_repair.key, "credit_sharing:key": subscription.key, "enterprises:key": world.firm.key,
        "category": "penalty", "credit_dossier:code": "none", "suffix": "csv", "registers:code": "exposure_bulletin",
        "extension": "docx", "subscription_key": subscription.key,
    }  # fmt: skip
    every = list(addresses(values))
    everywhere = [path for _name, path in every]
    tabs = ("penalties", "timeline", "all", "overview")
    facts = next(path for name, path in every if name == "api:list_facts")
    control = [
        *(f"/credit/{side}/{code}/?tab={tab}" for side in ("dossier", "enterprises") for tab in tabs),
        f"/credit/dossier/{code}/?tab=all&known_on={days_ago(1)}&valid_on={days_ago(1)}",
        f"{facts}?subject=enterprise:{code}&history=true",
        "/registers/public/exposure_bulletin/",
        f"/credit/records/{to_repair.key}/",
    ]
    near = [path for name, path in every if name.startswith(NEAR)]
    lists = ("/credit/records/", "/credit/sharing/", "/credit/lists/", "/registers/public/exposure_bulletin/")
    near += control + [f"{path}?export={kind}" for path in lists for kind in ("csv", "xlsx")]

    # The control: the same walk finds what is there.
    public, inside = f"/credit/enterprises/{code}/", f"/credit/dossier/{code}/"
    before = {who: shown_to(client, control, MARK, ELSEWHERE) for who, client in readers(world).items()}
    assert all(f"{public}?tab=penalties" in found for found in before.values()), before
    assert all(f"{inside}?tab=all" in found for who, found in before.items() if who != "nobody"), before
    assert {control[-1], control[-3]} <= before["organ"], before
    assert MARK in bulk("csv")
    anybody, own = Client(), signed_in(world.firm_user, world)
    for client, url in ((anybody, report(anybody, f"{public}report/")), (own, report(own, f"{inside}report/"))):
        assert MARK in text_of(client.get(f"{url}report.docx"))
    etag = Client().get(f"{public}?tab=penalties").headers.get("ETag", '"none"')
    send_messages(timezone.now() + timedelta(seconds=1))
    assert MARK in said(receiver)
    receiver.got.clear()
    late = record()  # nobody has been told of it yet when it ends

    for one in (to_repair, late, *others):
        repaired(world, one)
    assert expiring.max_until is not None
    moment = timezone.make_aware(datetime.combine(expiring.max_until, datetime.min.time())) + timedelta(hours=9)
    # The seal begins at that later moment for the ledger, too; the walk looks from then on.
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    assert jobs.expire(moment) == 1
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment + timedelta(minutes=1))

    # What is kept: the ledger itself, and the file of the organ that wrote the bulletin.
    assert tables_with(MARK) == {"ledger_fact"}
    assert tables_with(ELSEWHERE) == {"ledger_fact", "registers_entry", "registers_entryversion", "parties_auditentry"}
    assert files_with(Path(settings.DATA_DIR), MARK) == set()
    sync()
    store = lake()
    for file in store.manifest().files():
        assert not says(str(pq.read_table(store.path(file)).to_pylist()), MARK, ELSEWHERE), file
    assert not says(str(run_sql("SELECT * FROM history.credit_recorded").rows), MARK, ELSEWHERE)
    assert not says(str(list(Fact.objects.values_list("payload", flat=True))), MARK, ELSEWHERE)

    send_messages(timezone.now() + timedelta(seconds=1))
    sent = said(receiver)
    assert (
        not says(sent, MARK, ELSEWHERE) and "stop_use" in sent and str(to_repair.key) in sent and str(late.key) in sent
    )
    since = timezone.localdate(to_repair.recorded_at)
    for form in ("csv", "jsonl"):
        # Whoever holds an earlier file is told what to throw away.
        assert MARK not in bulk(form) and str(to_repair.key) in bulk(form, since)
    own = signed_in(world.firm_user, world)
    for made in Report.objects.all():
        assert again(made, Reader("own", world.firm_user) if made.is_full else PUBLIC, "{code}") is None
        assert MARK not in text_of(own.get(f"{made.get_absolute_url()}report.docx"))
        assert "已过期" in text_of(own.get(made.get_absolute_url()))
    assert MARK not in text_of(own.get(f"{report(own, f'{inside}report/')}report.docx"))
    fresh = Client().get(f"{public}?tab=penalties", headers={"If-None-Match": etag})
    assert fresh.status_code == 200 and MARK not in text_of(fresh)

    shown = {
        who: shown_to(client, everywhere if who == "nobody" else near, MARK, ELSEWHERE)
        for who, client in readers(world).items()
    }
    shown["organ"] = {path for path in shown["organ"] if not path.startswith(("/registers/", "/api/v1/registers/"))}
    assert not any(shown.values()), {who: names for who, names in shown.items() if names}

    sign_checkpoint()
    ended = CreditRecord.everything.filter(sealed_at__isnull=False)
    assert ended.count() == 5
    for row in ended:
        assert is_sealed(str(row.fact))
        proof = prove(Fact.everything.get(id=row.fact), disclosure="internal")
        assert proof.leaf is None
        assert check_proof(proof, proof.verifier_key).passed
    assert verify().passed
