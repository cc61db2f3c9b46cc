"""Applying for repair, and taking a repair back that was got by false papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import uploads
from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.credit.records.actions.recording import refuse_sealed, source_of, tell
from hengjian.credit.records.admitting import repair_of
from hengjian.credit.records.ending import restore
from hengjian.credit.records.layouts import layout
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


@dataclass(kw_only=True)
class ApplyForRepairs(Action[list[Case]]):
    """One application for several records of one body: a case for each, all or none.

    Attributes:
        given: what `ApplyForRepair` takes besides the record.
    """

    records: Sequence[CreditRecord]
    given: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._each = [
            ApplyForRepair(user=self.user, system=self.system, record=record, **self.given) for record in self.records
        ]
        self.verb = self._each[0].verb  # type: ignore[misc]

    def target(self) -> Scope:
        return self._each[0].target()

    def check_state(self) -> None:
        if len({record.enterprise_id for record in self.records}) > 1:
            raise ActionRefused(_("所选记录不属于同一家企业。"), _("请分别申请。"), status=400)

    def perform(self) -> list[Case]:
        return [action.execute() for action in self._each]


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
        past = self.record.max_until is not None and self.record.max_until <= timezone.localdate()
        if past and not repair_of(self.record.rule).restarts:
            raise ActionRefused(_("这条记录的最长公示期已过，不再恢复公示。"), "")

    def perform(self) -> CreditRecord:
        record, today = self.record, timezone.localdate()
        restore([record], source=source_of(self))
        record.revoked_on = today
        rule = repair_of(record.rule)
        if rule.restarts and record.severity:
            record.min_until = add_months(today, rule.least(record.severity, str(record.values.get("sector", ""))))
            record.max_until = add_months(today, rule.term(record.severity).most)
            record.fact = tell(record, layout(record.category), source=source_of(self), supersedes=record.fact).id
        record.save(update_fields=["revoked_on", "min_until", "max_until", "fact"])
        return record
