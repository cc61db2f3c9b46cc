"""Sending measures to departments, and asking for them back when an entry has left."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_noop

from hengjian.credit.lists.declarations import ListKind
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.lists.queries import measures_of
from hengjian.credit.lists.terms import day_after
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import who_may

TAKE, LIFT = "measure-take", "measure-lift"
SENT = gettext_noop("“%(list)s”的联合措施已推送到您单位，请于 %(due)s 前反馈接收回执。")
LIFTING = gettext_noop("%(number)s 已移出名单，请于 %(due)s 前解除联合措施并反馈回执。")


def send_measures(entry: ListEntry, declared: ListKind) -> list[MeasureTask]:
    """A task for each measure of the catalogue and each department that takes it in the region of the entry."""
    today = timezone.localdate()
    region = entry.region
    due = day_after(today, TAKE, region.code)
    tasks = []
    for spec in measures_of(declared, today, region.code):
        for unit in departments(spec.departments, region):
            task = MeasureTask.objects.create(entry=entry, measure=spec.code, unit=unit, due=due)
            _tell(task, SENT, "sent", list=declared.title, due=due.isoformat())
            tasks.append(task)
    return tasks


def lift_measures(entry: ListEntry) -> int:
    """Ask the departments to lift what they took over; what nobody took over yet is simply called off."""
    today = timezone.localdate()
    due = day_after(today, LIFT, entry.region.code)
    entry.tasks.filter(state=MeasureTask.State.SENT).update(state=MeasureTask.State.LIFTED, lifted_at=timezone.now())
    asked = 0
    for task in entry.tasks.filter(state=MeasureTask.State.TAKEN).select_related("unit"):
        task.state, task.due, task.reminded_at = MeasureTask.State.LIFTING, due, None
        task.save(update_fields=["state", "due", "reminded_at"])
        _tell(task, LIFTING, "lift", number=entry.number, due=due.isoformat())
        asked += 1
    return asked


def departments(families: Iterable[str], region: Region) -> list[Unit]:
    """The unit of each family in the region, or the nearest above; a family that has none there is left out."""
    above = [one.pk for one in Region.objects.above(region)]
    places = [region.pk, *(pk for pk in above if pk != region.pk)]
    levels = {level: rank for rank, level in enumerate(reversed(Region.Level.values))}
    found = []
    for family in families:
        units = Unit.objects.filter(family=family, region__in=places).select_related("region")
        here = sorted(units, key=lambda unit: (unit.region_id != region.pk, levels.get(unit.region.level, 99), unit.pk))
        if here:
            found.append(here[0])
    return found


def _tell(task: MeasureTask, text: str, occasion: str, **values: str) -> None:
    people: list[User] = list(who_may("lists.answer", task)[:20])
    tell(people, text, task.ref, f"{task.ref}:{occasion}", values)
