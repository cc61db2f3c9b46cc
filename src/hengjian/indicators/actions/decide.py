"""Approving, correcting and withdrawing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.indicators import telling
from hengjian.indicators.computing import Computed
from hengjian.indicators.computing.task import Places
from hengjian.indicators.figures import keep_figures
from hengjian.indicators.judging import Wrong, judged
from hengjian.indicators.models import Observation
from hengjian.indicators.rules import interval
from hengjian.indicators.storing import Keepers, Locks, retire, store
from hengjian.ledger.actions import append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.parties.policies import permitted
from hengjian.parties.verbs import Action, ActionRefused


def check_unlocked(rows: Sequence[Observation]) -> None:
    """Refuse when one of the values lies in a closed period."""
    locks = Locks.load(Places.load())
    for row in rows:
        if locks.hold(row.indicator, row.region_id, row.first, row.last):
            raise ActionRefused(
                _("%(period)s 已锁定，不能改动这一期的值。") % {"period": row.when.said()},
                _("确需改动的，请办公室说明原因后先解锁。"),
            )


@dataclass(kw_only=True)
class ApproveValues(Action[list[Observation]]):
    """Make values official: they become public where the indicator is, and the ledger says so."""

    verb: ClassVar[str] = "indicators.approve"

    values: Sequence[Observation]

    def check_state(self) -> None:
        if not self.values:
            raise ActionRefused(_("没有选中待核定的值。"), _("请先勾选。"), status=400)
        keys = [row.pk for row in self.values]
        if self.user is not None:
            mine = permitted(self.user, self.verb, Observation.objects.filter(pk__in=keys))
            if mine.count() < len(set(keys)):
                raise ActionRefused(
                    _("选中的值里有不在您核定权限内的。"), _("请只选本单位或授权地区的值。"), status=403
                )
        today = timezone.localdate()
        for row in self.values:
            if not (row.current or row.pending) or row.status != Observation.Status.PROVISIONAL:
                raise ActionRefused(
                    _("%(value)s 已不是待核定状态。") % {"value": telling.named(row)}, _("请刷新页面查看最新状态。")
                )
            if row.value is None:
                raise ActionRefused(_("%(value)s 没有数值，不能核定。") % {"value": telling.named(row)})
            if row.last >= today:
                raise ActionRefused(
                    _("%(value)s：期间尚未结束，数值还会变化。") % {"value": telling.named(row)},
                    _("请在 %(day)s 之后核定。") % {"day": row.last},
                )
            if row.recorded_by_id is not None and self.actor is not None and row.recorded_by_id == self.actor.pk:
                raise ActionRefused(
                    _("%(value)s 是您本人录入的，须由另一人核定。") % {"value": telling.named(row)},
                    _("请转给有相应权限的同事办理。"),
                )
        check_unlocked(self.values)
        self._check_inputs()

    def _check_inputs(self) -> None:
        """What an approved value is made of must be approved first, or together with it."""
        chosen = {row.pk for row in self.values}
        for row in self.values:
            used = {pk for keys in row.inputs.get("values", {}).values() for pk in keys} - chosen
            waiting = Observation.objects.filter(pk__in=used).exclude(status=Observation.Status.APPROVED)
            first = waiting.select_related("region").first()
            if first is not None:
                raise ActionRefused(
                    _("%(value)s 由其他指标合成，其中 %(n)d 个值尚未核定，例如 %(one)s。")
                    % {"value": telling.named(row), "n": waiting.count(), "one": telling.named(first)},
                    _("请先核定这些值。"),
                )

    def perform(self) -> list[Observation]:
        now = timezone.now()
        rows = list(
            Observation.objects.select_for_update(of=("self",))
            .filter(pk__in=[row.pk for row in self.values])
            .select_related("region", "unit", "definition")
        )
        waiting = [row for row in rows if row.pending]
        condition = Q(pk__in=[])
        for row in waiting:
            condition |= Q(indicator=row.indicator, region=row.region_id, period=row.period, dimensions=row.dimensions)
        before = {row.key: row for row in Observation.objects.filter(condition, current=True)}
        retire([row.pk for row in before.values()], now)
        keep_figures(rows)
        drafts = [telling.observed(row, before.get(row.key), self.actor) for row in rows]
        done = append_many(drafts)
        ids = Fact.objects.filter(leaf_index__gte=done.first, leaf_index__lt=done.first + done.total)
        for row, fact in zip(rows, ids.order_by("leaf_index").values_list("id", flat=True), strict=True):
            if row.pending:
                row.pending, row.current, row.effective_at = False, True, now
            row.status = Observation.Status.APPROVED
            row.approved_at, row.approved_by, row.fact = now, self.actor, fact
        names = ["pending", "current", "effective_at", "status", "approved_at", "approved_by", "fact", "figure"]
        Observation.objects.bulk_update(rows, names, batch_size=200)
        return rows

    def logged(self, result: list[Observation]) -> Observation | None:
        return result[0] if len(result) == 1 else None


@dataclass(kw_only=True)
class CorrectValue(Action[Observation]):
    """Say a value anew, with the reason; where an approved one stands, the new one waits for approval."""

    verb: ClassVar[str] = "indicators.correct"
    needs_reason: ClassVar[bool] = True

    observation: Observation
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def target(self) -> Observation:
        return self.observation

    def check_state(self) -> None:
        row = self.observation
        if not (row.current or row.pending):
            raise ActionRefused(_("这是旧版本，不能更正。"), _("请打开最新版本再更正。"))
        check_unlocked([row])
        self._judged()

    def _judged(self) -> tuple[Decimal, Decimal | None, Decimal | None]:
        declared = self.observation.definition.definition
        try:
            return judged(declared, self.value, self.numerator, self.denominator)
        except Wrong as error:
            raise ActionRefused(error.message, error.hint, status=400) from None

    def perform(self) -> Observation:
        row = self.observation
        declared = row.definition.definition
        value, numerator, denominator = self._judged()
        places = Places.load()
        low, high = (numerator is not None and interval(declared.interval, numerator, denominator)) or (None, None)
        item = Computed(row.region.code, row.when, row.dimensions, value, numerator, denominator, low, high)
        done = store(
            row.definition,
            declared,
            [item],
            places=places,
            keepers=Keepers.load([declared.owner]),
            locks=Locks.load(places),
            origin=Observation.Origin.ENTERED,
            by=self.actor,
            reason=self.reason.strip(),
        )
        if not done.rows:
            raise ActionRefused(_("填写的数值与现有数值相同。"), _("没有需要更正的内容。"), status=400)
        return done.rows[0]


@dataclass(kw_only=True)
class WithdrawValue(Action[Observation]):
    """Take a value back: it leaves every page, the ledger says why."""

    verb: ClassVar[str] = "indicators.approve"
    needs_reason: ClassVar[bool] = True

    observation: Observation

    def target(self) -> Observation:
        return self.observation

    def check_state(self) -> None:
        if not self.observation.current or self.observation.status == Observation.Status.WITHDRAWN:
            raise ActionRefused(_("这个值已不在用。"), _("请刷新页面查看最新状态。"))
        check_unlocked([self.observation])

    def perform(self) -> Observation:
        row = self.observation
        if row.fact is not None:
            unit = row.unit.ref if row.unit else ""
            source = Source(unit=unit, user=self.actor.ref if self.actor else "", system=self.system or "indicators")
            retract(Fact.objects.get(id=row.fact), self.reason.strip()[:500], source)
        row.status = Observation.Status.WITHDRAWN
        row.reason = self.reason.strip()[:400]
        row.superseded_at = timezone.now()
        row.save(update_fields=["status", "reason", "superseded_at"])
        return row
