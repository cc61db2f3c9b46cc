"""Registers: what is declared, entries with their versions, the steps on them, open data of the public ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from hengjian.api.auth import anyone, needs
from hengjian.api.endpoints.register_schemas import (
    ChangeIn,
    DoneIn,
    EntryIn,
    EntryOut,
    EntryQuery,
    RegisterOut,
    StatusIn,
    Values,
    VersionOut,
)
from hengjian.api.lists import Page, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Reason, region_of_code, unit_by_key
from hengjian.pages.listing import Table
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import visible
from hengjian.parties.verbs import Action
from hengjian.registers import showing
from hengjian.registers.actions import (
    ApproveEntry,
    ChangeEntry,
    ChangeFiledEntry,
    CreateEntry,
    DoneRecurrence,
    EntryRefused,
    FileEntry,
    SetFiledStatus,
    SetStatus,
)
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.describing import json_schema
from hengjian.registers.entering import UNCHANGED
from hengjian.registers.history import versions
from hengjian.registers.keepers import keeper_for
from hengjian.registers.lists import declared_list, in_region
from hengjian.registers.models import EntryBase, EntryVersion
from hengjian.registers.queries import entries, entry_as_of
from hengjian.registers.views.common import ALSO, public_entries
from hengjian.registers.views.public import open_row

router = Router(tags=["registers"])
R = TypeVar("R")


def declared_or_404(code: str) -> RegisterType:
    try:
        return register_type(code)
    except KeyError:
        raise not_found() from None


def find_entry(request: Any, code: str, entry_id: int) -> EntryBase:
    """The entry, if the caller may see it."""
    if entry_id >= 2**63:
        raise not_found()
    rows = entries(declared_or_404(code).code).filter(pk=entry_id).select_related(*ALSO)
    entry = visible(request.user, rows).first()
    if entry is None:
        raise not_found()
    return entry


def register_out(declared: RegisterType) -> dict[str, Any]:
    names = ("code", "title", "title_en", "area", "description", "public", "filed_by", "approval", "closed_on")
    return {**{name: getattr(declared, name) for name in names}, "key": declared.key.label}


def entry_out(entry: EntryBase) -> dict[str, Any]:
    declared = register_type(entry.register)
    light, standing = showing.standing(entry, declared)
    names = ("ref", "key", "title", "status", "valid_from", "valid_to", "version", "updated_at", "approved_at")
    values = {spec.code: showing.json_value(entry, spec) for spec in declared.fields}
    return {
        "id": entry.pk,
        "register_code": entry.register,
        **{name: getattr(entry, name) for name in (*names, "unit", "region", "filer")},
        "light": light,
        "standing": standing,
        "values": {code: value for code, value in values.items() if value is not None},
    }


def version_out(row: EntryVersion) -> dict[str, Any]:
    declared = register_type(row.register)
    personal = {spec.code for spec in declared.fields if spec.personal} | {"sealed"}
    names = ("number", "valid_from", "recorded_at", "verb", "status", "reason", "ground", "system")
    return {
        **{name: getattr(row, name) for name in names},
        "fact": str(row.fact) if row.fact else None,
        "data": {code: value for code, value in row.data.items() if code not in personal},
    }


def execute(action: Action[R]) -> R:
    """Execute; what is wrong with single fields is told field by field.

    Raises:
        Problem: 422 with every wrong field.
    """
    try:
        return action.execute()
    except EntryRefused as error:
        common = {"key", "title", "status", "valid_from", "valid_to", "region", "unit", "on"}
        errors = [
            {"field": f"body.{code if code in common else f'values.{code}'}", "message": message, "code": "value"}
            for code, message in error.errors.items()
        ]
        raise Problem(422, "validation", error.message, error.next_step, errors) from None


def table(request: HttpRequest, declared: RegisterType, query: EntryQuery) -> QuerySet[Any]:
    """The declared list under the caller's policy and the given filters.

    Raises:
        Problem: 422, a filter has no such value.
    """
    given = QueryDict(mutable=True)
    declaration = declared_list(declared)
    names = {name for item in declaration.filters for name in item.parameters}
    pairs: list[tuple[str, str]] = [("status", value) for value in query.status]
    pairs += [(name, value) for name in ("q", "validity", "sort") if (value := getattr(query, name))]
    for condition in query.where:
        name, _sep, value = condition.partition(":")
        if name not in names or name in ("q", "status", "unit", "region", "validity"):
            raise _wrong("where", _("这本登记册没有按“%(name)s”筛选。") % {"name": name[:60]})
        pairs.append((name, value[:100]))
    for name, value in pairs:
        given.appendlist(name, value)
    request.GET = given  # type: ignore[assignment]  # the declared filters read the address
    found = Table(declaration, request, entries(declared.code).select_related(*ALSO))
    for item, applied in found.applied:
        if applied.problem:
            raise _wrong(item.key, applied.problem)
    if query.sort and found.sort[0] is None:
        raise _wrong("sort", _("不能按“%(name)s”排序。") % {"name": query.sort[:60]})
    rows = found.filtered
    # Any unit or region may be asked for, not only those that the page offers; the policy holds all the same.
    if query.unit:
        rows = rows.filter(unit=_pk("unit", Unit.objects.filter(key=query.unit)))
    if query.region:
        rows = rows.filter(in_region(str(_pk("region", Region.objects.filter(code=query.region)))))
    return rows


def _pk(name: str, rows: QuerySet[Any]) -> int:
    found: int | None = rows.values_list("pk", flat=True).first()
    if found is None:
        raise _wrong(name, _("没有这个值，或者不在您的查看范围内。"))
    return found


def _wrong(field: str, message: str) -> Problem:
    errors = [{"field": f"query.{field}", "message": message, "code": "choice"}]
    return Problem(422, "validation", _("筛选条件不符合要求。"), _("请按 errors 逐项改正。"), errors)


# ---- reading


@router.get("", response=list[RegisterOut], auth=needs("registers.view"), summary="Registers")
def list_registers(request: HttpRequest) -> Any:
    """All declared registers by field of work."""
    return [register_out(declared) for declared in register_types()]


@router.get("/{code}/schema", response=Values, auth=anyone(), summary="Fields of a register")
def get_register_schema(request: HttpRequest, code: str) -> Any:
    """JSON Schema (2020-12) of the values, with statuses, legal basis and due duties as annotations."""
    return json_schema(declared_or_404(code))


@router.get("/{code}/public", response=Page[Values], auth=anyone(), summary="Open data of a register")
def list_public_entries(request: HttpRequest, code: str, window: Query[Window]) -> Any:
    """Public entries with their public fields, masked where the register says so; no log-in needed."""
    declared = declared_or_404(code)
    if not declared.public:
        raise not_found()
    return page(public_entries(declared).order_by("id"), window, lambda entry: open_row(entry, declared))


@router.get("/{code}/entries", response=Page[EntryOut], auth=needs("registers.view"), summary="Entries of a register")
def list_entries(request: HttpRequest, code: str, query: Query[EntryQuery]) -> Any:
    """Entries within the caller's reach, newest first unless `sort` says otherwise."""
    return page(table(request, declared_or_404(code), query), query, entry_out)


