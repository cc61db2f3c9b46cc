"""The verbs on lifts: inspection, maintenance, insurance; and the compensation of whoever stood in at a rescue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import next_occurrence
from hengjian.methods.lift_inspections import Check, Kind
from hengjian.pages.notices import tell
from hengjian.parties.models import Unit
from hengjian.parties.policies import who_may
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import ChangeEntry
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.storing import value_of
from hengjian.rulebook.parameters.terms import RecurrenceSpec, Terms
from hengjian.systems.equipment.computing import where_it_stands
from hengjian.systems.equipment.models import Cover, Dispatch, Lift, LiftCheck, Maintenance
from hengjian.systems.equipment.rules import Period, insured_until

# A slip of the finger is not a second maintenance.
NOT_TWICE_WITHIN = timedelta(hours=1)
MOST_LIFTS = 5000


@dataclass(kw_only=True)
class RecordCheck(Action[LiftCheck]):
    """Record an inspection, the supervision inspection of an alteration or major repair, or a self-test."""

    verb = "equipment.inspect"
    lift: Lift
    kind: Kind
    on: date
    passed: bool
    body: str = ""
    report: str = ""
    note: str = ""

    def target(self) -> Lift:
        return self.lift

    def check_state(self) -> None:
        lift = self.lift
        if lift.status == "scrapped":
            raise ActionRefused(_("这台电梯已报废，不再检验。"), _("请核对识别码。"))
        if self.on > timezone.localdate():
            raise ActionRefused(_("检验日期不能晚于今天。"), _("请更正日期。"), status=400)
        if lift.install_inspected_on is None or self.on < lift.install_inspected_on:
            raise ActionRefused(
                _("检验日期早于安装监督检验日期，或没有登记安装监督检验日期。"),
                _("请先核对电梯的安装监督检验日期。"),
                status=400,
            )
        if LiftCheck.objects.filter(lift=lift, kind=self.kind, on=self.on).exists():
            raise ActionRefused(_("这一天的同类检验已经登记过。"), _("请核对日期和类别。"))

    def perform(self) -> LiftCheck:
        lift = self.lift
        found = LiftCheck.objects.create(
            lift=lift,
            kind=self.kind,
            on=self.on,
            passed=self.passed,
            body=self.body[:200],
            report=self.report[:60],
            note=self.note[:300],
            recorded_by=self.actor,
        )
        if self.passed:
            changed = self._changed()
            current = {code: value_of(lift, register_type("lift").field(code)) for code in changed}
            if changed != current:
                ChangeEntry(
                    user=None,
                    system="equipment",
                    entry=lift,
                    values=changed,
                    on=timezone.localdate(),
                    reason=f"{LiftCheck.Kind(self.kind).label} {self.on.isoformat()} {self.report}".strip(),
                ).execute()
        return found

    def _changed(self) -> dict[str, str]:
        """The days of the lift that this check moves."""
        lift, on = self.lift, self.on.isoformat()
        if self.kind == "self_test":
            newest = max(self.on, lift.last_self_test_on or self.on)
            return {"last_self_test_on": newest.isoformat()}
        found = where_it_stands(lift, Check(self.on, self.kind))
        last = max(self.on, lift.last_inspected_on or self.on)
        return {
            "inspection_base": found.anchor.isoformat(),
            "inspection_counted": found.counted.isoformat() if found.counted else on,
            "last_inspected_on": last.isoformat(),
        }


@lru_cache(maxsize=256)
def maintenance_spec(region: str, on: date) -> RecurrenceSpec:
    """How often lifts are maintained, as the rulebook has it for a region on a day."""
    spec = rulebook.at("terms", region, on, "lift-maintenance").typed(Terms).recurrence
    if spec is None:
        raise ValueError("terms.lift-maintenance must be a recurrence")
    return spec


def next_maintenance(region: str, done: date) -> date:
    """The day by which a lift maintained on `done` must be maintained again; rest days move nothing."""
    return next_occurrence(maintenance_spec(region, done), done, current_calendar(region), done)


@dataclass(kw_only=True)
class RecordMaintenance(Action[Maintenance]):
    """The maintainer records on the spot what was done; the next day counts from this one.

    Attributes:
        unit: who maintained it; the person's own unit.
        unsafe: what was found makes the lift unsafe; its keeper is told at once.
    """

    verb = "equipment.maintain"
    lift: Lift
    unit: Unit
    kind: str = Maintenance.Kind.HALF_MONTH
    done_at: datetime = field(default_factory=timezone.now)
    replaced: str = ""
    problem: str = ""
    unsafe: bool = False

    def target(self) -> Lift:
        return self.lift

    def check_state(self) -> None:
        lift = self.lift
        if self.unit.pk != lift.maintainer_id:
            raise ActionRefused(
                _("“%(unit)s”不是这台电梯登记的维护保养单位。") % {"unit": self.unit},
                _("请核对识别码；更换维护保养单位的，先由登记单位变更登记。"),
                status=403,
            )
        if lift.status != "in_use":
            raise ActionRefused(_("这台电梯不在用，不登记维护保养。"), _("重启后再登记。"))
        if self.done_at > timezone.now():
            raise ActionRefused(_("完成时间不能晚于现在。"), _("请更正完成时间。"), status=400)
        near = (self.done_at - NOT_TWICE_WITHIN, self.done_at + NOT_TWICE_WITHIN)
        if Maintenance.objects.filter(lift=lift, done_at__range=near).exists():
            raise ActionRefused(_("一小时内已经登记过这台电梯的维护保养。"), _("无需重复登记。"))
        if self.unsafe and not self.problem.strip():
            raise ActionRefused(_("没有写明发现的问题。"), _("请写明问题后再提交。"), status=400)

    def perform(self) -> Maintenance:
        lift, actor = self.lift, self.actor
        assert actor is not None
        found = Maintenance.objects.create(
            lift=lift,
            kind=self.kind,
            done_at=self.done_at,
            was_due=lift.next_maintenance if self._newest() else None,
            unit=self.unit,
            replaced=self.replaced.strip()[:300],
            problem=self.problem.strip()[:500],
            unsafe=self.unsafe,
            recorded_by=actor,
        )
        if self._newest():
            # Twenty-five times a year and lift: the record is the history, a version of the entry would only repeat it.
            lift.last_maintained_on = timezone.localdate(self.done_at)
            lift.next_maintenance = next_maintenance(lift.region.code, lift.last_maintained_on)
            lift.save(update_fields=["last_maintained_on", "next_maintenance"])
        if self.unsafe:
            self._warn(found)
        return found

    def _newest(self) -> bool:
        day = timezone.localdate(self.done_at)
        return self.lift.last_maintained_on is None or day >= self.lift.last_maintained_on

    def _warn(self, found: Maintenance) -> None:
        keepers = [person for person in who_may("registers.edit", self.lift) if person.unit_id == self.lift.unit_id]
        tell(
            keepers,
            gettext_noop("电梯 %(code)s（%(site)s）维护保养时发现须停用的问题：%(problem)s"),
            self.lift.ref,
            f"unsafe:{found.pk}",
            {"code": self.lift.key, "site": self.lift.site, "problem": found.problem[:120]},
        )

    def logged(self, result: Maintenance) -> Maintenance:
        return result


@dataclass(kw_only=True)
class InsureLifts(Action[list[Cover]]):
    """Say which lifts a policy insures. Whole or not at all: one unknown code and nothing is written.

    Attributes:
        policy: entry of the register liability_policy.
        codes: 96333 codes within `city`.
        city: code of the prefecture whose codes they are.
    """

    verb = "equipment.insure"
    policy: EntryBase
    codes: Sequence[str]
    city: str

    def target(self) -> EntryBase:
        return self.policy

    def check_state(self) -> None:
        policy = self.policy
        if policy.extras.get("line") != "lift" or policy.valid_from is None or policy.valid_to is None:
            raise ActionRefused(_("这份保单不是电梯责任保险，或没有保险期间。"), _("请核对保单。"), status=400)
        if policy.status != "in_force":
            raise ActionRefused(_("这份保单已失效。"), _("请选择有效的保单。"))
        if not self.codes or len(set(self.codes)) > MOST_LIFTS:
            raise ActionRefused(
                _("一次须填写 1 至 %(most)d 台电梯。") % {"most": MOST_LIFTS}, _("请分批提交。"), status=400
            )
        there = set(
            Lift.objects.filter(register="lift", key_scope=self.city, key__in=set(self.codes)).values_list(
                "key", flat=True
            )
        )
        if unknown := sorted(set(self.codes) - there):
            raise ActionRefused(
                _("有 %(n)d 个识别码没有登记：%(codes)s。")
                % {"n": len(unknown), "codes": "、".join(unknown[:20]) + ("…" if len(unknown) > 20 else "")},
                _("请核对后重新提交，已填写的内容没有保存。"),
                status=400,
            )

    def perform(self) -> list[Cover]:
        policy = self.policy
        assert policy.valid_from is not None and policy.valid_to is not None
        lifts = list(
            Lift.objects.filter(register="lift", key_scope=self.city, key__in=set(self.codes)).select_for_update()
        )
        Cover.objects.bulk_create(
            [
                Cover(
                    lift=lift,
                    policy=policy.pk,
                    policy_number=policy.key,
                    starts_on=policy.valid_from,
                    ends_on=policy.valid_to,
                )
                for lift in lifts
            ],
            ignore_conflicts=True,
        )
        refresh_cover(lifts)
        return list(Cover.objects.filter(policy=policy.pk, lift__in=[lift.pk for lift in lifts]))

    def logged(self, result: list[Cover]) -> EntryBase:
        return self.policy


def refresh_cover(lifts: Iterable[Lift]) -> None:
    """Bring `insured_until` of lifts to what covers them."""
    found = list(lifts)
    today = timezone.localdate()
    periods: dict[int, list[Period]] = {lift.pk: [] for lift in found}
    rows = Cover.objects.filter(lift__in=list(periods)).values_list("lift_id", "starts_on", "ends_on")
    for pk, start, end in rows:
        periods[pk].append(Period(start, end))
    for lift in found:
        lift.insured_until = insured_until(periods[lift.pk], today)
    Lift.objects.bulk_update(found, ["insured_until"], batch_size=500)


@dataclass(kw_only=True)
class PayCompensation(Action[Dispatch]):
    """Record what a body was paid for standing in for the contracted maintainer."""

    verb = "equipment.dispatch"
    dispatch: Dispatch
    amount: Decimal
    on: date

    def target(self) -> Dispatch:
        return self.dispatch

    def check_state(self) -> None:
        if not self.dispatch.compensated or self.dispatch.arrived_at is None:
            raise ActionRefused(_("这次派单没有代为救援并到场，不需要补偿。"), _("请核对派单记录。"))
        if self.dispatch.paid_on is not None:
            raise ActionRefused(_("这笔补偿已于 %(day)s 支付。") % {"day": self.dispatch.paid_on}, _("无需重复登记。"))
        if self.amount <= 0 or self.amount > 100_000:
            raise ActionRefused(_("补偿金额应在 0 至 100000 元之间。"), _("请更正金额。"), status=400)
        if self.on > timezone.localdate():
            raise ActionRefused(_("支付日期不能晚于今天。"), _("请更正日期。"), status=400)

    def perform(self) -> Dispatch:
        self.dispatch.compensation, self.dispatch.paid_on = self.amount, self.on
        self.dispatch.save(update_fields=["compensation", "paid_on"])
        return self.dispatch
