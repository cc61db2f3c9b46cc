"""Opening a form for a period: who reports it, who approves it, by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.methods.periods import Period, period_of
from hengjian.parties.models import Region, Unit
from hengjian.returns.actions.storing import prefill, recount
from hengjian.returns.catalogue import forms
from hengjian.returns.declarations import Form
from hengjian.returns.models import Approval, Opening, Return
from hengjian.returns.prefilling import Sources
from hengjian.returns.reading import pasts_of
from hengjian.rulebook import NATIONAL, Rule
from hengjian.rulebook.parameters.reporting import Reporting


def due_day(form: Form, period: Period) -> tuple[date, Rule]:
    """By when a period is reported, and the rule that says so; a day off moves it as the rule says.

    Raises:
        RuleNotFound: the form names a variant that the rulebook does not have.
        ValueError: the rule is no cycle of periods.
    """
    rule = rulebook.at("reporting", NATIONAL, period.last, variant=form.reporting)
    reporting = rule.typed(Reporting)
    if reporting.due_day is None:
        raise ValueError(f"{rule.id} has no due day after a period; form {form.code} needs a cycle")
    nominal = reporting.due_day.after(period.last)
    return date.fromordinal(current_calendar().roll(nominal.toordinal(), reporting.roll)), rule


def opens_on(form: Form, period: Period) -> date:
    return period.last - timedelta(days=form.open_days)


def open_due(now: datetime) -> int:
    """Open every period whose day has come and that is not over yet; returns how many were opened."""
    today = timezone.localdate(now)
    opened = 0
    for form in forms(today):
        this = period_of(today, form.frequency)
        for period in (this.previous, this):
            if opens_on(form, period) <= today <= due_day(form, period)[0] and form.is_in_force(period.last):
                opened += open_period(form, period, now) is not None
    return opened


def open_period(form: Form, period: Period, now: datetime, *, fill: bool = True) -> Opening | None:
    """Open one form for one period with a return for every reporting region; None: it is open already.

    Args:
        fill: whether cells are prefilled from the form's sources.
    """
    if Opening.objects.filter(form_code=form.code, period_code=period.code).exists():
        return None
    due, rule = due_day(form, period)
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                form_code=form.code,
                form_version=form.version,
                period_code=period.code,
                first=period.first,
                last=period.last,
                due_on=due,
                rule=rule.id,
                rule_version=rule.version,
                opened_at=now,
            )
            entries = _make_returns(opening, form)
            if fill:
                _prefill(opening, entries)
    except IntegrityError:
        return None  # another worker opened it at the same moment
    return opening


def _make_returns(opening: Opening, form: Form) -> list[Return]:
    finder = _Units(form, opening.last)
    made: list[tuple[Return, Region]] = []
    for region in Region.objects.valid_on(opening.last).filter(level__in=form.reporters.levels).order_by("code"):
        unit = finder.reporter(region)
        if unit is not None:
            organiser = finder.organiser(region, unit)
            entry = Return(opening=opening, unit=unit, region=region, organiser=organiser, due_on=opening.due_on)
            made.append((entry, region))
    Return.objects.bulk_create([entry for entry, _region in made])
    Approval.objects.bulk_create(
        Approval(owner=entry, order=order, code=stage.code, unit=finder.approver(region, entry.unit, stage.by))
        for entry, region in made
        for order, stage in enumerate(form.stages)
    )
    return [entry for entry, _region in made]


def _prefill(opening: Opening, entries: list[Return]) -> None:
    if all(cell.prefill is None for cell in opening.layout.inputs):
        return
    sources, pasts = Sources(opening), pasts_of(entries)
    for entry in entries:
        past = pasts[entry.pk]
        if prefill(entry, by=None, now=opening.opened_at, past=past, sources=sources):
            recount(entry, past)
            entry.save(update_fields=["filled", "errors"])


class _Units:
    """The units of a form's families on a day, by region."""

    def __init__(self, form: Form, on: date) -> None:
        self.form = form
        families = {form.owner, *form.reporters.families}
        self.by_place: dict[tuple[int, str], Unit] = {}
        for unit in Unit.objects.valid_on(on).filter(family__in=families).order_by("-pk"):
            self.by_place[unit.region_id, unit.family] = unit
        self.regions = Region.objects.in_bulk()

    def reporter(self, region: Region) -> Unit | None:
        found = (self.by_place.get((region.pk, family)) for family in self.form.reporters.families)
        return next((unit for unit in found if unit is not None), None)

    def above(self, region: Region) -> list[Region]:
        """The region and those above it, from below."""
        chain = [region]
        while (parent := chain[-1].parent_id) is not None:
            chain.append(self.regions[parent])
        return chain

    def approver(self, region: Region, own: Unit, level: str) -> Unit:
        """Who passes a stage; where the level has no such unit the next above, and at the top the unit itself."""
        order = ["county", "prefecture", "provincial", "national"]
        if level == "own":
            return own
        for place in self.above(region):
            if place.level in order and order.index(place.level) >= order.index(level):
                unit = self.by_place.get((place.pk, self.form.owner))
                if unit is not None:
                    return unit
        return own

    def organiser(self, region: Region, own: Unit) -> Unit:
        return self.approver(region, own, "provincial")