@router.get("/{code}/entries/{int:entry_id}", response=EntryOut, auth=needs("registers.view"), summary="One entry")
def get_entry(request: HttpRequest, code: str, entry_id: int) -> Any:
    return entry_out(find_entry(request, code, entry_id))


@router.get(
    "/{code}/entries/{int:entry_id}/versions",
    response=list[VersionOut],
    auth=needs("registers.view"),
    summary="Versions of an entry",
)
def list_entry_versions(request: HttpRequest, code: str, entry_id: int) -> Any:
    """Oldest record first; data without personal fields."""
    return [version_out(row) for row in versions(find_entry(request, code, entry_id))]


@router.get(
    "/{code}/entries/{int:entry_id}/as-of",
    response=VersionOut,
    auth=needs("registers.view"),
    summary="An entry as it stood",
)
def get_entry_as_of(
    request: HttpRequest, code: str, entry_id: int, on: date | None = None, known_at: datetime | None = None
) -> Any:
    """What the entry said on a day (left out: today), as known at a moment (left out: now)."""
    entry = find_entry(request, code, entry_id)
    on = on or timezone.localdate()
    if known_at is not None and timezone.is_naive(known_at):
        known_at = timezone.make_aware(known_at)
    found = entry_as_of(entry, on, known_at)
    if found is None:
        raise not_found(_("那一天还没有这项登记。"))
    return version_out(found)


# ---- writing


def _given(request: Any, body: EntryIn, declared: RegisterType) -> dict[str, Any]:
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明登记单位。"), _("请在 unit 中给出单位标识。"))
    return {
        "user": request.user,
        "register": declared.code,
        "values": body.values,
        "unit": unit,
        "region": region_of_code(body.region) if body.region else unit.region,
        "on": body.on or timezone.localdate(),
        **body.model_dump(include={"key", "title", "valid_from", "valid_to", "status", "reason"}),
    }


