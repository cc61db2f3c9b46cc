"""Policy text as markup with what was read in it marked. Pure: text and marks in, escaped markup out.

Marks may nest, overlap, repeat or lie outside the text. Nothing of the text is ever lost or doubled, and the elements
are always well nested: a mark that crosses the end of another is written in two pieces.
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

# A heading may be said to start behind its number: “（二十一）”, “第二十一章 ”.
LONGEST_LABEL = 10


@dataclass(frozen=True)
class Mark:
    """A stretch [start, end) of the text.

    Attributes:
        css: class of the element (m-measure, m-duty, m-due, m-doc, m-doubt …).
        id: address within the page; only the first piece carries it.
        before: safe markup in front of the first piece, such as a jump link.
        level: of marks over the same stretch the lower level is outside.
        element: mark or strong.
    """

    start: int
    end: int
    css: str = ""
    id: str = ""
    before: str = ""
    level: int = 0
    element: str = "mark"

    def opening(self) -> str:
        css = f' class="{escape(self.css)}"' if self.css else ""
        name = f' id="{escape(self.id)}"' if self.id else ""
        return f"{conditional_escape(self.before)}<{self.element}{css}{name}>"


def highlight(text: str, start: int, end: int, marks: Iterable[Mark]) -> SafeString:
    """The stretch [start, end) of `text` as inline markup."""
    start, end = max(0, start), min(len(text), end)
    waiting: list[tuple[int, int, int, int, Mark]] = []
    for number, mark in enumerate(marks):
        inside = max(mark.start, start), min(mark.end, end)
        if inside[0] < inside[1]:
            piece = replace(mark, start=inside[0], end=inside[1])
            if mark.start < start:
                piece = replace(piece, id="", before="")
            waiting.append((piece.start, -piece.end, piece.level, number, piece))
    heapq.heapify(waiting)
    out: list[str] = []
    open_marks: list[Mark] = []
    at = start
    while waiting or open_marks:
        if open_marks and (not waiting or open_marks[-1].end <= waiting[0][0]):
            closed = open_marks.pop()
            out += [escape(text[at : closed.end]), f"</{closed.element}>"]
            at = closed.end
            continue
        _start, _end, level, number, mark = heapq.heappop(waiting)
        limit = open_marks[-1].end if open_marks else end
        if mark.end > limit:
            rest = replace(mark, start=limit, id="", before="")
            heapq.heappush(waiting, (rest.start, -rest.end, level, number, rest))
            mark = replace(mark, end=limit)
        out += [escape(text[at : mark.start]), mark.opening()]
        at = mark.start
        open_marks.append(mark)
    out.append(escape(text[at:end]))
    return mark_safe("".join(out))


@dataclass(frozen=True)
class Heading:
    """The line in which `start` stands, at most behind a label, is a heading of rank 3 or 4; `id` is its address."""

    start: int
    rank: int = 3
    id: str = ""


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a stretch that hold more than white space, without the white space around them."""
    found: list[tuple[int, int]] = []
    at = max(0, start)
    end = min(len(text), end)
    for line in text[at:end].split("\n"):
        bare = line.strip()
        if bare:
            begin = at + line.index(bare[0])
            found.append((begin, begin + len(bare)))
        at += len(line) + 1
    return found


def paragraphs(
    text: str, start: int, end: int, marks: Iterable[Mark], headings: Iterable[Heading] = (), *, placed: bool = False
) -> SafeString:
    """The stretch as paragraphs, one per line; lines at a heading become h3 or h4. `placed`: each says in `data-at`
    where in the text it begins."""
    ranks = {heading.start: heading for heading in headings}
    places = lines(text, start, end)
    stops = [stop for _begin, stop in places]
    of_line: list[list[Mark]] = [[] for _place in places]
    for mark in marks:
        number = bisect.bisect_right(stops, mark.start)
        while number < len(places) and places[number][0] < mark.end:
            of_line[number].append(mark)
            number += 1
    out: list[str] = []
    for (begin, stop), own in zip(places, of_line, strict=True):
        here = highlight(text, begin, stop, own)
        heading = next(
            (ranks[place] for place in range(begin, min(begin + LONGEST_LABEL, stop)) if place in ranks), None
        )
        at = f' data-at="{begin}"' if placed else ""
        if heading is None:
            out.append(f"<p{at}>{here}</p>")
        else:
            name = f' id="{escape(heading.id)}"' if heading.id else ""
            css = ' class="gap-top"' if out else ""
            out.append(f"<h{heading.rank}{name}{css}{at}>{here}</h{heading.rank}>")
    return mark_safe("".join(out))
