"""Pure decisions on surveys: sample design, which answers count, what is too small to be shown, what texts keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from hengjian.methods.statistics.survey_estimates import allocate, sample_size


@dataclass(frozen=True)
class Stratum:
    """A part of the population that is sampled on its own; `size` is the number of units in it."""

    code: str
    title: str
    size: int
    title_en: str = ""

    def said(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title


def _(message: str) -> str:
    """Marks a message for the catalogue; the caller translates it, since this module knows no reader."""
    return message


class DesignImpossible(ValueError):
    """`problem` is a message id with `values`."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem % values if values else problem)
        self.problem = problem
        self.values_ = values


@dataclass(frozen=True)
class Design:
    """How precise the survey shall be.

    Attributes:
        margin: half width of the interval of a share (0.05), at `confidence` (0.95).
        share: the share that is planned for; 0.5 is the worst case.
        deff: design effect.
        response: share of those approached who are expected to answer.
        least: at least so many answers per stratum, so that it can be shown on its own.
    """

    margin: float
    confidence: float = 0.95
    share: float = 0.5
    deff: float = 1.0
    response: float = 0.5
    least: int = 2


@dataclass(frozen=True)
class Sample:
    """Answers wanted in all and per stratum, and how many people are to be approached for them."""

    total: int
    answers: dict[str, int]
    approached: dict[str, int]


def sample_of(design: Design, strata: Sequence[Stratum]) -> Sample:
    """The sample that the design asks for: size for a share, finite population, allocation proportional to size.

    Raises:
        DesignImpossible: a number is out of its bounds, or the strata are too small.
    """
    if not 0 < design.response <= 1:
        raise DesignImpossible(_("预计回收率应大于 0、不超过 100。"))
    sizes = {stratum.code: float(stratum.size) for stratum in strata}
    try:
        wanted = sample_size(
            design.share, design.margin, design.confidence, population=sum(sizes.values()), deff=design.deff
        )
    except ValueError:
        raise DesignImpossible(_("误差、置信水平和预计比例都应在 0 和 1 之间，设计效应应大于 0。")) from None
    most = int(sum(sizes.values()))
    wanted = min(max(wanted, sum(min(design.least, stratum.size) for stratum in strata)), most)
    answers = allocate(wanted, sizes, least=design.least).sizes
    approached = {
        stratum.code: min(stratum.size, ceil(answers[stratum.code] / design.response - 1e-9)) for stratum in strata
    }
    return Sample(wanted, answers, approached)


def parse_strata(text: str) -> list[Stratum]:
    """Strata from lines "name, size" or "name, size, English name".

    Raises:
        DesignImpossible: a line cannot be read, a name stands twice, or there is no line.
    """
    found: list[Stratum] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        # A comma inside a number groups its digits; otherwise it parts the columns.
        parts = [part.strip() for part in re.split(r"[,，\t;；]", re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", line))]
        size = re.sub(r"[\s人户]", "", parts[1]) if len(parts) > 1 else ""
        if not parts[0] or not re.fullmatch(r"[0-9]{1,10}", size) or int(size) < 2:
            raise DesignImpossible(_("第 %(row)d 行应写成“名称，总体数”，总体数为不小于 2 的整数。"), row=number)
        if any(stratum.title == parts[0] for stratum in found):
            raise DesignImpossible(_("“%(name)s”写了两次。"), name=parts[0])
        found.append(Stratum(f"s{len(found) + 1}", parts[0][:60], int(size), parts[2][:60] if len(parts) > 2 else ""))
    if not found:
        raise DesignImpossible(_("请至少写一个层。"))
    return found


# ---- which answers count


@dataclass(frozen=True)
class Sheet:
    """One answered questionnaire: answers on the scale in the order of the items (None: left out), seconds it took
    (None where nobody measured), stratum."""

    answers: tuple[int | None, ...]
    stratum: str
    seconds: int | None = None


@dataclass(frozen=True)
class Screening:
    """What was found in the answers; indices into the given sheets. `speed_limit`: seconds below which it was too fast;
    None without measured times."""

    missing: frozenset[int]
    straight: frozenset[int]
    fast: frozenset[int]
    speed_limit: float | None


def straight_lined(answers: Sequence[int | None]) -> bool:
    """Whether the same point of the scale was given to every question, of which at least five were answered."""
    given = [answer for answer in answers if answer is not None]
    return len(given) >= 5 and len(set(given)) == 1


def screen(sheets: Sequence[Sheet], most_missing: float, speeder: float) -> Screening:
    """Find what should not count; both limits are shares (0 to 1)."""
    times = [sheet.seconds for sheet in sheets if sheet.seconds is not None]
    limit = median(times) * speeder if times else None
    missing, straight, fast = set(), set(), set()
    for place, sheet in enumerate(sheets):
        if sum(answer is None for answer in sheet.answers) > most_missing * len(sheet.answers):
            missing.add(place)
        elif straight_lined(sheet.answers):
            straight.add(place)
        if limit is not None and sheet.seconds is not None and sheet.seconds < limit:
            fast.add(place)
    return Screening(frozenset(missing), frozenset(straight), frozenset(fast), limit)


# ---- what is too small to be shown


def hidden_cells(counts: Mapping[str, int], least: int) -> frozenset[str]:
    """The cells of one table, whose total is known, that may not be shown.

    A cell below `least` is hidden; so that it cannot be had by subtraction, the hidden cells together must be at least
    two and hold at least `least`, or the next smallest cell is hidden too. Empty cells tell of nobody and stay.
    """
    hidden = {name for name, count in counts.items() if 0 < count < least}
    rest = sorted((count, name) for name, count in counts.items() if count >= least)
    while hidden and rest and (len(hidden) < 2 or sum(counts[name] for name in hidden) < least):
        hidden.add(rest.pop(0)[1])
    return frozenset(hidden)


# ---- what a free text may keep

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_DIGITS = re.compile(r"(?<!\d)\d(?:[\s-]?\d){6,}[Xx]?")
COVER = "＊＊＊"


def scrubbed(text: str, most: int = 1000) -> str:
    """A free text without what identifies somebody by number: telephone, identity card, account, e-mail.

    >>> scrubbed("请回电 138 0013 8000，或 a@b.cn。第 12 路太挤")
    '请回电 ＊＊＊，或 ＊＊＊。第 12 路太挤'
    """
    clean = "".join(char for char in text if char.isprintable() or char == "\n").strip()
    return _DIGITS.sub(COVER, _EMAIL.sub(COVER, clean))[:most]


def shares(answers: Iterable[str | None]) -> dict[str, int]:
    """How often each option was chosen; left-out answers are not counted."""
    found: dict[str, int] = {}
    for answer in answers:
        if answer:
            found[answer] = found.get(answer, 0) + 1
    return found
