"""The layered graph as SVG, drawn on the server: every box is a link, so that the keyboard reaches it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from hengjian.trace.chain.rules import Box, Picture

WIDE, HIGH, GAP_X, GAP_Y = 170, 44, 60, 14
LETTERS = 13
"""Characters of full width that fit a line of a box."""


def draw(picture: Picture, name: Callable[[str], str], link: Callable[[str], str], title: str) -> SafeString:
    """The picture. `name`: what a box is called; `link`: where it leads, empty for processes."""
    width = picture.columns * (WIDE + GAP_X) - GAP_X + 2
    height = picture.rows * (HIGH + GAP_Y) - GAP_Y + 2
    lines = format_html_join("", "{}", ((_line(picture.boxes[one], picture.boxes[two]),) for one, two in picture.lines))
    boxes = format_html_join("", "{}", ((_any(box, name, link),) for box in picture.boxes))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {} {}" width="{}" height="{}" role="group" '
        'aria-label="{}" font-size="12" fill="currentColor">{}{}</svg>',
        width + 1,
        height + 1,
        width,
        height,
        title,
        lines,
        boxes,
    )


def _any(box: Box, name: Callable[[str], str], link: Callable[[str], str]) -> SafeString:
    if box.kind == "more":
        told = ngettext("另有 %(n)s 个，见下表", "另有 %(n)s 个，见下表", box.count) % {"n": box.count}
        return _box(box, told, "#h-rows")
    return _box(box, name(box.name), link(box.name))


def _corner(box: Box) -> tuple[int, int]:
    return box.column * (WIDE + GAP_X), box.row * (HIGH + GAP_Y)


def _line(one: Box, other: Box) -> SafeString:
    (x1, y1), (x2, y2) = _corner(one), _corner(other)
    middle = HIGH // 2
    if x1 < x2:
        start, end, bend = x1 + WIDE, x2, GAP_X // 2
    elif x1 > x2:
        start, end, bend = x1, x2 + WIDE, -(GAP_X // 2)
    else:
        start, end, bend = x1 + WIDE, x2 + WIDE, GAP_X // 2
    return format_html(
        '<path d="M{} {}C{} {} {} {} {} {}" fill="none" stroke="currentColor" stroke-opacity="0.45"/>',
        start,
        y1 + middle,
        start + bend,
        y1 + middle,
        end - bend if x1 != x2 else end + bend,
        y2 + middle,
        end,
        y2 + middle,
    )


def _box(box: Box, name: str, link: str) -> SafeString:
    x, y = _corner(box)
    first, rest = _split(name)
    weight = "2" if box.kind == "source" else "1"
    dash = {"process": "4 3", "more": "1 3"}.get(box.kind, "none")
    fill = "0.07" if box.kind == "pack" else "0"
    inner = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill-opacity="{}" stroke="currentColor" stroke-width="{}" '
        'stroke-dasharray="{}"/><text x="{}" y="{}">{}</text><text x="{}" y="{}" fill-opacity="0.75">{}</text>',
        x,
        y,
        WIDE,
        HIGH,
        "20" if box.kind == "process" else "3",
        fill,
        weight,
        dash,
        x + 8,
        y + 18,
        first,
        x + 8,
        y + 35,
        rest,
    )
    if not link:
        return format_html("<g><title>{}</title>{}</g>", name, inner)
    return format_html('<a href="{}"><title>{}</title>{}</a>', link, name, inner)


def _split(name: str) -> tuple[str, str]:
    """Two lines of a name."""
    used, cut = 0.0, len(name)
    for place, letter in enumerate(name):
        used += 1 if ord(letter) > 255 else 0.56
        if used > LETTERS:
            cut = place
            break
    space = name.rfind(" ", 0, cut + 1)
    cut = space if space > 0 and cut < len(name) else cut
    rest = name[cut:].strip()
    return name[:cut], rest if len(rest) <= LETTERS * 1.5 else rest[: int(LETTERS * 1.5)] + "…"
