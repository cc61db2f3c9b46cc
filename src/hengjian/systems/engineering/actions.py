"""The verbs on the five: appoint and replace, file a commitment, look at an identity number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.clocks.actions import start_clock, stop_clock
from hengjian.clocks.queries import open_clocks
from hengjian.ledger import vault
from hengjian.methods import uscc
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.systems.engineering.models import Project, RoleHolder
from hengjian.systems.engineering.rules import Role
from hengjian.systems.engineering.words import PERSONS

ONE_DAY = timedelta(days=1)
RESIGN = "engineering.resign"


@dataclass(kw_only=True)
class AppointHolder(Action[RoleHolder]):
    """Name the person who answers in a role from a day on; whoever held it until then is kept with their days.

    Attributes:
        id_number: goes to the vault; nothing else keeps it.
    """

    verb = "engineering.appoint"
    audit_hidden = frozenset({"identity"})
    project: Project
    role: str
    name: str
    unit: str
    since: date
    unit_code: str = ""
    licence: str = ""
    id_number: str = ""

    def target(self) -> Project:
        return self.project

    @property
    def current(self) -> RoleHolder | None:
        return self.project.holders.filter(role=self.role, until=None).first()

    def check_state(self) -> None:
        project = self.project
        if self.role not in set(Role):
            raise ActionRefused(_("没有这一责任主体。"), _("请从五方责任主体中选择。"), status=400)
        if not self.name.strip() or not self.unit.strip():
            raise ActionRefused(_("没有填写姓名或单位。"), _("请补填后再提交。"), status=400)
        if self.unit_code and (problem := uscc.problem(uscc.normalise(self.unit_code))):
            raise ActionRefused(
                _("统一社会信用代码“%(code)s”不正确。") % {"code": self.unit_code}, _("请核对后再提交。"), status=400
            ) from ValueError(problem)
        if project.status in ("accepted", "ended"):
            raise ActionRefused(
                _("工程已竣工验收或终止，五方项目负责人不再变更。"), _("责任追究请登记“项目负责人质量终身责任追究”。")
            )
        if self.since > timezone.localdate():
            raise ActionRefused(_("任职日期不能晚于今天。"), _("请更正日期。"), status=400)
        current = self.current
        if current is None:
            last = project.holders.filter(role=self.role).order_by("-until").first()
            if last is not None and last.until is not None and self.since <= last.until:
                raise self._overlap(last)
            return
        if self.since <= current.since:
            raise self._overlap(current)
        if not self.reason.strip():
            raise ActionRefused(_("没有填写变更原因。"), _("变更项目负责人须写明原因。"), status=400)

    def _overlap(self, other: RoleHolder) -> ActionRefused:
        return ActionRefused(
            _("任职日期须晚于 %(name)s 的任职日期（%(since)s 起）。") % {"name": other.name, "since": other.since},
            _("请更正日期，前后两人的责任期间不能重叠。"),
            status=400,
        )

    def perform(self) -> RoleHolder:
        project, current = self.project, self.current
        if current is not None:
            current.until = self.since - ONE_DAY
            current.reason = self.reason.strip()[:300]
            current.save(update_fields=["until", "reason"])
        found = RoleHolder.objects.create(
            project=project,
            role=self.role,
            name=self.name.strip()[:60],
            unit=self.unit.strip()[:200],
            unit_code=uscc.normalise(self.unit_code) if self.unit_code else "",
            licence=self.licence.strip()[:60],
            since=self.since,
            recorded_by=self.actor,
        )
        if self.id_number.strip():
            found.identity = vault.put(
                {"id_number": self.id_number.strip()},
                owner=found.ref,
                category="engineering.holder",
                readers=[project.unit.ref],
            )
            found.save(update_fields=["identity"])
        if current is not None:
            self._ask_to_sign(found)
        return found

    def _ask_to_sign(self, found: RoleHolder) -> None:
        """A change of person must be signed and filed anew within the local term."""
        project = self.project
        rule = rulebook.at("terms", project.region.code, self.since, "commitment-resign")
        for clock in open_clocks(project.ref).filter(purpose=f"{RESIGN}.{self.role}"):
            stop_clock(clock, by=self.actor.ref if self.actor else self.system)
        start_clock(
            project.ref,
            f"{RESIGN}.{self.role}",
            self.since,
            rule=rule,
            alarms=[("before", -1), ("over", 1)],
            unit=project.unit.ref,
            region=project.region.code,
            by=self.actor.ref if self.actor else self.system,
            reason=f"{PERSONS[Role(self.role)]} {found.name}",
        )


@dataclass(kw_only=True)
class FileCommitment(Action[RoleHolder]):
    """File the signed commitment and the legal representative's authorisation of one of the five.

    Attributes:
        commitment, authorisation: addresses of the stored files ("sha256:…"), where they were handed in.
    """

    verb = "engineering.appoint"
    holder: RoleHolder
    signed_on: date
    authorised_on: date
    commitment: str = ""
    authorisation: str = ""
    filed_on: date = field(default_factory=timezone.localdate)

    def target(self) -> Project:
        return self.holder.project

    def check_state(self) -> None:
        if self.holder.until is not None:
            raise ActionRefused(_("%(name)s 已不再任职。") % {"name": self.holder.name}, _("请由现任负责人签署。"))
        if self.holder.committed:
            raise ActionRefused(_("这份承诺书已经备案。"), _("无需重复登记。"))
        today = timezone.localdate()
        if max(self.signed_on, self.authorised_on, self.filed_on) > today:
            raise ActionRefused(_("日期不能晚于今天。"), _("请更正日期。"), status=400)

    def perform(self) -> RoleHolder:
        holder = self.holder
        holder.signed_on, holder.authorised_on, holder.filed_on = self.signed_on, self.authorised_on, self.filed_on
        holder.commitment = self.commitment or holder.commitment
        holder.authorisation = self.authorisation or holder.authorisation
        holder.save()
        by = self.actor.ref if self.actor else self.system
        for clock in open_clocks(holder.project.ref).filter(Q(purpose=f"{RESIGN}.{holder.role}")):
            stop_clock(clock, by=by)
        return holder

    def logged(self, result: RoleHolder) -> RoleHolder:
        return result


def reveal_identity(user: object, holder: RoleHolder, purpose: str) -> str:
    """The identity number of one of the five, for a stated purpose; every look is logged.

    Raises:
        Forbidden, VaultError: not entitled, or no purpose. Must not be called inside a transaction.
    """
    from hengjian.parties.models import User
    from hengjian.parties.policies import require

    assert isinstance(user, User)
    require(user, "engineering.identity", holder)
    unit = user.unit.ref if user.unit else ""
    found = vault.reveal(holder.identity, by=vault.Reader(user.ref, unit), purpose=purpose)
    return str(found.get("id_number", ""))
