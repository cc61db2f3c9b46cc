"""Tables out and in: read back by another library, in every encoding, with all faults at once."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hengjian.documents.sheets import SheetColumn, SheetField, read_sheet, write_csv, write_xlsx
from hengjian.documents.uploads import UploadRefused

FIELDS = (
    SheetField("name", ("单位", "责任单位"), required=True),
    SheetField("share", ("完成率（%）",), kind="number"),
    SheetField("count", ("任务数",), kind="integer"),
    SheetField("on", ("日期",), kind="date"),
    SheetField("state", ("状态",), choices=("正常", "滞后")),
)


def values(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_workbook_reads_back() -> None:
    moment = datetime(2026, 1, 5, 4, 30, tzinfo=UTC)
    rows = [["甲局", 3, 93.5, date(2026, 1, 5), moment, True, None, Decimal("1.25")]]
    data = write_xlsx(
        ["单位", "数", SheetColumn("率", kind="percent"), "日期", "时间", "是否", "空", "额"],
        rows,
        title="表",
        notes=["注"],
    )
    read = values(data)
    assert [row[0] for row in read[:2]] == ["表", "注"]
    assert read[2] == ["单位", "数", "率", "日期", "时间", "是否", "空", "额"]
    # Local time of the installation: Asia/Shanghai.
    assert read[3] == ["甲局", 3, 93.5, date(2026, 1, 5), datetime(2026, 1, 5, 12, 30), "是", "", 1.25]


def test_heading_is_frozen_and_filtered_and_bytes_repeat() -> None:
    data = write_xlsx(["单位", "数"], [["甲", 1], ["乙", 2]], title="表")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="2"' in xml
    assert '<autoFilter ref="A2:B4"/>' in xml
    assert data == write_xlsx(["单位", "数"], [["甲", 1], ["乙", 2]], title="表")


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_text_is_never_a_formula(texts: list[str]) -> None:
    texts = ["=1+1", "@SUM(A1)", *texts]
    with zipfile.ZipFile(io.BytesIO(write_xlsx(["列"], [[text] for text in texts]))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cells = [
        row[0] for row in csv.reader(io.StringIO(write_csv(["列"], [[text] for text in texts]).decode("utf-8-sig")))
    ]
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_csv_has_bom_crlf_and_keeps_numbers() -> None:
    data = write_csv(["单位", "数"], [["甲,乙", -5], ["-5.5", None], ["=cmd|x", 1]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == '单位,数\r\n"甲,乙",-5\r\n-5.5,\r\n\'=cmd|x,1\r\n'


def test_rows_must_fit_the_columns() -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells for 2 columns"):
        write_xlsx(["a", "b"], [[1, 2], [1]])
    with pytest.raises(ValueError, match="row 1 has 3 cells"):
        write_csv(["a", "b"], [[1, 2, 3]])


TABLE = '责任单位,完成率(%),任务数,日期,状态,备注\n甲局,93.5%,"1,200",2026年1月5日,正常,x\n\n乙局,,3,2026/1/6,滞后,\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_in_every_encoding(encoding: str, delimiter: str) -> None:
    text = TABLE if delimiter == "," else TABLE.replace('"1,200"', "1200").replace(",", "\t")
    data = read_sheet(text.encode(encoding), "表.csv", FIELDS)
    assert data.errors == []
    assert data.rows == [
        {"name": "甲局", "share": 93.5, "count": 1200, "on": date(2026, 1, 5), "state": "正常"},
        {"name": "乙局", "share": None, "count": 3, "on": date(2026, 1, 6), "state": "滞后"},
    ]
    assert data.numbers == [2, 4]
    assert data.ignored == ["备注"]


def test_workbook_with_title_above_the_heading() -> None:
    rows = [
        ["甲局", 93.5, 3, date(2026, 1, 5), "正常"],
        ["", 1, 2.5, "明天", "好"],
        ["丙局", "nan", "1_0", "20260231", ""],
    ]
    columns = ["单位 *", "完成率（%）", "任务数", "日期", "状态"]
    data = read_sheet(write_xlsx(columns, rows, title="统计表", notes=["说明"]), "表.xlsx", FIELDS)
    assert [row["name"] for row in data.rows] == ["甲局"]
    assert data.numbers == [4]
    assert [(error.row, error.column) for error in data.errors] == [
        (5, "单位"), (5, "任务数"), (5, "日期"), (5, "状态"), (6, "完成率（%）"), (6, "任务数"), (6, "日期"),
    ]  # fmt: skip
    assert "2.5" in data.errors[1].message


def test_missing_columns_are_named() -> None:
    data = read_sheet("日期,状态\n2026-01-05,正常\n".encode(), "表.csv", FIELDS)
    assert data.rows == []
    assert [(error.row, error.column) for error in data.errors] == [(0, "单位")]
    assert read_sheet("甲,乙\n".encode(), "表.csv", FIELDS[1:]).errors[0].row == 0


def test_what_is_no_table_is_refused() -> None:
    for data, name in ((b"\x00\x01", "a.csv"), (b"x", "a.pdf"), (b"PK\x03\x04zzzz", "a.xlsx")):
        with pytest.raises(UploadRefused):
            read_sheet(data, name, FIELDS)
