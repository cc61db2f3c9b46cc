"""Which indicator a line of a plan asks for: by title, other names and likeness, with the reason. Pure reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hengjian.indicators.catalogue import definitions
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Target
from hengjian.methods.text_similarity import shingles
from hengjian.plans.models import Target as PlanTarget

LEAST = 0.34  # below that a likeness of names means nothing
_NOISE = re.compile(r"[\s（）()“”、，,·—-]")
_PREFIX = re.compile(r"^(?:全国|国家级?|全区|自治区|省级?|重点领域|主要)")


@dataclass(frozen=True)
class Suggestion:
    """A definition that may be meant. `confidence` is in [0, 1]; 1: its very name."""

    declared: Definition
    confidence: float
    reason: str
    warning: str = ""

    @property
    def sure(self) -> bool:
        """Whether one click may confirm it together with others."""
        return self.confidence >= 0.9 and not self.warning


def folded(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def suggestions(line: PlanTarget, known: Sequence[Definition] | None = None, most: int = 3) -> list[Suggestion]:
    """The likeliest indicators for a line of a plan, the best first."""
    name = folded(line.indicator)
    scoped = folded(f"{line.scope}{line.indicator}")
    found = [one for item in known or definitions() if (one := _judge(item, name, scoped, line)) is not None]
    return sorted(found, key=lambda one: (-one.confidence, one.declared.code))[:most]


def _judge(declared: Definition, name: str, scoped: str, line: PlanTarget) -> Suggestion | None:
    warning = _units(declared, line)
    title, aliases = folded(declared.title), [folded(alias) for alias in declared.aliases]
    if name == title or scoped == title:
        return Suggestion(declared, 1.0, _("名称相同"), warning)
    if name in aliases or scoped in aliases:
        return Suggestion(declared, 0.98, _("是这个指标的别名"), warning)
    bare = _PREFIX.sub("", name)
    if bare in (title, *aliases) or bare in [_PREFIX.sub("", alias) for alias in aliases]:
        return Suggestion(declared, 0.92, _("去掉“全国、自治区”等限定后同名"), warning)
    best = max(_likeness(name, other) for other in (title, *aliases))
    if best < LEAST:
        return None
    return Suggestion(
        declared, round(best * 0.85, 2), _("名称相似（%(percent)d%%）") % {"percent": round(best * 100)}, warning
    )


def _likeness(first: str, second: str) -> float:
    a, b = shingles(first, 2), shingles(second, 2)
    return len(a & b) / len(a | b) if a | b else 0.0


def _units(declared: Definition, line: PlanTarget) -> str:
    """What does not fit between the unit of the line and the scale of the indicator."""
    percent = line.unit_label.strip() in ("%", "％")
    if percent and declared.scale != "percent":
        return _("计划写的是百分比，这个指标是%(unit)s，两者不是同一种量。") % {"unit": declared.unit or declared.scale}
    if not percent and line.unit_label and declared.scale == "percent":
        return _("计划的单位是%(unit)s，这个指标是百分比。") % {"unit": line.unit_label}
    return ""


def unlinked(lines: Iterable[PlanTarget]) -> list[PlanTarget]:
    """The lines that no active target was made of."""
    rows = list(lines)
    refs = {f"target:{row.pk}" for row in rows}
    linked = set(
        Target.objects.filter(plan_target__in=refs, state=Target.State.ACTIVE).values_list("plan_target", flat=True)
    )
    return [row for row in rows if f"target:{row.pk}" not in linked]
