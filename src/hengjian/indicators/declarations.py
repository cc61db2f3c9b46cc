"""What an indicator is: one YAML page from which its values, pages, exports, targets and explanations derive. Pure."""

from __future__ import annotations

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
Level = Literal["provincial", "prefecture", "county"]


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
    """Counted in the ledger. A percentage has both measures, a count or an amount only the numerator."""

    kind: Literal["facts"]
    numerator: Measure
    denominator: Measure | None = None


class FromReturn(Strict):
    """Reported by units on a statistical form: cells named "row.column"."""

    kind: Literal["return"]
    form: str
    numerator: str
    denominator: str = ""


class FromFactValue(Strict):
    """A figure that a procedure concluded with (a survey's index, an estimate): fields of the fact's payload.

    Attributes:
        value, low, high, size: names of payload fields: the value, its interval, the sample size.
        region, period: payload fields that say for where and when; empty: the fact's own region and day.
    """

    kind: Literal["fact_value"]
    facts: str
    where: tuple[Condition, ...] = ()
    value: str
    numerator: str = ""
    denominator: str = ""
    low: str = ""
    high: str = ""
    size: str = ""
    region: str = ""
    period: str = ""


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


Origin = Annotated[FromFacts | FromReturn | FromFactValue | FromImport | FromIndicators, Field(discriminator="kind")]


class Definition(Titled):
    """One indicator.

    Attributes:
        indicator: its code; the same through all versions.
        theme: product, engineering, service, environment, foundation, brand, safety, governance, economy, integrity.
        family: indicators that sound alike but must not be mixed say what they are ("pass_rate.statistical",
            "pass_rate.supervision", …); a table or chart holds one family of a scale only.
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
    theme: Literal[
        "product", "engineering", "service", "environment", "foundation", "brand", "safety", "governance", "economy", "integrity"
    ]  # fmt: skip
    family: Code
    scale: Scale
    unit: str = ""
    unit_en: str = ""
    direction: Direction
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

    @model_validator(mode="after")
    def _fits(self) -> Definition:
        if self.scale == "percent" and self.denominator is None and self.source.kind not in ("derived", "fact_value"):
            raise ValueError(f"{self.indicator}: a percentage needs a denominator")
        if (self.roll_up == "weighted") != bool(self.weights):
            raise ValueError(f"{self.indicator}: weights belong to roll_up weighted, and it needs them")
        if self.roll_up == "add" and self.scale in ("index_point", "score") and self.denominator is None:
            raise ValueError(f"{self.indicator}: {self.scale} values cannot be added; roll_up none or weighted")
        if not self.official and not self.assumptions:
            raise ValueError(f"{self.indicator}: say which assumptions make it unofficial")
        return self
