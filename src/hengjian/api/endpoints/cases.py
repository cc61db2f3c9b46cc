"""Cases: the declared procedures, cases with their clocks and events, opening, taking steps, sending on."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from hengjian.api.auth import anyone, needs
from hengjian.api.endpoints.case_schemas import (
    AnswerIn,
    CaseDetailOut,
    CaseIn,
    CaseOut,
    CaseQuery,
    CaseTypeOut,
    CreatedOut,
    EventOut,
    FeedbackIn,
    NoteIn,
    SendIn,
    StepIn,
    TransferOut,
    Values,
)
from hengjian.api.lists import Page, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import masked, region_of_code, unit_by_key
from hengjian.cases import showing
from hengjian.cases.actions import AddNote, AnswerTransfer, OpenCase, ReportBack, SendCase, TakeCase, TakeStep
from hengjian.cases.actions.base import declaration
from hengjian.cases.catalogue import case_type, case_types
from hengjian.cases.declarations import CaseType
from hengjian.cases.errors import ValuesRefused
from hengjian.cases.lists import declared_list
from hengjian.cases.models import Case, Transfer
from hengjian.cases.policies import INSIDE_POLICY
from hengjian.cases.queries import cases
from hengjian.cases.values import is_sealed
from hengjian.cases.views.case import possible_steps
from hengjian.clocks.models import Deadline
from hengjian.pages.listing import Table
from hengjian.parties.models import Confidentiality, Region, Unit
from hengjian.parties.policies import permitted, visible
from hengjian.parties.verbs import Action
from hengjian.registers.describing import field_schema

router = Router(tags=["cases"])
R = TypeVar("R")
MOST_ID = 2**63


def declared_or_404(code: str) -> CaseType:
    try:
        return case_type(code)
    except KeyError:
        raise not_found() from None


def find_case(request: Any, case_id: int) -> Case:
    """The case, if the caller sees it from inside: whoever filed it has the public pages."""
    rows = cases().filter(pk=case_id) if case_id < MOST_ID else cases().none()
    case = permitted(request.user, "cases.inside", visible(request.user, rows)).first()
    if case is None:
        raise not_found()
    return case


def find_transfer(request: Any, case_id: int, transfer_id: int) -> Transfer:
    case = find_case(request, case_id)
    rows = case.transfers.select_related("sender", "receiver", "case")
    transfer = rows.filter(pk=min(transfer_id, MOST_ID - 1)).first()
    if transfer is None:
        raise not_found()
    return transfer


def type_out(declared: CaseType) -> dict[str, Any]:
    names = ("code", "version", "title", "title_en", "area", "description", "filer", "in_force_from", "in_force_to")
    return {
        **{name: getattr(declared, name) for name in names},
        "states": [state.code for state in declared.shown_states],
        "steps": [step.code for step in declared.transitions],
        "public_form": declared.public.file,
    }


def case_out(case: Case) -> dict[str, Any]:
    names = (
        "ref", "type", "type_version", "number", "title", "state", "outcome", "outcome_code", "unit", "region",
        "opened_at", "closed_at", "rules_on", "clock", "due_at", "paused", "category", "channel", "subject", "rating",
        "version",
    )  # fmt: skip
    return {
        "id": case.pk,
        **{name: getattr(case, name) for name in names},
        "handler": masked(case.handler),
        "late": showing.due_of(case)[0] == "red",
        "values": {code: value for code, value in case.data.items() if not is_sealed(value)},
    }


def detail_out(request: Any, case: Case) -> dict[str, Any]:
    events = case.events.select_related("by").order_by("number")
    return {
        **case_out(case),
        "clocks": [clock_out(case, row) for row in Deadline.objects.filter(owner=case.ref).order_by("pk")],
        "events": [event_out(event) for event in events],
        "transfers": [transfer_out(row) for row in case.transfers.select_related("sender", "receiver").order_by("pk")],
        "steps": [action.step for action in possible_steps(request.user, case)],
    }


def clock_out(case: Case, row: Deadline) -> dict[str, Any]:
    code = row.purpose.partition(".")[2]
    titles = {clock.code: clock.title for clock in declaration(case).clocks}
    names = ("state", "started_at", "due_at", "closed_at", "provisional")
    return {
        "code": code,
        "title": titles.get(code, code),
        **{name: getattr(row, name) for name in names},
        "rule": row.rule_id,
        "explanation": [step.text(_) for step in row.steps],
    }


def event_out(event: Any) -> dict[str, Any]:
    names = (
        "number", "kind", "code", "occurred_at", "recorded_at", "system", "old_state", "new_state", "outcome_code",
        "note", "public",
    )  # fmt: skip
    return {**{name: getattr(event, name) for name in names}, "by": masked(event.by)}


def transfer_out(row: Transfer) -> dict[str, Any]:
    names = ("sender", "receiver", "reason", "basis", "state", "sent_at", "answered_at", "answer", "hands_over")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def execute(action: Action[R]) -> R:
    """Execute; what is wrong with single fields is told field by field.

    Raises:
        Problem: 422 with every wrong field.
    """
    try:
        return action.execute()
    except ValuesRefused as error:
        errors = [
            {"field": f"body.values.{code}", "message": message, "code": "value"}
            for code, message in error.errors.items()
        ]
        raise Problem(422, "validation", error.message, error.next_step, errors) from None


def table(request: HttpRequest, declared: CaseType, query: CaseQuery) -> QuerySet[Any]:
    """The declared list under the caller's policy and the given filters.

    Raises:
        Problem: 422, a filter has no such value.
    """
    given = QueryDict(mutable=True)
    declaration_of_list = declared_list(declared)
    names = {name for item in declaration_of_list.filters for name in item.parameters}
    pairs = [(name, value) for name in ("state", "outcome") for value in getattr(query, name)]
    for name in ("q", "open", "region", "opened_from", "opened_to", "sort"):
        if value := getattr(query, name):
            pairs.append((name, str(value)))
    if query.unit:
        key = Unit.objects.filter(key=query.unit).values_list("pk", flat=True).first()
        pairs.append(("unit", "?" if key is None else str(key)))
    if query.region and not Region.objects.filter(code=query.region).exists():
        raise _wrong("region", _("没有这个地区。"))
    for condition in query.where:
        name, _sep, value = condition.partition(":")
        if f"v_{name}" not in names:
            raise _wrong("where", _("这类办件没有按“%(name)s”筛选。") % {"name": name[:60]})
        pairs.append((f"v_{name}", value[:100]))
    for name, value in pairs:
        given.appendlist(name, value)
    request.GET = given  # type: ignore[assignment]  # the declared filters read the address
    found = Table(declaration_of_list, request, cases(declared.code), INSIDE_POLICY)
    for item, applied in found.applied:
        if applied.problem:
            raise _wrong(item.key, applied.problem)
    if query.sort and found.sort[0] is None:
        raise _wrong("sort", _("不能按“%(name)s”排序。") % {"name": query.sort[:60]})
    return found.filtered


def _wrong(field: str, message: str) -> Problem:
    errors = [{"field": f"query.{field}", "message": message, "code": "choice"}]
    return Problem(422, "validation", _("筛选条件不符合要求。"), _("请按 errors 逐项改正。"), errors)


# ---- reading


@router.get("/types", response=list[CaseTypeOut], auth=needs("cases.view"), summary="Procedures")
def list_case_types(request: HttpRequest) -> Any:
    """The newest version of every declared procedure by field of work."""
    return [type_out(declared) for declared in case_types()]


@router.get("/types/{code}/schema", response=Values, auth=anyone(), summary="Fields of a procedure")
def get_case_schema(request: HttpRequest, code: str) -> Any:
    """JSON Schema (2020-12) of the values of a new case."""
    declared = declared_or_404(code)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hengjian:case:{declared.code}:{declared.version}",
        "title": declared.title,
        "x-title-en": declared.title_en,
        "type": "object",
        "additionalProperties": False,
        "properties": {spec.code: field_schema(spec) for spec in declared.fields},
        "required": [spec.code for spec in declared.fields if spec.required],
        "x-legal": [law.model_dump() for law in declared.legal],
    }


@router.get("/types/{code}/cases", response=Page[CaseOut], auth=needs("cases.view"), summary="Cases of a procedure")
def list_cases(request: HttpRequest, code: str, query: Query[CaseQuery]) -> Any:
    """Cases within the caller's reach, newest first unless `sort` says otherwise."""
    return page(table(request, declared_or_404(code), query), query, case_out)


