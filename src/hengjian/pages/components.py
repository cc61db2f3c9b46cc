"""The small components of the visual language as functions that return safe HTML.

Template tags (`{% load hengjian %}`), declared lists and charts all call these, so that a light or a progress bar is
written in one place. Every argument is escaped; pass `SafeString` to hand over ready markup. No function uses an inline
style: lengths are SVG attributes, widths are classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

STATIC_DIR = Path(__file__).resolve().parent / "static" / "pages"
#: What each colour of the meaning palette looks like beside its word (colour is the third cue).
LIGHT_ICONS = {"green": "ok", "amber": "alert", "orange": "clock", "red": "stop", "blue": "done", "grey": "idle"}
NOTICE_ICONS = {"green": "ok", "amber": "alert", "orange": "clock", "red": "stop", "blue": "bell", "grey": "idle"}
#: How a clause of a child plan takes up its parent's: colour and sign.
RELATION_SIGNS = {
    "kept": ("grey", "＝"),
    "adapted": ("blue", "≈"),
    "dropped": ("orange", "－"),
    "added": ("green", "＋"),
}
DOT = mark_safe('<i class="dot"></i>')


def esc(value: object) -> SafeString:
    """Any value as escaped text; `SafeString` stays as it is."""
    return conditional_escape(value)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def sprite() -> SafeString:
    """The icon symbols, to be placed once per page; `icon()` refers to them."""
    body = (STATIC_DIR / "icons.svg").read_text(encoding="utf-8")
    inner = body[body.index(">") + 1 : body.rindex("</svg>")].replace("\n", "")
    return mark_safe(f'<svg class="sprite" aria-hidden="true">{inner}</svg>')


@lru_cache(maxsize=1)
def icon_names() -> tuple[str, ...]:
    """Names of all icons in the sprite, in its order."""
    return tuple(part.split('"', 1)[0] for part in sprite().split('id="i-')[1:])


@lru_cache(maxsize=128)
def icon(name: str, size: str = "") -> SafeString:
    """A decorative icon; the words beside it carry the meaning.

    Raises:
        ValueError: the sprite has no icon of that name.
    """
    if name not in icon_names():
        raise ValueError(f"no icon {name!r}; there are {', '.join(icon_names())}")
    kind = " icon--lg" if size == "lg" else ""
    return mark_safe(f'<svg class="icon{kind}" aria-hidden="true"><use href="#i-{name}"/></svg>')


def light(state: str, label: object, tint: bool = False) -> SafeString:
    """A traffic light: icon, word, colour.

    Args:
        state: green, amber, orange, red, blue or grey.
        label: the word, e.g. “逾期 19 天”.
        tint: with a tinted ground, for use outside tables.

    Raises:
        ValueError: unknown state.
    """
    if state not in LIGHT_ICONS:
        raise ValueError(f"no light {state!r}; there are {', '.join(LIGHT_ICONS)}")
    ground = " light--tint" if tint else ""
    return mark_safe(f'<span class="light{ground} is-{state}">{icon(LIGHT_ICONS[state])}{esc(label)}</span>')


def _percent(value: float) -> str:
    """`66`, `66.7`: at most one decimal, no trailing zero."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def progress(percent: float | None, due: float | None = None, state: str = "green") -> SafeString:
    """Progress bar: the fill is what is done, the tick is the elapsed share of the period (序时进度).

    Args:
        percent: 0 to 100; None when nothing was reported yet (shown as a dash).
        due: 0 to 100; None draws no tick.
        state: colour of the light that belongs to it.
    """
    if percent is None:
        spoken = _("尚未填报") if due is None else _("尚未填报，序时 %(due)s%%") % {"due": _percent(due)}
    elif due is None:
        spoken = _("完成 %(done)s%%") % {"done": _percent(percent)}
    else:
        gap = round(percent, 1) - round(due, 1)
        values = {"done": _percent(percent), "due": _percent(due), "gap": _percent(abs(gap))}
        if gap > 0:
            spoken = _("完成 %(done)s%%，序时 %(due)s%%，领先 %(gap)s 个百分点") % values
        elif gap < 0:
            spoken = _("完成 %(done)s%%，序时 %(due)s%%，落后 %(gap)s 个百分点") % values
        else:
            spoken = _("完成 %(done)s%%，序时 %(due)s%%，持平") % values
    width = min(max(percent or 0.0, 0.0), 100.0)
    tick = ""
    if due is not None:
        at = _percent(min(max(due, 0.0), 100.0))
        tick = f'<line class="bar-due" x1="{at}%" x2="{at}%" y1="0" y2="14"/>'
    shown = "—" if percent is None else f"{_percent(percent)}%"
    return mark_safe(
        f'<div class="prog is-{esc(state)}"><svg class="bar" role="img" aria-label="{esc(spoken)}">'
        f'<rect class="bar-track" y="4" width="100%" height="6" rx="3"/>'
        f'<rect class="bar-fill" y="4" width="{_percent(width)}%" height="6" rx="3"/>{tick}</svg><b>{shown}</b></div>'
    )


