"""Values in a spreadsheet: reading rows with every mistake at once, the template, open data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetField, read_sheet
from hengjian.indicators.catalogue import UnknownIndicator, definitions
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import Definition
from hengjian.indicators.judging import Wrong, judged, suspicious
from hengjian.indicators.keys import dimensions_key, period_given
from hengjian.indicators.models import Observation
from hengjian.indicators.rules import PLACES
from hengjian.methods.periods import parse_period
from hengjian.parties.models import Region

KEPT = -int(PLACES.as_tuple().exponent)
COLUMNS = ("indicator", "region", "period", "dimensions", "numerator", "denominator", "value")


def fields() -> list[SheetField]:
    """The columns that are looked for. Numbers are read as text, so that "0.9365" and "93.65%" stay apart."""
    titles = {
        "indicator": (_("指标编号"), "indicator"),
        "region": (_("区划代码"), "region"),
        "period": (_("期间"), "period"),
        "dimensions": (_("分组"), "dimensions"),
        "numerator": (_("分子"), "numerator"),
        "denominator": (_("分母"), "denominator"),
        "value": (_("数值"), "value"),
    }
    required = {"indicator", "region", "period"}
    return [SheetField(name, titles[name], "text", name in required) for name in COLUMNS]


@dataclass
class Row:
    """One row as read. `warnings` do not keep it from being imported."""

    number: int
    given: dict[str, str]
    errors: list[str]
    warnings: list[str]
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    dimensions: str = ""

    def as_json(self) -> dict[str, Any]:
        """What a batch keeps."""
        return {
            "number": self.number,
            "given": self.given,
            "errors": self.errors,
            "warnings": self.warnings,
            "value": _text(self.value),
            "numerator": _text(self.numerator),
            "denominator": _text(self.denominator),
            "dimensions": self.dimensions,
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def read(data: bytes, name: str) -> list[Row]:
    """The rows of a file, judged; a fault of the whole sheet is a row with number 0.

    Raises:
        UploadRefused: the file is no table.
    """
    sheet = read_sheet(data, name, fields())
    rows = [Row(error.row, {}, [f"{error.column}：{error.message}"], []) for error in sheet.errors]
    found = [
        (number, {key: str(value).strip() for key, value in values.items() if value is not None})
        for number, values in zip(sheet.numbers, sheet.rows, strict=True)
    ]
    return sorted([*rows, *judge(found)], key=lambda row: row.number)


def judge(given: Iterable[tuple[int, dict[str, str]]]) -> list[Row]:
    """Check rows of indicator, region, period, break-down and figures: everything that is wrong, all at once."""
    known = {item.code: item for item in definitions()}
    places = Places.load()
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, values in given:
        row = Row(number, values, [], [])
        rows.append(row)
        declared = _place(row, known, places)
        if declared is None:
            continue
        key = (values["indicator"], values["region"], values["period"], row.dimensions)
        if key in seen:
            row.errors.append(_("与第 %(number)d 行重复。") % {"number": seen[key]})
            continue
        seen[key] = number
        _figures(row, declared)
    _compare(rows, known)
    return rows


def _place(row: Row, known: dict[str, Definition], places: Places) -> Definition | None:
    """Whose value it is; None where that cannot be said."""
    values = row.given
    declared = known.get(values.get("indicator", ""))
    if declared is None:
        row.errors.append(UnknownIndicator(values.get("indicator", "")).message)
    elif declared.source.kind != "import":
        row.errors.append(_("“%(title)s”由系统计算，不能导入。") % {"title": declared.title})
    region = values.get("region", "")
    level = places.level.get(region)
    if level is None:
        row.errors.append(_("没有区划代码 %(code)s。") % {"code": region})
    elif declared is not None and level not in declared.levels:
        row.errors.append(_("“%(title)s”没有这一级地区的值。") % {"title": declared.title})
    try:
        period = period_given(values.get("period", ""))
        if declared is not None and period.frequency not in declared.frequencies:
            row.errors.append(
                _("“%(title)s”没有 %(period)s 这样的期间。") % {"title": declared.title, "period": period}
            )
    except ValueError:
        row.errors.append(
            _("期间“%(period)s”无法识别；请写 2026、2026-H1、2026-Q1 或 2026-03。")
            % {"period": values.get("period", "")}
        )
    if declared is not None:
        _dimensions(row, declared)
    return declared if not row.errors else None


def _dimensions(row: Row, declared: Definition) -> None:
    text = row.given.get("dimensions", "").replace("；", ";").replace("＝", "=")
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    unknown = parts.keys() - declared.dimensions.keys()
    if unknown or (text and not parts):
        names = "、".join(declared.dimensions) or _("（无）")
        row.errors.append(
            _("分组“%(text)s”无法识别；请写“名称=代码”，这个指标的分组：%(names)s。") % {"text": text, "names": names}
        )
        return
    try:
        row.dimensions = dimensions_key(parts)
    except ValueError:
        row.errors.append(_("分组“%(text)s”无法识别。") % {"text": text})


def _figures(row: Row, declared: Definition) -> None:
    found: dict[str, Decimal | None] = {}
    for name in ("value", "numerator", "denominator"):
        text = row.given.get(name, "").replace(",", "").replace("，", "")
        try:
            found[name] = number_of(text)
        except ValueError:
            row.errors.append(_("“%(text)s”不是数字。") % {"text": text})
    if row.errors:
        return
    try:
        row.value, row.numerator, row.denominator = judged(
            declared, found["value"], found["numerator"], found["denominator"]
        )
    except Wrong as error:
        row.errors.append(f"{error.message}{error.hint}")


def number_of(text: str) -> Decimal | None:
    """A number as people write it, with the digits behind the point that are kept; 93.65% is 93.65.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip().removesuffix("%").removesuffix("％")
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite() or (found and found.adjusted() >= 19):  # a comparison with 1e99999999 would overflow
        raise ValueError(text)
    # 1e-99999999 is a number, too, and would be written out with all its noughts.
    return found.quantize(PLACES) if -int(found.as_tuple().exponent) > KEPT else found


def _compare(rows: Sequence[Row], known: dict[str, Definition]) -> None:
    """Hints from the period before: what looks like a mix-up of units."""
    good = [row for row in rows if not row.errors and row.value is not None]
    codes = {row.given["indicator"] for row in good}
    held: dict[tuple[str, str, str, str], Decimal] = {}
    stored = Observation.objects.filter(indicator__in=codes, current=True, value__isnull=False)
    for indicator, region, period, dimensions, value in stored.values_list(
        "indicator", "region__code", "period", "dimensions", "value"
    ):
        if value is not None:
            held[indicator, region, period, dimensions] = value
    for row in good:
        assert row.value is not None
        held[row.given["indicator"], row.given["region"], row.given["period"], row.dimensions] = row.value
    for row in good:
        assert row.value is not None
        before = parse_period(row.given["period"]).previous.code
        previous = held.get((row.given["indicator"], row.given["region"], before, row.dimensions))
        told = suspicious(known[row.given["indicator"]], row.value, previous)
        if told:
            row.warnings.append(told)


def template_rows(declared: Sequence[Definition], regions: Sequence[Region], period: str) -> list[list[Any]]:
    """A sheet to be filled in: one row for each indicator and region."""
    return [[item.code, region.code, period, "", None, None, None] for item in declared for region in regions]
