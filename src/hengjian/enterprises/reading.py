"""What one delivered row says: values as understood, what is wrong with them, what was noticed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.documents.sheets_in import COMPACT_DATE, DATE
from hengjian.enterprises.fields import BY_CODE, CHOICES, Field
from hengjian.enterprises.tables import Cells
from hengjian.methods import uscc
from hengjian.methods.company_names import fold_name
from hengjian.methods.masking import mask
from hengjian.parties.models import Region

MASKS = {"person": "name", "id": "id_card", "phone": "phone"}
NOTHING = frozenset({"", "无", "-", "--", "—", "/", "null", "NULL", "None", "空", "暂无", "不详"})
FAULTS = {
    "length": gettext_lazy("应为 18 位"),
    "alphabet": gettext_lazy("含有不使用的字符（I、O、S、V、Z 或其他符号）"),
    "placeholder": gettext_lazy("是占位的号码"),
    "class": gettext_lazy("登记管理部门或区划部分不成立"),
    "check17": gettext_lazy("第 17 位（组织机构代码校验位）不符"),
    "check18": gettext_lazy("第 18 位（校验位）不符"),
}


@dataclass(slots=True)
class Row:
    """One row as understood.

    Attributes:
        raw: {heading: cell} of the assigned columns, personal cells masked.
        values: {field: value}; names of persons masked.
        personal: {field: text} for the vault.
        person: keyed digest of the representative's name, for comparison only.
        faults: (heading, what is wrong): the row stays out.
        hints: (heading, what was noticed): it comes in.
    """

    number: int
    raw: Cells
    values: dict[str, str] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    person: str = ""
    own_number: str = ""
    valid_from: date | None = None
    region: Region | None = None
    digest: str = ""
    identity: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)
    hints: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.values.get("name", "")

    @property
    def code(self) -> str:
        return self.values.get("code", "")


class Reader:
    """Reads rows of one delivery: columns are assigned, regions looked up once."""

    def __init__(self, columns: Mapping[str, str], today: date) -> None:
        self.columns, self.today = dict(columns), today
        rows = Region.objects.all()
        self._regions: dict[str, Region] = {}
        for region in rows:
            self._regions.setdefault(region.name, region)
            self._regions[region.code] = region

    def read(self, number: int, cells: Cells) -> Row:
        """The row with everything that is wrong with it at once."""
        row = Row(number, {})
        told: dict[str, str] = {}
        for heading, code in self.columns.items():
            text = cells.get(heading, "").strip()
            if text in NOTHING:
                continue
            told[code] = text
            item = BY_CODE[code]
            row.raw[heading] = mask(MASKS[item.form], text) if item.personal else text
            if len(text) > item.longest:
                row.faults.append((heading, _("超过 %(most)d 个字。") % {"most": item.longest}))
            else:
                self._value(row, heading, item, text)
        if "name" not in row.values and not any(code == "name" for code in told):
            row.faults.append((str(BY_CODE["name"].title), _("没有填写名称。")))
        row.digest = _digest([sorted(told.items())])
        if not row.code and "tax_number" in row.values and uscc.examine(row.values["tax_number"]).valid:
            # Since 2015 the tax number of a body is its unified code.
            row.values["code"] = row.values["tax_number"]
        row.identity = identity_of(row)
        return row

    def _value(self, row: Row, heading: str, item: Field, text: str) -> None:
        if item.code == "own_number":
            row.own_number = text
        elif item.form == "code":
            _code(row, heading, text)
        elif item.form == "date":
            self._date(row, heading, item, text)
        elif item.form == "choice":
            value = CHOICES[item.code].get(text)
            if value is not None:
                row.values[item.code] = value
            elif item.code == "status":
                row.hints.append((heading, _("“%(text)s”不是已知的登记状态，未采用。") % {"text": text[:40]}))
        elif item.form == "region":
            row.region = self._regions.get(text) or self._regions.get(text.ljust(6, "0")[:6])
            if row.region is None:
                row.hints.append((heading, _("没有找到地区“%(text)s”，按数源单位所在地区归集。") % {"text": text[:40]}))
            else:
                row.values["region"] = row.region.code
        elif item.personal:
            row.personal[item.code] = text
            if item.form == "person":
                row.values[item.code] = mask("name", text)
            if item.code == "representative":
                row.person = person_digest(text)
        elif item.form in ("organisation", "registration", "tax"):
            _number(row, heading, item, text)
        else:
            row.values[item.code] = text

    def _date(self, row: Row, heading: str, item: Field, text: str) -> None:
        found = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
        try:
            day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
        except ValueError:
            day = None
        if day is None:
            row.faults.append(
                (heading, _("“%(value)s”不是日期，请写成 2026-01-05 或 2026年1月5日。") % {"value": text[:40]})
            )
        elif day > self.today:
            row.faults.append((heading, _("%(day)s 在将来。") % {"day": day.isoformat()}))
        elif item.code == "valid_from":
            row.valid_from = day
        else:
            row.values[item.code] = day.isoformat()

    def region_of(self, row: Row, fallback: Region) -> Region:
        """The region told, else that of the registrar in the code, else the delivery's."""
        return row.region or self._regions.get(row.code[2:8] or "-") or fallback


