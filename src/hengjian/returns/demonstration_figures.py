"""Invented figures of the demonstration: each region has its size and its course, each period its season and noise;
some make the mistakes that the checks of the regime look for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from hengjian.methods.periods import Period
from hengjian.returns.models import Return
from hengjian.returns.rules import Key

Figures = dict[Key, Decimal]
INDUSTRIES = ("c13", "c14", "c15", "c17", "c26", "c27", "c29", "c30", "c33", "c34", "c35", "c38")
SERVICES = ("tourism", "finance", "transport", "logistics", "telecom", "health", "property", "catering")
WORKS = ("housing", "municipal", "highway", "water")
INSTRUMENTS = (
    "scales",
    "fuel",
    "utilities",
    "taximeters",
    "blood_pressure",
    "imaging",
    "pressure_gauges",
    "gas_alarms",
    "environment",
)
# Regions with a habit: the same figures every time, thin reports, figures that are rounded.
COPIES, THIN, ROUNDED, WRONG_UNIT = "992200", "992300", "990700", "990500"


def figures_of(entry: Return, random: Random, newest: bool = False) -> Figures:
    """Figures of one return; some mistakes are made in the newest period only."""
    own = Random(f"{entry.opening.form_code}:{entry.region.code}")
    size = own.uniform(0.6, 2.2) * (0.35 if entry.region.level == "county" else 1.0)
    period = entry.opening.period
    if entry.region.code == COPIES and entry.opening.form_code == "service_quality":
        random, period = Random(COPIES), Period(2026, 1, period.frequency)
    course = 1 + 0.015 * ((period.year - 2025) * 4 + period.month / 3)
    made = _MAKERS[entry.opening.form_code](own, random, size * course, period)
    return _with_habit(entry, made, newest)


def _with_habit(entry: Return, made: Figures, newest: bool) -> Figures:
    code, form = entry.region.code, entry.opening.form_code
    if code == THIN and form in ("product_quality", "service_quality"):
        rows = sorted({row for row, _column in made})[:2]
        return {key: value for key, value in made.items() if key[0] in rows}
    if code == ROUNDED and form == "measuring_instruments":
        return {key: Decimal(round(int(value) / 5) * 5) for key, value in made.items()}
    if code == WRONG_UNIT and form == "product_quality" and newest:
        row = min(row for row, _column in made)
        return {key: value / 100 if key == (row, "internal_loss") else value for key, value in made.items()}
    return made


def _amount(value: float) -> Decimal:
    return Decimal(f"{value:.1f}")


def _count(value: float) -> Decimal:
    return Decimal(max(0, round(value)))


def _noise(random: Random, spread: float = 0.06) -> float:
    return random.uniform(1 - spread, 1 + spread)


def _products(own: Random, random: Random, size: float, period: Period) -> Figures:
    made: Figures = {}
    for row in sorted(own.sample(INDUSTRIES, own.randint(5, 8))):
        output = own.uniform(9000, 90000) * size * (1 + 0.05 * (period.month > 6)) * _noise(random)
        shares = (own.uniform(0.22, 0.42), own.uniform(0.3, 0.4))
        one, two = output * shares[0] * _noise(random, 0.03), output * shares[1] * _noise(random, 0.03)
        loss = output * own.uniform(0.004, 0.016) * _noise(random, 0.05)
        made |= {
            (row, "firms"): _count(own.uniform(3, 28) * max(size, 0.5)),
            (row, "output"): _amount(output),
            (row, "grade_one"): _amount(one),
            (row, "grade_two"): _amount(two),
            (row, "grade_three"): _amount((output - one - two) * 0.985),
            (row, "internal_loss"): _amount(loss * 0.7),
            (row, "external_loss"): _amount(loss * 0.3),
        }
    return made


def _instruments(own: Random, random: Random, size: float, period: Period) -> Figures:
    made: Figures = {}
    for row in INSTRUMENTS:
        due = own.uniform(80, 1400) * size
        inspected = due * random.uniform(0.93, 1.0)
        made |= {
            (row, "due"): _count(due),
            (row, "inspected"): _count(min(inspected, int(due))),
            (row, "passed"): _count(int(inspected) * random.uniform(0.955, 0.992)),
        }
    return made


def _services(own: Random, random: Random, size: float, period: Period) -> Figures:
    made: Figures = {}
    for row in SERVICES:
        season = 1.2 if row == "tourism" and period.month == 7 else 1.0
        complaints = round(own.uniform(40, 320) * size * season * _noise(random, 0.07))
        called = round(complaints * own.uniform(0.35, 0.6) * _noise(random, 0.04))
        made |= {
            (row, "complaints"): _count(complaints),
            (row, "on_time"): _count(complaints * random.uniform(0.93, 0.995)),
            (row, "mediated"): _count(complaints * own.uniform(0.5, 0.72) * _noise(random, 0.03)),
            (row, "called"): _count(called),
            (row, "satisfied"): _count(called * own.uniform(0.8, 0.93) * _noise(random, 0.02)),
        }
    return made


def _works(own: Random, random: Random, size: float, period: Period) -> Figures:
    made: Figures = {}
    for row in WORKS:
        inspected = round(own.uniform(8, 60) * size * _noise(random, 0.09))
        passed = inspected if random.random() < 0.85 else inspected - 1
        under_way = round(own.uniform(60, 260) * size)
        made |= {
            (row, "inspected"): _count(inspected),
            (row, "passed"): _count(passed),
            (row, "first_time"): _count(passed * random.uniform(0.93, 1.0)),
            (row, "under_way"): _count(under_way),
            (row, "supervised"): _count(under_way * random.uniform(0.975, 1.0)),
        }
    return made


def _air(own: Random, random: Random, size: float, period: Period) -> Figures:
    winter = period.month in (11, 12, 1, 2, 3)
    chances = (0.22, 0.52, 0.17, 0.05, 0.03, 0.01) if winter else (0.46, 0.47, 0.06, 0.01, 0.0, 0.0)
    classes = ("excellent", "good", "light", "medium", "heavy", "severe")
    valid = period.days - (random.random() < 0.12)
    days = random.choices(classes, chances, k=valid)
    return {(name, "days"): Decimal(days.count(name)) for name in classes}


def _macro(own: Random, random: Random, size: float, period: Period) -> Figures:
    output = own.uniform(900_000, 4_800_000) * size
    sales, equipment = output * random.uniform(0.95, 0.99), output * own.uniform(0.35, 0.6)
    firms, checked, exported = own.uniform(90, 420) * size, own.uniform(350, 1500) * size, own.uniform(40, 900) * size
    better = 1 + 0.02 * (period.year - 2023)
    amounts = {
        "grade_one": output * own.uniform(0.28, 0.4) * better,
        "grade_two": output * 0.36,
        "grade_three": output * 0.2,
        "output": output,
        "controlled_equipment": equipment * min(0.9, own.uniform(0.42, 0.62) * better),
        "equipment": equipment,
        "losses": output * own.uniform(0.006, 0.015) / better,
        "research": sales * own.uniform(0.008, 0.021) * better,
        "renewal": sales * own.uniform(0.012, 0.03),
        "new_sales": sales * min(0.5, own.uniform(0.1, 0.24) * better),
        "sales": sales,
        "export_sales": sales * own.uniform(0.02, 0.14),
    }
    counts = {
        "certified_firms": firms * min(0.95, own.uniform(0.4, 0.62) * better),
        "firms": firms,
        "checked_batches": checked,
        "passed_batches": checked * min(0.985, own.uniform(0.9, 0.945) * (1 + 0.006 * (period.year - 2023))),
        "export_batches": exported,
        "export_passed": exported * random.uniform(0.975, 0.998),
        "patents": output / 100 * own.uniform(0.012, 0.05) * better,
    }
    made = {(row, "value"): _amount(value) for row, value in amounts.items()}
    return made | {(row, "value"): _count(int(value)) for row, value in counts.items()}


def _capacity(own: Random, random: Random, size: float, period: Period) -> Figures:
    made: Figures = {}
    rows = {
        "national_standards": 30, "group_standards": 22, "pilots": 9, "reference_standards": 26, "metrology_staff": 18,
        "laboratories": 24, "certificates": 420,
    }  # fmt: skip
    for row, usual in rows.items():
        stock = own.uniform(0.5, 1.4) * usual * size * (1 + 0.06 * (period.year - 2024))
        made[row, "stock"] = _count(stock)
        if row in ("national_standards", "group_standards", "pilots", "metrology_staff"):
            made[row, "added"] = _count(stock * random.uniform(0.03, 0.12))
    return made


_MAKERS: dict[str, Callable[[Random, Random, float, Period], Figures]] = {
    "product_quality": _products,
    "measuring_instruments": _instruments,
    "service_quality": _services,
    "engineering_acceptance": _works,
    "air_days": _air,
    "macro_quality": _macro,
    "nqi_capacity": _capacity,
}
