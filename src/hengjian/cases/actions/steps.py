"""Taking a declared step of a procedure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.cases import clocking, hooks, papers, recording, uploads, values
from hengjian.cases.actions.base import FILER, CaseAction, acting_units
from hengjian.cases.actions.transfers import report_end
from hengjian.cases.declarations import HANDS, CaseType, Transition
from hengjian.cases.models import Case, CaseEvent
from hengjian.parties.models import User
from hengjian.parties.policies import Decision, Forbidden, Grant, can, grants_of, permitted
from hengjian.parties.roles import verb as verb_of
from hengjian.parties.verbs import ActionRefused, require_other_person
from hengjian.registers.fields import Choice, FieldSpec
from hengjian.registers.lookups import choices_of

# Who these hands belong to stands outside the handling unit as well: a grant for the region suffices.
FROM_OUTSIDE = frozenset({"approver", "reviewer", "overseer"})


def codes_of(case: Case, step: Transition) -> tuple[Choice, ...]:
    """The codes out of which the step must name one, as of the case's rule day; empty when it needs none.

    Raises:
        ActionRefused: the rulebook has no such list for that day.
    """
    if not step.codes:
        return ()
    spec = FieldSpec(code="outcome_code", title=step.title, type="choice", choices_from=step.codes)
    try:
        return choices_of(spec, case.rules_on, case.region.code)
    except rulebook.RuleNotFound as error:
        raise ActionRefused(
            _("规则库中没有 %(day)s 适用的代码表“%(codes)s”。") % {"day": case.rules_on, "codes": step.codes},
            _("请核对适用规则日期；如需补充规则，请联系系统管理员。"),
        ) from error


def form_fields(case: Case, declared: CaseType, step: Transition) -> tuple[FieldSpec, ...]:
    """The fields of the step's form: its own, and those of the case that it needs and that are still empty."""
    own = {spec.code for spec in step.fields}
    wanted = [code for code in step.required if code not in own and case.data.get(code) in (None, "", [])]
    return (*step.fields, *(declared.field(code) for code in wanted))


def hand_of(user: Any, case: Case, step: Transition, system: str = "") -> str:
    """As what the person (or the filer, or the system) may take the step; empty: not at all. One of `step.by`."""
    if user is None:
        if system == FILER:
            return FILER if FILER in step.by else ""
        return "system" if system else ""
    for hand in step.by:
        verb = HANDS[hand]
        if not verb or not permitted(user, verb, Case.objects.filter(pk=case.pk)).exists():
            continue
        if hand == FILER or _acts(user, case, hand, verb):
            return hand
    return ""


def _acts(user: Any, case: Case, hand: str, verb: str) -> bool:
    return case.unit_id in acting_units(user, verb) or (
        hand in FROM_OUTSIDE and any(grant.unit is None for grant in _grants(user, verb))
    )


def _grants(user: Any, verb: str) -> list[Grant]:
    return [grant for grant in grants_of(user) if grant.role in verb_of(verb).roles and not grant.own]


