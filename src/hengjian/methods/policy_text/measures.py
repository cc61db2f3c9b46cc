"""Item text → title and action sentences."""

from __future__ import annotations

import re

from hengjian.methods.policy_text.model import Measure
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.outline import TITLE_LIMIT, Node, first_stop

_END = re.compile("[。；！？]")
_EDGE = " \n。；，、：！？;,.:"
_COLON_TITLE = re.compile(r"[^，。；：]{2,16}(?=：)")
_SPACE_TITLE = re.compile(r"[^，。；： ]{3,27}[\u4e00-\u9fff”》）](?= {1,4}[\u4e00-\u9fff“《])")


def title_span(flow: Flow, node: Node) -> tuple[int, int, bool]:
    """(start, end, own): the heading of a node; own is False where the first action sentence serves as title."""
    if not node.segments:
        return node.start, node.start, True
    start, end = node.segments[0]
    cut = min([item.start for item in node.responsibilities if start < item.start < end] or [end])
    alone = len(node.segments) > 1 or bool(node.children)
    stop = first_stop(flow, start, cut)
    limit = cut if stop is None else stop
    own = True
    if stop is None and not (alone and cut == end) and limit - start > TITLE_LIMIT:
        own = False
    if limit - start > TITLE_LIMIT:
        for pattern in (_COLON_TITLE, _SPACE_TITLE):
            match = pattern.match(flow.view, start, limit)
            if match and flow.outside(match.end()):
                return start, match.end(), True
        own = False
    while limit > start and flow.view[limit - 1] in _EDGE:
        limit -= 1
    return start, limit, own


def node_stretches(node: Node) -> list[tuple[int, int]]:
    """All text of an item with its sub-points, in order."""
    out = list(node.segments)
    for child in node.children:
        out.extend(node_stretches(child))
    return out


def all_responsibilities(node: Node) -> list[tuple[int, int]]:
    return sorted((item.start, item.end) for other in node.walk() for item in other.responsibilities)


def subtract(stretches: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches without the holes; both in order."""
    out: list[tuple[int, int]] = []
    for start, end in stretches:
        for a, b in holes:
            if a < end and b > start:
                if a > start:
                    out.append((start, a))
                start = max(start, b)
        if end > start:
            out.append((start, end))
    return out


def split_sentences(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences of a stretch: split at 。；！？ outside quotes and brackets, without the mark at the end."""
    out: list[tuple[int, int]] = []
    place = start
    for match in _END.finditer(flow.view, start, end):
        if flow.outside(match.start()):
            out.append((place, match.start()))
            place = match.end()
    out.append((place, end))
    kept = []
    for a, b in out:
        while a < b and flow.view[a] in _EDGE:
            a += 1
        while b > a and flow.view[b - 1] in " \n。；，":
            b -= 1
        if b > a and re.search(r"\w", flow.view[a:b]):
            kept.append((a, b))
    return kept


def sentences_of(flow: Flow, node: Node) -> tuple[tuple[int, int, bool], list[tuple[int, int]]]:
    """The title and the action sentences of an item as stretches of the flow."""
    title = title_span(flow, node)
    stretches = subtract(node_stretches(node), all_responsibilities(node))
    if title[2]:
        stretches = subtract(stretches, [(title[0], title[1])])
    sentences = [sentence for start, end in stretches for sentence in split_sentences(flow, start, end)]
    if not sentences and title[1] > title[0]:  # a task of one sentence: the title is the action
        sentences = [(title[0], title[1])]
    return title, sentences


def to_measures(flow: Flow, sentences: list[tuple[int, int]]) -> list[Measure]:
    return [Measure(flow.text[a:b], flow.span(a, b)) for a, b in sentences]
