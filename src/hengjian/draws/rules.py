"""The random draw: published lists and a seed that comes later decide, and everybody can compute it again. Pure.

The method is written down for outsiders in docs/draws.md ("hengjian-draw 1"); a change here is a new format number.
Everything is text and SHA-256; no floating point, no random generator of a language.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

FORMAT = "hengjian-draw 1"
MOST_WEIGHT = 1000
PER_TARGET = 2  # 双随机: never a single inspector


class DrawImpossible(ValueError):
    """The lists do not admit a draw. `problem` is a Chinese pattern with `values_`."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem % values if values else problem)
        self.problem = problem
        self.values_ = values


def _(message: str) -> str:
    """Marks a Chinese pattern for the translators; this module knows no Django."""
    return message


@dataclass(frozen=True, slots=True)
class Target:
    """Something that may be drawn.

    Attributes:
        id: unique in the list ("enterprise:91…", "lift:310107…").
        stratum: risk class or other layer; "" when there is only one.
        unit: whom it belongs to (an enterprise's code, a unit's key): inspectors of that unit are excluded.
        weight: whole number; a target of weight 3 is three times as likely to come first as one of weight 1.
    """

    id: str
    name: str = ""
    stratum: str = ""
    unit: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody who may be sent. The name never leaves the office: published lists carry the id."""

    id: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many of a layer are drawn, and how many more stand in reserve."""

    code: str
    count: int
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An inspector may not be sent to a target: `target` is its id or its unit; "" excludes from all (recusal)."""

    inspector: str
    target: str = ""


@dataclass(frozen=True)
class Setup:
    """Everything that is fixed and published before the seed is known.

    Attributes:
        seed_source: the announcement: which public value will be the seed, and when it comes into being.
    """

    targets: tuple[Target, ...]
    inspectors: tuple[Inspector, ...]
    strata: tuple[Stratum, ...]
    seed_source: str
    exclusions: tuple[Exclusion, ...] = ()
    per_target: int = PER_TARGET

    def lists(self) -> dict[str, str]:
        """Name → text of the three lists, as they are hashed: sorted lines, fields parted by a tab."""
        return {
            "targets": lines((t.id, t.stratum, t.weight, t.unit, t.name) for t in self.targets),
            "inspectors": lines((i.id, i.unit) for i in self.inspectors),
            "exclusions": lines((e.inspector, e.target) for e in self.exclusions),
        }

    def hashes(self) -> dict[str, str]:
        """Name → SHA-256 of the list's text, in hexadecimal."""
        return {name: sha256(text) for name, text in self.lists().items()}

    def text(self) -> str:
        """What is committed to: hashes of the lists, numbers to be drawn, announcement of the seed."""
        rows = [FORMAT, *(f"{name}\t{value}" for name, value in self.hashes().items())]
        rows.append(f"per_target\t{self.per_target}")
        rows.extend(f"stratum\t{item.code}\t{item.count}\t{item.reserve}" for item in self.strata)
        rows.append(f"seed\t{self.seed_source}")
        return "".join(f"{row}\n" for row in rows)

    @property
    def commitment(self) -> str:
        """SHA-256 of `text()`: published before the seed."""
        return sha256(self.text())

    def check(self) -> None:
        """Whatever could make the draw fail, found before the seed is known.

        Raises:
            DrawImpossible: an id twice, a field with a tab or line end, an unknown stratum, too few targets, a target
                for whom not enough inspectors are free of conflict.
        """
        _check_fields(self)
        counts = {item.code: item for item in self.strata}
        sizes: dict[str, int] = {}
        for target in self.targets:
            if target.stratum not in counts:
                raise DrawImpossible(_("对象“%(id)s”的类别“%(what)s”没有抽取数量。"), id=target.id, what=target.stratum)
            sizes[target.stratum] = sizes.get(target.stratum, 0) + 1
        for item in self.strata:
            if item.count > sizes.get(item.code, 0):
                values = {"what": item.code, "size": sizes.get(item.code, 0), "count": item.count}
                raise DrawImpossible(_("类别“%(what)s”只有 %(size)s 个对象，不能抽 %(count)s 个。"), **values)
        if not any(item.count for item in self.strata):
            raise DrawImpossible(_("没有要抽取的对象。"))
        barred = Barred(self)
        for target in self.targets:
            able = (inspector for inspector in self.inspectors if not barred(inspector, target))
            free = len(list(islice(able, self.per_target)))
            if free < self.per_target:
                values = {"id": target.name or target.id, "free": free, "need": self.per_target}
                raise DrawImpossible(
                    _("对象“%(id)s”只有 %(free)s 名检查人员无须回避，至少需要 %(need)s 名。"), **values
                )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A target that was drawn: its number (hash), the inspectors sent; `reserve`: stands in for one that drops out."""

    order: int
    target: Target
    number: str
    inspectors: tuple[str, ...]
    reserve: bool = False


@dataclass(frozen=True)
class Outcome:
    """The result of a draw, the drawn ones first, then the reserves, each in order."""

    commitment: str
    seed: str
    chosen: tuple[Chosen, ...] = field(default=())

    def text(self) -> str:
        """One line each: D or R and place, id, number, inspectors parted by commas."""
        rows = []
        for item in self.chosen:
            place = f"{'R' if item.reserve else 'D'}{item.order}"
            rows.append("\t".join((place, item.target.id, item.number, ",".join(item.inspectors))))
        return "".join(f"{row}\n" for row in rows)

    @property
    def hash(self) -> str:
        return sha256(self.text())


def sha256(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Sorted lines (by their UTF-8 bytes), fields parted by a tab, each ended by a line feed."""
    made = sorted(("\t".join(str(value) for value in row) for row in rows), key=str.encode)
    return "".join(f"{line}\n" for line in made)


