"""Opening a case: by a desk, by whoever files it (signed in or not), by another room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.cases import clocking, hooks, recording, uploads, values
from hengjian.cases.actions.base import FILER
from hengjian.cases.catalogue import case_type, versions
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.numbering import fingerprint, new_code, take_number, token_hash
from hengjian.ledger import vault
from hengjian.parties.models import Confidentiality, Region, Unit, User
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.showing import language

SECRECY = {
    "public": Confidentiality.PUBLIC,
    "internal": Confidentiality.INTERNAL,
    "sensitive": Confidentiality.SENSITIVE,
    "personal": Confidentiality.PERSONAL,
}


@dataclass(frozen=True)
class Opened:
    """A new case, and the code with which whoever filed it follows it. The code is kept nowhere.

    `repeated`: the form had been sent before; `case` is the one that was made then.
    """

    case: Case
    code: str
    repeated: bool = False


def no_procedure(code: str, day: date) -> ActionRefused:
    """No version of a procedure holds on the day; says from when on there is one."""
    known = versions(code)
    if not known:
        return ActionRefused(_("没有“%(type)s”这种办理程序。") % {"type": code[:60]}, _("请核对办理类型。"), status=400)
    first = known[0].in_force_from
    if first is not None and day < first:
        said = _("“%(type)s”的办理程序自 %(first)s 起适用，%(day)s 的不能按它登记。")
        why = said % {"type": known[-1].said(language()), "first": first.isoformat(), "day": day.isoformat()}
        return ActionRefused(why, _("请核对日期；更早的按当时的程序办结，留存原卷即可。"), status=400)
    why = _("%(day)s 没有生效的“%(type)s”办理程序。") % {"day": day.isoformat(), "type": known[-1].said(language())}
    return ActionRefused(why, _("请核对适用规则日期。"), status=400)


@dataclass(kw_only=True)
class OpenCase(Action[Opened]):
    """Open a case of a declared type.

    Attributes:
        values: raw values of the declared fields; personal ones are sealed.
        unit: the unit that handles it.
        desk: the unit at whose desk it was registered, where that is another one; decides who may.
        opened_at: when it came in, if not now.
        rules_on: the day whose rules hold for the whole case, if not the day it came in.
        identity: who filed it, as a dict to be sealed or as the reference of what is sealed already.
        parent: the case that it is a part of.
        files: (name, content) pairs, or stored files of a draft.
        token: of the form; a second case with it is not made.
        owner: the signed-in citizen who files it.
        filer: the enterprise or unit that files it.
    """

    verb = "cases.open"
    audit_hidden = frozenset({"tracking", "token", "identity", "data"})

    type: str
    values: Mapping[str, Any]
    unit: Unit
    region: Region
    desk: Unit | None = None
    opened_at: datetime | None = None
    rules_on: date | None = None
    channel: str = ""
    category: str = ""
    origin: str = ""
    subject: str = ""
    identity: Mapping[str, Any] | str | None = None
    parent: Case | None = None
    files: uploads.Given = ()
    token: str = ""
    owner: User | None = None
    filer: Unit | None = None
    ready: list[uploads.Ready] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.filing:
            self.verb = "cases.file"  # type: ignore[misc]

    @property
    def filing(self) -> bool:
        """Whether the person files it in their own matter, instead of registering it at a desk."""
        if self.actor is None:
            return False
        if self.owner is not None and self.owner.pk == self.actor.pk:
            return True
        return self.filer is not None and self.filer.pk == self.actor.unit_id

    def recorded_as(self) -> tuple[User | None, str]:
        # Who filed a case stands in no log.
        return (None, FILER) if self.filing else super().recorded_as()

    def target(self) -> Scope:
        if self.filing:
            return Scope(unit=self.filer, region=self.region, owner=self.owner)
        # A desk registers what it may not read afterwards; the secrecy of the procedure does not bar the intake.
        return Scope(unit=self.desk or self.unit)

    @property
    def moment(self) -> datetime:
        if self.opened_at is None:
            self.opened_at = timezone.now()
        return self.opened_at

    @property
    def day(self) -> date:
        return self.rules_on or timezone.localdate(self.moment)

    @property
    def declared(self) -> CaseType:
        """The version in force on the rule day.

        Raises:
            ActionRefused: there is none.
        """
        try:
            return case_type(self.type, on=self.day)
        except KeyError:
            raise no_procedure(self.type, self.day) from None

    def check_state(self) -> None:
        if self.moment > timezone.now():
            raise ActionRefused(_("登记时间不能晚于现在。"), _("请更正登记时间。"), status=400)
        declared = self.declared
        if declared.keepers and self.unit.family and self.unit.family not in declared.keepers:
            raise ActionRefused(
                _("“%(unit)s”不承办“%(type)s”。") % {"unit": self.unit, "type": declared.title},
                _("请选择有相应职责的单位。"),
                status=400,
            )
        nameless = self.identity is None and self.owner is None and self.filer is None and not self.system
        if declared.identity and not declared.anonymous and nameless:
            raise ActionRefused(
                _("“%(type)s”须提供申请人的身份信息。") % {"type": declared.title},
                _("请填写姓名和联系方式；身份信息单独加密保存。"),
                status=400,
            )
        self.ready = uploads.ready(self.files)

    def execute(self) -> Opened:
        try:
            return super().execute()
        except IntegrityError:
            # The same form sent twice at the same moment: the other one has made the case.
            if (found := self._repeated()) is not None:
                return found
            raise

    def perform(self) -> Opened:
        if (found := self._repeated()) is not None:
            return found
        declared, at = self.declared, self.moment
        cleaned = values.cleaned(declared.fields, self.values, on=self.day, region=self.region.code)
        number = take_number(declared, self.region.code, at)
        code = new_code(self.token) if declared.public.track else ""
        case = Case.objects.create(
            type=declared.code,
            type_version=declared.version,
            number=number,
            title=values.title_of(declared, cleaned),
            rules_on=self.day,
            opened_at=at,
            state=declared.start,
            state_since=at,
            unit=self.unit,
            region=self.region,
            owner=self.owner,
            filer=self.filer,
            confidentiality=SECRECY[declared.secrecy],
            subject=self.subject or self._subject(declared, cleaned),
            origin=self.origin,
            category=self.category,
            channel=self.channel,
            parent=self.parent,
            tracking=fingerprint(number, code) if code else "",
            token=token_hash(self.token) if self.token else None,
        )
        case.data = values.seal(declared.fields, cleaned, owner=self._holder(case), category=declared.code)
        case.identity = self._sealed(case, declared)
        kept = uploads.keep(case, self.files, self.ready, self._stored_by())
        recording.log_event(
            case,
            CaseEvent.Kind.OPENED,
            "opened",
            at=at,
            user=None if self.filing else self.actor,
            system=FILER if self.filing else self.system,
            public=True,
            data={"files": [file.pk for file in kept]} if kept else None,
        )
        clocking.start_clocks(case, declared, clocking.OPENED, at=at, by=self._stored_by())
        clocking.show_clock(case, declared)
        case.save()
        hooks.opened(case)
        recording.notify(
            case, recording.answerable(case), gettext_noop("%(type)s %(number)s 已登记，请及时办理。"), "opened",
            type=declared.title,
        )  # fmt: skip
        recording.write_opened(case, declared, user=None if self.filing else self.actor, system=self.system)
        return Opened(case, code)

    def logged(self, result: Opened) -> Case:
        return result.case

    def _repeated(self) -> Opened | None:
        case = Case.objects.filter(token=token_hash(self.token)).first() if self.token else None
        if case is None:
            return None
        return Opened(case, new_code(self.token) if case.tracking else "", repeated=True)

    def _holder(self, case: Case) -> str:
        """Whose personal data it is: the signed-in citizen's, who may look at the log; otherwise the case's."""
        return self.owner.ref if self.owner is not None else case.ref

    def _stored_by(self) -> str:
        if self.filing or self.actor is None:
            return FILER if self.filing or self.system == FILER else self.system
        return self.actor.ref

    def _sealed(self, case: Case, declared: CaseType) -> str:
        if isinstance(self.identity, str):
            return self.identity
        given = {name: value for name, value in (self.identity or {}).items() if value not in ("", None)}
        if not given:
            return ""
        return vault.put(given, owner=self._holder(case), category=f"{declared.code}.filer", readers=[values.ROOM])

    @staticmethod
    def _subject(declared: CaseType, cleaned: Mapping[str, Any]) -> str:
        code = cleaned.get(declared.subject_field) if declared.subject_field else None
        return f"enterprise:{code}" if code else ""
