"""Filters of the pages of cases."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from hengjian.cases.hooks import category_name
from hengjian.registers.fields import Titled
from hengjian.registers.showing import language

register = template.Library()


@register.filter
def said(item: Titled) -> str:
    """The name of something declared, in the reader's language."""
    return item.said(language())


@register.filter
def described(item: Any) -> str:
    """The description of a procedure, in the reader's language."""
    english = language().startswith("en")
    return str(item.description_en if english and item.description_en else item.description)


@register.filter
def category(code: str) -> str:
    """The name of a category, in the reader's language."""
    return category_name(code, language().startswith("en"))


@register.filter
def translated(text: str) -> str:
    """A recorded sentence in the reader's language; what no translation knows stays."""
    return gettext(text) if text else ""
