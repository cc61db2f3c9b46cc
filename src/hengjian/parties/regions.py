"""Loading lists of regions: any list with GB/T 2260 codes, checked as a whole before anything is written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hengjian.parties.models import NATION, Region, RegionSuccession

Progress = Callable[[int, int], None]
_CODE = re.compile(r"\d{6}(\d{3}){0,2}")
_DEPTH = list(Region.Level)


@dataclass(frozen=True)
class RegionRow:
    """One line of a list.

    Attributes:
        code: 6, 9 or 12 digits; the two- and four-digit forms of provinces and prefectures are filled up with zeros.
        parent: code of the region above; "" takes it from the digits, which is right for the list of GB/T 2260 itself.
        level: a `Region.Level`; "" takes it from the digits.
        successors: codes of the regions that took over, on the day after `valid_to`.
    """

    code: str
    name: str
    parent: str = ""
    level: str = ""
    short_name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


class RegionListError(ValueError):
    """The list cannot be loaded; `errors` holds every mistake, in the user's language."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class LoadResult:
    created: int
    updated: int
    unchanged: int


def full_code(code: str) -> str:
    """The code with the zeros of the standard: 11 → 110000, 1301 → 130100."""
    text = code.strip()
    return text.ljust(6, "0") if len(text) in (2, 4) else text


def level_of(code: str) -> str:
    """The level that the digits of a code of GB/T 2260 (or GB/T 10114 for 9 digits) tell."""
    if len(code) > 6:
        return Region.Level.TOWNSHIP
    if code == NATION:
        return Region.Level.NATIONAL
    if code.endswith("0000"):
        return Region.Level.PROVINCIAL
    return Region.Level.PREFECTURE if code.endswith("00") else Region.Level.COUNTY


def short_region_name(name: str) -> str:
    """The name without its class: 澜川自治区 → 澜川, 朔安市 → 朔安; names of two characters stay, and so do
    autonomous prefectures and counties, whose short form cannot be told from the name."""
    if re.search(r"自治[州县旗]$", name):
        return name
    short = re.sub(r"(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|林区|新区|地区|省|市|县|盟|旗|区)$", "", name)
    return short if len(short) >= 2 else name


