"""Pages: who sees which return, the grid with and without script, sheets in and out."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.documents.sheets_in import read_table
from hengjian.returns.models import Finding, Return
from tests.places import queries_of
from tests.returns.conftest import GOOD, Q1, Q2, World, complete, fill, reported


def logged_in(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def grid(entry: Return) -> str:
    return reverse("returns:grid", args=[entry.pk])


@pytest.mark.parametrize(
    ("who", "seen"),
    [("officer", 200), ("head", 200), ("approver", 200), ("office", 200), ("other", 404), ("citizen", 404)],
)
def test_who_sees_a_return(world: World, who: str, seen: int) -> None:
    entry = world.open()[0]
    client = logged_in(getattr(world, who))
    for name in ("grid", "history", "sheet"):
        assert client.get(reverse(f"returns:{name}", args=[entry.pk])).status_code == seen, name
    listed = client.get(reverse("returns:index"))
    text = listed.content.decode()
    assert ("第1县市场监管局" in text) == (seen == 200)
    if who == "other":
        assert "第2县市场监管局" in text
        assert "第3县" not in text


def test_logged_out_people_are_asked_to_log_in_and_read_the_catalogue(world: World) -> None:
    entry = world.open()[0]
    client = Client()
    for name, args in (("grid", [entry.pk]), ("index", []), ("calendar", []), ("integrity", []), ("burden", [])):
        assert client.get(reverse(f"returns:{name}", args=args)).status_code == 302, name
    assert client.post(reverse("returns:cells", args=[entry.pk])).status_code == 302
    page = client.get(reverse("returns:catalogue"))
    assert page.status_code == 200
    assert "试〔2024〕1号" in page.content.decode()
    page = client.get(reverse("returns:form", args=["trial"]))
    assert "good &lt;= all" in page.content.decode()
    assert client.get(reverse("returns:blank", args=["trial"])).status_code == 200
    assert client.get(reverse("returns:form", args=["nothing"])).status_code == 404


def saved(client: Client, entry: Return, *cells: list[Any]) -> Any:
    return client.post(
        reverse("returns:cells", args=[entry.pk]), json.dumps({"cells": list(cells)}), content_type="application/json"
    )


def test_cells_are_saved_as_they_are_typed(world: World) -> None:
    entry = world.open()[0]
    client = logged_in(world.officer)
    told = saved(client, entry, ["one", "all", "10", 0], ["one", "good", "12", 0], ["two", "all", "x", 0]).json()
    assert told["versions"] == {"one.all": 1, "one.good": 1}
    assert "不是数字" in told["refused"]["two.all"]
    assert told["computed"]["one.rate"] == "120.00"
    assert told["computed"]["sum.all"] == "10"
    assert told["wrong"]["one.good"] == "red"
    assert told["errors"] == 1
    assert "核对合格与总数是否填反" in told["checks"]
    other = saved(logged_in(world.head), entry, ["one", "all", "20", 0]).json()
    assert other["conflicts"][0]["theirs"] == "10"


def test_only_the_own_unit_may_save(world: World) -> None:
    entry = world.open()[0]
    assert saved(logged_in(world.other), entry, ["one", "all", "10", 0]).status_code == 404
    assert saved(logged_in(world.approver), entry, ["one", "all", "10", 0]).status_code == 403
    assert not entry.cells.exists()
    complete_entry = reported(entry)
    answer = saved(logged_in(world.officer), complete_entry, ["one", "all", "10", 2])
    assert answer.status_code == 409
    assert "不能修改" in answer.json()["problem"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"cells": [["a"]]}',
        '{"cells": [["a","b","c","d"]]}',
        '{"cells": 7}',
        '{"cells": [["one","all","1",Infinity]]}',
    ],
)
def test_what_is_no_list_of_cells(world: World, body: str) -> None:
    entry = world.open()[0]
    answer = logged_in(world.officer).post(
        reverse("returns:cells", args=[entry.pk]), body, content_type="application/json"
    )
    assert answer.status_code == 400


def test_the_page_works_without_script(world: World) -> None:
    entry = world.open()[0]
    client = logged_in(world.officer)
    page = client.get(grid(entry)).content.decode()
    assert 'name="c:one.all"' in page
    assert "style=" not in page
    given = {f"c:{key}": str(value) for key, value in GOOD.items()}
    client.post(grid(entry), {**given, "versions": "{}", "do": "complete"})
    entry.refresh_from_db()
    assert entry.state == Return.State.COMPLETE
    client = logged_in(world.head)
    assert "审核通过" in client.get(grid(entry)).content.decode()
    client.post(grid(entry), {"do": "pass"})
    client = logged_in(world.approver)
    client.post(grid(entry), {"do": "send_back", "note": "请核对", "cell": "one.good", "about": "与台账不符"})
    entry.refresh_from_db()
    assert entry.state == Return.State.RETURNED
    page = logged_in(world.officer).get(grid(entry)).content.decode()
    assert "与台账不符" in page
    assert "请核对" in page


def test_every_button_of_the_workflow(world: World) -> None:
    first = reported(world.open(Q1)[0])
    entry = world.open(Q2)[0]
    client = logged_in(world.officer)
    client.post(grid(entry), {"do": "no_change"})
    client.post(grid(entry), {"do": "comment", "cell": "one.all", "text": "停产"})
    client.post(grid(entry), {"do": "refill"})
    client.post(grid(entry), {"do": "complete"})
    client.post(grid(entry), {"do": "withdraw"})
    client.post(grid(first), {"do": "correct", "note": "漏计"})
    entry.refresh_from_db()
    first.refresh_from_db()
    assert (entry.state, first.state) == (Return.State.DRAFT, Return.State.CORRECTING)
    fill(entry, world.officer, {"one.good": 500})
    client.post(
        grid(entry), {"do": "explain", "check_code": "within", "row": "one", "column": "", "text": "含复检批次"}
    )
    entry.refresh_from_db()
    assert entry.errors == 0
    client = logged_in(world.approver)
    client.post(grid(entry), {"do": "remind"})
    client.post(grid(entry), {"do": "extend", "until": "2026-08-01", "note": "受灾"})
    assert client.post(grid(entry), {"do": "extend", "until": "soon"}).status_code == 400
    entry.refresh_from_db()
    assert str(entry.due_on) == "2026-08-01"
    history = client.get(reverse("returns:history", args=[entry.pk])).content.decode()
    assert "撤回" in history
    assert "修改记录" in history


def rows_of(response: Any) -> list[list[Any]]:
    return read_table(response.content, "a.xlsx")


def xlsx(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return target.getvalue()


def upload(client: Client, entry: Return, data: bytes, name: str) -> Any:
    return client.post(reverse("returns:import", args=[entry.pk]), {"file": SimpleUploadedFile(name, data)})


def test_a_sheet_goes_out_and_comes_back(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, {"one.all": 100})
    client = logged_in(world.officer)
    answer = client.get(reverse("returns:sheet", args=[entry.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b"sheetProtection" in archive.read("xl/worksheets/sheet1.xml")
    table = rows_of(answer)
    rows = {row[0]: row for row in table if row[0]}
    assert rows["代码"] == ["代码", "指标", "计量单位", "总数", "合格", "合格率"]
    assert rows["one"][3] == 100
    rows["one"][4], rows["two"][3], rows["sum"][3] = 95, "十二", 999
    page = upload(client, entry, xlsx(table), "报表.xlsx")
    text = page.content.decode()
    assert "乙 · 总数" in text
    assert "不是数字" in text
    assert not entry.cells.filter(column="good").exists(), "nothing is saved before it is confirmed"
    signed = page.context["signed"]
    client.post(reverse("returns:import", args=[entry.pk]), {"confirmed": signed})
    cell = entry.cells.get(row="one", column="good")
    assert (cell.value, cell.origin, cell.source) == (95, "imported", "报表.xlsx")
    other = Return.objects.exclude(pk=entry.pk).get(region=world.counties[1])
    refused = logged_in(world.other).post(reverse("returns:import", args=[other.pk]), {"confirmed": signed})
    assert refused.status_code == 400
    assert client.post(reverse("returns:import", args=[entry.pk]), {"confirmed": "x"}).status_code == 400


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_the_day(world: World, encoding: str) -> None:
    entry = world.open()[0]
    text = "代码,指标,单位,合格,总数,备用\none,甲,批,9,10,\nnine,无,批,1,1,\n,,,\n"
    page = upload(logged_in(world.officer), entry, text.encode(encoding), "a.csv")
    incoming = page.context["incoming"]
    assert [(cell.row, cell.column, cell.text) for cell in incoming.cells] == [
        ("one", "good", "9"),
        ("one", "all", "10"),
    ]
    assert [fault[:2] for fault in incoming.faults] == [(3, "nine")]
    assert incoming.ignored == ["备用"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04rubbish", "a.xlsx"),
        (b"%PDF-1.4", "a.xlsx"),
        (b"\xff\xfe\x00", "a.csv"),
        (b"MZ", "a.exe"),
    ],
)
def test_hostile_files_are_refused_with_a_reason(world: World, data: bytes, name: str) -> None:
    entry = world.open()[0]
    page = upload(logged_in(world.officer), entry, data, name)
    assert page.status_code in (200, 400)
    assert not entry.cells.exists()


def test_a_file_without_heading_or_columns(world: World) -> None:
    entry = world.open()[0]
    client = logged_in(world.officer)
    assert "找不到以“代码”开头" in upload(client, entry, b"a,b\n1,2\n", "a.csv").content.decode()
    assert "找不到这些列" in upload(client, entry, "代码,指标\none,甲\n".encode(), "a.csv").content.decode()


def test_formulas_in_text_stay_text(world: World) -> None:
    entry = world.open()[0]
    text = '代码,指标,单位,总数,合格\none,甲,批,"=HYPERLINK(""http://x"")",<script>\n'
    page = upload(logged_in(world.officer), entry, text.encode(), "a.csv").content.decode()
    assert "<script>" not in page.split("</head>")[1].replace("&lt;script&gt;", "")
    assert "不是数字" in page


def test_the_import_is_for_the_own_unit(world: World) -> None:
    entry = world.open()[0]
    assert logged_in(world.other).get(reverse("returns:import", args=[entry.pk])).status_code == 404
    assert logged_in(world.approver).get(reverse("returns:import", args=[entry.pk])).status_code == 403


def test_the_upper_level_sees_the_sum_and_who_is_missing(world: World) -> None:
    entries = world.open()
    reported(entries[0])
    reported(entries[1], one__good=45)
    fill(entries[2], None, GOOD)
    complete(entries[2])
    client = logged_in(world.approver)
    address = reverse("returns:opening", args=[entries[0].opening_id])
    page = client.get(address)
    result = page.context["result"]
    assert (len(result.counted), result.expected) == (2, 6)
    assert result.total.here(("one", "all")) == 200
    text = page.content.decode()
    assert "70.00" in text, "140 of 200, no mean of percentages"
    assert "第4县" in text
    assert len(client.get(address, {"basis": "reported"}).context["result"].counted) == 3
    table = rows_of(client.get(reverse("returns:opening_sheet", args=[entries[0].opening_id])))
    assert any("未汇总" in str(row[0]) for row in table)
    own = logged_in(world.officer).get(address).context["result"]
    assert own.expected == 1, "a county sees its own only"
    assert logged_in(world.citizen).get(address).status_code == 404


def test_calendar_burden_and_integrity_pages(world: World) -> None:
    entries = world.open()
    reported(entries[0])
    Finding.objects.create(
        check_code="missing", key="1", severity="error", owner=entries[1], form_code="trial", period_code="2026-Q2",
        unit=entries[1].unit, region=entries[1].region, values={"due": "2026-07-15", "days": "3"},
        found_at=entries[0].opening.opened_at, seen_at=entries[0].opening.opened_at,
    )  # fmt: skip
    client = logged_in(world.approver)
    assert "试报表 2026年第二季度" in client.get(reverse("returns:calendar")).content.decode()
    assert "第1县市场监管局" in client.get(reverse("returns:burden")).content.decode()
    assert "已逾期 3 天" in client.get(reverse("returns:integrity")).content.decode()
    assert "已逾期 3 天" not in logged_in(world.officer).get(reverse("returns:integrity")).content.decode()
    assert "已逾期 3 天" in logged_in(world.other).get(reverse("returns:integrity")).content.decode()
    assert logged_in(world.citizen).get(reverse("returns:calendar")).status_code == 403


def test_lists_take_as_many_queries_for_many_rows(world: World) -> None:
    world.open(Q1)
    client = logged_in(world.office)
    few = queries_of(client, reverse("returns:index"))
    world.open(Q2)
    assert queries_of(client, reverse("returns:index")) == few


def test_pages_in_english(world: World) -> None:
    entry = world.open()[0]
    client = logged_in(world.officer)
    client.cookies["django_language"] = "en"
    page = client.get(grid(entry)).content.decode()
    assert "Trial form" in page
    assert "上报" not in page.replace("不影响", "")