@router.get("/{int:case_id}", response=CaseDetailOut, auth=needs("cases.view"), summary="One case")
def get_case(request: HttpRequest, case_id: int) -> Any:
    return detail_out(request, find_case(request, case_id))


# ---- writing


@router.post("/types/{code}/cases", response={201: CreatedOut}, auth=needs("cases.open"), summary="Open a case")
def open_case(request: Any, code: str, body: CaseIn) -> Any:
    """Values are checked as on the form; all wrong fields are told at once (422)."""
    declared = declared_or_404(code)
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明承办单位。"), _("请在 unit 中给出单位标识。"))
    given = body.model_dump(
        include={"values", "opened_at", "rules_on", "channel", "category", "subject", "identity", "token"}
    )
    region = region_of_code(body.region) if body.region else unit.region
    opened = execute(OpenCase(user=request.user, type=declared.code, unit=unit, region=region, **given))
    case = opened.case
    if opened.repeated and not visible(request.user, Case.objects.filter(pk=case.pk)).exists():
        raise Problem(409, "conflict", _("这个 token 已用于另一件。"), _("请换一个 token。"))
    answer = case_out(case)
    if case.confidentiality >= Confidentiality.SENSITIVE:
        answer |= {"title": declared.title, "values": {}}
    return Status(201, {"case": answer, "code": opened.code, "repeated": opened.repeated})


