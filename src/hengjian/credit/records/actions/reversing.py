"""Saying that the decision behind a record was revoked, found unlawful or void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import uploads
from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.credit.records.actions.recording import refuse_sealed
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.reversing import CASE, open_reversal
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class ReportReversal(Action[Case]):
    """Open the procedure that withdraws a record: the enterprise with its account, or the desk of the organ.

    Attributes:
        known_on: the day on which the organ learned of it; the three working days count from it. What an enterprise
            files is known to the organ on the day of filing.
        basis: the document that revoked the decision.
    """

    verb = "cases.file"

    record: CreditRecord
    basis: str
    known_on: date | None = None
    statement: str = ""
    files: uploads.Given = ()

    def __post_init__(self) -> None:
        if not self.filing:
            self.verb = "cases.open"  # type: ignore[misc]

    @property
    def filing(self) -> bool:
        """Whether the enterprise itself files it."""
        unit = self.actor.unit if self.actor is not None else None
        return unit is not None and unit.pk == self.record.enterprise.account_id

    def target(self) -> Scope:
        account = self.record.enterprise.account
        return Scope(unit=account if self.filing else self.record.organ, region=self.record.organ.region)

    def check_state(self) -> None:
        record, today = self.record, timezone.localdate()
        refuse_sealed(record)
        if not self.basis.strip():
            raise ActionRefused(
                _("没有填写撤销依据文书。"), _("请填写复议决定书、判决书或撤销决定的文号。"), status=400
            )
        self._known = today if self.filing or self.known_on is None else self.known_on
        if self._known > today or (record.decided_on is not None and self._known < record.decided_on):
            raise ActionRefused(
                _("获知日期不能晚于今天，也不能早于原决定。"), _("请填写收到撤销文书的日期。"), status=400
            )
        if open_reversal(record) is not None:
            raise ActionRefused(_("这条记录的撤销正在办理。"), _("请在“我的办件”中查看进展。"))

    def perform(self) -> Case:
        enterprise, organ = self.record.enterprise, self.record.organ
        known = timezone.make_aware(datetime.combine(self._known, time.min))
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
                    "known_on": self._known.isoformat(),
                    "basis": self.basis.strip(),
                    "statement": self.statement.strip() or None,
                },
                unit=organ,
                region=organ.region,
                subject=self.record.ref,
                filer=enterprise.account,
                files=self.files,
                # The clock runs from the day on which it was known, however late it is registered.
                opened_at=known if self._known < timezone.localdate() else None,
            )
            .execute()
            .case
        )
