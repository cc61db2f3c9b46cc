"""What does not fit in a chain, with named codes and the figures behind each finding.

All rules read the movements of things, their own and those of the containers they were in; a finding names at least one
event of the thing itself, so that a pallet with a thousand items is told once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.trace_graph.happenings import EPOCH, Level, Move
from hengjian.methods.trace_graph.network import PROCESS, Network
from hengjian.methods.trace_graph.steps import Anomaly, Completeness, Limits, Places, Step, distance, grouped
from hengjian.methods.trace_graph.units import MICRO, UNKNOWN, total

CODES = (
    "cloned_code", "impossible_travel", "event_after_decommission", "output_without_input", "quantity_above_input",
    "shipped_not_received", "received_not_shipped", "no_origin", "use_after_expiry",
)  # fmt: skip
DAY = 86_400
_ENDS = (Move.ENDED, Move.DESTROYED, Move.USED)
_LEAVES = (Move.SHIPPED, Move.SOLD, Move.LEFT, *_ENDS)


def find_anomalies(
    network: Network,
    things: NDArray[np.int32] | None = None,
    *,
    places: Places | None = None,
    limits: Limits | None = None,
    now: int | None = None,
) -> list[Anomaly]:
    """Everything that does not fit, in order of time.

    Args:
        things: nodes to look at; None: all.
        places: coordinates of sites, for impossible travel.
        now: until when shipments are judged; None: the time of the last event.
    """
    return examine(network, things, places=places, limits=limits, now=now)[0]


def examine(
    network: Network,
    things: NDArray[np.int32] | None = None,
    *,
    places: Places | None = None,
    limits: Limits | None = None,
    now: int | None = None,
) -> tuple[list[Anomaly], Completeness]:
    """`find_anomalies`, and how complete the chain of the things is."""
    levels = network.levels
    chosen = np.arange(levels.size, dtype=np.int32) if things is None else things
    traced = chosen[levels[chosen] < Level.CLASS]
    look = _Look(network, places or {}, limits or Limits())
    found: list[Anomaly] = []
    counts = [0, 0, 0, 0]
    groups = list(grouped(network, traced))
    last = max((step.time for _node, steps in groups for step in steps), default=0) if now is None else now
    for node, steps in groups:
        if levels[node] == Level.ITEM:
            found += look.item(node, steps)
        found += look.expiry(node, steps)
        broken, links = look.links(node, steps, last)
        found += broken
        if levels[node] == Level.LOT:
            found += look.amounts(node, steps)
        counts[0] += 1
        counts[1] += not broken
        counts[2] += links
        counts[3] += links - sum(1 for one in broken if one.code != "no_origin")
    processes = chosen[levels[chosen] == Level.PROCESS]
    if things is not None and traced.size:
        near = network.flows  # processes that the things took part in
        every = np.nonzero(levels == Level.PROCESS)[0].astype(np.int32)
        flows = near.gather(every)
        processes = np.union1d(processes, every[np.unique(flows["of"][np.isin(flows["node"], traced)])]).astype(
            np.int32
        )
    found += look.processes(processes)
    return sorted(found, key=lambda one: (one.time, one.code, one.key)), Completeness(*counts)


class _Look:
    """The rules, over one thing at a time."""

    def __init__(self, network: Network, places: Places, limits: Limits) -> None:
        self.network, self.limits = network, limits
        self.nowhere = network.places.find("")
        self.places = {number: places[site] for number, site in enumerate(network.places) if site in places}

    def _tell(self, code: str, node: int, steps: tuple[Step, ...], why: str = "", **details: str | float) -> Anomaly:
        last = steps[-1]
        return Anomaly(
            code, self.network.names[node], last.time, tuple(dict.fromkeys(step.event for step in steps)), why,
            self._site(last.site), details,
        )  # fmt: skip

    def _site(self, number: int) -> str:
        return self.network.places[number] if number >= 0 else ""

    # ---- items

    def item(self, node: int, steps: list[Step]) -> Iterator[Anomaly]:
        """Clones, impossible travel, events after the end."""
        placed = [step for step in steps if step.site != self.nowhere]
        clone = self._clone(steps, placed)
        if clone is not None:
            yield self._tell("cloned_code", node, clone[1], clone[0], first_site=self._site(clone[1][0].site))
        for before, after in pairwise(placed):
            if before.own or after.own:
                yield from self._travel(node, before, after)
        end: Step | None = None
        for step in steps:
            if (
                end is not None
                and step.own
                and step.event != end.event
                and step.kind != Move.MADE
                and step.time > end.time
            ):
                yield self._tell("event_after_decommission", node, (end, step), Move(end.kind).name.lower())
                break
            if step.kind in _ENDS and end is None:
                end = step
            elif step.kind == Move.MADE:
                end = None

    def _clone(self, steps: list[Step], placed: list[Step]) -> tuple[str, tuple[Step, ...]] | None:
        begun: Step | None = None
        sold: Step | None = None
        for step in steps:
            if step.kind == Move.MADE and step.own:
                if begun is not None and begun.event != step.event:
                    return "commissioned_twice", (begun, step)
                begun = step
            elif step.kind in _ENDS:
                begun = None
            if step.kind == Move.SOLD:
                if sold is not None and sold.event != step.event:
                    return "sold_twice", (sold, step)
                sold = step
            elif step.kind in (Move.RETURNED, Move.RECEIVED):
                sold = None
        for before, after in pairwise(placed):
            handed = before.kind in _LEAVES and after.kind in (Move.RECEIVED, Move.RETURNED, Move.SEEN)
            if before.time == after.time and before.site != after.site and (before.own or after.own) and not handed:
                return "two_places_at_once", (before, after)
        return self._overlap(placed)

    @staticmethod
    def _overlap(placed: list[Step]) -> tuple[str, tuple[Step, ...]] | None:
        """Seen elsewhere while it was still here: here, there, here again, and it left neither in between."""
        stays: list[list[Step]] = []
        for step in placed:
            if stays and stays[-1][-1].site == step.site and stays[-1][-1].kind not in _LEAVES:
                stays[-1].append(step)
            elif not stays or stays[-1][-1].site != step.site or step.kind in (Move.RECEIVED, Move.RETURNED):
                stays.append([step])
            else:
                stays[-1].append(step)
        for first, second, third in zip(stays, stays[1:], stays[2:], strict=False):
            came_back = third[0].kind in (Move.RECEIVED, Move.RETURNED)
            left = first[-1].kind in _LEAVES or second[-1].kind in _LEAVES
            if first[0].site == third[0].site and not came_back and not left:
                return "overlapping_stays", (first[-1], second[0], third[0])
        return None

    def _travel(self, node: int, before: Step, after: Step) -> Iterator[Anomaly]:
        one, other = self.places.get(before.site), self.places.get(after.site)
        if one is None or other is None or before.site == after.site or after.time <= before.time:
            return
        km = distance(one, other)
        hours = (after.time - before.time) / 3600
        if km > self.limits.nearest and km / hours > self.limits.speed:
            yield self._tell(
                "impossible_travel", node, (before, after), "",
                km=round(km, 1), hours=round(hours, 3), speed=round(km / hours), limit=self.limits.speed,
                first_site=self._site(before.site),
            )  # fmt: skip

    # ---- links

    def links(self, node: int, steps: list[Step], now: int) -> tuple[list[Anomaly], int]:
        """(broken links, how many links there are)."""
        found, links = [], 0
        for place, step in enumerate(steps):
            if not step.own:
                continue
            if step.kind == Move.SHIPPED:
                arrived = self._arrived(node, step, steps[place + 1 :])
                if arrived or now - step.time > self.limits.receive_days * DAY:
                    links += 1
                    if not arrived:
                        found.append(self._tell("shipped_not_received", node, (step,), "", to=self._aim(step)))
            elif step.kind == Move.RECEIVED:
                links += 1
                if self._unshipped(step, steps[:place]):
                    found.append(self._tell("received_not_shipped", node, (step,), "", sender=self._name(step.other)))
        first = next((step for step in steps if step.kind in (Move.SHIPPED, Move.SOLD)), None)
        if (
            first is not None
            and first.own
            and not any(
                step.kind in (Move.MADE, Move.RECEIVED, Move.RETURNED, Move.SEEN)
                for step in steps[: steps.index(first)]
            )
        ):
            found.append(self._tell("no_origin", node, (first,)))
        return found, links

    def _arrived(self, node: int, shipped: Step, later: list[Step]) -> bool:
        if any(self._is_arrival(shipped, step) for step in later):
            return True
        if any(step.kind == Move.UNSHIPPED for step in later):
            return True
        inner = self.network.contents(node, shipped.time)
        if not inner:
            return False
        for _one, steps in grouped(self.network, np.array(inner[:1], np.int32)):
            return any(step.time >= shipped.time and self._is_arrival(shipped, step) for step in steps)
        return False

    def _is_arrival(self, shipped: Step, step: Step) -> bool:
        if step.kind == Move.SHIPPED and step.site == shipped.site:
            return False
        aimed = shipped.other_site if shipped.other_site != self.nowhere else -1
        if aimed >= 0 and step.site == aimed:
            return True
        if shipped.other != self.nowhere and step.holder == shipped.other:
            return True
        return aimed < 0 and shipped.other == self.nowhere and step.site not in (shipped.site, self.nowhere)

    def _unshipped(self, received: Step, earlier: list[Step]) -> bool:
        """Received, but whoever sent it, and is known to tell its movements, did not ship it."""
        for step in earlier:
            if step.kind == Move.SHIPPED and step.site != received.site:
                aimed = step.other_site in (self.nowhere, received.site) and step.other in (
                    self.nowhere,
                    received.holder,
                )
                if aimed or step.other == received.holder or step.other_site == received.site:
                    return False
        elsewhere = any(step.site not in (received.site, self.nowhere) for step in earlier)
        known = received.other != self.nowhere and received.other in self.network.owners.values()
        return elsewhere or known

    def _aim(self, step: Step) -> str:
        return self._name(step.other) or self._name(step.other_site)

    def _name(self, number: int) -> str:
        return "" if number in (-1, self.nowhere) else self.network.places[number]

    # ---- amounts, dates, processes

    def amounts(self, node: int, steps: list[Step]) -> Iterator[Anomaly]:
        """More of a lot left a site than came to it."""
        came: dict[tuple[int, int], int] = {}
        gone: dict[tuple[int, int], int] = {}
        untold: set[int] = set()
        told: set[tuple[int, int]] = set()
        for step in steps:
            at = (step.site, step.unit)
            if step.micro == UNKNOWN:
                untold |= {step.site} if step.kind != Move.SEEN else set()
            elif step.kind in (Move.MADE, Move.RECEIVED, Move.RETURNED, Move.UNSHIPPED):
                came[at] = came.get(at, 0) + step.micro
            elif step.kind in (Move.SHIPPED, Move.SOLD, Move.DESTROYED, Move.USED, Move.ENDED):
                gone[at] = gone.get(at, 0) + step.micro
                known = came.get(at, 0)
                if (
                    known
                    and at not in told
                    and step.site not in untold
                    and gone[at] > known * (1 + self.limits.tolerance)
                ):
                    told.add(at)
                    yield self._tell(
                        "quantity_above_input", node, (step,), "site",
                        came=known / MICRO, gone=gone[at] / MICRO, unit=self.network.units[step.unit],
                    )  # fmt: skip

    def expiry(self, node: int, steps: list[Step]) -> Iterator[Anomaly]:
        """Shipped, sold or used after the last day, wherever on earth."""
        days = self.network.expiries.gather(np.array([node], np.int32))["day"]
        if not days.size:
            return
        last = date.fromordinal(int(days.max()))
        bound = (last - EPOCH.date() + timedelta(days=1)).days * DAY + DAY // 2
        for step in steps:
            if step.own and step.kind in (Move.SHIPPED, Move.SOLD, Move.USED) and step.time >= bound:
                yield self._tell(
                    "use_after_expiry", node, (step,), Move(step.kind).name.lower(), expires=last.isoformat()
                )
                return

    def processes(self, processes: NDArray[np.int32]) -> Iterator[Anomaly]:
        """Outputs without inputs, or more than the inputs yield."""
        every = self.network.flows.gather(processes)
        order = np.argsort(every["of"], kind="stable")
        bounds = np.searchsorted(every["of"][order], np.arange(processes.size + 1))
        for process, (begin, end) in zip(processes.tolist(), pairwise(bounds.tolist()), strict=True):
            if begin == end:
                continue
            flows = {name: column[order[begin:end]] for name, column in every.items()}
            out, into = flows["out"] == 1, flows["out"] == 0
            if not out.any():
                continue
            node, time = int(flows["node"][out][0]), int(flows["time"][out].max())
            name = self.network.names[process].removeprefix(PROCESS)
            key, events, site = self._made(node, time)
            if not into.any():
                yield Anomaly("output_without_input", key, time, events, "", site, {"process": name})
                continue
            if len(set(flows["unit"].tolist())) == 1 and not (flows["micro"] == UNKNOWN).any():
                put_in, came_out = total(flows["micro"][into]), total(flows["micro"][out])
                if came_out > put_in * (self.limits.highest_yield + self.limits.tolerance):
                    unit = self.network.units[int(flows["unit"][0])]
                    figures: dict[str, str | float] = {"process": name, "unit": unit}
                    figures |= {"came": put_in / MICRO, "gone": came_out / MICRO}
                    yield Anomaly("quantity_above_input", key, time, events, "process", site, figures)

    def _made(self, node: int, time: int) -> tuple[str, tuple[int, ...], str]:
        rows = self.network.moves.gather(np.array([node], np.int32))
        at = np.flatnonzero((rows["kind"] == Move.MADE) & (rows["time"] == time))
        if not at.size:
            return self.network.names[node], (), ""
        return self.network.names[node], (int(rows["event"][at[0]]),), self._site(int(rows["site"][at[0]]))