def number(seed: str, commitment: str, *what: str) -> str:
    """The hash that decides: of seed, commitment and what it is about, each on its own line."""
    return sha256("\n".join((seed, commitment, *what)))


def ticket(seed: str, commitment: str, target: Target) -> str:
    """A target's number: the smallest of as many hashes as its weight. Sorting by it is drawing without replacement
    with chances by weight, exactly."""
    return min(number(seed, commitment, "target", target.id, str(n)) for n in range(1, target.weight + 1))


class Barred:
    """Who may not be sent where: declared exclusions, and everybody of the target's own unit."""

    def __init__(self, setup: Setup) -> None:
        self._pairs = {(item.inspector, item.target) for item in setup.exclusions}

    def __call__(self, inspector: Inspector, target: Target) -> bool:
        if inspector.unit and inspector.unit == target.unit:
            return True
        places = {"", target.id} | ({target.unit} if target.unit else set())
        return any((inspector.id, place) in self._pairs for place in places)


def draw(setup: Setup, seed: str) -> Outcome:
    """The draw. The same lists and the same seed give the same result, always and everywhere.

    Args:
        setup: what was fixed and published beforehand.
        seed: the public value, trimmed of surrounding blanks.

    Raises:
        DrawImpossible: as `Setup.check`, or the seed is empty.
    """
    setup.check()
    seed = seed.strip()
    if not seed:
        raise DrawImpossible(_("没有填写种子。"))
    commitment = setup.commitment
    drawn: list[tuple[Target, str]] = []
    reserve: list[tuple[Target, str]] = []
    for stratum in setup.strata:
        layer = [
            (target, ticket(seed, commitment, target)) for target in setup.targets if target.stratum == stratum.code
        ]
        layer.sort(key=lambda pair: (pair[1], pair[0].id.encode()))
        drawn += layer[: stratum.count]
        reserve += layer[stratum.count : stratum.count + stratum.reserve]
    loads = {inspector.id: 0 for inspector in setup.inspectors}
    barred = Barred(setup)
    chosen = []
    for order, (target, key) in enumerate(drawn, start=1):
        sent = _sent(setup, seed, commitment, target, loads, barred)
        for inspector in sent:
            loads[inspector] += 1
        chosen.append(Chosen(order, target, key, sent))
    for order, (target, key) in enumerate(reserve, start=1):
        # A reserve may never be used: it adds to nobody's load.
        chosen.append(Chosen(order, target, key, _sent(setup, seed, commitment, target, loads, barred), True))
    return Outcome(commitment, seed, tuple(chosen))


def _sent(
    setup: Setup, seed: str, commitment: str, target: Target, loads: Mapping[str, int], barred: Barred
) -> tuple[str, ...]:
    """The inspectors for a target: of those free of conflict the least loaded, among equals by their number."""
    free = [inspector for inspector in setup.inspectors if not barred(inspector, target)]
    free.sort(key=lambda one: (loads[one.id], number(seed, commitment, "pair", target.id, one.id)))
    return tuple(one.id for one in free[: setup.per_target])


def _check_fields(setup: Setup) -> None:
    if setup.per_target < PER_TARGET:
        raise DrawImpossible(_("每个对象至少 %(n)s 名检查人员。"), n=PER_TARGET)
    for given in ([t.id for t in setup.targets], [i.id for i in setup.inspectors], [s.code for s in setup.strata]):
        if len(set(given)) < len(given):
            twice = Counter(given).most_common(1)[0][0]
            raise DrawImpossible(_("“%(id)s”出现了两次。"), id=twice)
    for target in setup.targets:
        if not 1 <= target.weight <= MOST_WEIGHT:
            raise DrawImpossible(_("对象“%(id)s”的权重须在 1 至 %(most)s 之间。"), id=target.id, most=MOST_WEIGHT)
    texts = [text for t in setup.targets for text in (t.id, t.name, t.stratum, t.unit)]
    texts += [text for i in setup.inspectors for text in (i.id, i.unit)]
    texts += [text for e in setup.exclusions for text in (e.inspector, e.target)]
    texts += [setup.seed_source, *(s.code for s in setup.strata)]
    for text in texts:
        if any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise DrawImpossible(_("“%(what)s”含有制表符或换行等控制字符。"), what=" ".join(text.split())[:40])
    ids = [target.id for target in setup.targets] + [inspector.id for inspector in setup.inspectors]
    if not all(ids) or any("," in inspector.id for inspector in setup.inspectors):
        raise DrawImpossible(_("编号不能为空，检查人员编号不能含逗号。"))
    if any(item.count < 0 or item.reserve < 0 for item in setup.strata):
        raise DrawImpossible(_("抽取数量不能为负。"))
    if not setup.seed_source.strip():
        raise DrawImpossible(_("须事先公布用什么公开数值作种子。"))
