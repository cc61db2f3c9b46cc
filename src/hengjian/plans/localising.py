"""A first draft of a local plan from the plan of the level above: units and place names of the region put in.

What nobody can know from the text is left as it stands and listed, so that a person decides it; nothing is guessed
silently.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hengjian.methods.organisations import Organisations, default_organisations
from hengjian.parties.models import Region, Unit
from hengjian.parties.queries import lower_counterparts, units_of
from hengjian.plans.cascading import reading_of
from hengjian.plans.models import Duty, Plan

Json = dict[str, Any]
WHOLE = {"national": "全国", "provincial": "全区", "prefecture": "全市", "county": "全县"}
# How the governments one level down are called together.
BELOW = {"provincial": "各市人民政府", "prefecture": "各县（市、区）人民政府", "county": "各乡镇人民政府"}
WAYS = ("counterpart", "family", "proposed", "collective", "unmapped")
SIGN = "【待核】"


@dataclass(frozen=True)
class Mapped:
    """A unit as the parent writes it and what it becomes. `way`: one of WAYS; unmapped names stay as written."""

    written: str
    names: tuple[str, ...]
    way: str

    @property
    def text(self) -> str:
        return "、".join(self.names) or self.written

    @property
    def word(self) -> str:
        return {
            "counterpart": _("对口单位"),
            "family": _("同一职能单位"),
            "proposed": _("按通行名称拟定，本地区未登记"),
            "collective": _("集合主体"),
            "unmapped": _("没有找到，保留原名"),
        }[self.way]

    @property
    def sure(self) -> bool:
        return self.way not in ("unmapped", "proposed")


@dataclass(frozen=True)
class Piece:
    """A stretch of the draft; `unit` where it is a responsible unit."""

    text: str
    unit: Mapped | None = None


@dataclass(frozen=True)
class LocalDraft:
    title: str
    basis: str
    # ("section" | "item", pieces) in text order.
    parts: tuple[tuple[str, tuple[Piece, ...]], ...]
    units: tuple[Mapped, ...]
    replaced: dict[str, int]

    @property
    def unsure(self) -> list[Mapped]:
        return [row for row in self.units if not row.sure]

    def text(self, *, marked: bool = False) -> str:
        """The draft as plain text, as the import reads it; `marked`: with a sign behind every unit to be decided."""
        lines = [self.title, "", self.basis]
        for kind, pieces in self.parts:
            line = "".join(
                piece.text + (SIGN if marked and piece.unit is not None and not piece.unit.sure else "")
                for piece in pieces
            )
            lines += ["", line] if kind == "section" else [line]
        return "\n".join(lines) + "\n"


class UnitMapper:
    """Finds the units of `region` that answer the units of `plan`."""

    def __init__(self, plan: Plan, region: Region, on: date, organisations: Organisations | None = None) -> None:
        self._region, self._on = region, on
        self._known = organisations or default_organisations()
        # What the office settled when it imported the parent.
        duties = Duty.objects.filter(task__plan=plan, unit__isnull=False, via=None).select_related("unit")
        self._resolved: dict[str, Unit] = {duty.as_written: duty.unit for duty in duties if duty.unit is not None}
        self._by_family: dict[str, Unit] = {}
        for unit in units_of(region, on):
            if unit.family:
                self._by_family.setdefault(unit.family, unit)

    def map(self, written: str) -> Mapped:
        """The unit that a written name becomes; several when the work is divided below."""
        group = self._known.collective_class(written)
        if group == "local_governments":
            name = BELOW.get(self._region.level)
            return Mapped(written, (name,) if name else (), "collective" if name else "unmapped")
        if group:
            return Mapped(written, (written,), "collective")
        unit = self._resolved.get(written)
        if unit is not None:
            lower = list(lower_counterparts(unit, self._region, self._on))
            if lower:
                return Mapped(written, tuple(str(row) for row in lower), "counterpart")
        families = [unit.family] if unit is not None and unit.family else []
        families += [match.family for match in self._known.find(written) if match.family not in families]
        for family in families:
            if family in self._by_family:
                return Mapped(written, (str(self._by_family[family]),), "family")
        for family in families:
            known = self._known.families.get(family)
            names = known.names.get(self._region.level, ()) if known is not None else ()
            if names and self._known.in_force(family, self._on):
                return Mapped(written, (names[1] if len(names) > 1 else names[0],), "proposed")
        return Mapped(written, (), "unmapped")


def draft_local(plan: Plan, region: Region, on: date) -> LocalDraft:
    """The draft of `region` after `plan`: sections and items in the words of the parent, units and places replaced."""
    reading = reading_of(plan)
    text = plan.text
    mapper = UnitMapper(plan, region, on)
    units: dict[str, Mapped] = {}
    words = _places(plan.region, region)
    counted: Counter[str] = Counter()
    parts: list[tuple[str, tuple[Piece, ...]]] = []

    def local(stretch: str) -> str:
        for before, after in words.items():
            counted[before] += stretch.count(before)
            stretch = stretch.replace(before, after)
        return "".join(line.strip() for line in stretch.splitlines())

    for section in reading["sections"]:
        items = section["items"]
        start = section["span"][0]
        head = text[start : items[0]["span"][0] if items else section["span"][1]]
        if head.strip():
            parts.append(("section", (Piece(local(head)),)))
        for item in items:
            if item.get("skip"):
                continue
            pieces, at = [], item["span"][0]
            for duty in _duties_in(item, text):
                begin, end = duty["span"]
                if begin < at:
                    continue
                found = units.setdefault(duty["organisation"], mapper.map(duty["organisation"]))
                pieces += [Piece(local(text[at:begin])), Piece(found.text, found)]
                at = end
            pieces.append(Piece(local(text[at : item["span"][1]])))
            parts.append(("item", tuple(pieces)))
    number = f"（{plan.number}）" if plan.number else ""
    return LocalDraft(
        title=local_title(plan, region),
        basis=f"为贯彻落实《{plan.title}》{number}，结合{region.name}实际，制定本方案。",
        parts=tuple(parts),
        units=tuple(units.values()),
        replaced={word: n for word, n in counted.items() if n},
    )


def _duties_in(item: Json, text: str) -> list[Json]:
    """The duties that stand in the item's text where the reading says, in text order."""
    found = []
    for duty in item.get("duties", ()):
        span = duty.get("span")
        if span and text[span[0] : span[1]] == duty["organisation"]:
            found.append(duty)
    return sorted(found, key=lambda duty: duty["span"][0])


def local_title(plan: Plan, region: Region) -> str:
    """朔安市贯彻落实质量强区建设2026年行动计划实施方案."""
    own = "".join(plan.title.split())
    for name in (plan.region.name, plan.region.short_name):
        if name:
            own = own.removeprefix(name)
    return f"{region.name}贯彻落实{own}{'' if own.endswith('方案') else '实施方案'}"


def _places(above: Region, below: Region) -> dict[str, str]:
    """Words for the whole region above and what they become; longest first."""
    suffix = below.name[-1:]
    whole = f"全{suffix}" if suffix in "省市州盟县区旗" else WHOLE.get(below.level, "全域")
    words = {above.name: below.name}
    if above.level == Region.Level.PROVINCIAL:
        words |= {"全省": whole} if above.name.endswith("省") else {"全区": whole}
    elif above.level == Region.Level.PREFECTURE:
        words |= {f"全{above.name[-1:]}": whole}
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))