def role_name(role: str) -> str:
    """The word for a duty's role.

    Raises:
        ValueError: not lead, support or joint.
    """
    names = {"lead": _("牵头"), "support": _("配合"), "joint": _("共同")}
    if role not in names:
        raise ValueError(f"no role {role!r}; there are lead, support, joint")
    return names[role]


def duty(role: str, name: object) -> SafeString:
    """Who is responsible, with the role in front."""
    return mark_safe(f'<span class="duty duty--{role}"><b>{esc(role_name(role))}</b><span>{esc(name)}</span></span>')


def units(names: Iterable[object]) -> SafeString:
    """Unit names in a table cell: joined by 、 and broken only there."""
    joined = mark_safe("、").join(esc(name) for name in names)
    return mark_safe(f'<span class="units">{joined or "—"}</span>')


def tag(text: object, kind: str = "") -> SafeString:
    """A small label; `kind="bronze"` for an honour."""
    return mark_safe(f'<span class="tag{" tag--bronze" if kind == "bronze" else ""}">{esc(text)}</span>')


def count(number: int, hot: bool = False) -> SafeString:
    """A number in a capsule; hot for what waits unread, where more than 99 are simply many."""
    text = "99+" if hot and number > 99 else f"{number:,}"
    return mark_safe(f'<span class="count{" count--hot" if hot else ""}">{text}</span>')


def relation(kind: str, label: object = None) -> SafeString:
    """Relation of a child clause to its parent's: kept, adapted, dropped, added."""
    names = {"kept": _("保留"), "adapted": _("调整"), "dropped": _("未承接"), "added": _("新增")}
    if kind not in names:
        raise ValueError(f"no relation {kind!r}; there are {', '.join(names)}")
    colour, sign = RELATION_SIGNS[kind]
    word = esc(names[kind] if label is None else label)
    return mark_safe(f'<span class="rel is-{colour}"><b aria-hidden="true">{sign}</b>{word}</span>')


def notice(kind: str, text: object, title: object = "") -> SafeString:
    """A message above the thing it concerns; red and amber are announced at once."""
    if kind not in NOTICE_ICONS:
        raise ValueError(f"no notice {kind!r}; there are {', '.join(NOTICE_ICONS)}")
    role = ' role="alert"' if kind == "red" else ""
    strong = f"<strong>{esc(title)}</strong>" if title else ""
    return mark_safe(
        f'<div class="notice is-{kind}"{role}>{icon(NOTICE_ICONS[kind])}<span>{strong}{esc(text)}</span></div>'
    )


def crumbs(trail: Sequence[tuple[object, str]]) -> SafeString:
    """Where one is: (label, address) pairs, the last without an address."""
    items = "".join(
        f'<li><a href="{esc(address)}">{esc(label)}</a></li>'
        if address
        else f'<li aria-current="page">{esc(label)}</li>'
        for label, address in trail
    )
    label = esc(_("所在位置"))
    return mark_safe(f'<nav class="crumbs" aria-label="{label}"><ol>{items}</ol></nav>')


