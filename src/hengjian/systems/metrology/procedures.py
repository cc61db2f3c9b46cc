"""Guards and effects of this room's procedures."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.methods.verification_rates import FitLine
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry
from hengjian.registers.queries import find
from hengjian.rulebook.parameters.metrology import LEVEL_TITLES
from hengjian.systems.metrology import rules
from hengjian.systems.metrology.cycles import fit_rule, read_fit


def fit_of(context: StepContext) -> list[FitLine]:
    """The table of meters that holds after the step."""
    data = {**context.case.data, **{code: value for code, value in context.values.items() if value}}
    text = str(data.get("fit_checked") or data.get("fit") or "")
    return read_fit(text, context.case.rules_on) if text else []


def shortfall(lines: list[FitLine], context: StepContext) -> str:
    """In words, line by line, what does not reach the required rate."""
    fit = fit_rule(context.case.rules_on)
    told = []
    for line in rules.lacking(lines):
        row = fit.row(line.carrier)
        told.append(
            f"{row.title if row else line.carrier} {LEVEL_TITLES[rules.LEVELS[line.level]]} "
            f"{line.fitted}/{line.needed} = {line.rate.percent()}% < {line.required}%"
        )
    return "\n".join(told)


def reckon_fit(context: StepContext) -> None:
    """Keep with the case which rates are not reached."""
    context.case.data["shortfall"] = shortfall(fit_of(context), context)
    context.case.save(update_fields=["data"])


def fit_reached(context: StepContext) -> None:
    """A pass needs every required rate."""
    lines = fit_of(context)
    if not lines:
        raise ActionRefused(_("没有填写配备情况。"), _("请先登记能源计量器具配备情况。"))
    if missing := shortfall(lines, context):
        raise ActionRefused(
            _("配备率未达到要求：%(missing)s") % {"missing": missing.replace("\n", "；")},
            _("请要求整改，或核对配备情况后再办理。"),
        )


def note_review(context: StepContext) -> None:
    """The register of key users says when and how it was reviewed."""
    entry = find("energy_user", str(context.case.data.get("enterprise") or ""))
    if entry is not None:
        values = {"reviewed_on": timezone.localdate(context.at), "review_result": context.transition.outcome}
        reason = _("能源计量审查 %(number)s") % {"number": context.case.number}
        ChangeEntry(user=None, system="review", entry=entry, values=values, reason=reason).execute()


def register() -> None:
    """Called when the app is ready."""
    register_guard("metrology.fit_reached", fit_reached)
    register_effect("metrology.reckon_fit", reckon_fit)
    register_effect("metrology.note_review", note_review)
