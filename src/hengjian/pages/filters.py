"""Filters of a declared list: each reads its own parameters of the address and narrows the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian.pages.components import esc

Text = str | Promise
Choices = Sequence[tuple[str, Text]]


@dataclass
class Applied:
    """What one filter read from the address: its value, or the sentence that says why it was left out."""

    value: Any = None
    shown: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Base of all filters.

    Attributes:
        key: parameter of the address.
        label: over the control and in the pill of an applied filter.
        field: lookup path the filter compares with; subclasses say how.
    """

    key: str
    label: Text
    field: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        return (self.key,)

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        raise NotImplementedError

    def condition(self, value: Any) -> Q:
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(self.condition(value))

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        raise NotImplementedError

    def _framed(self, control: str, grow: bool = False) -> SafeString:
        css = "field grow" if grow else "field"
        return mark_safe(f'<div class="{css}"><label for="f-{self.key}">{esc(self.label)}</label>{control}</div>')


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    """All words must occur, each in any of the fields (case does not matter)."""

    fields: Sequence[str] = ()
    placeholder: Text = ""

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        text = query.get(self.key, "").strip()[:100]
        return Applied(text.split(), text) if text else Applied()

    def condition(self, value: list[str]) -> Q:
        everything = Q()
        for word in value:
            anywhere = Q()
            for name in self.fields or (self.field,):
                anywhere |= Q(**{f"{name}__icontains": word})
            everything &= anywhere
        return everything

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        return self._framed(
            f'<input class="input" id="f-{self.key}" name="{self.key}" type="search" maxlength="100" '
            f'value="{esc(query.get(self.key, ""))}" placeholder="{esc(self.placeholder)}">',
            grow=True,
        )


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """One of several values.

    Attributes:
        choices: (value, label) pairs, or a function of the request that gives them.
        everything: label of "no filter".
        when: condition per value where the value is not simply compared with `field`.
    """

    choices: Choices | Callable[[HttpRequest], Choices] = ()
    everything: Text = ""
    when: Callable[[str], Q] | None = None

    def options(self, request: HttpRequest) -> Choices:
        return self.choices(request) if callable(self.choices) else self.choices

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        chosen = query.get(self.key, "")
        if not chosen:
            return Applied()
        for value, label in self.options(request):
            if str(value) == chosen:
                return Applied(chosen, str(label))
        return Applied(problem=_("“%(label)s”没有这个选项，已忽略。") % {"label": self.label})

    def condition(self, value: Any) -> Q:
        return self.when(value) if self.when else Q(**{self.field: value})

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        everything = esc(self.everything or _("全部"))
        options = [f'<option value="">{everything}</option>']
        for value, label in self.options(request):
            selected = " selected" if str(value) == applied.value else ""
            options.append(f'<option value="{esc(value)}"{selected}>{esc(label)}</option>')
        return self._framed(f'<select class="select" id="f-{self.key}" name="{self.key}">{"".join(options)}</select>')


@dataclass(frozen=True, kw_only=True)
class MultiChoiceFilter(ChoiceFilter):
    """Any of several values; the parameter repeats."""

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        wanted = [value for value in query.getlist(self.key) if value]
        if not wanted:
            return Applied()
        labels = {str(value): str(label) for value, label in self.options(request)}
        known = [value for value in dict.fromkeys(wanted) if value in labels]
        if not known:
            return Applied(problem=_("“%(label)s”没有这个选项，已忽略。") % {"label": self.label})
        return Applied(known, "、".join(labels[value] for value in known))

    def condition(self, value: Any) -> Q:
        if self.when is None:
            return Q(**{f"{self.field}__in": value})
        any_of = Q()
        for one in value:
            any_of |= self.when(one)
        return any_of

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        chosen = set(applied.value or ())
        boxes = []
        for value, label in self.options(request):
            checked = " checked" if str(value) in chosen else ""
            boxes.append(
                f'<label><input type="checkbox" name="{self.key}" value="{esc(value)}"{checked}>{esc(label)}</label>'
            )
        shown = applied.shown or str(self.everything or _("全部"))
        name, now = f"l-{self.key}", f"v-{self.key}"
        return mark_safe(
            f'<div class="field"><span class="label" id="{name}">{esc(self.label)}</span>'
            f'<details class="menu menu--choice"><summary class="select" aria-labelledby="{name} {now}">'
            f'<span id="{now}">{esc(shown)}</span></summary>'
            f'<div class="menu-body" role="group" aria-labelledby="{name}">{"".join(boxes)}</div></details></div>'
        )


@dataclass(frozen=True, kw_only=True)
class DateRangeFilter(Filter):
    """From and to, both inclusive, either may be open: `<key>_from`, `<key>_to`."""

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        ends: list[date | None] = []
        for name in self.parameters:
            raw = query.get(name, "").strip()
            try:
                end = parse_date(raw) if raw else None
            except ValueError:
                end = None
            if raw and end is None:
                return Applied(
                    problem=_("“%(label)s”的日期 %(raw)s 看不懂，已忽略；请写成 2026-07-31。")
                    % {"label": self.label, "raw": raw[:20]}
                )
            ends.append(end)
        if ends == [None, None]:
            return Applied()
        if ends[0] and ends[1] and ends[0] > ends[1]:
            return Applied(problem=_("“%(label)s”的起日晚于止日，已忽略。") % {"label": self.label})
        return Applied(ends, "～".join(end.isoformat() if end else "" for end in ends))

    def condition(self, value: list[date | None]) -> Q:
        condition = Q()
        if value[0]:
            condition &= Q(**{f"{self.field}__gte": value[0]})
        if value[1]:
            condition &= Q(**{f"{self.field}__lte": value[1]})
        return condition

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        inputs = []
        for name, word in zip(self.parameters, (_("起"), _("止")), strict=True):
            inputs.append(
                f'<input class="input" id="f-{name}" name="{name}" type="date" value="{esc(query.get(name, ""))}" '
                f'aria-label="{esc(self.label)} {esc(word)}">'
            )
        pair = "～".join(inputs)
        return mark_safe(
            f'<div class="field"><span class="label">{esc(self.label)}</span><div class="range">{pair}</div></div>'
        )


@dataclass(frozen=True, kw_only=True)
class BooleanFilter(Filter):
    """A box to tick: only the rows for which the condition holds."""

    when: Q = field(default_factory=Q)

    def read(self, query: QueryDict, request: HttpRequest) -> Applied:
        return Applied(True, str(_("是"))) if query.get(self.key) == "1" else Applied()

    def condition(self, value: bool) -> Q:
        return self.when or Q(**{self.field: True})

    def control(self, applied: Applied, query: QueryDict, request: HttpRequest) -> SafeString:
        checked = " checked" if applied.value else ""
        return mark_safe(
            f'<div class="field check"><label><input type="checkbox" id="f-{self.key}" name="{self.key}" value="1"'
            f"{checked}><span>{esc(self.label)}</span></label></div>"
        )