@dataclass(frozen=True)
class Tab:
    """One view of a list or one part of a page."""

    label: object
    url: str
    count: int | None = None
    current: bool = False
    push: bool = False


def tabs(items: Iterable[Tab], label: object) -> SafeString:
    """Views as links; the current one is marked for screen readers too."""
    parts = []
    for item in items:
        current = ' aria-current="page"' if item.current else ""
        push = ' class="push"' if item.push else ""
        number = f" {count(item.count)}" if item.count is not None else ""
        parts.append(f'<a href="{esc(item.url)}"{current}{push}>{esc(item.label)}{number}</a>')
    return mark_safe(f'<nav class="tabs" aria-label="{esc(label)}">{"".join(parts)}</nav>')


def steps(labels: Sequence[object], current: int) -> SafeString:
    """Steps of a procedure; `current` counts from 1, and len + 1 means all are done."""
    parts = []
    said = esc(_("已完成："))
    for number, label in enumerate(labels, start=1):
        mark = ' class="done"' if number < current else ' aria-current="step"' if number == current else ""
        done = f'<span class="vh">{said}</span>' if number < current else ""
        parts.append(f"<li{mark}>{done}{esc(label)}</li>")
    return mark_safe(f'<ol class="steps">{"".join(parts)}</ol>')


def definition_list(pairs: Iterable[tuple[object, object]], tight: bool = False) -> SafeString:
    """Facts about one thing as term and description; an empty description shows a dash."""
    rows = "".join(
        f"<dt>{esc(term)}</dt><dd>{'—' if value is None or value == '' else esc(value)}</dd>" for term, value in pairs
    )
    return mark_safe(f'<dl class="dl{" dl--tight" if tight else ""}">{rows}</dl>')


@dataclass(frozen=True)
class Event:
    """One entry of a timeline; `state` colours its mark, `now` fills it."""

    title: object
    time: object = ""
    machine_time: str = ""
    text: object = ""
    note: object = ""
    state: str = "grey"
    now: bool = False


def timeline(events: Iterable[Event]) -> SafeString:
    """What happened, newest or oldest first as given."""
    parts = []
    for event in events:
        if event.state not in LIGHT_ICONS:
            raise ValueError(f"no state {event.state!r}; there are {', '.join(LIGHT_ICONS)}")
        machine = f' datetime="{esc(event.machine_time)}"' if event.machine_time else ""
        when = f"<time{machine}>{esc(event.time)}</time>" if event.time else ""
        text = f"<p>{esc(event.text)}</p>" if event.text else ""
        note = f'<p class="muted small">{esc(event.note)}</p>' if event.note else ""
        now = " is-now" if event.now else ""
        parts.append(f'<li class="is-{event.state}{now}"><p>{when}{esc(event.title)}</p>{text}{note}</li>')
    return mark_safe(f'<ol class="timeline">{"".join(parts)}</ol>')


def figure(
    name: object,
    value: object,
    unit: object,
    period: object,
    source: object,
    change: object = "",
    url: str = "",
    url_label: object = "",
) -> SafeString:
    """A key figure; unit, period and source are required because a figure never stands without them."""
    for part, given in (("unit", unit), ("period", period), ("source", source)):
        if not str(given or "").strip():
            raise ValueError(f"figure {name!r} has no {part}")
    number = esc(value)
    if url:
        number = mark_safe(f'<a href="{esc(url)}">{number}</a>')
    change_html = f"<p>{esc(change)}</p>" if change else ""
    label = f'<p><a href="{esc(url)}">{esc(url_label)}</a></p>' if url and url_label else ""
    return mark_safe(
        f'<div class="figure"><h3>{esc(name)}</h3><p class="val">{number}<small>{esc(unit)}</small></p>{change_html}'
        f"<p>{esc(period)} {DOT} {esc(source)}</p>{label}</div>"
    )
