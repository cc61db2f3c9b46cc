"""One enterprise, one dossier: its sections with what the reader may see of them, as of the asked times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from operator import itemgetter

from hengjian.credit.dossier.declared import OTHERS, UNSHOWN
from hengjian.credit.dossier.gathering import Gathered, Matter, gather
from hengjian.credit.dossier.lines import Lines, line_of, placed
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.dossier.recorded import SECTION_OF, line_of_record, records_for
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import subjects_of
from hengjian.enterprises.sections import Line, Question, Section, sections


@dataclass(frozen=True)
class Shown:
    """A section as this reader sees it.

    Attributes:
        lines: newest first, each made when it is asked for; empty where only counts are shown.
        count: how many matters there are.
        closed: of them those that are concluded, where only counts are shown.
        counts_only: the reader is told how many there are, not what they are.
    """

    section: Section
    lines: Lines
    count: int
    closed: int = 0
    counts_only: bool = False


@dataclass
class Dossier:
    """The dossier of one enterprise for one reader.

    Args:
        enterprise: whose.
        reader: for whom; everything below is cut to it.
        known_at: as it was known then.
        valid_on: as it was on that day.
    """

    enterprise: Enterprise
    reader: Reader
    known_at: datetime | None = None
    valid_on: date | None = None
    kept: dict[str, Shown] = field(default_factory=dict, init=False, repr=False)
    extras: dict[str, list[Line]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def question(self) -> Question:
        return Question(
            self.enterprise,
            subjects_of(self.enterprise),
            self.reader.user,
            self.reader.disclosure,
            self.reader.own,
            self.known_at,
            self.valid_on,
        )

    @cached_property
    def gathered(self) -> Gathered:
        return gather(self.question, self.reader)

    @cached_property
    def records(self) -> list[CreditRecord]:
        """The credit records that the reader may see."""
        return records_for(self.question, self.reader)

    @cached_property
    def by_section(self) -> dict[str, list[Matter]]:
        """Section code → its matters; a matter stands in the first section that claims its kind."""
        claimed: dict[str, str] = {}
        for section in sections():
            for kind in section.kinds:
                claimed.setdefault(kind, section.code)
        found: dict[str, list[Matter]] = {}
        # A record that was made from a fact of another room stands for it.
        recorded = {record.origin for record in self.records if record.origin}
        for matter in self.gathered.matters:
            if matter.prefix not in UNSHOWN and not recorded & {fact.id for fact in matter.facts}:
                found.setdefault(claimed.get(matter.prefix, OTHERS), []).append(matter)
        return found

    def offers(self, section: Section) -> bool:
        """Whether the reader has this tab at all."""
        if self.reader.side == "public":
            return section.disclosure in ("public", "counts")
        return section.disclosure != "internal" or self.reader.officer

    def shown(self, section: Section) -> Shown:
        """One section, read once."""
        if section.code not in self.kept:
            self.kept[section.code] = self._shown(section)
        return self.kept[section.code]

    def extra(self, section: Section) -> list[Line]:
        """The lines of a section that do not come from the ledger by kind, read once."""
        if section.code not in self.extras:
            public = self.reader.side == "public"
            found = list(section.lines(self.question)) if section.lines is not None else []
            found += [
                line_of_record(record, self.reader)
                for record in self.records
                if SECTION_OF.get(record.category, OTHERS) == section.code
            ]
            self.extras[section.code] = [line for line in found if line.public or not public]
        return self.extras[section.code]

    def _shown(self, section: Section) -> Shown:
        if self.reader.side == "public" and section.disclosure == "counts":
            numbers = [self.gathered.counted.get(kind, (0, 0)) for kind in section.kinds]
            return Shown(section, Lines(), sum(n for n, _c in numbers), sum(c for _n, c in numbers), counts_only=True)
        public = self.reader.side == "public"
        entries: list[tuple[tuple[date, str], Callable[[], Line]]] = [
            (placed(matter), partial(self._line, matter))
            for matter in self.by_section.get(section.code, ())
            if matter.public or not public
        ]
        entries += [((line.on, line.number), partial(_itself, line)) for line in self.extra(section)]
        entries.sort(key=itemgetter(0), reverse=True)
        return Shown(section, Lines((place[0], make) for place, make in entries), len(entries))

    def _line(self, matter: Matter) -> Line:
        public = self.reader.side == "public"
        return line_of(matter, public=public, on=self.valid_on, holder=self.enterprise.name)

    def all(self) -> list[Shown]:
        """Every section that the reader has; that of other facts only where there are some."""
        found = [self.shown(section) for section in sections() if self.offers(section)]
        return [shown for shown in found if shown.count or shown.section.code != OTHERS]

    def find(self, code: str) -> Shown | None:
        return next((shown for shown in self.all() if shown.section.code == code), None)

    @cached_property
    def events(self) -> Lines:
        """Everything that happened, newest first: each fact of each matter as it stood then, and what does not come
        from the ledger by the day it began."""
        return Lines(sorted(self._events(), key=itemgetter(0), reverse=True))

    def _events(self) -> Iterator[tuple[date, Callable[[], Line]]]:
        public = self.reader.side == "public"
        for section in sections():
            if not self.offers(section) or (public and section.disclosure == "counts"):
                continue
            for matter in self.by_section.get(section.code, ()):
                if public and not matter.public:
                    continue
                for number, fact in enumerate(matter.facts, start=1):
                    yield fact.occurred_on, partial(self._event, matter, number)
            yield from ((line.on, partial(_itself, line)) for line in self.extra(section))

    def _event(self, matter: Matter, number: int) -> Line:
        """The matter as it stood after so many of its facts."""
        then = Matter(matter.ref, matter.facts[:number], matter.public)
        on = then.last.occurred_on
        public = self.reader.side == "public"
        return replace(line_of(then, public=public, on=on, holder=self.enterprise.name), on=on)

    def differences(self, earlier: Dossier) -> list[tuple[Section, list[Line], list[Line]]]:
        """(section, lines that came or changed since, lines that are gone) against the dossier of an earlier time."""
        found = []
        for shown in self.all():
            before = earlier.shown(shown.section)
            came = [line for line in shown.lines if line not in before.lines]
            gone = [line for line in before.lines if line not in shown.lines]
            if came or gone:
                found.append((shown.section, came, gone))
        return found


def _itself(line: Line) -> Line:
    return line
