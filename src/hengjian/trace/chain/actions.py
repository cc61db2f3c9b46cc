"""The verbs: save a scenario, order a recall, end it, settle an anomaly, hand a sample's trace to its authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope as Place
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.trace.chain import policies
from hengjian.trace.chain.facts import ENDED, ORDERED, SETTLED, AnomalySettled, RecallEnded, RecallOrdered
from hengjian.trace.chain.index import current_index
from hengjian.trace.chain.models import Anomaly, RecallLot, RecallOrder, Scenario
from hengjian.trace.chain.naming import directory
from hengjian.trace.chain.queries import effect, responsible, scope_of
from hengjian.trace.chain.recalls import question_of
from hengjian.trace.chain.rules import Question
from hengjian.trace.chain.summaries import summary

RECALL_CASE, SOURCE_CASE = "product_recall", "source_tracing"
LISTED = 12
"""Lots that are written out in the case."""


class ChainAction(Action[Any]):
    """What the verbs of the room share."""

    def source(self, unit: Unit) -> Source:
        return Source(unit=unit.ref, user=self.actor.ref if self.actor else "", system=self.system)


def _answerable(question: Question) -> None:
    if question.empty:
        raise ActionRefused(_("没有选择批次或地点。"), _("请至少选择一个批次、单品或地点。"), status=400)


@dataclass(kw_only=True)
class SaveScenario(ChainAction):
    """Keep a simulation with its answer, to compare it with others."""

    verb = policies.SIMULATE

    unit: Unit
    title: str
    question: Question

    def target(self) -> Place:
        return Place(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        _answerable(self.question)

    def perform(self) -> Scenario:
        current_index()  # what is kept is whole
        return Scenario.objects.create(
            title=self.title,
            unit=self.unit,
            region=self.unit.region,
            question=self.question.to_json(),
            result=summary(scope_of(self.question)),
            events=current_index().through,
            made_by=self.actor,
        )


@dataclass(kw_only=True)
class OrderRecall(ChainAction):
    """Order a recall of everything in the scope of a question, and open its case.

    Attributes:
        maker: unified social credit code; regime: of the recall case (food_1, food_2, food_3, consumer).
        learned_on: when the defect became known; decides the clocks of the case.
    """

    verb = policies.RECALL

    unit: Unit
    question: Question
    product: str
    maker: str
    maker_name: str
    regime: str
    defect: str
    learned_on: date
    hazard: str = ""
    advice: str = ""
    remedy: str = ""
    scenario: Scenario | None = None

    def target(self) -> Place:
        return Place(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        _answerable(self.question)
        keys = set(self.question.keys)
        running = RecallOrder.objects.filter(
            state=RecallOrder.State.RUNNING, lots__source=True, lots__key__in=keys
        ).distinct()
        for order in running:
            if set(order.sources) == keys:
                raise ActionRefused(
                    _("这些批次已经在召回，召回令 %(number)s。") % {"number": order.number},
                    _("请在那份召回令上继续办理；那一份有误的，先撤销再重新责令。"),
                    url=order.get_absolute_url(),
                )

    def perform(self) -> RecallOrder:
        current_index()  # an order reaches everything that is known, however long that takes
        scope = scope_of(self.question)
        if not scope.keys:
            why = _("追溯数据里没有这些批次，范围是空的。")
            raise ActionRefused(why, _("请核对批次号，或先采集相关事件。"))
        reached = effect(scope)
        names = directory(self.question.keys)
        batches = "、".join([names.thing(key) for key in self.question.keys][:LISTED])
        case = self._case(batches, None if reached is None else int(reached.shipped))
        order = RecallOrder.objects.create(
            number=case.number,
            title=self.product,
            unit=self.unit,
            region=self.unit.region,
            maker=self.maker,
            maker_name=self.maker_name,
            regime=self.regime,
            defect=self.defect,
            hazard=self.hazard,
            advice=self.advice,
            sources=list(self.question.keys),
            shipped=None if reached is None else reached.shipped,
            unit_code="" if reached is None else reached.unit,
            scenario=self.scenario,
            case=case.ref,
            case_number=case.number,
            ordered_by=self.actor,
        )
        wanted = set(self.question.keys)
        lots = [RecallLot(order=order, key=key[:512], source=key in wanted) for key in scope.keys]
        RecallLot.objects.bulk_create(lots, batch_size=1000)
        payload = RecallOrdered(
            number=order.number,
            product=order.title,
            sources=order.sources,
            lots=len(lots),
            shipped=order.shipped,
            unit=order.unit_code,
            scope=sha256("\n".join(sorted(scope.keys)).encode()).hexdigest(),
        )
        order.fact = self._append(order, ORDERED.name, payload)
        order.save(update_fields=["fact"])
        return order

    def _case(self, batches: str, quantity: int | None) -> Case:
        values = {
            "product": self.product,
            "batches": batches[:500],
            "maker": self.maker,
            "maker_name": self.maker_name,
            "regime": self.regime,
            "initiative": "ordered",
            "learned_on": self.learned_on.isoformat(),
            "quantity": quantity or None,
            "defect": self.defect,
            "hazard": self.hazard,
            "remedy": self.remedy,
        }
        return (
            OpenCase(
                user=self.user,
                system=self.system,
                type=RECALL_CASE,
                values={name: value for name, value in values.items() if value not in ("", None)},
                unit=self.unit,
                region=self.unit.region,
                origin=self.scenario.ref if self.scenario else "",
            )
            .execute()
            .case
        )

    def _append(self, order: RecallOrder, kind: str, payload: RecallOrdered) -> Any:
        return append(
            FactDraft(
                kind=kind,
                subject=f"enterprise:{order.maker}" if order.maker else order.ref,
                payload=payload,
                region=order.region.code,
                occurred_on=timezone.localdate(order.ordered_at),
                source=self.source(order.unit),
                refs={"order": order.ref, "case": order.case},
            )
        ).id


@dataclass(kw_only=True)
class EndRecall(ChainAction):
    """A recall is over, or was ordered wrongly (`lifted`)."""

    verb = policies.RECALL
    needs_reason = True

    order: RecallOrder
    lifted: bool = False

    def target(self) -> RecallOrder:
        return self.order

    def check_state(self) -> None:
        if self.order.state != RecallOrder.State.RUNNING:
            raise ActionRefused(_("这次召回已经结束。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> RecallOrder:
        order = self.order
        reached = effect(scope_of(question_of(order)))
        order.state = RecallOrder.State.LIFTED if self.lifted else RecallOrder.State.ENDED
        order.ended_at, order.ended_for = timezone.now(), self.reason[:500]
        order.save(update_fields=["state", "ended_at", "ended_for"])
        append(
            FactDraft(
                kind=ENDED.name,
                subject=f"enterprise:{order.maker}" if order.maker else order.ref,
                payload=RecallEnded(
                    number=order.number,
                    product=order.title,
                    recovered=Decimal(0) if reached is None else reached.recovered,
                    shipped=order.shipped,
                    unit=order.unit_code,
                ),
                region=order.region.code,
                occurred_on=timezone.localdate(order.ended_at),
                source=self.source(order.unit),
                refs={"order": order.ref, "case": order.case},
            )
        )
        return order


# ---- anomalies


class SettleAnomaly(ChainAction):
    """What explaining and handing over share."""

    verb = policies.SETTLE
    anomaly: Anomaly

    def target(self) -> Anomaly:
        return self.anomaly

    def check_state(self) -> None:
        if self.anomaly.state != Anomaly.State.OPEN:
            raise ActionRefused(_("这条异常已经处理。"), _("请刷新页面查看最新状态。"))

    def settle(self, state: str, explanation: str, case: str = "") -> Anomaly:
        anomaly = self.anomaly
        anomaly.state, anomaly.explanation, anomaly.case = state, explanation[:1000], case
        anomaly.settled_by, anomaly.settled_at = self.actor, timezone.now()
        anomaly.save(update_fields=["state", "explanation", "case", "settled_by", "settled_at"])
        unit = anomaly.unit or (self.actor.unit if self.actor else None)
        append(
            FactDraft(
                kind=SETTLED.name,
                subject=anomaly.ref,
                payload=AnomalySettled(
                    code=anomaly.code,
                    key=anomaly.key,
                    handed_over=bool(case),
                    explanation=explanation[:1000],
                    case=case,
                ),
                region=anomaly.region.code if anomaly.region else unit.region.code if unit else "000000",
                occurred_on=timezone.localdate(anomaly.settled_at),
                source=Source(
                    unit=unit.ref if unit else "", user=self.actor.ref if self.actor else "", system=self.system
                ),
            )
        )
        return anomaly


@dataclass(kw_only=True)
class ExplainAnomaly(SettleAnomaly):
    """The anomaly has an innocent reason, which is written down."""

    needs_reason = True
    anomaly: Anomaly

    def perform(self) -> Anomaly:
        return self.settle(Anomaly.State.EXPLAINED, self.reason.strip())


@dataclass(kw_only=True)
class HandOverAnomaly(SettleAnomaly):
    """The anomaly becomes a case of tracing to the source."""

    needs_reason = True
    anomaly: Anomaly

    def perform(self) -> Anomaly:
        case = open_source_case(
            self, key=self.anomaly.key, trigger="anomaly", problem=self.reason.strip(), unit=self.anomaly.unit
        )
        return self.settle(Anomaly.State.HANDED, self.reason.strip(), case.ref)


# ---- source tracing


@dataclass(kw_only=True)
class TraceSource(ChainAction):
    """Hand what was found in a sample over to the authority of the responsible party."""

    verb = policies.TRACE_SOURCE

    unit: Unit
    key: str
    trigger: str
    problem: str
    platform: str = ""
    sample_number: str = ""

    def target(self) -> Place:
        return Place(unit=self.unit, region=self.unit.region)

    def perform(self) -> Case:
        return open_source_case(
            self, key=self.key, trigger=self.trigger, problem=self.problem, unit=None,
            platform=self.platform, sample_number=self.sample_number,
        )  # fmt: skip


def open_source_case(
    action: ChainAction, *, key: str, trigger: str, problem: str, unit: Unit | None, **more: str
) -> Case:
    """Open the case with the authority in charge of the responsible party.

    Raises:
        ActionRefused: no event names the thing, or nobody is in charge.
    """
    found = responsible(key)
    if found is None:
        raise ActionRefused(_("追溯数据里没有这个标识，找不到责任主体。"), _("请核对包装上的批次或扫码重试。"))
    handler = found.authority or unit or (action.actor.unit if action.actor else None)
    if handler is None:
        raise ActionRefused(_("责任主体所在地没有登记主管单位。"), _("请在单位目录中补充后重试。"))
    names = directory([key, found.party, *found.sources])
    maker = found.unit.key if found.unit is not None and found.unit.kind == Unit.Kind.ENTERPRISE else ""
    route = "；".join(names.name(party) for party in (found.party, *found.sources))
    values = {
        "product": names.thing(key)[:200],
        "key": key[:512],
        "maker": maker,
        "maker_name": names.name(found.party)[:200],
        "trigger": trigger,
        "problem": problem[:2000],
        "route": route[:4000],
        **more,
    }
    desk = action.actor.unit if action.actor else None
    return (
        OpenCase(
            user=action.user,
            system=action.system,
            type=SOURCE_CASE,
            values={name: value for name, value in values.items() if value},
            unit=handler,
            region=handler.region,
            desk=desk,
        )
        .execute()
        .case
    )