def _code(row: Row, heading: str, text: str) -> None:
    found = uscc.examine(text)
    if found.valid:
        row.values["code"] = text
    elif found.repaired:
        row.values["code"] = found.repaired
        row.hints.append(
            (
                heading,
                _("“%(text)s”书写有误，按 %(code)s 归集，原值保留。") % {"text": text[:40], "code": found.repaired},
            )
        )
    else:
        why = FAULTS.get(found.reason, FAULTS["length"])
        row.hints.append(
            (heading, _("“%(text)s”%(why)s，按没有代码归集，原值保留。") % {"text": text[:40], "why": why})
        )


def _number(row: Row, heading: str, item: Field, text: str) -> None:
    plain = uscc.normalise(text)
    if item.form == "organisation":
        right = bool(re.fullmatch(r"[0-9A-Z]{9}", plain)) and uscc.organisation_check_character(plain[:8]) == plain[8]
    elif item.form == "registration":
        right = bool(re.fullmatch(r"\d{13}|\d{15}", plain))
    else:
        right = bool(re.fullmatch(r"\d{6}[0-9A-Z]{9}|[0-9A-Z]{18}|\d{15}[0-9A-Z]{5}", plain))
    if right:
        row.values[item.code] = plain
    else:
        row.hints.append(
            (heading, _("“%(text)s”不是有效的%(title)s，未采用。") % {"text": text[:40], "title": item.title})
        )


def identity_of(row: Row) -> str:
    """Who the department says it is: its own number, else the code, else name and address."""
    if row.own_number:
        return f"id:{row.own_number}"
    if row.code:
        return f"code:{row.code}"
    return f"name:{_digest([fold_name(row.name), fold_name(row.values.get('address', ''))])}"


def _digest(parts: Iterable[object]) -> str:
    text = json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=100_000)
def person_digest(name: str) -> str:
    """A keyed digest of a person's name: equal names can be told, the name itself cannot be had from it."""
    plain = re.sub(r"[\s·•]", "", name)
    return salted_hmac("hengjian.enterprises.person", plain, algorithm="sha256").hexdigest()[:16] if plain else ""


def mark_duplicates(rows: Iterable[Row]) -> None:
    """Tell of rows of one file that are about the same body; the first stays.

    One code under two names stays in twice: it is for the register to find out which body it belongs to.
    """
    first: dict[str, Row] = {}
    for row in rows:
        if row.faults:
            continue
        before = first.setdefault(row.identity, row)
        if before is row:
            continue
        if row.identity.startswith("code:") and fold_name(row.name) != fold_name(before.name):
            row.identity += f"|{_digest([fold_name(row.name)])[:12]}"
            message = _("代码与第 %(row)d 行相同而名称不同，将列入重错码核查。") % {"row": before.number}
            row.hints.append((str(BY_CODE["code"].title), message))
            if first.setdefault(row.identity, row) is row:
                continue
        what = BY_CODE["own_number" if row.own_number else "code" if row.code else "name"].title
        row.faults.append((str(what), _("与第 %(row)d 行重复。") % {"row": before.number}))
