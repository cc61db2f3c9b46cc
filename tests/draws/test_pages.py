"""The pages: lists in, draw, results; strangers; the public file computed again on the command line."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from hengjian.cli.main import app
from hengjian.demo import clock
from hengjian.documents.sheets import write_xlsx
from hengjian.draws import queries
from hengjian.draws.actions import PerformDraw, RecordResult
from hengjian.draws.models import Draw, Drawn
from tests.draws.conftest import at, check_of, prepared
from tests.places import Place, queries_of


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def sheet(*rows: tuple[Any, ...], headings: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("名录.xlsx", write_xlsx(headings, rows))


TARGETS = ["对象编号", "对象名称", "类别", "所属主体", "权重"]
PEOPLE = ["人员编号", "姓名", "所属单位"]


def form(place: Place, **more: Any) -> dict[str, Any]:
    people = [(f"JC{n}", f"检查员{n}", "") for n in range(4)]
    return {
        "unit": place.market.pk,
        "title": "标准自我声明公开抽查",
        "rule": "general",
        "targets": "sheet",
        "targets_file": sheet(*[(f"E{n}", f"企业{n}", "", "", 1) for n in range(30)], headings=TARGETS),
        "inspectors": "sheet",
        "inspectors_file": sheet(*people, headings=PEOPLE),
        "seed_kind": "figure",
        "seed_source": "明天的双色球号码",
        "seed_after": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}",
        **more,
    }


def test_prepare_from_sheets_draw_and_replay_on_the_command_line(place: Place, tmp_path: Path) -> None:
    officer = client_of(place.officer)
    made = officer.post("/draws/new/", form(place))
    draw = Draw.objects.get()
    assert made.status_code == 302
    public = Client().get(f"/draws/public/{draw.pk}/").content.decode()
    assert draw.commitment in public and "尚未抽取" in public
    file = tmp_path / "draw.json"
    file.write_bytes(Client().get(f"/draws/public/{draw.pk}/draw.json").content)
    assert "seed is not known yet" in CliRunner().invoke(app, ["draws", "replay", str(file)]).output
    early = officer.post(f"/draws/{draw.pk}/", {"do": "draw", "seed": "1"})
    assert early.status_code == 422
    with clock.at(timezone.now() + timedelta(days=2)):
        officer = client_of(place.officer)
        assert officer.post(f"/draws/{draw.pk}/", {"do": "draw", "seed": ""}).status_code == 422
        assert officer.post(f"/draws/{draw.pk}/", {"do": "draw", "seed": "02 07"}).status_code == 302
    file.write_bytes(Client().get(f"/draws/public/{draw.pk}/draw.json").content)
    same = CliRunner().invoke(app, ["draws", "replay", str(file)])
    assert (same.exit_code, "same: 2 drawn of 30" in same.output) == (0, True)
    data = json.loads(file.read_text())
    data["seed"] = "02 08"
    file.write_text(json.dumps(data))
    other = CliRunner().invoke(app, ["draws", "replay", str(file)])
    assert (other.exit_code, "different" in other.output) == (1, True)
    file.write_text("[]")
    assert CliRunner().invoke(app, ["draws", "replay", str(file)]).exit_code == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets_file": SimpleUploadedFile("x.xlsx", b"not a table")}, "x.xlsx"),
        ({"targets_file": ""}, "请选择文件"),
        ({"targets_file": ("bad",)}, "第 2 行“对象名称”"),
        ({"seed_source": ""}, "请填写"),
        ({"seed_after": "2020-01-01T00:00"}, "必须晚于现在"),
        ({"inspectors": "unit"}, "无须回避"),
    ],
)
def test_bad_input_is_told_and_nothing_is_frozen(place: Place, change: dict[str, Any], message: str) -> None:
    if change.get("targets_file") == ("bad",):
        change = {"targets_file": sheet(("E1", "", "", "", 1), ("E2", "企业", "", "", "x"), headings=TARGETS)}
    answer = client_of(place.officer).post("/draws/new/", form(place, **change))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Draw.objects.exists()


@pytest.mark.parametrize("name", ["other", "county_officer", "citizen", None])
def test_strangers_see_only_the_public_pages(place: Place, drawn: Draw, name: str | None) -> None:
    client = client_of(getattr(place, name) if name else None)
    check = check_of(drawn)
    for path in (f"/draws/{drawn.pk}/", f"/draws/checks/{check.pk}/"):
        assert client.get(path).status_code in (302, 404)
        assert client.post(path, {"do": "publish"}).status_code in (302, 404)
    for path in ("/draws/", "/draws/checks/"):
        assert drawn.title not in client.get(path).content.decode()
    public = client.get(f"/draws/public/{drawn.pk}/").content.decode()
    assert drawn.seed in public and "检查员" not in public


def test_recording_and_publishing(place: Place, drawn: Draw) -> None:
    check = check_of(drawn)
    inspector, head = client_of(place.inspector), client_of(place.head)
    with clock.at(at("2026-09-23 09:00")):
        path = f"/draws/checks/{check.pk}/"
        wrong = inspector.post(path, {"do": "record", "code": "nothing", "ended_on": "2026-09-22"})
        assert wrong.status_code == 422
        evidence = SimpleUploadedFile("记录.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
        given = {"do": "record", "code": "none_found", "ended_on": "2026-09-22", "evidence": evidence}
        assert inspector.post(path, given).status_code == 302
        assert "2026-10-27" in inspector.get(path).content.decode()
        assert "未发现问题" not in Client().get(f"/draws/public/{drawn.pk}/").content.decode()
        assert inspector.post(path, {"do": "publish"}).status_code == 403
        assert head.post(path, {"do": "publish"}).status_code == 302
        assert "未发现问题" in Client().get(f"/draws/public/{drawn.pk}/").content.decode()


def test_unpublished_corrections_are_not_public(place: Place, drawn: Draw) -> None:
    check = check_of(drawn)
    with clock.at(at("2026-09-23 09:00")):
        RecordResult(user=place.inspector, drawn=check, code="concealed", ended_on=date(2026, 9, 22)).execute()
        text = Client().get(f"/draws/public/{drawn.pk}/").content.decode()
    assert "隐瞒" not in text


def test_replacing(place: Place, drawn: Draw) -> None:
    path = f"/draws/checks/{check_of(drawn).pk}/"
    client = client_of(place.inspector)
    assert client.post(path, {"do": "replace", "reason": ""}).status_code == 422
    assert client.post(path, {"do": "replace", "reason": "已注销"}).status_code == 302
    assert "已替换" in client.get(path).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders(place: Place, drawn: Draw, language: str) -> None:
    client = client_of(place.officer)
    client.cookies["django_language"] = language
    for path in (
        "/draws/", "/draws/new/", f"/draws/{drawn.pk}/", "/draws/checks/", f"/draws/checks/{check_of(drawn).pk}/",
        "/draws/public/", f"/draws/public/{drawn.pk}/", "/draws/templates/targets.xlsx",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    assert client.get("/draws/templates/other.xlsx").status_code == 404


def test_lists_take_as_many_queries_for_many_rows_as_for_one(place: Place, drawn: Draw) -> None:
    client = client_of(place.officer)
    paths = ("/draws/", "/draws/checks/", "/draws/public/")
    before = [queries_of(client, path) for path in paths]
    for number in range(3):
        more = prepared(place, title=f"抽查{number}")
        with clock.at(timezone.now() + timedelta(days=2)):
            PerformDraw(user=place.officer, draw=more, seed="1").execute()
    assert [queries_of(client, path) for path in paths] == before


def test_ten_thousand_targets_are_drawn_quickly() -> None:
    from hengjian.draws.rules import Inspector, Setup, Stratum, Target, draw

    people = tuple(Inspector(f"p{n}") for n in range(100))
    setup = Setup(tuple(Target(f"t{n}") for n in range(10_000)), people, (Stratum("", 500, 20),), "s")
    began = time.perf_counter()
    draw(setup, "1")
    assert time.perf_counter() - began < 5


def test_exchange_file_names_nobody(drawn: Draw) -> None:
    assert "检查员" not in json.dumps(queries.exchange(drawn), ensure_ascii=False)


def test_anybody_computes_a_draw_again_on_the_page_and_sees_what_was_changed(drawn: Draw) -> None:
    page = f"/draws/public/{drawn.pk}/?verify=1"
    assert "验算一致" in Client().get(page).content.decode()
    first = drawn.drawn.filter(reserve=False).earliest("order")
    Drawn.objects.filter(pk=first.pk).update(target="someone-else")
    shown = Client().get(page).content.decode()
    assert "验算不一致" in shown and "someone-else" in shown
    Drawn.objects.filter(pk=first.pk).update(target=first.target)
    Draw.objects.filter(pk=drawn.pk).update(result_hash="0" * 64)
    assert "result_hash" in Client().get(page).content.decode()