def read_region_rows(text: str) -> Iterator[RegionRow]:
    """Rows of a CSV with the columns `code` and `name` and, where given, parent, level, short_name, valid_from,
    valid_to and successors (codes separated by blanks).

    Raises:
        RegionListError: a column is missing or a date cannot be read.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not {"code", "name"} <= set(reader.fieldnames or ()):
        raise RegionListError([_("区划清单缺少 code 列或 name 列。")])
    errors, rows = [], []
    for number, line in enumerate(reader, start=2):
        try:
            rows.append(
                RegionRow(
                    code=full_code(line["code"]),
                    name=(line["name"] or "").strip(),
                    parent=full_code(line.get("parent") or ""),
                    level=(line.get("level") or "").strip(),
                    short_name=(line.get("short_name") or "").strip(),
                    valid_from=_day(line.get("valid_from")),
                    valid_to=_day(line.get("valid_to")),
                    successors=tuple(full_code(code) for code in (line.get("successors") or "").split()),
                )
            )
        except ValueError:
            errors.append(_("第 %(line)d 行：日期应写作 2018-03-17 的形式。") % {"line": number})
    if errors:
        raise RegionListError(errors)
    yield from rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text.strip()) if text and text.strip() else None


def load_regions(rows: Iterable[RegionRow], progress: Progress | None = None) -> LoadResult:
    """Create or update the regions of a list, in one transaction.

    Regions that the list does not name are left alone: a list is often one province. `progress(done, total)` is called
    after each batch.

    Raises:
        RegionListError: wrong or repeated codes, unknown parents or successors, a circle, an unknown level.
    """
    wanted = list(dict.fromkeys(rows))  # 东莞 stands in the lists of prefectures and of counties: the same line twice
    known = {region.code: region for region in Region.objects.select_related("parent")}
    parents = _checked(wanted, known)
    created = updated = 0
    with transaction.atomic():
        done = 0
        for batch in _by_depth(wanted, parents):
            new, changed = [], []
            for row in batch:
                region = known.get(row.code) or Region(code=row.code)
                fields = {
                    "name": row.name,
                    "short_name": row.short_name or short_region_name(row.name),
                    "level": row.level or level_of(row.code),
                    "parent_id": known[parents[row.code]].pk if parents[row.code] else None,
                    "valid_from": row.valid_from,
                    "valid_to": row.valid_to,
                }
                differs = any(getattr(region, name) != value for name, value in fields.items())
                for name, value in fields.items():
                    setattr(region, name, value)
                if region._state.adding:
                    new.append(region)
                elif differs:
                    changed.append(region)
                known[row.code] = region
            Region.objects.bulk_create(new, batch_size=500)
            Region.objects.bulk_update(
                changed, ["name", "short_name", "level", "parent", "valid_from", "valid_to"], batch_size=100
            )
            created, updated, done = created + len(new), updated + len(changed), done + len(batch)
            if progress is not None:
                progress(done, len(wanted))
        RegionSuccession.objects.bulk_create(
            [
                RegionSuccession(
                    predecessor=known[row.code], successor=known[code], on=row.valid_to + timedelta(days=1)
                )
                for row in wanted
                if row.valid_to is not None
                for code in row.successors
            ],
            ignore_conflicts=True,
        )
    return LoadResult(created, updated, len(wanted) - created - updated)


def _checked(rows: list[RegionRow], known: dict[str, Region]) -> dict[str, str]:
    """The parent code of every row ("" for a root), after all checks."""
    errors: list[str] = []
    codes: dict[str, int] = {}
    for row in rows:
        codes[row.code] = codes.get(row.code, 0) + 1
    every = codes.keys() | known.keys()
    parents: dict[str, str] = {}
    for row in rows:
        where = f"{row.code} {row.name}"
        if not _CODE.fullmatch(row.code):
            errors.append(_("%(where)s：区划代码应为 6、9 或 12 位数字。") % {"where": where})
        if not row.name:
            errors.append(_("%(where)s：没有名称。") % {"where": where})
        if codes[row.code] > 1:
            errors.append(_("%(where)s：代码在清单中重复。") % {"where": where})
        if row.level and row.level not in _DEPTH:
            errors.append(_("%(where)s：层级“%(level)s”不认识。") % {"where": where, "level": row.level})
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            errors.append(_("%(where)s：失效日期早于生效日期。") % {"where": where})
        if row.successors and row.valid_to is None:
            errors.append(_("%(where)s：有承接地区而没有失效日期。") % {"where": where})
        for code in (row.parent, *row.successors):
            if code and code not in every:
                errors.append(_("%(where)s：清单和系统中都没有代码 %(code)s。") % {"where": where, "code": code})
        parents[row.code] = row.parent or _parent_by_digits(row.code, every)
    if not errors:
        above = {code: region.parent.code if region.parent else "" for code, region in known.items()} | parents
        errors = [_("%(code)s：上级关系形成循环。") % {"code": code} for code in above if _circles(code, above)]
    if errors:
        raise RegionListError(list(dict.fromkeys(errors)))
    return parents


def _parent_by_digits(code: str, every: Iterable[str]) -> str:
    """The nearest existing region above, by the digits of the standard."""
    candidates = [code[:9] + "000"] if len(code) == 12 else []
    candidates += [code[:6]] if len(code) > 6 else []
    candidates += [code[:4] + "00", code[:2] + "0000", NATION]
    return next((item for item in candidates if item != code and item in every), "")


def _circles(code: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    while code:
        if code in seen:
            return True
        seen.add(code)
        code = parents.get(code, "")
    return False


def _by_depth(rows: list[RegionRow], parents: dict[str, str]) -> list[list[RegionRow]]:
    """The rows in batches, each after the batch that holds its parents."""
    depth: dict[str, int] = {}

    def of(code: str) -> int:
        if code not in depth:
            depth[code] = 1 + of(parents[code]) if parents.get(code) else 0
        return depth[code]

    batches: dict[int, list[RegionRow]] = {}
    for row in rows:
        batches.setdefault(of(row.code), []).append(row)
    return [batches[key] for key in sorted(batches)]
