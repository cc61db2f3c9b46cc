"""What an indicator is: one YAML page from which its values, pages, exports, targets and explanations derive. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from hengjian.lake.measures import Condition, Measure
from hengjian.methods.periods import MONTHS, Frequency
from hengjian.registers.fields import Legal, Titled
from hengjian.rulebook.base import Strict

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=80)]
# What kind of number it is. Numbers of different kinds never share a column, an axis or a mean.
Scale = Literal["percent", "index_point", "score", "ratio", "count", "amount", "mean"]
Direction = Literal["higher", "lower", "target", "none"]
SHARES: tuple[Scale, ...] = ("percent", "ratio", "mean")
Level = Literal["provincial", "prefecture", "county"]
Theme = Literal[
    "product",
    "engineering",
    "service",
    "environment",
    "foundation",
    "brand",
    "safety",
    "governance",
    "economy",
    "integrity",
]
# Values of conditions on a standing: the first and last day of the period that is asked about.
START, END = "@start", "@end"


class Part(Titled):
    """Numerator or denominator, described so that two people count the same."""

    description: str = Field(min_length=2)
    description_en: str = ""
    unit: str = ""


class Assumption(Titled):
    """Something that no official source fixes and that the value rests on. Its mark follows the value everywhere.

    Attributes:
        what: the kind of assumption.
    """

    what: Literal["weight", "bound", "band", "sample", "coverage", "definition"]


class FromFacts(Strict):
    """Counted in the ledger. A percentage has both measures, a count or an amount only the numerator.

    Attributes:
        complement: the numerator measure counts what failed; the numerator is the denominator without it.
    """

    kind: Literal["facts"]
    numerator: Measure
    denominator: Measure | None = None
    complement: bool = False

    @model_validator(mode="after")
    def _fits(self) -> FromFacts:
        if self.complement and self.denominator is None:
            raise ValueError("complement needs a denominator")
        return self


class FromStanding(Strict):
    """How many things stand in a state at the end of a period, by the last word of the ledger about each of them.

    Attributes:
        kinds: fact kinds that tell the state (`instrument.entered`, `.changed`, `.status`).
        where: conditions on the last word: what is counted as the whole.
        meets: further conditions that make the numerator; a percentage needs some, a count has none. A value of
            `@start` or `@end` is the first or last day of the period.
        sum: payload field that is added up instead of counting things.
        by: break-down → field.
    """

    kind: Literal["standing"]
    kinds: tuple[str, ...] = Field(min_length=1)
    where: tuple[Condition, ...] = ()
    meets: tuple[Condition, ...] = ()
    sum: str = ""
    date: str = "occurred_on"
    region: str = "region"
    by: dict[str, str] = Field(default_factory=dict)


class FromReturn(Strict):
    """Reported by units on a statistical form.

    Attributes:
        numerator, denominator: cells "row.column", several joined by " + " are added.
        numerator_factor, denominator_factor: what the reported figures are multiplied by to come to the unit of the
            part (0.0001 from 万元 to 亿元).
        by: break-down → "*.column": each row of the form is one code of it, its total row aside; numerators only.
    """

    kind: Literal["return"]
    form: str
    numerator: str
    denominator: str = ""
    numerator_factor: Decimal = Decimal(1)
    denominator_factor: Decimal = Decimal(1)
    by: dict[str, str] = Field(default_factory=dict)


class FromFactValue(Strict):
    """A figure that a procedure concluded with (a survey's index, an estimate): fields of the fact's payload.

    Attributes:
        value, low, high, size: names of payload fields: the value, its interval, the sample size. Without `value` it
            is made of numerator and denominator.
        region, period: payload fields that say for where and when; empty: the fact's own region and day.
        by: break-down → payload field.
    """

    kind: Literal["fact_value"]
    facts: str
    where: tuple[Condition, ...] = ()
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    low: str = ""
    high: str = ""
    size: str = ""
    region: str = ""
    period: str = ""
    by: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> FromFactValue:
        if not self.value and not (self.numerator and self.denominator):
            raise ValueError("name the field of the value, or those of numerator and denominator")
        return self


class FromImport(Strict):
    """Brought in by file or API by the owner unit, from a source named here."""

    kind: Literal["import"]
    publisher: str = ""
    publisher_en: str = ""


class FromIndicators(Strict):
    """Computed from other indicators by a registered method (`indicators.derived.register`).

    Attributes:
        method: its name with version: "weighted_pass_rate/1", "competitiveness_index/1", "good_days/1", "composite/1".
        inputs: role of the method → code of the indicator.
        rule: rulebook family (and variant) with weights, bounds or bands.
    """

    kind: Literal["derived"]
    method: str
    inputs: dict[str, Code]
    rule: str = ""
    variant: str = ""


Origin = Annotated[
    FromFacts | FromStanding | FromReturn | FromFactValue | FromImport | FromIndicators, Field(discriminator="kind")
]


class Definition(Titled):
    """One indicator.

    Attributes:
        indicator: its code; the same through all versions.
        theme: product, engineering, service, environment, foundation, brand, safety, governance, economy, integrity.
        family: indicators that sound alike but must not be mixed say what they are ("pass_rate.statistical",
            "pass_rate.supervision", …); a table or chart holds one family of a scale only.
        labels: words for the values of an ordinal score ("3" → B).
        roll_up: how regions add up: parts are added and divided again; by weights of another indicator; or not at all,
            so that each region needs a value of its own.
        weights: code of the indicator whose numerators weigh, with roll_up weighted.
        interval: the interval shown with a share; none for full counts.
        levels: for which regions it exists.
        aliases: other names under which plans ask for it; the linker of targets reads them.
        accumulates: months of a year add up within the year (a cumulative figure), not each on its own.
        owner: family of the unit that answers for it (`methods.organisations`).
        selection: how the objects were chosen; a rate of risk-oriented checks is no estimate for the population and
            every page says so.
        public: whether approved values are public.
    """

    indicator: Code
    title: str = Field(min_length=2, max_length=80)
    theme: Theme
    family: Code
    scale: Scale
    unit: str = ""
    unit_en: str = ""
    direction: Direction
    labels: dict[str, Titled] = Field(default_factory=dict)
    decimals: int = Field(2, ge=0, le=6)
    minimum: float | None = None
    maximum: float | None = None
    frequency: Frequency
    levels: tuple[Level, ...] = ("provincial", "prefecture", "county")
    dimensions: dict[str, Titled] = Field(default_factory=dict)
    population: str = Field(min_length=2)
    population_en: str = ""
    numerator: Part
    denominator: Part | None = None
    source: Origin
    roll_up: Literal["add", "weighted", "none"] = "add"
    weights: Code | Literal[""] = ""
    interval: Literal["none", "wilson", "exact"] = "none"
    selection: Literal["census", "random", "risk_oriented", "reported", "not_applicable"] = "not_applicable"
    official: bool = True
    assumptions: tuple[Assumption, ...] = ()
    aliases: tuple[str, ...] = ()
    accumulates: bool = False
    owner: str
    legal: tuple[Legal, ...] = ()
    note: str = ""
    note_en: str = ""
    public: bool = True
    valid_from: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    valid_to: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")

    @property
    def code(self) -> str:
        return self.indicator

    @property
    def assumed(self) -> bool:
        return bool(self.assumptions) or not self.official

    @property
    def months(self) -> int:
        return MONTHS[self.frequency]

    @property
    def frequencies(self) -> tuple[Frequency, ...]:
        """Its own frequency and the longer ones that values are made for, too."""
        longer: dict[Frequency, tuple[Frequency, ...]] = {"month": ("quarter", "year"), "year": ()}
        return (self.frequency, *longer.get(self.frequency, ("year",)))

    def _broken_down(self) -> set[str]:
        """The break-downs that its source offers."""
        if isinstance(self.source, FromFacts):
            parts = [self.source.numerator, *([self.source.denominator] if self.source.denominator else [])]
            return {name for part in parts for name in part.dimensions}
        return set(self.source.by) if isinstance(self.source, FromStanding | FromFactValue | FromReturn) else set()

    @model_validator(mode="after")
    def _fits(self) -> Definition:
        if self.scale in SHARES and self.denominator is None and self.source.kind not in ("derived", "fact_value"):
            raise ValueError(f"{self.indicator}: a percentage, ratio or mean needs a denominator")
        if self.scale not in SHARES and self.denominator is not None:
            raise ValueError(f"{self.indicator}: only a percentage, ratio or mean has a denominator")
        if (self.roll_up == "weighted") != bool(self.weights):
            raise ValueError(f"{self.indicator}: weights belong to roll_up weighted, and it needs them")
        if self.roll_up == "weighted" and self.scale not in ("index_point", "score"):
            raise ValueError(
                f"{self.indicator}: a {self.scale} is added up by its parts; roll_up weighted is for indices"
            )
        if self.roll_up == "add" and self.scale in ("index_point", "score"):
            raise ValueError(f"{self.indicator}: {self.scale} values cannot be added; roll_up none or weighted")
        unknown = self._broken_down() - self.dimensions.keys()
        if unknown:
            raise ValueError(f"{self.indicator}: dimensions: no title for {', '.join(sorted(unknown))}")
        if not self.official and not self.assumptions:
            raise ValueError(f"{self.indicator}: say which assumptions make it unofficial")
        return self
