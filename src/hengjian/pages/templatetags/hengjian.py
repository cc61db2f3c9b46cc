"""`{% load hengjian %}`: the components of the visual language as template tags; docs/pages.md has examples."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.pages import components, figures, formfields, paging
from hengjian.pages.components import esc
from hengjian.parties.models.people import mask_name

register = template.Library()

register.simple_tag(components.sprite)
register.simple_tag(components.icon)
register.simple_tag(components.light)
register.simple_tag(components.progress)
register.simple_tag(components.duty)
register.simple_tag(components.units)
register.simple_tag(components.tag)
register.simple_tag(components.count)
register.simple_tag(components.relation)
register.simple_tag(components.notice)
register.simple_tag(components.timeline)
register.simple_tag(components.figure)
register.simple_tag(components.definition_list, name="dl")
register.filter("masked", mask_name)
register.simple_tag(formfields.error_summary)


@register.filter
def rule_title(rule_id: str) -> str:
    """What people call a rule; the id of one that is no longer in the rulebook."""
    try:
        return rulebook.get(rule_id).title
    except rulebook.RuleNotFound:
        return rule_id


@register.simple_tag
def dot() -> SafeString:
    """The separator between facts on one line."""
    return components.DOT


@register.simple_tag
def crumbs(*parts: object) -> SafeString:
    """`{% crumbs label url label url … label %}`: the last label, without an address, is the current page."""
    padded = [*parts, ""] if len(parts) % 2 else list(parts)
    return components.crumbs([(padded[i], str(padded[i + 1])) for i in range(0, len(padded), 2)])


@register.simple_tag
def tabs(items: list[components.Tab], label: object = "") -> SafeString:
    return components.tabs(items, label or _("视图"))


@register.simple_tag
def steps(current: int, *labels: object) -> SafeString:
    """`{% steps 2 "上传原文" "核对存疑" "生成任务" %}`."""
    return components.steps(labels, int(current))


@register.simple_block_tag(end_name="endpage_head")
def page_head(content: str, title: object, lead: object = "") -> SafeString:
    """Title, one line under it, and the actions (block content) at the right."""
    below = f"<p>{esc(lead)}</p>" if lead else ""
    actions = f'<div class="actions">{content}</div>' if content.strip() else ""
    return mark_safe(f'<header class="page-head"><div><h1>{esc(title)}</h1>{below}</div>{actions}</header>')


@register.simple_block_tag(end_name="endpanel")
def panel(
    content: str, title: object, aside: object = "", id: str = "", foot: object = "", flush: bool = False
) -> SafeString:
    """A titled section; `flush` for a table or list that touches the edges."""
    heading = f"h-{id}" if id else ""
    named = f' id="{esc(id)}" aria-labelledby="{esc(heading)}"' if id else ""
    head_id = f' id="{esc(heading)}"' if id else ""
    beside = f'<span class="muted small">{esc(aside)}</span>' if aside else ""
    below = f'<p class="panel-foot muted small">{esc(foot)}</p>' if foot else ""
    body = content if flush else f'<div class="panel-body stack-m">{content}</div>'
    head = f'<div class="panel-head"><h2{head_id}>{esc(title)}</h2>{beside}</div>'
    return mark_safe(f'<section class="panel"{named}>{head}{body}{below}</section>')


@register.simple_block_tag(end_name="endemptystate")
def emptystate(content: str, title: object) -> SafeString:
    """Nothing found: say why (title), offer the way back (block content)."""
    return mark_safe(f'<div class="empty"><strong>{esc(title)}</strong>{content}</div>')


@register.simple_block_tag(end_name="endnoticebox")
def noticebox(content: str, kind: str = "blue", title: object = "") -> SafeString:
    """A notice whose text needs markup."""
    return components.notice(kind, mark_safe(content), title)


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, id: str, title: object) -> SafeString:
    """A decision: one sentence and its buttons, one of them back to `#main`. A link to `#id` opens it (`:target`)."""
    name = esc(id)
    return mark_safe(
        f'<div class="dialog" id="{name}" role="dialog" aria-modal="true" aria-labelledby="{name}-t"><div>'
        f'<h2 id="{name}-t">{esc(title)}</h2>{content}</div></div>'
    )


@register.simple_tag
def field(bound: BoundField, hint: object = "", **attrs: str) -> SafeString:
    """One form field with label, hint and error, all tied together for screen readers."""
    return formfields.field(bound, hint=hint, attrs={key.replace("_", "-"): value for key, value in attrs.items()})


@register.simple_tag
def form_fields(form: BaseForm, *names: str) -> SafeString:
    """All visible fields of a form (or the named ones) and its hidden ones, after the error summary."""
    return formfields.form_fields(form, names)


@register.simple_tag
def upload(bound: BoundField, hint: object = "") -> SafeString:
    """A file field with the warning that nothing classified may be uploaded."""
    return formfields.upload(bound, hint)


@register.simple_tag(takes_context=True)
def pager(context: Context, page: Page[Any], label: object = "") -> SafeString:
    """Links to the pages of a paginator page; other parameters of the address are kept."""
    query = context["request"].GET.copy() if "request" in context else None
    return paging.pager(page, query, label)


@register.simple_tag(takes_context=True)
def chart(
    context: Context, spec: dict[str, Any], rows: list[dict[str, Any]] | None = None, xlsx: str = ""
) -> SafeString:
    """A chart as inline SVG with its table twin; `xlsx` is the address of the same rows as a file."""
    return figures.chart(spec, rows, xlsx)
