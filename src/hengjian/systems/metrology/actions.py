"""The verb of this room: record a verification."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import ChangeEntry, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryVersion
from hengjian.systems.metrology.models import Instrument, Verification

Result = Verification.Result


@dataclass(kw_only=True)
class RecordVerification(Action[Verification]):
    """Append a verification to an instrument; due day, status and next due day follow.

    A failure takes the instrument out of use; the pass after the repair brings it back.

    Attributes:
        verified_on: not in the future, not before the last verification.
        valid_until: end of validity on the certificate; None: by the cycle.
    """

    verb = "metrology.verify"

    instrument: Instrument
    verified_on: date
    body: str
    result: str
    certificate: str = ""
    valid_until: date | None = None
    seal: str = ""
    due_on: date | None = field(init=False, default=None)
    attempt: int = field(init=False, default=1)

    def target(self) -> Instrument:
        return self.instrument

    def check_state(self) -> None:
        entry = self.instrument
        status = register_type(entry.register).status(entry.status)
        if status.final:
            raise ActionRefused(
                _("器具已是“%(status)s”，不能再登记检定。") % {"status": status.title}, _("请核对器具编号。")
            )
        if self.verified_on > timezone.localdate():
            raise ActionRefused(_("检定日期不能晚于今天。"), _("请更正检定日期。"), status=400)
        last = entry.last_verified_on
        if last is not None and self.verified_on < last:
            raise ActionRefused(
                _("最近一次检定已登记在 %(day)s。") % {"day": last}, _("请填写更晚的检定日期。"), status=400
            )
        if self.result not in Result.values:
            raise ActionRefused(_("没有选择检定结果。"), _("请选择合格、降级或不合格。"), status=400)
        if not self.body.strip():
            raise ActionRefused(_("没有填写检定机构。"), _("请填写出具证书的机构。"), status=400)
        if self.result != Result.FAILED and not self.certificate.strip():
            raise ActionRefused(_("没有填写证书编号。"), _("请填写检定证书编号。"), status=400)
        if self.valid_until is not None and self.valid_until < self.verified_on:
            raise ActionRefused(_("有效期早于检定日期。"), _("请核对证书上的有效期。"), status=400)
        self._meet()

    def _meet(self) -> None:
        """Which due day it meets, and whether it is the first attempt."""
        previous = self.instrument.verifications.order_by("-verified_on", "-pk").first()
        if previous is not None and previous.result == Result.FAILED:
            self.due_on, self.attempt = previous.due_on, previous.attempt + 1
            return
        if previous is not None and previous.verified_on == self.verified_on:
            raise ActionRefused(
                _("%(day)s 的检定已经登记过。") % {"day": self.verified_on}, _("无需再次登记。"), status=400
            )
        self.due_on = self.instrument.next_due if self.instrument.scheme == "periodic" else None

    def perform(self) -> Verification:
        entry, passed = self.instrument, self.result != Result.FAILED
        done = Verification.objects.create(
            instrument=entry,
            due_on=self.due_on,
            attempt=self.attempt,
            verified_on=self.verified_on,
            body=self.body.strip(),
            certificate=self.certificate.strip(),
            result=self.result,
            valid_until=self.valid_until if passed else None,
            seal=self.seal.strip(),
            recorded_by=self.actor,
        )
        user, system = self.actor, self.system or ("" if self.actor else "verification")
        values = {
            "last_verified_on": self.verified_on,
            "last_result": self.result,
            "certificate": done.certificate or entry.value("certificate"),
            "certificate_until": done.valid_until,
        }
        if entry.first_verified_on is None:
            values["first_verified_on"] = self.verified_on
        on = self._known_from()
        reason = _("登记检定：%(result)s") % {"result": Result(self.result).label}
        ChangeEntry(user=user, system=system, entry=entry, values=values, on=on, reason=reason).execute()
        if not passed and entry.status == "in_use":
            SetStatus(user=user, system=system, entry=entry, status="repair", on=on, reason=reason).execute()
        elif passed and entry.status == "repair":
            SetStatus(user=user, system=system, entry=entry, status="in_use", on=on, reason=reason).execute()
        return done

    def _known_from(self) -> date:
        """The day of the verification, or today where the register knows the instrument only since later."""
        versions = EntryVersion.objects.filter(register=self.instrument.register, entry=self.instrument.pk)
        last = versions.order_by("-valid_from").values_list("valid_from", flat=True).first()
        return self.verified_on if last is not None and last <= self.verified_on else timezone.localdate()
