"""The room's part of the demonstration: five years brought in, everything computed, targets linked and set, some values
approved, some waiting, one corrected, a year closed, a definition proposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random

from django.utils import timezone

from hengjian.indicators.actions import (
    ApproveValues,
    ComputeIndicators,
    ConfirmImport,
    CorrectValue,
    ImportValues,
    LinkTarget,
    LockPeriod,
    ProposeDefinition,
    SetTarget,
)
from hengjian.indicators.catalogue import definition
from hengjian.indicators.linking import suggestions
from hengjian.indicators.models import Observation
from hengjian.indicators.versions import body_of
from hengjian.methods.periods import Period, parse_period, period_of
from hengjian.parties.models import Region, User
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.models import Target as PlanTarget

ORDER = 70
TOP, CITY = "990000", "990300"
PEOPLE = ("analyst", "office", "shuoan-office")
YEARS = 5
# Share that passes in the first year, change per year, sample size of the region; invented like everything here.
RATES = {
    "pass_rate.supervision": (0.902, 0.006, 2400),
    "pass_rate.supervision_enterprise": (0.897, 0.006, 2250),
    "pass_rate.system": (0.914, 0.005, 5100),
    "food.supervision_pass": (0.966, 0.003, 21800),
    "food.evaluation_pass": (0.984, 0.002, 3600),
    "agri.monitoring_pass": (0.962, 0.004, 5200),
    "product.traceability": (0.58, 0.07, 940),
}
# Indicator → values of the years.
PLAIN = {
    "product.repeat_failures": (31, 27, 28, 22, 19),
    "qci.published": ("79.64", "80.11", "80.75", "81.02", "81.58"),
    "demonstration.export_food_zones": (9, 11, 14, 16, 17),
    "demonstration.export_industry_zones": (2, 2, 3, 4, 4),
    "governance.assessment_grade": (2, 2, 3, 3, 3),
    "environment.pollutants": (182400, 176900, 171300, 167800, 163500),
}
RATIOS = {"economy.energy_intensity": (9820, "1.02"), "economy.carbon_intensity": (23900, "1.02")}
INDUSTRIES = ("c13", "c14", "c15", "c17", "c26", "c30")


def build(now: datetime, random: Random) -> None:
    """Everything up to `now`, through the actions."""
    people = {user.username: user for user in User.objects.filter(username__in=PEOPLE).select_related("unit")}
    if len(people) == len(PEOPLE):
        Player(timezone.localtime(now), random, people).run()


class Player:
    """One build."""

    def __init__(self, now: datetime, random: Random, people: dict[str, User]) -> None:
        self.today, self.random = now.date(), random
        self.analyst, self.office, self.city_office = (people[name] for name in PEOPLE)
        self.top = Region.objects.get(code=TOP)
        self.cities = list(Region.objects.filter(parent=self.top).order_by("code"))
        self.years = range(self.today.year - YEARS, self.today.year)

    def run(self) -> None:
        self.bring_in(list(self.history()), "历年质量统计资料汇编")
        self.approve(Observation.objects.filter(batch__isnull=False))
        self.bring_in(list(self.samples()), "制造业产品质量合格率统计调查")
        self.bring_in(list(self.quarters()), "监督抽查结果通报")
        ComputeIndicators(user=None, system="worker").execute()
        self.approve_computed()
        self.correct()
        LockPeriod(
            user=self.office, region=self.top, period=Period(self.years[0], 1, "year"), reason="年报已汇编"
        ).execute()
        self.targets()
        self.propose()

    # ---- values brought in

    def bring_in(self, rows: list[dict[str, str]], publisher: str) -> None:
        assert self.analyst.unit is not None
        batch = ImportValues(user=self.analyst, unit=self.analyst.unit, rows=rows, publisher=publisher).execute()
        ConfirmImport(user=self.analyst, batch=batch).execute()

    def history(self) -> Iterator[dict[str, str]]:
        """Five years of the region and its cities."""
        for code, (first, step, size) in RATES.items():
            for number, year in enumerate(self.years):
                for region in self.cities[:6]:
                    n = max(40, round(size / 6 * self.random.uniform(0.7, 1.3)))
                    yield self.share(code, region, str(year), first + step * number, n)
        for code, values in PLAIN.items():
            for year, value in zip(self.years, values, strict=True):
                yield {"indicator": code, "region": TOP, "period": str(year), "value": str(value)}
        for code, (amount, growth) in RATIOS.items():
            product = Decimal(16400)
            for year in self.years:
                product *= Decimal("1.055")
                amount = round(amount * float(growth))
                parts = {"numerator": str(amount), "denominator": str(round(product))}
                yield {"indicator": code, "region": TOP, "period": str(year), **parts}

    def share(self, code: str, region: Region, period: str, rate: float, n: int, by: str = "") -> dict[str, str]:
        """A row whose share scatters as a sample of this size does."""
        spread = (rate * (1 - rate) / n) ** 0.5
        passed = min(n, max(0, round(n * self.random.gauss(rate, spread))))
        parts = {"numerator": str(passed), "denominator": str(n)}
        return {"indicator": code, "region": region.code, "period": period, "dimensions": by, **parts}

    def samples(self) -> Iterator[dict[str, str]]:
        """Samples of the pass-rate survey by city and industry, for the last quarters."""
        quarter = period_of(self.today, "quarter")
        for back in range(5, 0, -1):
            for region in self.cities[:6]:
                for industry in INDUSTRIES:
                    n = self.random.randrange(24, 90)
                    rate = 0.925 + 0.002 * (5 - back)
                    by = f"industry={industry}"
                    yield self.share("product.sample_pass", region, quarter.shift(-back).code, rate, n, by)

    def quarters(self) -> Iterator[dict[str, str]]:
        """This year's quarters so far; they wait for approval."""
        quarter = period_of(self.today, "quarter")
        for back in range(quarter.month // 3, 0, -1):
            for region in self.cities[:6]:
                period = quarter.shift(-back).code
                yield self.share("pass_rate.supervision", region, period, 0.931, self.random.randrange(30, 90))
                yield self.share("food.supervision_pass", region, period, 0.979, self.random.randrange(240, 520))

    # ---- decisions

    def approve(self, rows: object) -> None:
        chosen = Observation.objects.filter(pk__in=rows.values("pk"))  # type: ignore[attr-defined]
        values = list(chosen.select_related("region", "unit", "definition"))
        ApproveValues(user=self.office, values=values).execute()

    def approve_computed(self) -> None:
        """What the office has looked at: the region's and the cities' figures of last year and this spring."""
        limit = self.today.replace(month=7, day=1)
        codes = (
            "plan.closed_on_time", "complaint.on_time", "metrology.valid", "air.good_days", "metrology.coverage",
            "metrology.pass", "engineering.first_time", "product.loss_rate",
        )  # fmt: skip
        rows = Observation.objects.filter(
            indicator__in=codes,
            region__in=[self.top, *self.cities],
            dimensions="",
            value__isnull=False,
            last__lt=limit,
            first__gte=limit.replace(month=1),
        )
        self.approve(rows)

    def correct(self) -> None:
        """A figure that was copied wrongly: the correction waits; another one is approved already."""
        rows = Observation.objects.filter(
            indicator="agri.monitoring_pass", region__in=self.cities, period=str(self.years[-1]), current=True
        ).order_by("region__code")
        for number, row in enumerate(rows[:2]):
            assert row.numerator is not None and row.denominator is not None
            made = CorrectValue(
                user=self.analyst,
                observation=row,
                numerator=row.numerator - 2,
                denominator=row.denominator,
                reason="复检后有 2 个样品改判不合格",
            ).execute()
            if number == 0:
                self.approve(Observation.objects.filter(pk=made.pk))

    # ---- targets and definitions

    def targets(self) -> None:
        for line in PlanTarget.objects.filter(retired=False).select_related("plan__region"):
            found = suggestions(line, most=1)
            if found and found[0].sure and line.value:
                try:
                    LinkTarget(user=None, system="demonstration", line=line, indicator=found[0].declared.code).execute()
                except ActionRefused:
                    continue  # two lines of one plan ask for the same figure
        year = self.today.year
        for code, value, due in (
            ("pass_rate.supervision", "94", year + 1),
            ("food.supervision_pass", "98", year),
            ("agri.monitoring_pass", "98", year),
            ("air.good_days", "84", year),
            ("product.traceability", "95", year),
            ("economy.energy_intensity", "0.5", year + 4),
        ):
            declared = definition(code)
            above = None
            for region in (self.top, *(city for city in self.cities if city.code == CITY)):
                if region.level not in declared.levels:
                    continue
                above = SetTarget(
                    user=self.office,
                    indicator=code,
                    region=region,
                    period=parse_period(str(due)),
                    operator="at_most" if declared.direction == "lower" else "at_least",
                    value=Decimal(value),
                    parent=above,
                    source="自治区质量发展规划",
                    reason="",
                ).execute()

    def propose(self) -> None:
        """A change of a definition that waits for a second person."""
        body = body_of(definition("product.repeat_failures"))
        body["note"] = "自下一年度起，复查不合格也计为一次。"
        assert self.analyst.unit is not None
        ProposeDefinition(
            user=self.analyst, unit=self.analyst.unit, body=body, reason="与监督抽查管理办法的口径保持一致"
        ).execute()
