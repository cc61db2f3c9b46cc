"""Import of sheets: everything that is wrong at once, confirm, undo as a whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from hengjian.documents.sheets import write_csv, write_xlsx
from hengjian.documents.uploads import check_upload
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.registers import batches
from hengjian.registers.actions import ChangeEntry
from hengjian.registers.declarations import RegisterType
from hengjian.registers.import_actions import SUFFIXES, ConfirmImport, StartImport, UndoImport
from hengjian.registers.models import Entry, EntryVersion, ImportBatch
from hengjian.registers.sheets import columns_of, template
from tests.registers.conftest import CODE, World
from tests.registers.test_pages import PHONE, create, signed_in

HEAD = ["证书编号", "机构名称", "法人代码", "类别", "领域", "人数", "合格率", "成立日期", "电话", "有效期止"]


def upload(
    world: World, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, name: str = "a.xlsx"
) -> ImportBatch:
    data = write_csv(head, rows) if name.endswith("csv") else write_xlsx(head, rows)
    batch = StartImport(
        user=world.county_officer,
        register="test_lab",
        unit=world.county_market,
        region=world.county,
        data=data,
        checked=check_upload(data, name, SUFFIXES),
    ).execute()
    batches.advance(batch, 60)
    batch.refresh_from_db()
    return batch


def confirm(world: World, batch: ImportBatch, **more: Any) -> ImportBatch:
    ConfirmImport(user=world.county_officer, batch=batch, **more).execute()
    batches.advance(batch, 60)
    batch.refresh_from_db()
    return batch


GOOD = [
    ["AB0001", "甲所", "91990100MA0000000X", "食品", "理化、微生物", 12, 98.5, date(2020, 3, 1), PHONE, "2030-01-01"],
    ["AB0002", "乙所", None, "toy", "理化", "30", "100%", "2021年5月6日", None, None],
]


def code(body: str) -> str:
    from hengjian.methods.uscc import check_character

    return body + check_character(body)


@pytest.fixture(autouse=True)
def valid_code(monkeypatch: pytest.MonkeyPatch) -> None:
    GOOD[0][2] = code(CODE)


@pytest.mark.parametrize("name", ["a.xlsx", "b.csv"])
def test_a_good_sheet_is_entered_and_taken_back(world: World, lab: RegisterType, name: str) -> None:
    batch = upload(world, GOOD, name=name)
    assert (batch.state, batch.new, batch.wrong, batch.message) == ("checked", 2, 0, "")
    assert not Entry.objects.exists()
    batch = confirm(world, batch)
    assert batch.state == "applied"
    first = Entry.objects.get(key="AB0001")
    assert first.extras["fields"] == ["a", "b"]
    assert first.extras["share"] == "98.5"
    assert first.extras["phone"].startswith("vault:")
    assert first.extras["sealed"]["phone"]["shown"] == "199****1234"
    assert first.extras["next_check"] == "2020-03-16"
    assert first.subject == f"enterprise:{GOOD[0][2]}"
    version = EntryVersion.objects.get(entry=first.pk)
    assert (version.number, version.system, version.recorded_by) == (1, f"import:{batch.pk}", world.county_officer)
    assert Fact.objects.get(id=version.fact).kind == "testlab.entered"
    assert PHONE not in str(list(Fact.objects.values())) + str(list(EntryVersion.objects.values()))
    again = upload(world, GOOD, name=name)
    assert (again.unchanged, again.new, again.changed) == (2, 0, 0)
    UndoImport(user=world.county_officer, batch=batch, reason="传错文件").execute()
    batches.advance(batch, 60)
    assert batch.state == "undone"
    assert not Entry.objects.exists()
    assert Fact.objects.filter(kind="ledger.retraction").count() == 2


def test_all_errors_come_in_one_report(world: World, lab: RegisterType) -> None:
    bad = [
        ["ab1", "", "123", "酒", "理化、化学", "0", "101", "昨天", "12", "2019-01-01"],
        ["AB0002", "乙所", None, None, None, None, None, None, None, None],
        ["AB0002", "丙所", None, None, None, "1.5", "98.76", "1800-01-01", None, None],
        [None, "丁所", None, None, None, None, None, None, None, None],
    ]
    batch = upload(world, bad)
    assert (batch.state, batch.new, batch.wrong) == ("checked", 1, 3)
    rows = {row.number: dict(row.faults) for row in batch.rows.filter(outcome="wrong")}
    assert set(rows) == {2, 4, 5}
    wanted = {"证书编号", "机构名称", "法人代码", "类别", "领域", "人数", "合格率", "成立日期", "电话"}
    assert set(rows[2]) == wanted
    assert "第 3 行重复" in rows[4]["证书编号"]
    assert {"人数", "合格率", "成立日期"} <= set(rows[4])
    assert set(rows[5]) == {"证书编号"}
    with pytest.raises(ActionRefused, match="3 行有误"):
        confirm(world, batch)
    batch.refresh_from_db()
    assert confirm(world, batch, skip_wrong=True).state == "applied"
    assert [entry.key for entry in Entry.objects.all()] == ["AB0002"]


def test_changes_keep_empty_cells_and_can_be_taken_back(world: World, lab: RegisterType) -> None:
    entry = create(world)
    other = create(world, "AB0002", values={"name": "乙所", "staff": 3})
    batch = upload(world, [["AB0001", "新名", 20], ["AB0002", None, "清空"]], ["证书编号", "机构名称", "人数"])
    assert (batch.changed, batch.new, batch.wrong) == (2, 0, 0)
    confirm(world, batch)
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.title, entry.extras["staff"], entry.extras["kind"], entry.version) == ("新名", 20, "food", 2)
    assert "staff" not in other.extras
    assert Fact.objects.filter(kind="testlab.changed").count() == 2
    UndoImport(user=world.county_officer, batch=batch, reason="传错文件").execute()
    batches.advance(batch, 60)
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.title, entry.extras["staff"], entry.version) == ("澜东食品检验所", 12, 3)
    assert other.extras["staff"] == 3


def test_undo_is_refused_when_a_row_changed_since(world: World, lab: RegisterType) -> None:
    batch = confirm(world, upload(world, GOOD))
    entry = Entry.objects.get(key="AB0002")
    ChangeEntry(user=world.county_officer, entry=entry, values={"staff": 31}, reason="增员").execute()
    with pytest.raises(ActionRefused, match="乙所"):
        UndoImport(user=world.county_officer, batch=batch, reason="传错文件").execute()
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.xlsx", b"PK\x03\x04broken", "damaged"),
        ("a.exe", b"MZ", "type"),
        ("a.csv", b"", "empty"),
    ],
)
def test_a_file_that_is_no_table(world: World, lab: RegisterType, name: str, data: bytes, wanted: str) -> None:
    answer = signed_in(world.county_officer).post(
        "/registers/test_lab/import/", {"file": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_a_sheet_without_the_columns(world: World, lab: RegisterType) -> None:
    batch = upload(world, [[1, 2]], ["甲", "乙"])
    assert (batch.state, batch.message) == ("failed", batch.message)
    assert "找不到这些列" in batch.message
    batch = upload(world, [["AB0001", 3]], ["证书编号", "人数"])
    assert "机构名称" in batch.message
    batch = upload(world, [], HEAD)
    assert batch.state == "failed"


def test_rows_of_others_are_not_changed(world: World, lab: RegisterType) -> None:
    entry = create(world)
    Entry.objects.filter(pk=entry.pk).update(unit=world.other_market)
    batch = upload(world, [["AB0001", "改名"]], ["证书编号", "机构名称"])
    assert batch.wrong == 1
    batch = upload(world, [["AB0009", "甲", "990103"]], ["证书编号", "机构名称", "地区"])
    assert "辖区" in batch.rows.get().faults[0][1]


def test_the_template_names_every_column(lab: RegisterType, db: None) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template(lab)))
    head = book.get_sheet_by_index(0).to_python()[0]
    assert [title.rstrip("*") for title in head] == [column.title for column in columns_of(lab)]
    assert "下次检查" not in head
    guide = str(book.get_sheet_by_index(1).to_python())
    assert "食品" in guide and "玩具" in guide


def test_through_the_pages(world: World, lab: RegisterType) -> None:
    client = signed_in(world.county_officer)
    data = write_xlsx(HEAD, [*GOOD, ["坏", "x"] + [None] * 8])
    answer = client.post("/registers/test_lab/import/", {"file": SimpleUploadedFile("表.xlsx", data)}, follow=True)
    text = answer.content.decode()
    assert "有 1 行有误" in text
    batch = ImportBatch.objects.get()
    page = f"/registers/imports/{batch.pk}/"
    assert client.get(f"{page}faults.xlsx").status_code == 200
    answer = client.post(page, {"do": "confirm", "skip_wrong": "1"}, follow=True)
    assert "新增 2 项" in answer.content.decode()
    for user in (world.other_officer, world.tourism_officer, world.citizen, world.enterprise):
        assert signed_in(user).get(page).status_code in (403, 404)
        assert signed_in(user).get(f"{page}faults.xlsx").status_code in (403, 404)
        assert signed_in(user).post(page, {"do": "undo", "reason": "x"}).status_code in (403, 404)
    answer = client.post(page, {"do": "undo", "reason": "传错"}, follow=True)
    assert answer.status_code == 200
    assert not Entry.objects.exists()
