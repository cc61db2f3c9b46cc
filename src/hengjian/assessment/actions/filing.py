"""Targets: filed by the assessed body, approved or returned by the office. Every filing stays readable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.assessment.actions.base import EntryAction, item_of, require_state
from hengjian.assessment.models import Round, TargetValue
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused

RETURNED = gettext_noop("“%(title)s”的目标值“%(item)s”被退回：%(why)s")


@dataclass(kw_only=True)
class FileTarget(EntryAction[TargetValue]):
    """File a target value for one item; the value before, if it was not approved yet, is replaced."""

    verb = "assessment.file"

    item: str
    value: Decimal
    basis: str = ""

    def check_state(self) -> None:
        row = self.entry.round
        require_state(row, Round.State.FILING)
        self.require_own()
        item_of(row, self.item)
        if self.item not in row.content.scheme.targets:
            raise ActionRefused(_("这一项不需要备案目标值。"), status=400)
        if not self.value.is_finite() or abs(self.value) >= Decimal(10) ** 11:
            raise ActionRefused(_("目标值不是有效的数字。"), status=400)
        if self.entry.targets.filter(item=self.item, state=TargetValue.State.APPROVED).exists():
            raise ActionRefused(_("这项目标值已经核定。"), _("确需调整的，请由办公室退回后重新备案。"))

    def perform(self) -> TargetValue:
        self.entry.targets.filter(item=self.item, state=TargetValue.State.FILED).update(
            state=TargetValue.State.REPLACED
        )
        made = TargetValue.objects.create(
            entry=self.entry,
            item=self.item,
            value=self.value,
            basis=self.basis.strip()[:200],
            filed_by=self.actor,
        )
        self.entry.filed_at = timezone.now()
        self.entry.save(update_fields=["filed_at"])
        return made


@dataclass(kw_only=True)
class DecideTarget(EntryAction[TargetValue]):
    """Approve a filed value, or return it (also an approved one) with a reason."""

    verb = "assessment.manage"

    target_value: TargetValue
    approves: bool = True

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.FILING)
        row = self.target_value
        if row.entry_id != self.entry.pk:
            raise ActionRefused(_("没有这项目标值。"), status=404)
        wanted = (TargetValue.State.FILED,) if self.approves else (TargetValue.State.FILED, TargetValue.State.APPROVED)
        if row.state not in wanted:
            raise ActionRefused(_("这项目标值不在待核定状态。"), _("请刷新页面查看最新状态。"))
        if not self.approves and not self.reason.strip():
            raise ActionRefused(_("退回须写明原因。"), status=400)

    def perform(self) -> TargetValue:
        row = self.target_value
        row.state = TargetValue.State.APPROVED if self.approves else TargetValue.State.RETURNED
        row.decided_by, row.decided_at, row.decision = self.actor, timezone.now(), self.reason.strip()[:200]
        row.save()
        if not self.approves:
            title = item_of(self.entry.round, row.item).title
            people = User.objects.filter(unit=self.entry.unit_id, is_active=True)
            values = {"title": self.entry.round.title, "item": title, "why": row.decision}
            tell(people, RETURNED, self.entry.ref, f"assessment.target:{row.pk}", values)
        return row
