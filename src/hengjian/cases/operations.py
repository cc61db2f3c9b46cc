"""What the page of a case offers besides its declared steps: each a form, an action, and who is asked first.

One table serves the page, its forms and their posts; `refusal()` of the action decides what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian import rulebook
from hengjian.cases import actions, forms
from hengjian.cases.actions.base import declaration
from hengjian.cases.clocking import running
from hengjian.cases.models import Case, CaseLink, Transfer
from hengjian.cases.queries import cases
from hengjian.cases.routing import active_units
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.parties.models.regions import ancestor_ids
from hengjian.parties.policies import permitted, visible
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.rulebook.parameters.terms import Terms

MAIN, CLOCK, RELATION, RECORD = "main", "clock", "relation", "record"


@dataclass(frozen=True)
class Operation:
    """One form of the page.

    Attributes:
        group: where it stands.
        form: (case, user, *args) → the form, unbound without args.
        action: (case, user, cleaned form) → the action; for an unbound form (None) with placeholders, to ask whether
            it would be refused.
    """

    label: str | Promise
    group: str
    form: Callable[..., Form]
    action: Callable[[Case, Any, dict[str, Any] | None], Action[Any]]
    done: str | Promise
    primary: bool = False


def _note(given: dict[str, Any] | None) -> str:
    return str((given or {}).get("note", "")) if given is not None else _("（说明）")


def units_to_send(case: Case) -> QuerySet[Unit]:
    """Where a case may go: bodies of its region, of the regions above and below it; of the declared families first."""
    inside = Q(region__in=ancestor_ids([case.region_id])) | Q(region__parent=case.region_id)
    if case.region.parent_id is not None:
        inside |= Q(region__parent=case.region.parent_id)  # the neighbours, for matters of their territory
    rows = Unit.objects.valid_on(timezone.localdate()).filter(active_units(), inside).exclude(pk=case.unit_id)
    families = declaration(case).keepers
    return rows.filter(Q(family__in=families) | Q(kind=Unit.Kind.PANEL)) if families else rows


def colleagues(case: Case) -> QuerySet[User]:
    """People of the unit who may handle it."""
    grants = RoleGrant.objects.valid_on(timezone.localdate()).filter(
        unit=case.unit, role__in=("officer", "inspector", "unit_head"), ceiling__gte=case.confidentiality
    )
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)


def _colleague(case: Case, user: Any) -> User | None:
    return colleagues(case).exclude(pk__in=[pk for pk in (case.handler_id, user.pk) if pk is not None]).first()


def _send(case: Case, user: Any, given: dict[str, Any] | None) -> Action[Any]:
    chosen = (given or {}).get("receiver") or units_to_send(case).first() or case.unit
    hands_over = (given or {}).get("kind", "hand") == "hand"
    return actions.SendCase(user=user, case=case, receiver=chosen, reason=_note(given), hands_over=hands_over)


def _other(case: Case, user: Any, given: dict[str, Any] | None) -> Case:
    number = (given or {}).get("number", "").strip()
    found = visible(user, cases().filter(number=number)).first() if number else None
    if given is not None and found is None:
        raise ActionRefused(_("没有编号为“%(number)s”的办件，或您无权查看。") % {"number": number}, status=400)
    return found or Case(pk=0, type=case.type, unit=case.unit)


def _relate(case: Case, user: Any, given: dict[str, Any] | None) -> Action[Any]:
    if given is None:
        return actions.AddNote(user=user, case=case, note=_("（说明）"))
    other = _other(case, user, given)
    if given["kind"] == CaseLink.Kind.MERGED:
        return actions.MergeCases(user=user, case=case, other=other, reason=_note(given) or _("同一事项"))
    return actions.LinkCases(user=user, case=case, other=other, kind=given["kind"], reason=_note(given))


def _link_form(case: Case, user: Any, *args: Any) -> Form:
    kinds: list[tuple[str, Any]] = [
        (CaseLink.Kind.RELATED.value, CaseLink.Kind.RELATED.label),
        (CaseLink.Kind.ARISEN.value, CaseLink.Kind.ARISEN.label),
    ]
    if declaration(case).operations.merge and case.closed_at is None:
        kinds.append((CaseLink.Kind.MERGED.value, _("并案：另一件并入本件")))
    return forms.LinkForm(*args, kinds=kinds, auto_id="link-%s")


def _pause_form(case: Case, user: Any, *args: Any) -> Form:
    clock = running(case).get(case.clock)
    words: tuple[str, ...] = ()
    if clock is not None and clock.rule_id:
        words = rulebook.get(clock.rule_id).typed(Terms).pauses
    return forms.ReasonForm(*args, suggestions=words, auto_id="pause-%s")


def _simple(label: str | Promise, required: bool = True) -> Callable[..., Form]:
    return lambda case, user, *args: forms.NoteForm(*args, label=str(label), required=required)


def _reason(cls: type[Any]) -> Callable[[Case, Any, dict[str, Any] | None], Action[Any]]:
    return lambda case, user, given: cls(user=user, case=case, reason=_note(given))


def _correct(case: Case, user: Any, given: dict[str, Any] | None) -> Action[Any]:
    if given is None:
        return actions.AddNote(user=user, case=case, note=_("（说明）"))
    return actions.CorrectCase(user=user, case=case, values=given["raw"], reason=_note(given))


def _deliver(case: Case, user: Any, given: dict[str, Any] | None) -> Action[Any]:
    paper = (given or {}).get("paper") or case.papers.filter(delivered_on__isnull=True).first()
    if paper is None:
        raise ActionRefused(_("没有待送达的文书。"))
    return actions.DeliverPaper(
        user=user, case=case, paper=paper, delivery=(given or {}).get("delivery", "hand"),
        delivered_on=(given or {}).get("delivered_on") or timezone.localdate(), note=_note(given) if given else "",
    )  # fmt: skip


OPERATIONS: dict[str, Operation] = {
    "take": Operation(
        gettext_lazy("由我承办"), MAIN, _simple(gettext_lazy("说明"), False), _reason(actions.TakeCase),
        gettext_lazy("已由您承办。"),
    ),
    "send": Operation(
        gettext_lazy("转办或协办"), MAIN,
        lambda case, user, *args: forms.SendForm(case, units_to_send(case), *args, auto_id="send-%s"), _send,
        gettext_lazy("已转出，等待对方接收。"),
    ),
    "assign": Operation(
        gettext_lazy("指定承办人"), RECORD,
        lambda case, user, *args: forms.HandlerForm(*args, people=colleagues(case), auto_id="assign-%s"),
        lambda case, user, given: actions.TakeCase(
            user=user, case=case,
            handler=(given or {}).get("handler") or _colleague(case, user),
        ),
        gettext_lazy("已指定承办人。"),
    ),
    "note": Operation(
        gettext_lazy("添加记录"), RECORD, lambda case, user, *args: forms.AddNoteForm(*args, auto_id="note-%s"),
        lambda case, user, given: actions.AddNote(
            user=user, case=case, note=_note(given), public=bool((given or {}).get("public")),
            files=(given or {}).get("files") or (),
        ),
        gettext_lazy("已记录。"),
    ),
    "correct": Operation(
        gettext_lazy("更正内容"), RECORD,
        lambda case, user, *args: forms.CorrectForm(case, declaration(case), *args), _correct,
        gettext_lazy("已更正，原内容保留在办理记录中。"),
    ),
    "deliver": Operation(
        gettext_lazy("登记文书送达"), RECORD,
        lambda case, user, *args: forms.DeliverForm(
            *args, papers=case.papers.filter(delivered_on__isnull=True), auto_id="deliver-%s"
        ),
        _deliver, gettext_lazy("已登记送达。"),
    ),
    "link": Operation(
        gettext_lazy("关联或并案"), RELATION, _link_form, _relate, gettext_lazy("已建立关联。"),
    ),
    "pause": Operation(
        gettext_lazy("中止计时"), CLOCK, _pause_form,
        lambda case, user, given: actions.PauseClock(
            user=user, case=case, reason=_note(given), document=(given or {}).get("document", "")
        ),
        gettext_lazy("已中止计时。"),
    ),
    "resume": Operation(
        gettext_lazy("恢复计时"), CLOCK, _simple(gettext_lazy("说明"), False),
        lambda case, user, given: actions.ResumeClock(user=user, case=case, reason=_note(given)),
        gettext_lazy("已恢复计时。"),
    ),
    "extend": Operation(
        gettext_lazy("批准延期"), CLOCK, _simple(gettext_lazy("延期理由")), _reason(actions.ExtendCaseClock),
        gettext_lazy("已批准延期。"),
    ),
    "urge": Operation(
        gettext_lazy("督办"), MAIN, _simple(gettext_lazy("督办意见")), _reason(actions.UrgeCase),
        gettext_lazy("督办已发出。"),
    ),
    "reopen": Operation(
        gettext_lazy("重新办理"), MAIN, _simple(gettext_lazy("重新办理的理由")), _reason(actions.ReopenCase),
        gettext_lazy("已重新办理。"),
    ),
}  # fmt: skip


def refused(operation: Operation, name: str, case: Case, user: Any) -> bool:
    """Whether the operation is not to be offered now."""
    if not _sensible(name, case):
        return True
    try:
        return bool(operation.action(case, user, None).refusal())
    except ActionRefused:
        return True


def _sensible(name: str, case: Case) -> bool:
    """What can be said without asking the action."""
    clock = running(case).get(case.clock) if name in ("pause", "resume", "extend") else None
    declared = declaration(case)
    if name == "pause":
        return clock is not None and clock.state == "open"
    if name == "resume":
        return clock is not None and clock.state == "paused"
    if name == "extend":
        return clock is not None and (clock.may_extend is not None or not clock.rule_id) and not clock.is_late()
    if name in ("assign", "take", "correct"):
        return case.closed_at is None
    if name == "link":
        return declared.operations.link
    return True


def transfer_of(case: Case, user: Any) -> Transfer | None:
    """The transfer that the user's unit must answer or report on."""
    waiting = case.transfers.filter(state__in=(Transfer.State.SENT, Transfer.State.ACCEPTED))
    return permitted(user, "cases.transfer", waiting).select_related("sender", "receiver").order_by("-pk").first()
