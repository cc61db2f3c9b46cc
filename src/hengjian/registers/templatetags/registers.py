"""`{% load registers %}`: names of declarations in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.registers.fields import Titled
from hengjian.registers.legal import english_title

register = template.Library()


@register.filter
def said(declared: Titled) -> str:
    """The name of a declared thing in the reader's language."""
    return declared.said(get_language() or "zh")


@register.filter
def document_name(document: str) -> str:
    """English readers: the English name of a law or standard, to stand before its own; others nothing."""
    return english_title(document) if (get_language() or "").startswith("en") else ""


@register.filter
def system_name(system: str) -> str:
    """Who acted where no person did."""
    known = {"worker": _("系统自动"), "import": _("批量导入")}
    return str(known.get(system.partition(":")[0], system))
