"""Applying for repair, and taking a repair back that was got by false papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import uploads
from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.credit.records.actions.recording import refuse_sealed, source_of
from hengjian.credit.records.admitting import repair_of
from hengjian.credit.records.ending import restore
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.repairing import CASE, obstacles, open_repair
from hengjian.credit.records.rules import add_months
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class ApplyForRepair(Action[Case]):
    """Apply for the repair of one record: the enterprise with its account, or a desk for it on paper.

    Attributes:
        fulfilled_on: the day on which the duty was fulfilled.
        committed: the public commitment was made.
        statement: how the breach was put right.
    """

    verb = "cases.file"

    record: CreditRecord
    fulfilled_on: date | None
    committed: bool = False
    statement: str = ""
    files: uploads.Given = ()

    def __post_init__(self) -> None:
        if not self.filing:
            self.verb = "cases.open"  # type: ignore[misc]

    @property
    def filing(self) -> bool:
        """Whether the enterprise itself applies."""
        unit = self.actor.unit if self.actor is not None else None
        return unit is not None and unit.pk == self.record.enterprise.account_id

    def target(self) -> Scope:
        account = self.record.enterprise.account
        return Scope(unit=account if self.filing else self.record.organ, region=self.record.organ.region)

    def check_state(self) -> None:
        refuse_sealed(self.record)
        found = obstacles(self.record, fulfilled_on=self.fulfilled_on, committed=self.committed)
        if found:
            raise ActionRefused(_("现在还不能申请修复：%(why)s") % {"why": "".join(found)}, _("条件具备后再申请。"))
        if not self.statement.strip():
            raise ActionRefused(_("没有填写纠正情况说明。"), _("请写明如何纠正、何时履行。"), status=400)
        if open_repair(self.record) is not None:
            raise ActionRefused(_("这条记录的修复申请正在办理。"), _("请在“我的办件”中查看进展。"))
        barred = barred_until(self.record)
        if barred is not None and barred > timezone.localdate():
            raise ActionRefused(_("曾在申请修复时弄虚作假，%(day)s 前不得再次申请。") % {"day": barred.isoformat()}, "")

    def perform(self) -> Case:
        enterprise, organ = self.record.enterprise, self.record.organ
        assert self.fulfilled_on is not None
        return (
            OpenCase(
                user=self.user,
                system=self.system,
                type=CASE,
                values={
                    "enterprise": enterprise.code or None,
                    "enterprise_name": enterprise.name,
                    "record_number": self.record.number,
                    "record_key": str(self.record.key),
                    "fulfilled_on": self.fulfilled_on.isoformat(),
                    "committed": self.committed,
                    "statement": self.statement,
                },
                unit=organ,
                region=organ.region,
                subject=self.record.ref,
                filer=enterprise.account,
                files=self.files,
            )
            .execute()
            .case
        )


def barred_until(record: CreditRecord) -> date | None:
    """Until when the body cannot apply, because a repair of one of its records was revoked for false papers."""
    own = Q(enterprise=record.enterprise) & Q(revoked_on__isnull=False)
    last = CreditRecord.objects.filter(own).order_by("-revoked_on").first()
    if last is None or last.revoked_on is None:
        return None
    return add_months(last.revoked_on, repair_of(record.rule).false_papers_bar)


@dataclass(kw_only=True)
class RevokeRepair(Action[CreditRecord]):
    """The repair was got by false papers: the record is shown again, and its body is barred for a time."""

    verb = "credit.revoke_repair"
    needs_reason = True

    record: CreditRecord

    def target(self) -> CreditRecord:
        return self.record

    def check_state(self) -> None:
        if self.record.state != CreditRecord.State.REPAIRED:
            raise ActionRefused(_("这条记录没有被修复，无须撤销。"), _("请刷新页面。"))
        if self.record.max_until is not None and self.record.max_until <= timezone.localdate():
            raise ActionRefused(_("这条记录的最长公示期已过，不再恢复公示。"), "")

    def perform(self) -> CreditRecord:
        record = self.record
        restore([record], source=source_of(self))
        record.revoked_on = timezone.localdate()
        record.save(update_fields=["revoked_on"])
        return record