@router.post("/{code}/entries", response={201: EntryOut}, auth=needs("registers.edit"), summary="Enter into a register")
def create_entry(request: Any, code: str, body: EntryIn) -> Any:
    """Values are checked as on the form; all wrong fields are told at once (422)."""
    return Status(201, entry_out(execute(CreateEntry(**_given(request, body, declared_or_404(code))))))


@router.post(
    "/{code}/filings", response={201: EntryOut}, auth=needs("registers.file"), summary="Enter for one's own enterprise"
)
def file_entry(request: Any, code: str, body: EntryIn) -> Any:
    """For registers that enterprises fill in themselves; the keeping unit is found by the region."""
    declared = declared_or_404(code)
    if declared.filed_by != "enterprise":
        raise Problem(409, "conflict", _("《%(register)s》不由企业自行声明。") % {"register": declared.title})
    given = _given(request, body, declared)
    enterprise = request.user.unit
    if enterprise is None:
        raise Problem(409, "conflict", _("没有指明申报企业。"), _("请用企业账号登录后申报。"))
    given |= {"filer": enterprise, "unit": keeper_for(declared, enterprise, given["region"])}
    return Status(201, entry_out(execute(FileEntry(**given))))


def _own(request: Any, entry: EntryBase) -> bool:
    return entry.filer_id is not None and entry.filer_id == request.user.unit_id


def _change(request: Any, code: str, entry_id: int, body: ChangeIn, kind: Callable[..., ChangeEntry]) -> dict[str, Any]:
    entry = find_entry(request, code, entry_id)
    days = {
        name: getattr(body, name) if name in body.model_fields_set else UNCHANGED for name in ("valid_from", "valid_to")
    }
    action = kind(
        user=request.user,
        entry=entry,
        values=body.values,
        key=body.key,
        title=body.title,
        on=body.on or timezone.localdate(),
        reason=body.reason,
        **days,
    )
    return entry_out(execute(action))


@router.patch(
    "/{code}/entries/{int:entry_id}", response=EntryOut, auth=needs("registers.edit"), summary="Change an entry"
)
def change_entry(request: Any, code: str, entry_id: int, body: ChangeIn) -> Any:
    """A change dated before later ones is carried into them."""
    return _change(request, code, entry_id, body, ChangeEntry)


@router.patch(
    "/{code}/filings/{int:entry_id}", response=EntryOut, auth=needs("registers.file"), summary="Change one's own filing"
)
def change_filing(request: Any, code: str, entry_id: int, body: ChangeIn) -> Any:
    """For the enterprise that filed it."""
    return _change(request, code, entry_id, body, ChangeFiledEntry)


def _status(request: Any, code: str, entry_id: int, body: StatusIn, kind: Callable[..., SetStatus]) -> dict[str, Any]:
    action = kind(
        user=request.user,
        entry=find_entry(request, code, entry_id),
        status=body.status,
        ground=body.ground,
        on=body.on or timezone.localdate(),
        reason=body.reason,
    )
    return entry_out(execute(action))


@router.post(
    "/{code}/entries/{int:entry_id}/status", response=EntryOut, auth=needs("registers.edit"), summary="Set the status"
)
def set_entry_status(request: Any, code: str, entry_id: int, body: StatusIn) -> Any:
    return _status(request, code, entry_id, body, SetStatus)


@router.post(
    "/{code}/filings/{int:entry_id}/status",
    response=EntryOut,
    auth=needs("registers.file"),
    summary="Set the status of one's own filing",
)
def set_filing_status(request: Any, code: str, entry_id: int, body: StatusIn) -> Any:
    """Only statuses that the register leaves to the enterprise, as withdrawing a declaration."""
    return _status(request, code, entry_id, body, SetFiledStatus)


@router.post(
    "/{code}/entries/{int:entry_id}/approve",
    response=EntryOut,
    auth=needs("registers.approve"),
    summary="Approve an entry",
)
def approve_entry(request: Any, code: str, entry_id: int, body: Reason) -> Any:
    """By another person than the one who wrote the newest version."""
    entry = find_entry(request, code, entry_id)
    return entry_out(execute(ApproveEntry(user=request.user, entry=entry, reason=body.reason)))


@router.post(
    "/{code}/entries/{int:entry_id}/recurrences/{item}",
    response=EntryOut,
    auth=needs("registers.edit"),
    summary="Note a recurring duty as done",
)
def done_recurrence(request: Any, code: str, entry_id: int, item: str, body: DoneIn) -> Any:
    """The next day is computed from it."""
    action = DoneRecurrence(
        user=request.user,
        entry=find_entry(request, code, entry_id),
        recurrence=item,
        on=body.on or timezone.localdate(),
        reason=body.reason,
    )
    return entry_out(execute(action))
