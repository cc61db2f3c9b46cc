"""Entering, prolonging, ending and revoking what programmes award; consequences of steps in their cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext
from hengjian.parties.models import Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import catalogue, publicity
from hengjian.programmes.actions.base import SYSTEM, declaration
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.declarations import RegisterType, Validity
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import by_ref, find
from hengjian.registers.recurring import end_of_validity, renewal_day

RECHECK, REVOCATION = "honour_recheck", "honour_revocation"
HONOUR = "honour"


def application_of(context: StepContext) -> Application | None:
    """The application whose case takes the step."""
    return (
        Application.objects.filter(case=context.case)
        .select_related("edition__unit", "edition__region", "unit", "region", "case")
        .first()
    )


def last_day(variant: str, start: date, region: str) -> date | None:
    """The last day of a term of the rulebook that begins on `start`; None without a term."""
    return end_of_validity(_with(Validity(term=variant)), start, region)


def recheck_day(variant: str, end: date, region: str) -> date:
    """The day on which the re-check of what ends on `end` begins, counted back by the rule."""
    return renewal_day(_with(Validity(renew_before=variant)), end, region) or end


def _with(validity: Validity) -> RegisterType:
    """The register of honours with the validity of one programme."""
    return register_type(HONOUR).model_copy(update={"validity": validity})


def award(context: StepContext) -> None:
    """Effect: enter the holder into the programme's register.

    Raises:
        ActionRefused: the case belongs to no edition, so nobody may be awarded.
    """
    application = application_of(context)
    if application is None:
        raise ActionRefused(
            _("“%(number)s”不属于任何届次，不能授予。") % {"number": context.case.number}, _("请通过届次页面申报。")
        )
    edition, programme = application.edition, declaration(application.edition)
    day = timezone.localdate(context.at)
    entry = CreateEntry(
        user=None,
        system=SYSTEM,
        register=programme.award.register_code,
        values=award_values(application, programme, day),
        unit=edition.unit,
        region=application.region,
        valid_from=day,
        valid_to=last_day(programme.award.term, day, edition.region.code),
        filer=application.unit if application.unit.kind == Unit.Kind.ENTERPRISE else None,
        on=day,
        reason=f"{programme.title} {edition.title}",
    ).execute()
    application.register, application.entry = entry.register, entry.pk
    application.save(update_fields=["register", "entry"])


def award_values(application: Application, programme: Programme, day: date) -> dict[str, Any]:
    """The fields of the new entry: by the declared patterns, else those of the register of honours."""
    edition = application.edition
    level = next((item for item in programme.levels if item.code == application.level), None)
    assert application.case is not None
    given: dict[str, Any] = {
        **{code: value for code, value in application.case.data.items() if isinstance(value, str | int | float)},
        "holder": application.holder,
        "holder_code": application.holder_code,
        "programme": programme.code,
        "programme_title": programme.title,
        "edition": edition.title,
        "level": level.title if level is not None else "",
        "total": str(application.total) if isinstance(application.total, Decimal) else "",
        "granted_on": day.isoformat(),
        "decision": edition.decision,
    }
    if programme.award.values:
        return {code: pattern.format_map(_Blank(given)) for code, pattern in programme.award.values.items()}
    given |= {"holder_kind": programme.holder, "application": application.case.number}
    return {spec.code: given[spec.code] for spec in register_type(HONOUR).fields if given.get(spec.code)}


class _Blank(dict[str, Any]):
    """Fields that were not filled in read as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


# ---- later


def entry_of(context: StepContext) -> EntryBase:
    """The entry that a re-check or revocation is about.

    Raises:
        ActionRefused: it is gone, or the case names none.
    """
    entry = by_ref(context.case.subject) or find(HONOUR, str(context.case.data.get("number", "")))
    if entry is None:
        raise ActionRefused(
            _("“%(number)s”没有对应的荣誉登记项。") % {"number": context.case.number}, _("请从荣誉登记项页面发起。")
        )
    return entry


def holder_of(entry: EntryBase) -> Unit | None:
    """The unit that applied for what the entry says, so that it can be heard."""
    if entry.filer is not None:
        return entry.filer
    row = Application.objects.filter(register=entry.register, entry=entry.pk).select_related("unit").first()
    return row.unit if row is not None else None


def renew(context: StepContext) -> None:
    """Effect: the honour holds for another term."""
    entry = entry_of(context)
    programme = _programme_of(entry)
    day = timezone.localdate(context.at)
    assert entry.valid_to is not None
    start = entry.valid_to + date.resolution
    variant = programme.award.term if programme is not None else ""
    until = last_day(variant, start, entry.region.code) if variant else None
    if until is None:
        raise ActionRefused(_("这项荣誉的项目没有规定有效期，不能延续。"), _("请核对项目设置。"))
    if entry.status == "recheck":
        SetStatus(user=None, system=SYSTEM, entry=entry, status="valid", reason=context.case.number, on=day).execute()
    ChangeEntry(
        user=None,
        system=SYSTEM,
        entry=entry,
        values={"rechecked_on": day.isoformat()},
        valid_to=until.isoformat(),
        on=day,
        reason=_("复核通过，延续至 %(day)s（%(number)s）") % {"day": until, "number": context.case.number},
    ).execute()


def lapse(context: StepContext) -> None:
    """Effect: the honour ends without renewal."""
    entry = entry_of(context)
    if entry.status in ("valid", "recheck"):
        SetStatus(
            user=None,
            system=SYSTEM,
            entry=entry,
            status="lapsed",
            reason=context.note or context.case.number,
            on=timezone.localdate(context.at),
        ).execute()


def revoke(context: StepContext) -> None:
    """Effect: the honour is revoked on its ground from today, and a notice says so."""
    entry = entry_of(context)
    ground = str(context.case.data.get("ground") or "")
    day = timezone.localdate(context.at)
    publicity.publish_revocation(entry, ground, context)
    SetStatus(
        user=None,
        system=SYSTEM,
        entry=entry,
        status="revoked",
        ground=ground,
        reason=(context.note or context.case.number)[:300],
        on=day,
    ).execute()


def _programme_of(entry: EntryBase) -> Programme | None:
    code = entry.extras.get("programme")
    try:
        return catalogue.programme(str(code)) if code else None
    except KeyError:
        return None
