"""Sheets of verifications: reading them with all errors at once, recording all rows or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetField, read_sheet
from hengjian.parties.models import User
from hengjian.parties.policies import Forbidden, permitted
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.metrology.actions import RecordVerification
from hengjian.systems.metrology.models import Instrument, Verification

MOST_ROWS = 5000
FIELDS = (
    SheetField("key", ("器具编号", "编号", "instrument"), required=True),
    SheetField("verified_on", ("检定日期", "verified on"), kind="date", required=True),
    SheetField("result", ("检定结果", "结果", "result"), required=True),
    SheetField("body", ("检定机构", "机构", "body"), required=True),
    SheetField("certificate", ("证书编号", "certificate")),
    SheetField("valid_until", ("证书有效期至", "有效期至", "valid until"), kind="date"),
    SheetField("seal", ("封印号", "seal")),
)
RESULTS = {
    **{value: value for value in Verification.Result.values},
    "合格": "passed",
    "降级": "downgraded",
    "不合格": "failed",
}


@dataclass
class Report:
    """What came of a sheet: how many rows were recorded, or everything that is wrong (row number, message)."""

    recorded: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def record_sheet(user: User, data: bytes, name: str) -> Report:
    """Record every row, or nothing and say all that is wrong.

    Raises:
        UploadRefused: the file is no table.
    """
    sheet = read_sheet(data, name, FIELDS)
    report = Report(faults=[(error.row, f"{error.column}：{error.message}") for error in sheet.errors])
    if len(sheet.rows) > MOST_ROWS:
        report.faults.append((0, _("一次最多 %(most)d 行，请分开上传。") % {"most": MOST_ROWS}))
    if report.faults:
        return report
    keys = {str(row["key"]).strip() for row in sheet.rows}
    mine = permitted(user, "metrology.verify", Instrument.objects.filter(register="instrument", key__in=keys))
    known = {entry.key: entry for entry in mine.select_related("unit", "region", "filer")}
    try:
        with transaction.atomic():
            for number, row in zip(sheet.numbers, sheet.rows, strict=True):
                try:
                    _record(user, known.get(str(row["key"]).strip()), row)
                    report.recorded += 1
                except ActionRefused as refused:
                    report.faults.append((number, f"{refused.message}{refused.next_step}"))
                except Forbidden as forbidden:
                    report.faults.append((number, forbidden.reason))
            if report.faults:
                raise _Undo
    except _Undo:
        report.recorded = 0
    return report


class _Undo(Exception):
    """Takes back the rows that were right, because others were wrong."""


def _record(user: User, entry: Instrument | None, row: dict[str, Any]) -> None:
    if entry is None:
        raise ActionRefused(_("没有这台器具，或不归本单位登记。"), _("请核对器具编号。"))
    result = RESULTS.get(str(row["result"]).strip())
    if result is None:
        raise ActionRefused(_("检定结果应填合格、降级或不合格。"))
    verified: date = row["verified_on"]
    RecordVerification(
        user=user,
        instrument=entry,
        verified_on=verified,
        result=result,
        body=str(row["body"]),
        certificate=str(row.get("certificate") or ""),
        valid_until=row.get("valid_until"),
        seal=str(row.get("seal") or ""),
    ).execute()
