"""Guards and effects of this room's procedures."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hengjian.cases.actions import OpenCase
from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.queries import find
from hengjian.systems.standards.models import StandardDeclaration

#: results of a random check (code list `random-check-results`) that need no words, and the one that orders correction
FINE, ORDERED = frozenset({"none_found", "not_applicable"}), "ordered"


def declaration_of(context: StepContext) -> StandardDeclaration | None:
    found = find("standard_declaration", str(context.case.data.get("declaration") or ""))
    return found if isinstance(found, StandardDeclaration) else None


def declaration_changed(context: StepContext) -> None:
    """The declaration no longer cites the standard that ended."""
    declaration = declaration_of(context)
    standard = str(context.case.data.get("standard") or "")
    if declaration is not None and declaration.status == "current" and f";{standard};" in declaration.cited:
        raise ActionRefused(
            _("声明 %(key)s 仍引用 %(standard)s。") % {"key": declaration.key, "standard": standard},
            _("请企业先修订声明，或以“不受影响”办结并写明理由。"),
        )


def declaration_ended(context: StepContext) -> None:
    """The declaration was withdrawn."""
    declaration = declaration_of(context)
    if declaration is not None and declaration.status != "withdrawn":
        raise ActionRefused(_("声明 %(key)s 还没有废止。") % {"key": declaration.key}, _("请企业先废止声明，再办结。"))


def findings_told(context: StepContext) -> None:
    """A result other than "nothing found" says what was found."""
    if context.values.get("result") not in FINE and not context.values.get("findings"):
        raise ActionRefused(_("检查发现了问题，但没有写明。"), _("请填写“发现的问题”。"), status=400)
    people = [
        name for name in str(context.values.get("inspectors") or "").replace("，", "、").split("、") if name.strip()
    ]
    if len(people) < 2:
        raise ActionRefused(_("检查人员不少于两人。"), _("请用“、”隔开填写全部检查人员。"), status=400)


def nothing_to_correct(context: StepContext) -> None:
    """Closing at once is for results that ask for no correction."""
    if context.case.data.get("result") == ORDERED:
        raise ActionRefused(_("检查结果是责令改正，不能直接办结。"), _("请选择“公示并责令改正”。"))


def open_check(context: StepContext) -> None:
    """Nobody answered: the declaration is checked."""
    case = context.case
    OpenCase(
        user=None,
        system="review",
        type="standard_check",
        values={code: case.data.get(code) for code in ("declaration", "enterprise", "enterprise_name", "product")},
        unit=case.unit,
        region=case.region,
        filer=case.filer,
        subject=case.subject,
        origin=case.ref,
        token=f"check-after-review:{case.pk}",
    ).execute()


def register() -> None:
    """Called when the app is ready."""
    register_guard("standards.declaration_changed", declaration_changed)
    register_guard("standards.declaration_ended", declaration_ended)
    register_guard("standards.findings_told", findings_told)
    register_guard("standards.nothing_to_correct", nothing_to_correct)
    register_effect("standards.open_check", open_check)
