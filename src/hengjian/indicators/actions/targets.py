"""Setting targets, by hand or from the line of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.indicators import telling
from hengjian.indicators.catalogue import UnknownIndicator, definition
from hengjian.indicators.declarations import Definition
from hengjian.indicators.judging import Wrong, possible
from hengjian.indicators.models import Target
from hengjian.ledger.actions import append
from hengjian.methods.periods import Period
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans.models import Target as PlanTarget

# How plans write a relation → ours. "Within the quota" has no number: the office sets the quota that it was given.
OPERATORS = {
    ">=": Target.Operator.AT_LEAST,
    ">": Target.Operator.AT_LEAST,
    "<=": Target.Operator.AT_MOST,
    "<": Target.Operator.AT_MOST,
    "=": Target.Operator.EQUAL,
    "grade>=": Target.Operator.AT_LEAST,
    "within_quota": Target.Operator.AT_MOST,
}


@dataclass(kw_only=True)
class SetTarget(Action[Target]):
    """Set a target for a region and period, or change it (with the reason)."""

    verb: ClassVar[str] = "indicators.set_target"

    indicator: str
    region: Region
    period: Period
    operator: str
    value: Decimal
    dimensions: str = ""
    base_value: Decimal | None = None
    base_on: date | None = None
    firm: bool = True
    owner: Unit | None = None
    parent: Target | None = None
    source: str = ""
    plan_target: PlanTarget | None = None

    def target(self) -> Scope:
        return Scope(region=self.region)

    def _declared(self) -> Definition:
        try:
            return definition(self.indicator)
        except UnknownIndicator as error:
            raise ActionRefused(error.message, status=400) from None

    def _before(self) -> Target | None:
        return Target.objects.filter(
            indicator=self.indicator,
            region=self.region,
            period=self.period.code,
            dimensions=self.dimensions,
            state=Target.State.ACTIVE,
        ).first()

    def check_state(self) -> None:
        declared = self._declared()
        if self.operator not in Target.Operator.values:
            raise ActionRefused(_("目标关系应为不低于、不高于或等于。"), status=400)
        if self.region.level not in declared.levels:
            raise ActionRefused(
                _("“%(title)s”没有这一级地区的值，无法对照目标。") % {"title": telling.said(declared)}, status=400
            )
        if self.period.frequency not in declared.frequencies:
            raise ActionRefused(
                _("“%(title)s”没有 %(period)s 这样的期间。") % {"title": telling.said(declared), "period": self.period},
                status=400,
            )
        try:
            possible(declared, self.value)
        except Wrong as error:
            raise ActionRefused(error.message, error.hint, status=400) from None
        if self.parent is not None and self.parent.indicator != self.indicator:
            raise ActionRefused(_("上级目标是另一个指标，不能承接。"), status=400)
        before = self._before()
        if before is not None and not self.reason.strip():
            raise ActionRefused(_("这个目标已经设定过。"), _("调整目标请写明原因。"), status=400)

    def perform(self) -> Target:
        declared, before = self._declared(), self._before()
        if before is not None:
            before.state = Target.State.REPLACED
            before.save(update_fields=["state"])
        line = self.plan_target
        row = Target.objects.create(
            indicator=self.indicator,
            region=self.region,
            period=self.period.code,
            due_on=self.period.last,
            dimensions=self.dimensions,
            operator=self.operator,
            value=self.value,
            base_value=self.base_value,
            base_on=self.base_on,
            firm=self.firm,
            owner=self.owner or _owner(declared, self.region),
            parent=self.parent,
            plan_target=f"target:{line.pk}" if line else "",
            plan=f"plan:{line.plan_id}" if line else "",
            plan_text=str(line)[:300] if line else "",
            source=self.source[:300],
            replaces=before,
            reason=self.reason.strip()[:400],
            set_by=self.actor,
        )
        row.fact = append(telling.target_set(row, declared, before, self.actor)).id
        row.save(update_fields=["fact"])
        return row


def _owner(declared: Definition, region: Region) -> Unit | None:
    units = Unit.objects.valid_on(timezone.localdate()).filter(family=declared.owner, region=region)
    return units.order_by("pk").first()


@dataclass(kw_only=True)
class LinkTarget(Action[Target]):
    """Take the line of a plan as a target of an indicator.

    Attributes:
        value: where the line gives no number of its own ("within the national quota"): the quota that was given.
    """

    verb: ClassVar[str] = "indicators.set_target"

    line: PlanTarget
    indicator: str
    value: Decimal | None = None
    dimensions: str = ""

    def target(self) -> Scope:
        return Scope(region=self.line.plan.region)

    def _setting(self) -> SetTarget:
        line = self.line
        declared = definition(self.indicator)
        value = self.value if self.value is not None else number_of(line.value, declared)
        if value is None:
            raise ActionRefused(
                _("计划原文没有写明目标值：%(text)s。") % {"text": line},
                _("请填写下达的指标值后再关联。"),
                status=400,
            )
        operator = OPERATORS.get(line.operator)
        if operator is None:
            raise ActionRefused(_("无法识别计划中的目标关系“%(text)s”。") % {"text": line.operator}, status=400)
        if line.operator in ("within_quota", "=") and (line.direction or declared.direction) == "higher":
            # "优良天数比例控制在…指标内" reads as a cap and "创建 15 个" as exactly that many; more is as good.
            operator = Target.Operator.AT_LEAST
        year = line.year or line.plan.period_end.year
        return SetTarget(
            user=self.user,
            system=self.system,
            reason=self.reason,
            indicator=self.indicator,
            region=line.plan.region,
            period=Period(year, 1, "year"),
            operator=operator,
            value=value,
            dimensions=self.dimensions,
            firm=line.strength == "firm",
            source=str(line.plan)[:300],
            plan_target=line,
        )

    def check_state(self) -> None:
        if Target.objects.filter(plan_target=f"target:{self.line.pk}", state=Target.State.ACTIVE).exists():
            raise ActionRefused(_("这条计划目标已经关联指标。"), _("请刷新页面查看最新状态。"))
        try:
            self._setting().check_state()
        except UnknownIndicator as error:
            raise ActionRefused(error.message, status=400) from None

    def perform(self) -> Target:
        return self._setting().perform()


def number_of(text: str, declared: Definition) -> Decimal | None:
    """The number of a plan's line, or that of a grade which the indicator has a label for; None where it has none."""
    for number, label in declared.labels.items():
        if text.strip().rstrip("级") == label.title:
            return Decimal(number)
    try:
        found = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@dataclass(kw_only=True)
class WithdrawTarget(Action[Target]):
    """Give a target up, with the reason; it stays readable."""

    verb: ClassVar[str] = "indicators.set_target"
    needs_reason: ClassVar[bool] = True

    row: Target

    def target(self) -> Target:
        return self.row

    def check_state(self) -> None:
        if self.row.state != Target.State.ACTIVE:
            raise ActionRefused(_("这个目标已不在执行。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> Target:
        row = self.row
        row.state = Target.State.WITHDRAWN
        row.reason = self.reason.strip()[:400]
        earlier = Target(fact=row.fact)
        row.fact = append(telling.target_set(row, definition(row.indicator), earlier, self.actor)).id
        row.save(update_fields=["state", "reason", "fact"])
        return row
