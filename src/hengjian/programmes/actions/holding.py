"""What happens to an honour that is held: re-check before its term ends, revocation on a ground."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes.actions.base import SYSTEM, own_units
from hengjian.programmes.holding import RECHECK, REVOCATION, holder_of
from hengjian.registers.actions import SetStatus
from hengjian.registers.models import EntryBase


@dataclass(kw_only=True)
class HonourAction(Action[Case]):
    """A procedure about an entry; only the unit that keeps it opens one.

    Attributes:
        entry: of the register that the award wrote.
    """

    verb = "programmes.organise"
    entry: EntryBase

    def target(self) -> EntryBase:
        return self.entry

    def check_state(self) -> None:
        if self.actor is not None and self.entry.unit_id not in own_units(self.actor, self.verb):
            raise ActionRefused(_("这一步由登记单位“%(unit)s”办理。") % {"unit": self.entry.unit}, status=403)
        running = Case.objects.filter(subject=self.entry.ref, closed_at=None, type__in=(RECHECK, REVOCATION)).first()
        if running is not None:
            raise ActionRefused(
                _("“%(title)s”正在办理 %(number)s。") % {"title": self.entry, "number": running.number},
                _("请在该办件中继续办理。"),
            )

    def open(self, case_type: str, values: dict[str, str]) -> Case:
        """Open the procedure at the keeper."""
        return (
            OpenCase(
                user=None,
                system=self.system or SYSTEM,
                type=case_type,
                values={"honour": self.entry.title, "number": self.entry.key, **values},
                unit=self.entry.unit,
                region=self.entry.region,
                subject=self.entry.ref,
                filer=holder_of(self.entry),
            )
            .execute()
            .case
        )


@dataclass(kw_only=True)
class StartRecheck(HonourAction):
    """Begin the re-check of an honour whose term is about to end."""

    def check_state(self) -> None:
        super().check_state()
        if self.entry.valid_to is None:
            raise ActionRefused(_("这项荣誉没有期限，不需要复核。"), _("发现问题的，可以启动撤销。"))
        if self.entry.status not in ("valid", "recheck") or self.entry.valid_to < timezone.localdate():
            raise ActionRefused(_("这项荣誉已不在有效期内。"), _("须重新申报。"))

    def perform(self) -> Case:
        assert self.entry.valid_to is not None
        case = self.open(RECHECK, {"valid_to": self.entry.valid_to.isoformat()})
        if self.entry.status == "valid":
            SetStatus(user=None, system=SYSTEM, entry=self.entry, status="recheck", reason=case.number).execute()
        return case


@dataclass(kw_only=True)
class ProposeRevocation(HonourAction):
    """Propose to revoke an honour; the holder is heard, a second person decides, a notice is published.

    Attributes:
        ground: code out of the list `honour-revocation`.
        findings: what was found.
    """

    ground: str
    findings: str

    def check_state(self) -> None:
        super().check_state()
        if self.entry.status == "revoked":
            raise ActionRefused(_("这项荣誉已经撤销。"))
        if not self.ground:
            raise ActionRefused(_("没有选择撤销事由。"), _("请从列表中选择一项。"), status=400)
        if not self.findings.strip():
            raise ActionRefused(_("没有填写查明的事实。"), _("请写明事实和证据。"), status=400)

    def perform(self) -> Case:
        case = self.open(REVOCATION, {"ground": self.ground, "findings": self.findings.strip()})
        if self.actor is not None:
            # The proposer's own step, so that the decision is somebody else's.
            TakeStep(user=self.actor, case=case, step="propose", note=self.findings.strip()).execute()
        return case
