"""What a programme is: one YAML page for an award, a demonstration, a project library, a benchmark, a contest. Pure.

Every programme walks the same road (`states.py`); a declaration switches stages off, names the sheets of its panels,
who may apply, how many may be chosen, what the chosen one gets and for how long.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.registers.fields import Code, FieldSpec, Legal, Titled, unique
from hengjian.rulebook.base import Strict

Stage = Literal["recommendation", "paper", "site", "defence", "acceptance"]
#: Stages in which panel members give opinions, in the order in which they come.
REVIEW_STAGES: tuple[Stage, ...] = ("paper", "site", "defence", "acceptance")
Holder = Literal["enterprise", "unit", "region", "person", "group", "project", "product"]


class StageReview(Strict):
    """How one stage is reviewed.

    Attributes:
        sheet: variant of the rulebook family `score_sheets` that every member fills in; empty: one figure for the
            whole, 0 to `points`.
        reviewers: so many opinions must be in before the stage may end; the stage then ends by itself.
        weight: share of the stage's mean in the total.
        line: mean below which the application does not go on.
        band: two members may differ by so much (in per cent of the points) on an item, or on the whole without a sheet;
            beyond it they must agree first.
    """

    stage: Stage
    sheet: str = ""
    points: Decimal = Field(Decimal(100), gt=0)
    reviewers: int = Field(2, ge=2, le=30)
    weight: Decimal = Field(Decimal(1), gt=0, le=1)
    line: Decimal | None = None
    band: Decimal = Field(Decimal(20), gt=0, le=100)


class Requirement(Titled):
    """A condition on one field of the application; the title says it in words ("近三年产品抽查合格").

    `years` compares the age in years of a date field on the closing day of the call; a boolean must be `equals: true`.
    """

    field: Code
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    years: int | None = Field(None, ge=1, le=100)
    equals: str | bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Requirement:
        if self.at_least is None and self.at_most is None and self.years is None and self.equals is None:
            raise ValueError(f"requirement on {self.field} compares with nothing")
        return self


class Eligibility(Strict):
    """Who may take part.

    Attributes:
        requirements: conditions on fields of the application.
        clean_years: no serious violation of the holder in so many years before the call closes.
        violations: fact kinds that count as one.
        embargo_years: an award of the same programme, a withdrawal for fraud or a revocation so many years back bars.
        rest_years: whoever holds the award may apply again only so many years after it was given (0: no rest).
    """

    requirements: tuple[Requirement, ...] = ()
    clean_years: int = Field(0, ge=0, le=20)
    violations: tuple[str, ...] = ("credit.penalty", "credit.listed", "list.entered")
    embargo_years: int = Field(0, ge=0, le=20)
    rest_years: int = Field(0, ge=0, le=20)


class Creation(Strict):
    """A time of building up between approval and acceptance (示范城市创建).

    Attributes:
        term: variant of the rulebook family `terms`.
        reports: how many progress reports acceptance asks for.
    """

    term: str
    reports: int = Field(0, ge=0, le=20)


class Level(Titled):
    """A grade of the award by total ("一等奖" from 90 on); the first that fits is given."""

    code: Code
    at_least: Decimal = Decimal(0)
    most: int | None = Field(None, ge=1)


class AwardUse(Strict):
    """What being chosen leads to.

    Attributes:
        register: where the holder is entered.
        values: field of the register → pattern filled with fields of the application; besides `{holder}`,
            `{holder_code}`, `{programme}`, `{edition}`, `{level}`, `{total}`. Fields of the same name are taken over.
        term: variant of `terms` for how long it holds; empty: for ever.
        recheck: variant of `terms`: how long before the end the re-check begins; empty: it just ends.
        grounds: variant of the rulebook family `codes` with the grounds of revocation.
        key: pattern of the entry's key; empty: the register numbers it.
    """

    register_code: Code = Field("honour", validation_alias="register")
    values: dict[Code, str] = Field(default_factory=dict)
    term: str = ""
    recheck: str = ""
    grounds: str = "honour-revocation"
    key: str = ""


class Incentive(Titled):
    """What a holder gets: money in yuan, or something else in words."""

    amount: Decimal | None = Field(None, ge=0)
    level: Code | Literal[""] = ""


class Schedule(Strict):
    """Working days for the work of each waiting state; the call of the edition is the promise."""

    screening: int = Field(15, ge=1)
    supplement: int = Field(10, ge=1)
    recommendation: int = Field(15, ge=1)
    paper: int = Field(30, ge=1)
    site: int = Field(45, ge=1)
    defence: int = Field(15, ge=1)
    overall: int = Field(20, ge=1)
    public_notice: int = Field(15, ge=1)
    approval: int = Field(20, ge=1)
    acceptance: int = Field(60, ge=1)
    naming: int = Field(20, ge=1)


class Programme(Titled):
    """One programme; `edition`s of it are called year by year.

    Attributes:
        code: written `programme:` in YAML; also the code of its case type.
        version: of the road; an application keeps the one it began with.
        in_force_from, in_force_to: days on which editions are called by this version.
        area: where it stands in the navigation (`registers.catalogue.AREAS`).
        number: first letters of the applications' numbers ("ZLJ").
        applicants: enterprises themselves, units (governments, associations), or officers for others.
        holder: what is honoured; `holder_field` gives its name, `holder_code_field` the enterprise's code.
        keepers: families of units that may call an edition; empty: every unit.
        stages: optional stages that it has.
        cycle_years: an edition every so many years; said in the call, not enforced.
        quota: most that an edition chooses, unless the edition says less; None: no limit.
        may_be_vacant: fewer, or nobody, may be chosen.
        line: total below which nobody is chosen.
        levels: grades of the award, best first.
        notice: variant of `terms` for the public notice.
        attachments: papers that the application asks for, in words.
    """

    code: Code = Field(validation_alias="programme")
    version: int = Field(1, ge=1)
    area: Code
    description: str = ""
    description_en: str = ""
    legal: tuple[Legal, ...] = Field(min_length=1)
    in_force_from: date | None = None
    in_force_to: date | None = None
    number: str = Field(pattern=r"^[A-Z]{2,8}$")
    applicants: Literal["enterprise", "unit", "officer"] = "enterprise"
    holder: Holder = "enterprise"
    holder_field: Code
    holder_code_field: Code | Literal[""] = ""
    keepers: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    reviews: tuple[StageReview, ...] = ()
    creation: Creation | None = None
    eligibility: Eligibility = Eligibility()
    cycle_years: int = Field(1, ge=1, le=10)
    quota: int | None = Field(None, ge=1)
    may_be_vacant: bool = True
    line: Decimal | None = None
    levels: tuple[Level, ...] = ()
    notice: str = "honour-notice"
    schedule: Schedule = Schedule()
    award: AwardUse = AwardUse.model_validate({})
    incentives: tuple[Incentive, ...] = ()
    attachments: tuple[Titled, ...] = ()
    fields: tuple[FieldSpec, ...] = Field(min_length=1)

    def review(self, stage: str) -> StageReview | None:
        """How the stage is reviewed; None where it is not reviewed by a panel."""
        return next((item for item in self.reviews if item.stage == stage), None)

    def is_in_force(self, on: date) -> bool:
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on <= self.in_force_to
        )

    def field(self, code: str) -> FieldSpec:
        """The declared field; KeyError when there is none."""
        for spec in self.fields:
            if spec.code == code:
                return spec
        raise KeyError(f"programme {self.code} has no field {code}")

    @model_validator(mode="after")
    def _holds_together(self) -> Programme:
        unique("field", [spec.code for spec in self.fields])
        unique("stage", list(self.stages))
        unique("level", [level.code for level in self.levels])
        unique("review of stage", [item.stage for item in self.reviews])
        fields = {spec.code: spec for spec in self.fields}
        wanted = {self.holder_field, self.holder_code_field} | {item.field for item in self.eligibility.requirements}
        if missing := wanted - fields.keys() - {""}:
            raise ValueError(f"fields named but not declared: {', '.join(sorted(missing))}")
        for item in self.reviews:
            if item.stage not in self.stages and item.stage != "acceptance":
                raise ValueError(f"review of the stage {item.stage}, which is switched off")
        if self.review("acceptance") and self.creation is None:
            raise ValueError("acceptance is reviewed, but there is no creation period")
        if not self.creation and "acceptance" in self.stages:
            raise ValueError("acceptance follows a creation period; declare `creation`")
        if unreviewed := {"paper", "site", "defence"} & set(self.stages) - {item.stage for item in self.reviews}:
            raise ValueError(f"stage {', '.join(sorted(unreviewed))} has no review")
        weights = [item.weight for item in self.reviews if item.stage != "acceptance"]
        if weights and sum(weights) != 1:
            raise ValueError(f"the weights of the stages add up to {sum(weights)}, not 1")
        for requirement in self.eligibility.requirements:
            kind = fields[requirement.field].type
            if requirement.years is not None and kind != "date":
                raise ValueError(f"requirement on {requirement.field}: years need a date field")
        return self
