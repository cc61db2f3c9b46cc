"""Sheets that are uploaded to be watched or compared, and the sheet of answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from hengjian.credit.sharing.models import Screening
from hengjian.credit.sharing.screening import reasons_in_words
from hengjian.credit.sharing.texts import VERDICTS
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.documents.sheets_in import SheetField, read_sheet
from hengjian.parties.verbs import ActionRefused

NAME = ("名称", "企业名称", "单位名称", "主体名称", "行政相对人名称", "name")
CODE = ("统一社会信用代码", "信用代码", "代码", "社会信用代码", "行政相对人代码", "code")
REGION = ("区划代码", "行政区划代码", "region")
ADDRESS = ("地址", "住所", "经营场所", "address")
_FIELDS = (
    SheetField("name", NAME), SheetField("code", CODE), SheetField("region", REGION), SheetField("address", ADDRESS),
)  # fmt: skip


def rows_of(data: bytes, name: str) -> list[dict[str, str]]:
    """The bodies that a sheet names.

    Raises:
        UploadRefused: no table. ActionRefused: neither names nor codes in it.
    """
    found = read_sheet(data, name, _FIELDS)
    rows = [{key: str(value or "") for key, value in row.items()} for row in found.rows]
    kept = [row for row in rows if row.get("name") or row.get("code")]
    if not kept:
        raise ActionRefused(
            _("表中没有名称或代码。"),
            _("请检查表头：要有“名称”或“统一社会信用代码”一列，下面至少一行。"),
            status=422,
        )
    return kept


def answers_xlsx(row: Screening) -> bytes:
    """Each row as given, with its best candidate and why."""
    columns: list[str | SheetColumn] = [
        _("给出的名称"), _("给出的代码"), _("比对结果"), SheetColumn(_("把握")), _("主体标识"),
        _("统一社会信用代码"), _("名称"), _("区划代码"), _("理由"), _("其他候选"),
    ]  # fmt: skip
    return write_xlsx(columns, _lines(row), title=row.title, notes=[row.purpose])


def _lines(row: Screening) -> Iterator[list[Any]]:
    for asked, candidates in zip(row.rows, row.answers, strict=False):
        best = candidates[0] if candidates else None
        others = "；".join(f"{one['name']} {one['code']} {one['score']:.2f}" for one in candidates[1:])
        told: list[Any] = [_("没有找到"), None, "", "", "", "", "", ""]
        if best:
            told = [
                str(VERDICTS[best["verdict"]][0]), best["score"], best["key"], best["code"], best["name"],
                best["region"], reasons_in_words(best), others,
            ]  # fmt: skip
        yield [asked.get("name", ""), asked.get("code", ""), *told]
