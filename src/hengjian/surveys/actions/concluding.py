"""The verbs on results: compute, approve by a second person, return, publish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.survey_evaluation import SurveyEvaluation
from hengjian.surveys import facts
from hengjian.surveys.actions.fielding import WaveAction
from hengjian.surveys.declarations import Missing, Scheme, Survey
from hengjian.surveys.estimation import evaluate
from hengjian.surveys.field import complete, rule_for, screened, sheets
from hengjian.surveys.figures import Evaluation, Flag, Limits, Variant
from hengjian.surveys.models import Evaluated, Response, Wave
from hengjian.surveys.rules import Sheet
from hengjian.surveys.words import told

State = Wave.State
CENT = Decimal("0.01")
# The seed is a choice like any other; it is stored with the result, so that anybody gets the same interval.
SEED = 20260101


def official(value: float | None) -> Decimal | None:
    """A figure as it is published: two decimals."""
    return None if value is None else Decimal(str(value)).quantize(CENT)


def variant_of(declared: Survey, scheme: Scheme, scaled: bool, missing: Missing) -> Variant:
    return Variant(
        latents={latent.code: [item.code for item in latent.items] for latent in declared.latents},
        paths=declared.model.paths,
        outcome=declared.model.outcome,
        scale=(declared.scale.lowest, declared.scale.highest),
        scheme=scheme,
        scaled=scaled,
        missing=missing,
        reversed_items=frozenset(item.code for item in declared.items if item.reverse),
    )


def limits_of(terms: SurveyEvaluation) -> Limits:
    return Limits(
        least_answers=terms.least_answers,
        replications=terms.replications,
        confidence=float(terms.confidence) / 100,
        failed_most=float(terms.failed_most) / 100,
        alpha_least=float(terms.alpha_least),
        ave_least=float(terms.ave_least),
        htmt_most=float(terms.htmt_most),
    )


def digest(given: Sequence[Sheet]) -> str:
    """Of the answers in their order: the same data give the same figures."""
    rows = [[sheet.stratum, sheet.seconds, *sheet.answers] for sheet in given]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """What was computed outside the transaction, with the digest of the answers that it used."""

    evaluation: Evaluation
    data_hash: str
    marks: tuple[Flag, ...]
    cautions: tuple[Flag, ...]
    rule: Rule


@dataclass(kw_only=True)
class ComputeResult(WaveAction):
    """Estimate the model and keep all figures as a new version, which a second person approves.

    Attributes:
        scheme, scaled, missing: variant of the model; None: as the survey declares.
        drop_straight, drop_fast: leave out who gave one answer throughout, or answered too fast.
    """

    scheme: Scheme | None = None
    scaled: bool | None = None
    missing: Missing | None = None
    drop_straight: bool = True
    drop_fast: bool = True
    note: str = ""
    seed: int = SEED
    prepared: Prepared | None = field(default=None, init=False)

    def check_state(self) -> None:
        self.in_state(State.CLOSED, State.COMPUTED, State.CONCLUDED)
        if not self.wave.responses.filter(state=Response.State.COMPLETE).exists():
            raise ActionRefused(_("没有已提交的答卷。"), _("请先导入答卷。"))

    def execute(self) -> Wave:
        """As every action; the bootstrap takes seconds and runs before the transaction, which would block others."""
        self.check()
        self.prepared = self.prepare()
        return super().execute()

    def prepare(self) -> Prepared:
        wave, declared = self.wave, self.wave.declared
        rule, terms = rule_for(wave, timezone.localdate())
        given = sheets(wave, complete(wave))
        found = screened(given, terms)
        out = set(found.missing)
        out |= found.straight if self.drop_straight else set()
        out |= found.fast if self.drop_fast else set()
        kept = [sheet for place, sheet in enumerate(given) if place not in out]
        evaluation = evaluate(
            [sheet.answers for sheet in kept],
            [sheet.stratum for sheet in kept],
            {stratum.code: stratum.size for stratum in wave.layers},
            self.variant(declared),
            limits_of(terms),
            seed=self.seed,
        )
        cautions = list(evaluation.cautions)
        if out:
            fast = found.fast - found.missing if self.drop_fast else frozenset()
            straight = found.straight - fast if self.drop_straight else frozenset()
            values = {"missing": len(found.missing), "straight": len(straight), "fast": len(fast)}
            cautions.append(Flag("dropped", values))
        marks = [flag for flag in cautions if flag.code == "filled"]
        cautions = [flag for flag in cautions if flag.code != "filled"]
        return Prepared(
            evaluation,
            digest(given),
            tuple(marks + self.marks(rule)),
            tuple(cautions + self.field_cautions(terms)),
            rule,
        )

    def variant(self, declared: Survey) -> Variant:
        model = declared.model
        return variant_of(
            declared,
            self.scheme or model.scheme,
            model.scaled if self.scaled is None else self.scaled,
            self.missing or model.missing,
        )

    def marks(self, rule: Rule) -> list[Flag]:
        """What the figures rest on that no official source fixes."""
        wave, report, found = self.wave, self.wave.report, []
        if wave.sizes_assumed:
            found.append(Flag("sizes", {"source": wave.sizes_source}))
        if by_themselves := report.get("modes", {}).get(Response.Mode.OPEN, 0):
            share = round(100 * by_themselves / max(report["complete"], 1), 1)
            found.append(Flag("self_selected", {"share": share}))
        if report.get("approached") is None:
            found.append(Flag("no_rate"))
        if rule.status != "verified":
            found.append(Flag("rule", {"title": rule.title}))
        return found

    def field_cautions(self, terms: SurveyEvaluation) -> list[Flag]:
        rate = response_rate(self.wave.report)
        if rate is not None and rate < terms.response_least:
            return [Flag("response", {"share": str(rate), "least": str(terms.response_least)})]
        return []

    def perform(self) -> Wave:
        assert self.prepared is not None
        wave, prepared = self.wave, self.prepared
        if digest(sheets(wave, complete(wave))) != prepared.data_hash:
            raise ActionRefused(_("测评期间答卷有变动。"), _("请重新测评。"))
        evaluation = replace(prepared.evaluation, cautions=prepared.cautions)
        outcome = evaluation.latent(wave.declared.model.outcome)
        variant = self.variant(wave.declared)
        wave.results.filter(state=Evaluated.State.DRAFT).update(
            state=Evaluated.State.RETURNED, decision=_("已由新的测评代替。")
        )
        last = wave.results.order_by("-number").values_list("number", flat=True).first() or 0
        Evaluated.objects.create(
            wave=wave,
            number=last + 1,
            figures=evaluation.to_dict() | {"marks": [asdict(flag) for flag in prepared.marks]},
            field=wave.report,
            index=official(outcome.index),
            low=official(outcome.low),
            high=official(outcome.high),
            n=evaluation.n,
            valid=evaluation.valid,
            scheme=variant.scheme,
            scaled=variant.scaled,
            missing=variant.missing,
            drop_fast=self.drop_fast,
            drop_straight=self.drop_straight,
            seed=self.seed,
            rule_id=prepared.rule.id,
            rule_version=prepared.rule.version,
            data_hash=prepared.data_hash,
            note=self.note.strip()[:500],
            computed_by=self.actor,
        )
        wave.state = State.COMPUTED
        wave.save(update_fields=["state"])
        return wave


def response_rate(report: dict[str, Any]) -> Decimal | None:
    """Per cent of those approached who answered; None when nobody was approached."""
    if not report.get("approached"):
        return None
    return (Decimal(100) * report["answered"] / report["approached"]).quantize(Decimal("0.1"))


@dataclass(kw_only=True)
class ResultAction(Action[Evaluated]):
    """A verb on a computed result."""

    verb = "surveys.approve"
    result: Evaluated

    def target(self) -> Evaluated:
        return self.result

    def check_state(self) -> None:
        if self.result.state != Evaluated.State.DRAFT:
            raise ActionRefused(
                _("这份结果目前是“%(state)s”。") % {"state": self.result.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )

    def decided(self, state: str) -> None:
        self.result.state, self.result.decision = state, self.reason.strip()[:300]
        self.result.decided_by, self.result.decided_at = self.actor, timezone.now()


@dataclass(kw_only=True)
class ApproveResult(ResultAction):
    """A second person approves: the fact is written. A later version supersedes the fact of the one before."""

    def check_state(self) -> None:
        super().check_state()
        require_other_person(self.user, self.result.computed_by, _("审定满意度结果"))

    def perform(self) -> Evaluated:
        result, wave = self.result, self.result.wave
        before = wave.results.filter(state=Evaluated.State.APPROVED).order_by("-number").first()
        self.decided(Evaluated.State.APPROVED)
        draft = FactDraft(
            kind=facts.CONCLUDED.name,
            subject=wave.ref,
            payload=payload_of(result),
            region=wave.region.code,
            occurred_on=wave.ends_on,
            source=Source(unit=wave.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
            supersedes=before.fact if before is not None else None,
        )
        result.fact = append(draft).id
        result.save()
        wave.state = State.CONCLUDED
        wave.save(update_fields=["state"])
        return result


def payload_of(result: Evaluated) -> facts.SurveyConcluded:
    """The result as the fact tells it; an invalid solution has no index."""
    wave, figures = result.wave, result.figures
    declared = wave.declared
    outcome = next(item for item in figures["latents"] if item["code"] == declared.model.outcome)
    _rule, terms = rule_for(wave, timezone.localdate(result.computed_at))
    with translation.override("zh-hans"):
        reasons, marks = told(figures["reasons"], wave), told(figures["marks"], wave)
    valid = result.valid
    return facts.SurveyConcluded(
        survey=wave.survey,
        version=wave.version,
        wave=wave.period,
        sector=wave.sector,
        sector_title=declared.sector(wave.sector).title,
        index=result.index if valid else None,
        low=result.low if valid else None,
        high=result.high if valid else None,
        weighted=official(outcome["weighted"]) if valid else None,
        weighted_low=official(outcome["weighted_low"]) if valid else None,
        weighted_high=official(outcome["weighted_high"]) if valid else None,
        n=result.n,
        answered=result.field.get("answered"),
        approached=result.field.get("approached"),
        response_rate=response_rate(result.field),
        scheme=result.scheme,
        scaled=result.scaled,
        missing=result.missing,
        confidence=terms.confidence,
        valid=valid,
        reasons=reasons,
        marks=marks,
    )


@dataclass(kw_only=True)
class ReturnResult(ResultAction):
    """Not approved; whoever computed it sees why."""

    needs_reason = True

    def perform(self) -> Evaluated:
        self.decided(Evaluated.State.RETURNED)
        self.result.save()
        wave = self.result.wave
        concluded = wave.results.filter(state=Evaluated.State.APPROVED).exists()
        wave.state = State.CONCLUDED if concluded else State.CLOSED
        wave.save(update_fields=["state"])
        return self.result


@dataclass(kw_only=True)
class PublishResult(WaveAction):
    """Show the approved result to everybody; small groups stay hidden there."""

    verb = "surveys.approve"

    def check_state(self) -> None:
        self.in_state(State.CONCLUDED)
        if self.wave.published_at is not None:
            raise ActionRefused(_("结果已经公布。"))

    def perform(self) -> Wave:
        self.wave.published_at = timezone.now()
        self.wave.save(update_fields=["published_at"])
        return self.wave
