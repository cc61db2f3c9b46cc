"""The procedures onto lists and off them: declared in YAML, with the circumstances of the lists put in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.cases import catalogue as cases
from hengjian.cases.declarations import CaseType
from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.credit.lists import papers
from hengjian.credit.lists.actions import SYSTEM, EnterList, LeaveList
from hengjian.credit.lists.catalogue import list_kind, list_kinds
from hengjian.credit.lists.models import ListEntry
from hengjian.credit.lists.queries import on_lists
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import documents, explained

LISTING, TRUSTED, REMOVAL = "credit_listing", "credit_red_listing", "credit_delisting"
MARK = "."
# What a ground for removal makes of the entry: the listing fell, or it ended because things changed.
HOW = {
    "reversal": ListEntry.State.WITHDRAWN,
    "error": ListEntry.State.WITHDRAWN,
    "mended": ListEntry.State.REPAIRED,
    "breach": ListEntry.State.WITHDRAWN,
}


def load(folder: Path) -> None:
    """Make the procedures known; called after the lists were read.

    Raises:
        ConfigurationError: a declaration is wrong.
    """
    for name, document in documents(folder, "case"):
        found: dict[str, Any] = dict(document)
        for field in found["fields"]:
            if field["code"] == "criterion":
                field["choices"] = circumstances(good=found["case"] == TRUSTED)
        try:
            cases.register(CaseType.model_validate(found), name)
        except ValidationError as error:
            raise explained(name, f"case {found['case']}", error) from None


def circumstances(*, good: bool) -> list[dict[str, str]]:
    """The criteria of all lists of breaches (or of trusted enterprises) as choices "<list>.<criterion>"."""
    return [
        {
            "code": f"{kind.code}{MARK}{criterion.code}",
            "title": f"{kind.title}：{criterion.title}"[:80],
            "title_en": f"{kind.said('en')}: {criterion.said('en')}"[:120],
        }
        for kind in list_kinds()
        if (kind.weight == "good") == good
        for criterion in kind.criteria
    ]


def register() -> None:
    """Guards and effects by the names that the YAML gives."""
    for guard in (complete, answered, trusted, standing):
        register_guard(f"credit_lists.{guard.__name__}", guard)
    for effect in (enter, leave):
        register_effect(f"credit_lists.{effect.__name__}", effect)
    papers.register()


def chosen(case: Case) -> tuple[str, str]:
    """(list, criterion) of a procedure."""
    kind, _sep, criterion = str(case.data.get("criterion") or "").partition(MARK)
    return kind, criterion


def enterprise_of(case: Case) -> Enterprise:
    """The enterprise of a procedure.

    Raises:
        ActionRefused: the register of enterprises does not have it.
    """
    found = by_code(str(case.data.get("enterprise") or ""))
    if found is None:
        raise ActionRefused(
            _("主体库中没有这个统一社会信用代码。"), _("请核对代码，或先将主体归入主体库。"), status=400
        )
    return found


def complete(context: StepContext) -> None:
    """Before the notice: the list holds, this unit decides on it, the penalty is named where one must be."""
    case = context.case
    enterprise = enterprise_of(case)
    kind = list_kind(chosen(case)[0])
    if not kind.is_in_force(case.rules_on):
        raise ActionRefused(
            _("“%(list)s”在 %(day)s 不适用。") % {"list": kind.title, "day": case.rules_on.isoformat()},
            _("请按当时适用的名单办理。"),
        )
    if case.unit.family and case.unit.family not in kind.keepers:
        raise ActionRefused(
            _("“%(unit)s”不负责认定“%(list)s”。") % {"unit": case.unit, "list": kind.title},
            _("请由有认定职责的单位办理。"),
        )
    if kind.penalty and not case.data.get("penalty"):
        raise ActionRefused(
            _("“%(list)s”以较重行政处罚为前提，须填写处罚决定文号。") % {"list": kind.title},
            _("请先更正办件内容，再送达告知书。"),
            status=400,
        )
    if on_lists().filter(enterprise=enterprise, kind=kind.code).exists():
        raise ActionRefused(_("这家企业已在这份名单上。"), _("请在原有的列入记录上办理。"))


def answered(context: StepContext) -> None:
    """The party's term to answer must have passed, or it must have answered."""
    case = context.case
    heard = case.events.filter(code__in=("answered", "hearing")).exists()
    running = Deadline.objects.filter(
        owner=case.ref, purpose=f"{LISTING}.defence", state=Deadline.State.OPEN, due_at__gt=context.at
    )
    if not heard and running.exists():
        raise ActionRefused(
            _("陈述申辩期限未满，当事人也没有提出意见。"), _("请在期满后，或收到陈述申辩、举行听证后提请决定。")
        )


def trusted(context: StepContext) -> None:
    """No breach on record and on no list of breaches."""
    enterprise = enterprise_of(context.case)
    bad = [row for row in on_lists().filter(enterprise=enterprise) if list_kind(row.kind).weight != "good"]
    if bad:
        raise ActionRefused(
            _("这家企业在“%(list)s”上，不能列入守信名单。") % {"list": list_kind(bad[0].kind).title},
            _("请办结为不予列入。"),
        )


def standing(context: StepContext) -> None:
    """The entry is there, stands, and was made by this unit."""
    entry = _entry(context.case)
    if not entry.listed:
        raise ActionRefused(_("这家企业已不在名单上。"), _("请办结为不予移出。"))
    if entry.unit_id != context.case.unit_id:
        raise ActionRefused(
            _("谁认定、谁移出：这条记录由 %(unit)s 认定。") % {"unit": entry.unit}, _("请由认定机关办理。")
        )


def _entry(case: Case) -> ListEntry:
    found = ListEntry.objects.filter(number=str(case.data.get("entry") or "")).select_related("unit", "region").first()
    if found is None:
        raise ActionRefused(_("没有这个列入编号。"), _("请核对编号。"), status=400)
    return found


def enter(context: StepContext) -> None:
    """The decision puts the enterprise on the list."""
    case = context.case
    kind, criterion = chosen(case)
    EnterList(
        user=None,
        system=SYSTEM,
        kind=kind,
        enterprise=enterprise_of(case),
        unit=case.unit,
        criterion=criterion,
        ground=str(case.data.get("facts_found") or ""),
        document=str(context.values.get("document") or case.data.get("document") or ""),
        penalty=str(case.data.get("penalty") or ""),
        case=case.ref,
    ).execute()


def leave(context: StepContext) -> None:
    """The decision takes it off."""
    case = context.case
    LeaveList(
        user=None,
        system=SYSTEM,
        entry=_entry(case),
        how=HOW[str(case.data["ground"])],
        ground=case.ref,
        reason=case.number,
    ).execute()
