"""A result as people read it: the same rows for the page, the workbook, the document; small groups hidden in public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.charts import Meta, interval_chart, line_with_target
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.survey_evaluation import SurveyEvaluation
from hengjian.surveys.actions.concluding import official, response_rate
from hengjian.surveys.charts import importance_matrix
from hengjian.surveys.models import Evaluated
from hengjian.surveys.queries import earlier_results
from hengjian.surveys.rules import hidden_cells
from hengjian.surveys.words import SHORT, language, sector_title, told, variant_words

HIDDEN = "＊"


@dataclass(frozen=True)
class LatentRow:
    code: str
    name: str
    index: Decimal | None
    low: Decimal | None
    high: Decimal | None
    weighted: Decimal | None
    weighted_low: Decimal | None
    weighted_high: Decimal | None
    alpha: Decimal | None
    rho: Decimal | None
    ave: Decimal | None
    r2: Decimal | None
    importance: Decimal | None
    outcome: bool


@dataclass(frozen=True)
class ItemRow:
    code: str
    name: str
    latent: str
    mean: Decimal | None
    missing: int
    weight: Decimal | None
    loading: Decimal | None
    importance: Decimal | None


@dataclass(frozen=True)
class PathRow:
    """`clear`: the interval does not contain 0."""

    cause: str
    effect: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    total: Decimal
    clear: bool


@dataclass(frozen=True)
class StratumRow:
    """`hidden`: too few answers to be shown to the public."""

    name: str
    size: int
    n: int | None
    index: Decimal | None
    low: Decimal | None
    high: Decimal | None
    hidden: bool

    @property
    def size_words(self) -> str:
        return f"{self.size:,}"


def _places(value: float | None, digits: int) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal(1).scaleb(-digits))


class Reading:
    """The result in the reader's language.

    Args:
        result: of any state.
        public: for everybody: groups that are too small are left out, as is who decided.
    """

    def __init__(self, result: Evaluated, *, public: bool = False) -> None:
        self.result, self.wave, self.public = result, result.wave, public
        self.figures: dict[str, Any] = result.figures
        self.declared = self.wave.declared
        self.tongue = language()

    # ---- the head

    @cached_property
    def rule(self) -> Rule:
        return rulebook.get(self.result.rule_id)

    @cached_property
    def terms(self) -> SurveyEvaluation:
        rule: Any = self.rule
        found: SurveyEvaluation = rule.typed(SurveyEvaluation)
        return found

    @property
    def valid(self) -> bool:
        return self.result.valid

    @property
    def shows_index(self) -> bool:
        """An invalid solution is shown to those who have to mend it, never to the public."""
        return self.result.index is not None and (self.valid or not self.public)

    @cached_property
    def reasons(self) -> list[str]:
        return told(self.figures["reasons"], self.wave)

    @cached_property
    def cautions(self) -> list[str]:
        return told(self.figures["cautions"], self.wave)

    @cached_property
    def marks(self) -> list[str]:
        return told(self.figures["marks"], self.wave)

    @property
    def short_marks(self) -> tuple[str, ...]:
        """The marks as a picture has room for them."""
        return tuple(str(SHORT[flag["code"]]) for flag in self.figures["marks"])

    @property
    def variant(self) -> str:
        return variant_words(self.result)

    @property
    def title(self) -> str:
        return self.wave.said(self.tongue)

    @property
    def sector(self) -> str:
        return sector_title(self.wave)

    @property
    def period(self) -> str:
        return self.wave.when.said(self.tongue)

    @property
    def confidence(self) -> str:
        return f"{self.terms.confidence.normalize():f}%"

    @property
    def rate(self) -> Decimal | None:
        return response_rate(self.result.field)

    @property
    def rate_words(self) -> str:
        field = self.result.field
        if self.rate is None:
            return _("无法计算")
        return _("%(rate)s%%（%(answered)s／%(approached)s）") % {
            "rate": self.rate,
            "answered": field["answered"],
            "approached": field["approached"],
        }

    @cached_property
    def outcome(self) -> LatentRow:
        return next(row for row in self.latents if row.outcome)

    # ---- tables

    def name(self, latent: str) -> str:
        return self.declared.latent(latent).said(self.tongue)

    @cached_property
    def latents(self) -> list[LatentRow]:
        return [
            LatentRow(
                code=row["code"],
                name=self.name(row["code"]),
                **{key: official(row[key]) for key in ("index", "low", "high")},
                **{key: official(row[key]) for key in ("weighted", "weighted_low", "weighted_high")},
                **{key: _places(row[key], 3) for key in ("alpha", "rho", "ave", "r2", "importance")},
                outcome=row["code"] == self.declared.model.outcome,
            )
            for row in self.figures["latents"]
        ]

    @cached_property
    def items(self) -> list[ItemRow]:
        texts = {item.code: item.said(self.tongue, self.sector) for item in self.declared.items}
        return [
            ItemRow(
                code=row["code"],
                name=texts[row["code"]],
                latent=self.name(row["latent"]),
                mean=_places(row["mean"], 2),
                missing=row["missing"],
                weight=_places(row["weight"], 4),
                loading=_places(row["loading"], 4),
                importance=_places(row["importance"], 3),
            )
            for row in self.figures["items"]
        ]

    @cached_property
    def paths(self) -> list[PathRow]:
        found = []
        for row in self.figures["paths"]:
            low, high = _places(row["low"], 3), _places(row["high"], 3)
            clear = low is not None and high is not None and (low > 0 or high < 0)
            value, total = _places(row["value"], 3), _places(row["total"], 3)
            assert value is not None and total is not None
            found.append(PathRow(self.name(row["cause"]), self.name(row["effect"]), value, low, high, total, clear))
        return found

    @cached_property
    def strata(self) -> list[StratumRow]:
        layers = {layer.code: layer for layer in self.wave.layers}
        rows = self.figures["strata"]
        hidden = self._hidden({row["code"]: row["n"] for row in rows})
        return [
            StratumRow(
                name=layers[row["code"]].said(self.tongue),
                size=row["size"],
                n=None if row["code"] in hidden else row["n"],
                **{key: None if row["code"] in hidden else official(row[key]) for key in ("index", "low", "high")},
                hidden=row["code"] in hidden,
            )
            for row in rows
        ]

    def _hidden(self, counts: Mapping[str, int]) -> frozenset[str]:
        return hidden_cells(counts, self.terms.small_cell) if self.public else frozenset()

    @cached_property
    def bands(self) -> list[tuple[str, list[tuple[str, int | None]]]]:
        """Question of choice → how many chose each option; None where too few to be shown."""
        found = []
        for question in self.declared.demographics:
            counts = {option.code: 0 for option in question.options}
            counts |= self.result.field.get("choices", {}).get(question.code, {})
            hidden = self._hidden(counts)
            rows = [
                (option.said(self.tongue), None if option.code in hidden else counts[option.code])
                for option in question.options
            ]
            found.append((question.said(self.tongue, self.sector), rows))
        return found

    @cached_property
    def htmt(self) -> list[tuple[str, str, Decimal, bool]]:
        """Pairs of latent variables with their ratio, highest first, and whether it is too high."""
        rows = [
            (self.name(first), self.name(second), _places(value, 3) or Decimal(0), value > self.terms.htmt_most)
            for first, second, value in self.figures["htmt"]
        ]
        return sorted(rows, key=lambda row: -row[2])

    @cached_property
    def series(self) -> list[Evaluated]:
        """Results of this and earlier waves of the same survey, sector and region, sound ones only."""
        return [row for row in earlier_results(self.wave, published=self.public) if row.valid]

    # ---- charts

    def meta(self, title: str, unit: str) -> Meta:
        return Meta(
            title=title,
            unit=unit,
            period=self.period,
            source=self.wave.unit.name,
            data_time=f"{timezone.localtime(self.result.computed_at):%Y-%m-%d}",
            marks=self.short_marks,
        )

    @property
    def index_chart(self) -> dict[str, Any] | None:
        if not self.shows_index:
            return None
        rows = []
        for row in self.latents:
            if row.index is None:
                continue
            # A percentile interval may, rarely, leave the estimate itself out; the bar then reaches to it.
            low, high = (row.low, row.high) if row.low is not None and row.high is not None else (None, None)
            rows.append(
                {
                    "name": row.name,
                    "value": float(row.index),
                    "low": None if low is None else float(min(low, row.index)),
                    "high": None if high is None else float(max(high, row.index)),
                    "own": row.outcome,
                }
            )
        titles = (_("评价要素"), _("指数"), _("下限"), _("上限"))
        return interval_chart(rows, self.meta(_("各要素指数"), _("分（0～100）")), titles=titles)

    @property
    def matrix_chart(self) -> dict[str, Any] | None:
        """Importance against performance of what acts on the outcome."""
        if not self.shows_index:
            return None
        rows = [
            {"name": row.name, "importance": float(row.importance), "performance": float(row.index)}
            for row in self.latents
            if row.importance is not None and row.index is not None
        ]
        if len(rows) < 2:
            return None
        return importance_matrix(rows, self.meta(_("重要性与表现"), _("标准差；分")))

    @property
    def series_chart(self) -> dict[str, Any] | None:
        """The index over the waves; a single wave needs no line."""
        if len(self.series) < 2:
            return None
        rows = [{"period": row.wave.when.said(self.tongue), "value": float(row.index or 0)} for row in self.series]
        meta = Meta(
            title=_("历次满意度指数"),
            unit=_("分（0～100）"),
            period=f"{rows[0]['period']}～{rows[-1]['period']}",
            source=self.wave.unit.name,
            data_time=f"{timezone.localtime(self.result.computed_at):%Y-%m-%d}",
            marks=self.short_marks,
        )
        return line_with_target(rows, meta, x_title=_("统计期"), y_title=_("满意度指数"))

    @property
    def charts(self) -> list[dict[str, Any]]:
        return [chart for chart in (self.index_chart, self.matrix_chart, self.series_chart) if chart is not None]

    @property
    def formula(self) -> str:
        """The index as a formula with this questionnaire's scale."""
        low, high = self.declared.scale.lowest, self.declared.scale.highest
        weight = "w／s" if self.result.scaled else "w"
        return f"100 × Σ u·(x̄ − {low}) ÷ (({high} − {low})·Σ u)，u = {weight}"