@dataclass(kw_only=True)
class TakeStep(CaseAction[CaseEvent]):
    """Take a step.

    Attributes:
        step: code of the transition.
        values: raw values of the step's fields.
        outcome_code: out of the step's code list.
        files: (name, content) pairs, or stored files.
    """

    verb = "cases.handle"

    step: str
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    outcome_code: str = ""
    files: uploads.Given = ()
    ready: list[uploads.Ready] = field(init=False, default_factory=list)
    clean: dict[str, Any] = field(init=False, default_factory=dict)
    context: hooks.StepContext = field(init=False)
    hand: str = field(init=False, default="")

    @property
    def transition(self) -> Transition:
        """The declared step.

        Raises:
            ActionRefused: the procedure has none of this code.
        """
        try:
            return self.declared.transition(self.step)
        except KeyError:
            raise ActionRefused(
                _("“%(type)s”没有“%(step)s”这一步。") % {"type": self.declared.title, "step": self.step[:60]},
                _("请返回页面重新操作。"),
                status=400,
            ) from None

    def check(self) -> None:
        """Permission by the hands of the step, then state, values, files and guards."""
        self.hand = hand_of(self.user, self.case, self.transition, self.system)
        if not self.hand:
            raise Forbidden(self._why_not(), self.verb)
        if HANDS[self.hand]:
            self.verb = HANDS[self.hand]  # type: ignore[misc]
        self.check_state()

    def recorded_as(self) -> tuple[User | None, str]:
        return (None, FILER) if self.hand == FILER else super().recorded_as()

    def refusal(self) -> str:
        """Why the step cannot be taken now by this person, for the page; what the form still has to say does not
        count."""
        if not hand_of(self.user, self.case, self.transition, self.system):
            return self._why_not().reason
        try:
            self._check_possible()
        except ActionRefused as error:
            return str(error.message)
        return ""

    def _why_not(self) -> Decision:
        if self.user is None:
            return Decision(False, _("这一步不由申请人办理。"))
        verbs = [HANDS[hand] for hand in self.transition.by if HANDS[hand]]
        for verb in verbs:
            decision = can(self.user, verb, self.case)
            if decision:
                return Decision(False, _("这一步由承办单位“%(unit)s”办理。") % {"unit": self.case.unit})
        return can(self.user, verbs[0], self.case) if verbs else Decision(False, _("这一步由系统自动办理。"))

    def check_state(self) -> None:
        self._check_possible()
        super().check_state()
        self._check_form()
        self.context = hooks.StepContext(
            case=self.case,
            declared=self.declared,
            transition=self.transition,
            user=self.actor,
            at=self.moment,
            values=self.clean,
            note=self.note,
            outcome_code=self.outcome_code,
            files=uploads.names(self.files),
            system=self.system,
        )
        for name in self.transition.guards:
            hooks.guard(name)(self.context)

    def _check_possible(self) -> None:
        """The state admits the step, and this person may be the one to take it."""
        step = self.transition
        self.check_open()
        self.check_not_under_way()
        if self.case.state not in step.origin:
            possible = "、".join(item.title for item in self.declared.leaving(self.case.state))
            raise ActionRefused(
                _("“%(state)s”时不能“%(step)s”。")
                % {"state": self.declared.state(self.case.state).title, "step": step.title},
                _("请刷新页面查看最新状态。现在可以：%(steps)s。") % {"steps": possible or _("（无）")},
            )
        if step.other_person:
            done = Q(kind__in=(CaseEvent.Kind.STEP, CaseEvent.Kind.OPENED), by__isnull=False)
            last = self.case.events.filter(done).select_related("by").order_by("-number").first()
            require_other_person(self.actor, last.by if last else None, f"“{step.title}”")

    def _check_form(self) -> None:
        """Note, code, values, required fields, files."""
        step, case = self.transition, self.case
        if step.note == "must" and not self.note.strip():
            raise ActionRefused(_("没有填写说明。"), _("这一步须写明理由或情况。"), status=400)
        if step.note == "no" and self.note.strip():
            raise ActionRefused(_("这一步不填写说明。"), _("请去掉说明后再提交。"), status=400)
        known = {choice.code for choice in codes_of(case, step)}
        if known and self.outcome_code not in known:
            raise ActionRefused(
                _("没有选择依据代码。") if not self.outcome_code else _("依据代码不在本案适用的代码表中。"),
                _("请从列表中选择一项。"),
                status=400,
            )
        # Code lists belong to the rules under which the case runs.
        self.clean = values.cleaned(
            form_fields(case, self.declared, step), self.values, on=case.rules_on, region=case.region.code
        )
        missing = [code for code in step.required if not self._filled(code)]
        if missing:
            titles = {spec.code: spec.title for spec in (*self.declared.fields, *step.fields)}
            raise values.ValuesRefused({code: _("请填写。") for code in missing}, titles)
        wanted = step.attachments
        if wanted is not None and not wanted.least <= len(self.files) <= wanted.most:
            raise ActionRefused(
                _("“%(title)s”须上传 %(least)d 至 %(most)d 个文件，现有 %(n)d 个。")
                % {"title": wanted.title, "least": wanted.least, "most": wanted.most, "n": len(self.files)},
                _("请补齐后再提交。"),
                status=400,
            )
        self.ready = uploads.ready(self.files, photos=wanted is not None and wanted.photos)

    def _filled(self, code: str) -> bool:
        value = self.clean.get(code, self.case.data.get(code))
        return value not in (None, "", [])

    def perform(self) -> CaseEvent:
        case, step, declared, at = self.case, self.transition, self.declared, self.moment
        old = case.state
        own = {spec.code for spec in declared.fields}
        sealed = values.seal((*step.fields, *declared.fields), self.clean, owner=case.ref, category=case.type)
        case.data.update({code: value for code, value in sealed.items() if code in own})
        if enterprise := sealed.get(declared.subject_field):
            case.subject = f"enterprise:{enterprise}"
        if step.to:
            case.state = step.to
            if step.to != old:
                case.state_since = at
        if step.outcome:
            case.outcome = step.outcome
        if self.outcome_code:
            case.outcome_code = self.outcome_code
        person, system = self.recorded_as()
        kept = uploads.keep(case, self.files, self.ready, FILER if self.hand == FILER else self.by)
        data: dict[str, Any] = {"values": sealed} if sealed else {}
        if kept:
            data["files"] = [file.pk for file in kept]
        event = recording.log_event(
            case,
            CaseEvent.Kind.STEP,
            step.code,
            at=at,
            user=person,
            system=system,
            note=self.note,
            public=step.public_note,
            old_state=old,
            outcome_code=self.outcome_code,
            data=data,
        )
        clocking.follow_step(case, declared, step, old, at=at, by=self.by)
        ended = declared.state(case.state).end
        if ended:
            self._end()
        self.save()
        self.context.event = event
        for name in step.effects:
            hooks.effect(name)(self.context)
        for name in step.documents:
            papers.issue(case, event, name, user=person, system=system)
        if ended and case.closed_at is not None:
            event.data["fact"] = str(recording.write_closed(case, declared, user=self._source(), system=self.system).id)
            event.save(update_fields=["data"])
        self._tell(old, ended)
        return event

    def _source(self) -> User | None:
        return self.actor if self.actor is not None and self.actor.unit is not None else None

    def _end(self) -> None:
        """The case is closed: no clock runs on, and whoever sent it here is told what came of it."""
        case = self.case
        case.closed_at = self.moment
        clocking.end_clocks(case, at=self.moment, by=self.by)
        report_end(case, at=self.moment, by=self.actor, system=self.system)

    def _tell(self, old: str, ended: bool) -> None:
        """Whoever filed it signed in, and those who answer for it where somebody else acted."""
        case, step = self.case, self.transition
        acted = self.actor.pk if self.actor is not None else None
        people = [person for person in recording.answerable(case) if person.pk != acted]
        state = self.declared.state(case.state)
        if not ended and (case.state != old or self.hand == FILER):
            recording.notify(
                case, people, gettext_noop("%(number)s：%(step)s，现为“%(state)s”。"), f"event:{case.version}",
                step=step.title, state=state.title,
            )  # fmt: skip
        if case.owner is not None and case.owner.pk != acted and case.state != old:
            recording.notify(
                case, [case.owner], gettext_noop("您的 %(number)s 现为“%(state)s”。"), f"owner:{case.version}",
                state=state.public_title or state.title,
            )  # fmt: skip
