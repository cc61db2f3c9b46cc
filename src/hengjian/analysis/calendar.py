"""The report calendar: what is due for a region in a year, and what has come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hengjian import rulebook
from hengjian.analysis.models import Report
from hengjian.analysis.structures import structures
from hengjian.methods.periods import Period, period_of, periods_between
from hengjian.parties.models import Region, Unit
from hengjian.rulebook import RuleNotFound
from hengjian.rulebook.parameters.report_calendar import ReportCalendar, ReportLine

DONE = (Report.State.APPROVED, Report.State.PUBLISHED, Report.State.SUPERSEDED)


@dataclass(frozen=True)
class Due:
    """One report of one period. `report` is what there is of it, `unit` who makes it."""

    line: ReportLine
    period: Period
    on: date
    unit: Unit | None
    report: Report | None
    today: date

    @property
    def done(self) -> bool:
        return self.report is not None and self.report.state in DONE

    @property
    def light(self) -> str:
        if self.done:
            return "green"
        if self.on < self.today:
            return "red"
        return "blue" if self.report is not None else "grey"

    @property
    def writable(self) -> bool:
        """Whether the system writes it."""
        return self.line.structure in structures()


def calendar_of(region: Region, on: date) -> ReportCalendar | None:
    try:
        return rulebook.at("report_calendar", region.code, on).typed(ReportCalendar)
    except RuleNotFound:
        return None


def year_of(region: Region, year: int, today: date, reports: Sequence[Report]) -> list[Due]:
    """Everything that falls due in a year for a region, by day.

    Args:
        reports: those of the region that the reader may see.
    """
    calendar = calendar_of(region, today)
    if calendar is None:
        return []
    lines = [line for line in calendar.reports if region.level in line.levels]
    units = {
        unit.family: unit
        for unit in Unit.objects.filter(region=region, family__in={line.owner for line in lines}).valid_on(today)
    }
    known: dict[tuple[str, str], Report] = {}
    for report in sorted(reports, key=lambda each: each.version):
        known[(report.calendar or report.structure, report.period)] = report
    found = []
    for line in lines:
        first = period_of(date(year - 2, 1, 1), line.frequency)
        for period in periods_between(first, period_of(date(year, 12, 31), line.frequency)):
            day = line.due(period.last)
            if day.year == year:
                found_one = known.get((line.code, period.code))
                found.append(Due(line, period, day, units.get(line.owner), found_one, today))
    return sorted(found, key=lambda due: (due.on, due.line.code))


def line_named(region: Region, code: str, on: date) -> ReportLine | None:
    calendar = calendar_of(region, on)
    return next((line for line in calendar.reports if line.code == code), None) if calendar else None
