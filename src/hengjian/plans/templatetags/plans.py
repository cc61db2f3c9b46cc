"""Words, figures and links that the room's templates share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hengjian import rulebook
from hengjian.documents.models import StoredFile
from hengjian.methods.policy_export import fields
from hengjian.plans import words
from hengjian.plans.import_words import header_words
from hengjian.plans.models import Duty, Plan, PlanImport, Report, ReportEvidence, Target, Task
from hengjian.plans.spoken import spoken
from hengjian.rulebook import Rule

register = template.Library()
REPORT_COLOURS = {"submitted": "amber", "accepted": "green", "returned": "red", "draft": "grey"}

register.filter("light_word", words.light_word)
register.filter("unit_of", words.unit_of)
register.filter("spoken", spoken)


@register.filter
def scheduled(row: Task | Duty) -> float:
    """序时进度 today, 0..100."""
    return words.scheduled(row)


@register.filter
def import_title(draft: PlanImport) -> str:
    """What the text calls itself, else the name of the file."""
    return words.import_title(draft)


@register.filter
def target_text(target: dict[str, Any]) -> str:
    """A target of a reading as one line."""
    return fields.target_text(target)


@register.filter
def target_value(target: Target) -> str:
    """The value of a stored target without its indicator: ≥95%."""
    read: dict[str, Any] = {
        "indicator": "",
        "operator": target.operator,
        "value": target.value or None,
        "unit": target.unit_label,
    }
    if "～" in target.value:
        read["value"] = target.value.split("～")
    return fields.target_text({**read, "strength": target.strength}).strip()


@register.filter
def plan_light(plan: Plan) -> str:
    """Colour of a plan's status."""
    return words.PLAN_LIGHTS[plan.status]


@register.filter
def rules(plan: Plan) -> list[Rule]:
    """The rule versions that the plan keeps."""
    return [rulebook.get(name) for name in (plan.light_rule, plan.escalation_rule, plan.report_rule) if name]


@register.filter
def header_word(name: str) -> str:
    """The name of a header field."""
    return header_words()[name]


@register.filter
def stretch(chosen: tuple[int, int]) -> int:
    """The number of characters of a stretch of the source."""
    return chosen[1] - chosen[0]


@register.filter
def percent(share: float) -> str:
    """0.96 → 96%."""
    return f"{share:.0%}"


@register.filter
def report_state(report: Report) -> str:
    """Colour of a report's state."""
    return REPORT_COLOURS[report.state]


@register.filter
def plain_number(value: Decimal | None) -> str:
    """A decimal without trailing zeros, thousands grouped."""
    return "" if value is None else f"{value.normalize():,f}"


@register.simple_tag
def evidence_link(proof: ReportEvidence, duty_id: int) -> SafeString:
    """The download of a file, or the verification page of a fact."""
    if proof.kind == ReportEvidence.Kind.FACT:
        return format_html('<a href="{}">{}</a>', reverse("ledger:fact", args=[proof.ref]), proof.label)
    stored = StoredFile.objects.filter(content_id=proof.ref.removeprefix("sha256:"), subject=f"duty:{duty_id}").first()
    if stored is None:
        return format_html("<span>{}</span>", proof.label)
    return format_html('<a href="{}">{}</a>', reverse("documents:download", args=[stored.pk]), proof.label)
