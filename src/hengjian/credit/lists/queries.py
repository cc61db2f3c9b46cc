"""Reads of the room: on which lists an enterprise is, what that means for a matter, what departments still owe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from hengjian import rulebook
from hengjian.credit.lists.catalogue import list_kind, list_kinds
from hengjian.credit.lists.declarations import ListKind
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Unit
from hengjian.parties.policies import may_anywhere
from hengjian.rulebook.parameters.credit_measures import CreditMeasures, MeasureSpec

PUBLIC = "public"
FAMILY = "credit_measures"


@dataclass(frozen=True)
class Membership:
    """An enterprise on a list, in the reader's language."""

    list: str
    title: str
    entered_on: date
    until: date | None
    ground: str
    organ: Unit
    state: str
    light: str
    number: str
    document: str
    entry: ListEntry


@dataclass(frozen=True)
class FormerMembership:
    """What is left of an entry that left its list: neither why it was made nor by which decision."""

    title: str
    number: str
    entered_on: date
    left_on: date | None
    state: str


@dataclass(frozen=True)
class ActiveMeasure:
    """What a list entry means in a matter.

    Attributes:
        effect: what the department does.
        departments: units that were told, with the state of their receipt.
    """

    code: str
    title: str
    effect: str
    basis: str
    entry: ListEntry
    list_title: str
    until: date | None
    departments: tuple[tuple[Unit, str], ...]
    reward: bool
    to_verify: bool


def language() -> str:
    return get_language() or ""


def readable_kinds(reader: Any) -> list[str]:
    """Codes of the lists that the reader may see: public ones, and for officers all."""
    inside = reader != PUBLIC and (reader is None or may_anywhere(reader, "lists.view"))
    return [kind.code for kind in list_kinds() if inside or kind.disclosure == PUBLIC]


def on_lists(day: date | None = None) -> QuerySet[ListEntry]:
    """Entries that stand today: neither left nor at the end of their term, although nobody has ended them yet."""
    today = day or timezone.localdate()
    rows = ListEntry.objects.filter(state=ListEntry.State.LISTED, entered_on__lte=today)
    # The record of a shielded enterprise is sealed for a time, and its entry with it.
    shown = Q(record=None) | Exists(CreditRecord.objects.filter(key=OuterRef("record")))
    rows = rows.filter(Q(until=None) | Q(until__gte=today), shown)
    return rows.select_related("enterprise", "region", "unit")


def memberships(enterprise: Enterprise, *, reader: Any) -> list[Membership]:
    """The lists on which an enterprise stands today, the newest first. Entries that left are shown to nobody.

    Args:
        reader: "public", a user, or None for the system.
    """
    rows = on_lists().filter(enterprise=enterprise, kind__in=readable_kinds(reader))
    return [membership(row) for row in rows]


def former(enterprise: Enterprise, unit: Unit) -> list[FormerMembership]:
    """The entries that left their lists, for the two that may know of them: the enterprise itself, and the organ that
    made them (its own file). For everybody else they ended with their publication.

    Args:
        unit: of the reader.
    """
    rows = ListEntry.objects.filter(enterprise=enterprise).exclude(state=ListEntry.State.LISTED)
    if enterprise.account_id != unit.pk:
        rows = rows.filter(unit=unit)
    return [
        FormerMembership(
            list_kind(row.kind).said(language()), row.number, row.entered_on, row.left_on, row.get_state_display()
        )
        for row in rows.order_by("-left_on", "-pk")
    ]


def membership(row: ListEntry) -> Membership:
    """An entry with the words of its list."""
    kind = list_kind(row.kind)
    criterion = next((one for one in kind.criteria if one.code == row.criterion), None)
    return Membership(
        list=row.kind,
        title=kind.said(language()),
        entered_on=row.entered_on,
        until=row.until,
        ground=criterion.said(language()) if criterion else row.ground,
        organ=row.unit,
        state=row.get_state_display(),
        light=light_of(kind),
        number=row.number,
        document=row.document,
        entry=row,
    )


def light_of(kind: ListKind) -> str:
    return {"serious": "red", "ordinary": "orange", "good": "green"}[kind.weight]


def catalogue_on(day: date, region: str) -> rulebook.Rule | None:
    """The catalogue of measures that holds in a region on a day."""
    try:
        return rulebook.at(FAMILY, region, day)
    except rulebook.RuleNotFound:
        return None


def measures_of(kind: ListKind, day: date, region: str) -> tuple[MeasureSpec, ...]:
    """The measures that the catalogue names for a list on a day; measures outside of it are never taken."""
    rule = catalogue_on(day, region)
    if rule is None or not kind.measures:
        return ()
    return rule.typed(CreditMeasures).measures_for(kind.code, day)


def measures_for(enterprise: Enterprise, matter: str = "", on: date | None = None) -> list[ActiveMeasure]:
    """What department must mind when they decide about an enterprise: "may it get this permit, this award …?"

    Args:
        matter: code of a matter of the catalogue; "" for all.
    """
    today = on or timezone.localdate()
    found = []
    for row in on_lists(today).filter(enterprise=enterprise).prefetch_related("tasks__unit"):
        kind = list_kind(row.kind)
        rule = catalogue_on(today, row.region.code)
        tasks: dict[str, list[tuple[Unit, str]]] = {}
        for task in row.tasks.all():
            tasks.setdefault(task.measure, []).append((task.unit, task.get_state_display()))
        for spec in measures_of(kind, today, row.region.code):
            if matter and matter not in spec.matters:
                continue
            found.append(
                ActiveMeasure(
                    code=spec.code,
                    title=spec.said(language()),
                    effect=spec.effect_in(language()),
                    basis=spec.basis,
                    entry=row,
                    list_title=kind.said(language()),
                    until=row.until,
                    departments=tuple(tasks.get(spec.code, ())),
                    reward=spec.kind == "reward",
                    to_verify=rule is not None and rule.to_verify,
                )
            )
    return found


def open_tasks(units: Iterable[Unit] | Sequence[int]) -> QuerySet[MeasureTask]:
    """What departments still have to answer, the most urgent first."""
    waiting = (MeasureTask.State.SENT, MeasureTask.State.LIFTING)
    return MeasureTask.objects.filter(unit__in=list(units), state__in=waiting).select_related(
        "entry__enterprise", "unit"
    )


def overdue_tasks(today: date | None = None) -> QuerySet[MeasureTask]:
    """Receipts that are late."""
    waiting = (MeasureTask.State.SENT, MeasureTask.State.LIFTING)
    day = today or timezone.localdate()
    return MeasureTask.objects.filter(state__in=waiting, due__lt=day).select_related("entry__enterprise", "unit")
