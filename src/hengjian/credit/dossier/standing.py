"""How an enterprise stands: badges in the head, grade and lists on the overview, values with who said so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.grading.packs import QUALITY, RISK
from hengjian.credit.grading.queries import Feature, Grade, grade_of, history, may_see_class
from hengjian.credit.lists.queries import PUBLIC, FormerMembership, Membership, former, memberships
from hengjian.enterprises.fields import FIELDS
from hengjian.enterprises.queries import ValueSource, values_of

MOST_BADGES = 4
FIELD_OF = {field.code: field for field in FIELDS}


@dataclass(frozen=True)
class Said:
    """One field with what each source says of it, the value that counts first."""

    title: str
    values: tuple[ValueSource, ...]

    @property
    def counts(self) -> ValueSource:
        return self.values[0]

    @property
    def others(self) -> tuple[ValueSource, ...]:
        return self.values[1:]

    @property
    def differ(self) -> bool:
        return len({value.value for value in self.values}) > 1


@dataclass(frozen=True)
class Badge:
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Part:
    """One group of the grade's table: its points, and the features that were counted in it."""

    title: str
    points: Decimal | None
    features: tuple[Feature, ...]


def head(dossier: Dossier) -> dict[str, Any]:
    """Badges beside the name: lists on which the enterprise stands, good ones in bronze."""
    badges = [Badge(one.title, "bronze" if one.light == "green" else "") for one in lists_of(dossier)]
    return {"badges": list(dict.fromkeys(badges))[:MOST_BADGES]}


def lists_of(dossier: Dossier) -> list[Membership]:
    """The lists that the reader may see, of those on which the enterprise stands today: at an earlier day without what
    came later. What was left is in no earlier day either."""
    user = dossier.reader.user
    found = memberships(dossier.enterprise, reader=PUBLIC if dossier.reader.side == "public" or user is None else user)
    days = [dossier.valid_on, timezone.localdate(dossier.known_at) if dossier.known_at else None]
    return [one for one in found if all(day is None or one.entered_on <= day for day in days)]


def former_of(dossier: Dossier) -> list[FormerMembership]:
    """Lists that the enterprise left, as far as the reader may still know of them; not of earlier times."""
    user = dossier.reader.user
    past = dossier.valid_on is not None or dossier.known_at is not None
    if past or user is None or user.unit is None or dossier.reader.side == "public":
        return []
    return former(dossier.enterprise, user.unit)


def overview(dossier: Dossier) -> dict[str, Any]:
    """Grade with its parts, the class where the reader supervises, lists."""
    grade = grade_of(dossier.enterprise, on=dossier.valid_on)
    if grade is not None and not grade.public and not _supervises(dossier):
        grade = None
    return {
        "grade": grade,
        "grade_parts": _parts(grade) if grade is not None else [],
        "risk": grade_of(dossier.enterprise, RISK, dossier.valid_on) if _supervises(dossier) else None,
        "lists": lists_of(dossier),
        "former": former_of(dossier),
        "history": [one for one in history(dossier.enterprise, QUALITY) if one != grade][:1] if grade else [],
    }


def _supervises(dossier: Dossier) -> bool:
    return dossier.reader.officer and may_see_class(dossier.reader.user)


def _parts(grade: Grade) -> list[Part]:
    """The features by group, in the order of the groups."""
    points = dict(grade.groups)
    titles = list(dict.fromkeys([*points, *(feature.group for feature in grade.features)]))
    return [
        Part(title, points.get(title), tuple(feature for feature in grade.features if feature.group == title))
        for title in titles
    ]


def identity(dossier: Dossier) -> dict[str, Any]:
    """Names, codes, and for those inside every value with its source."""
    enterprise = dossier.enterprise
    names = list(enterprise.names.all())
    context: dict[str, Any] = {
        "former_names": [name for name in names if name.kind == "former"],
        "codes": list(enterprise.codes.all()),
    }
    if dossier.reader.side == "public":
        return context
    grouped: dict[str, list[ValueSource]] = {}
    for value in values_of(enterprise, dossier.known_at):
        grouped.setdefault(value.field, []).append(value)
    context["said"] = [
        Said(str(FIELD_OF[code].title), tuple(values)) for code, values in grouped.items() if code in FIELD_OF
    ]
    context["other_names"] = [name for name in names if name.kind != "former"]
    return context