@router.post("/{int:case_id}/steps/{step}", response=CaseDetailOut, auth=needs("cases.view"), summary="Take a step")
def take_step(request: Any, case_id: int, step: str, body: StepIn) -> Any:
    """A declared step; whose it is, what it needs and what it leads to is in the procedure."""
    case = find_case(request, case_id)
    execute(TakeStep(user=request.user, case=case, step=step, **body.model_dump()))
    return detail_out(request, find_case(request, case_id))


@router.post("/{int:case_id}/take", response=CaseOut, auth=needs("cases.handle"), summary="Take a case")
def take_case(request: Any, case_id: int) -> Any:
    """The caller handles it from now on."""
    return case_out(execute(TakeCase(user=request.user, case=find_case(request, case_id))))


@router.post("/{int:case_id}/notes", response={201: EventOut}, auth=needs("cases.handle"), summary="Put on record")
def add_note(request: Any, case_id: int, body: NoteIn) -> Any:
    action = AddNote(user=request.user, case=find_case(request, case_id), note=body.note, public=body.public)
    return Status(201, event_out(execute(action)))


@router.post(
    "/{int:case_id}/transfers", response={201: TransferOut}, auth=needs("cases.transfer"), summary="Send a case on"
)
def send_case(request: Any, case_id: int, body: SendIn) -> Any:
    """After the declared number of refusals it goes to the region's unit of last resort, whatever was asked."""
    action = SendCase(
        user=request.user,
        case=find_case(request, case_id),
        receiver=unit_by_key(body.receiver),
        reason=body.reason,
        hands_over=body.hands_over,
    )
    return Status(201, transfer_out(execute(action)))


@router.post(
    "/{int:case_id}/transfers/{int:transfer_id}/answer",
    response=TransferOut,
    auth=needs("cases.transfer"),
    summary="Accept or send back",
)
def answer_transfer(request: Any, case_id: int, transfer_id: int, body: AnswerIn) -> Any:
    transfer = find_transfer(request, case_id, transfer_id)
    action = AnswerTransfer(user=request.user, transfer=transfer, accepts=body.accepts, answer=body.answer)
    return transfer_out(execute(action))


@router.post(
    "/{int:case_id}/transfers/{int:transfer_id}/feedback",
    response=TransferOut,
    auth=needs("cases.transfer"),
    summary="Report back",
)
def report_back(request: Any, case_id: int, transfer_id: int, body: FeedbackIn) -> Any:
    """The mandatory feedback on a transfer."""
    transfer = find_transfer(request, case_id, transfer_id)
    return transfer_out(execute(ReportBack(user=request.user, transfer=transfer, answer=body.answer)))
