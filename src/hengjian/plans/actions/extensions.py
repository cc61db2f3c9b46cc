"""延期: asked before the due date has passed, decided by another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.pages.notices import tell
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.models import Extension
from hengjian.plans.writing import log_step, office_people, write_fact


@dataclass(kw_only=True)
class RequestExtension(DutyAction[Extension]):
    """Ask for more time, before the due date has passed, with progress and the head's consent."""

    verb = "plans.request_extension"
    to_due: date
    progress_so_far: str
    head_consents: bool

    needs_reason = True

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("extend")
        if timezone.localdate() > self.duty.due_on:
            raise ActionRefused(
                _("已过完成时限（%(due)s），不能再申请延期。") % {"due": self.duty.due_on},
                _("延期须在到期前申请；请抓紧办理并如实报送进展。"),
            )
        if self.to_due <= self.duty.due_on:
            raise ActionRefused(_("延至的日期须晚于现在的时限。"), _("请改日期。"), status=400)
        if not self.progress_so_far.strip():
            raise ActionRefused(_("请写明目前进展。"), _("审批人要据此判断。"), status=400)
        if not self.head_consents:
            raise ActionRefused(_("延期须经本单位负责人同意。"), _("请取得同意后勾选再提交。"), status=400)
        if self.duty.extensions.filter(state=Extension.State.REQUESTED).exists():
            raise ActionRefused(_("已有一份延期申请在审批。"), _("请等待审批结果。"))

    def perform(self) -> Extension:
        assert self.actor is not None
        extension = Extension.objects.create(
            duty=self.duty,
            from_due=self.duty.due_on,
            to_due=self.to_due,
            reason=self.reason.strip(),
            progress_so_far=self.progress_so_far.strip(),
            head_consents=self.head_consents,
            requested_by=self.actor,
        )
        log_step(
            self.duty, "request_extension", gettext_noop("申请延期"), self.actor, f"→ {self.to_due}：{self.reason}"
        )
        tell(
            office_people("plans.decide_extension", self.duty),
            gettext_noop("%(unit)s申请将“%(task)s”延至 %(due)s。")
            % {"unit": self.duty.unit, "task": self.duty.task.title, "due": self.to_due},
            self.duty.ref,
            f"extension:{extension.pk}",
        )
        return extension


@dataclass(kw_only=True)
class DecideExtension(DutyAction[Extension]):
    """Grant or refuse; a refusal gives its reason."""

    verb = "plans.decide_extension"
    grant: bool
    note: str = ""

    def check_state(self) -> None:
        if not self.duty.extensions.filter(state=Extension.State.REQUESTED).exists():
            raise ActionRefused(_("没有待审批的延期申请。"), _("请刷新页面查看最新状态。"))
        if not self.grant and not self.note.strip():
            raise ActionRefused(_("不同意延期须写明理由。"), _("请补充理由后再提交。"), status=400)

    def perform(self) -> Extension:
        extension = self.duty.extensions.get(state=Extension.State.REQUESTED)
        require_other_person(self.user, extension.requested_by, _("延期审批"))
        extension.state = Extension.State.GRANTED if self.grant else Extension.State.REFUSED
        extension.decided_by, extension.decided_at, extension.decision_note = self.actor, timezone.now(), self.note
        extension.save()
        label = gettext_noop("同意延期") if self.grant else gettext_noop("不同意延期")
        log_step(self.duty, "decide_extension", label, self.actor, self.note)
        assert self.duty.unit is not None
        write_fact(
            "plan.extension",
            self.duty,
            {
                "unit": self.duty.unit.ref,
                "granted": self.grant,
                "from_due": extension.from_due,
                "to_due": extension.to_due,
                "reason": extension.reason,
            },
            user=self.actor,
        )
        if self.grant:
            self.duty.due_on = extension.to_due
            self.save("due_on")
        tell(
            [extension.requested_by],
            f"{label}：{self.duty.task.title}",
            self.duty.ref,
            f"extension-decided:{extension.pk}",
        )
        return extension
