"""What the trace page shows: the picture around a thing and the rows of its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.methods import gs1
from hengjian.methods.trace_graph.answers import number_of
from hengjian.methods.trace_graph.bounds import ALWAYS, NEVER
from hengjian.methods.trace_graph.happenings import Level, moment
from hengjian.methods.trace_graph.network import PROCESS, Network, Traced
from hengjian.trace.chain.drawing import draw
from hengjian.trace.chain.naming import Directory
from hengjian.trace.chain.rules import picture
from hengjian.trace.chain.scopes import last_places

BOXES = 60
ROWS = 500


@dataclass(frozen=True)
class Row:
    """A row of the table: a thing before or after the one asked about."""

    key: str
    side: str
    time: datetime | None
    previous: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """Everything about one thing."""

    back: Traced
    forward: Traced
    rows: list[Row]
    more: int
    containers: list[tuple[str, datetime, datetime | None]]


def view_of(network: Network, key: str, until: datetime | None = None) -> View:
    """Trace a thing both ways, as far as was known to have happened until then."""
    last = number_of(until)
    back = network.trace([key], "back", until=last)
    forward = network.trace([key], "forward", until=last)
    rows = [*_rows(network, back, "back"), *_rows(network, forward, "forward")]
    return View(back, forward, rows[:ROWS], max(len(rows) - ROWS, 0), _containers(network, key))


def _rows(network: Network, traced: Traced, side: str) -> list[Row]:
    levels = network.levels[traced.nodes].tolist()
    names = network.names.texts(traced.nodes)
    chosen = [row for row, at in enumerate(traced.origin.tolist()) if at >= 0 and levels[row] != Level.PROCESS]
    places = last_places(network, traced.nodes[chosen])
    found = []
    for row, own in zip(chosen, places, strict=True):
        at = int(traced.origin[row])
        if levels[at] == Level.PROCESS:
            at = int(traced.origin[at])
        time = int(traced.times[row])
        when = None if time in (ALWAYS, NEVER) else moment(time)
        found.append(Row(names[row], side, when, names[at], own))
    return found


def _containers(network: Network, key: str) -> list[tuple[str, datetime, datetime | None]]:
    node = network.names.find(key)
    if node < 0:
        return []
    import numpy as np

    packs = network.packs.gather(np.array([node], np.int32))
    rows = zip(packs["parent"].tolist(), packs["first"].tolist(), packs["last"].tolist(), strict=True)
    return [
        (network.names[parent], moment(first), None if last == NEVER else moment(last)) for parent, first, last in rows
    ]


def address(key: str, name: str = "trace_chain:thing") -> str:
    return f"{reverse(name)}?{urlencode({'key': key})}"


def is_pack(key: str) -> bool:
    """Whether a thing is a logistic unit: it carries goods, they are not made from it."""
    identifier = gs1.examine(key).identifier
    return identifier is not None and identifier.level == "logistic_unit"


def drawn(network: Network, view: View, names: Directory, title: str) -> tuple[SafeString, int]:
    """(the picture, how many boxes were left out)."""
    depths: dict[str, int] = {}
    kinds: dict[str, str] = {}
    times: dict[str, int] = {}
    for traced, sign in ((view.back, -1), (view.forward, 1)):
        keys = network.names.texts(traced.nodes)
        steps: list[int] = []
        for row, at in enumerate(traced.origin.tolist()):
            steps.append(0 if at < 0 else steps[at] + 1 if at < row else 1)
            depths.setdefault(keys[row], sign * steps[row])
            kinds.setdefault(keys[row], "source" if at < 0 else _kind(keys[row]))
            times.setdefault(keys[row], int(traced.times[row]))
    near = sorted(depths, key=lambda name: abs(depths[name]))[: BOXES * 2]
    edges = [
        (name, network.names[after])
        for name in near
        if (node := network.names.find(name)) >= 0
        for after, _first, _last in network.index.successors(node)
    ]
    plan = picture(depths, kinds, edges, BOXES)

    def called(name: str) -> str:
        if not name.startswith(PROCESS):
            return names.thing(name)
        time = times.get(name, ALWAYS)
        when = "" if time in (ALWAYS, NEVER) else f" {timezone.localtime(moment(time)):%Y-%m-%d %H:%M}"
        return _("加工") + when

    def link(name: str) -> str:
        return "" if name.startswith(PROCESS) else address(name)

    return draw(plan, called, link, title), plan.left_out


def _kind(name: str) -> str:
    return "process" if name.startswith(PROCESS) else "pack" if is_pack(name) else "thing"


def shown_keys(view: View) -> list[Any]:
    """Every key that the page names, for one look into the directory."""
    keys = [key for row in view.rows for key in (row.key, row.previous, *row.places)]
    return keys + [key for key, _first, _last in view.containers]
