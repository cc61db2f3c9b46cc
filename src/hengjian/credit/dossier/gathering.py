"""From the ledger to the matters of a dossier: facts about an enterprise, put together by what they are about.

An entry of a register or a case leaves several facts (entered, changed, closed); the last one before the asked day says
how it stands. If that one is not for the reader, the matter is not, even where an earlier fact was: an entry that left
the public part of its register would otherwise stay visible through its past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from hengjian.credit.dossier.readers import Reader
from hengjian.enterprises.sections import Question
from hengjian.ledger.drafts import readable
from hengjian.ledger.models import Fact, FactRef
from hengjian.ledger.queries import facts
from hengjian.parties.models import Confidentiality
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import Entry
from hengjian.registers.queries import entries

# So many facts are read for one dossier, the newest first; more than that are counted, not shown.
MOST = 3000
GROUPING = ("entry", "case")
#: What a dossier needs of a fact; hashes, evidence and the rest are read where somebody asks for them.
NEEDED = (
    "id",
    "leaf_index",
    "kind",
    "subject",
    "occurred_on",
    "ends_on",
    "source_unit",
    "refs",
    "payload",
    "disclosure",
)


@dataclass(frozen=True)
class Matter:
    """One thing that facts tell about, in the order in which they hold.

    Attributes:
        ref: the entry or case, or the fact itself.
        facts: oldest first; the last one is how it stands.
        public: everybody may see it.
    """

    ref: str
    facts: tuple[Fact, ...]
    public: bool

    @property
    def last(self) -> Fact:
        return self.facts[-1]

    @property
    def prefix(self) -> str:
        return self.last.kind.partition(".")[0]


@dataclass(frozen=True)
class Gathered:
    """The matters of an enterprise that the reader may see; `hidden`: public counts of matters that are not shown."""

    matters: tuple[Matter, ...]
    counted: Mapping[str, tuple[int, int]]
    cut: bool = False


def gather(question: Question, reader: Reader) -> Gathered:
    """Everything the ledger has about the enterprise, as of the asked times."""
    found = _facts(question)
    groups: dict[str, list[Fact]] = {}
    for fact in sorted(found, key=lambda fact: (fact.occurred_on, fact.leaf_index)):
        groups.setdefault(_key(fact), []).append(fact)
    shown = _public_entries(groups)
    levels = set(readable(question.disclosure))
    unit = reader.user.unit.ref if reader.officer and reader.user is not None and reader.user.unit else None
    matters = []
    counted: dict[str, tuple[int, int]] = {}
    for ref, group in groups.items():
        last = group[-1]
        public = ref in shown if ref.startswith("entry:") else last.disclosure == "public"
        own_unit = unit is not None and last.source_unit == unit
        prefix = last.kind.partition(".")[0]
        total, closed = counted.get(prefix, (0, 0))
        if last.disclosure != "internal":
            counted[prefix] = (total + 1, closed + last.kind.endswith(".closed"))
        if last.disclosure in levels or own_unit or public:
            seen = [fact for fact in group if fact.disclosure in levels or own_unit or (public and fact is last)]
            matters.append(Matter(ref, tuple(seen), public))
    return Gathered(tuple(matters), counted, len(found) >= MOST)


def _key(fact: Fact) -> str:
    refs = fact.refs or {}
    return next((str(refs[role]) for role in GROUPING if refs.get(role)), f"fact:{fact.id}")


def _facts(question: Question) -> list[Fact]:
    """Facts whose subject is the enterprise, that mention it, or that are about an entry of its own."""
    base = facts(disclosure="internal", known_at=question.known_at, valid_on=question.valid_on).only(*NEEDED)
    about = list(base.filter(subject__in=question.subjects).order_by("-leaf_index")[:MOST])
    own = [f"entry:{code}:{pk}" for code, pk in _own_entries(question)]
    mentioning = FactRef.objects.filter(ref__in=[*question.subjects, *own])
    also = base.filter(leaf_index__in=mentioning.values("leaf_index")).exclude(subject__in=question.subjects)
    return about + list(also.order_by("-leaf_index")[: MOST - len(about)])


def _own_entries(question: Question) -> Iterable[tuple[str, int]]:
    """Entries about the enterprise in the common table; their facts may be about the entry itself."""
    return Entry.objects.filter(subject__in=question.subjects).values_list("register", "pk")[:MOST]


def _public_entries(groups: Mapping[str, list[Fact]]) -> set[str]:
    """Which of the entries everybody may see now: that of a public register, in a public status, confirmed if it must
    be. What was public once and is not now does not come back by asking for an earlier day."""
    wanted: dict[str, set[int]] = {}
    for ref in groups:
        kind, _sep, rest = ref.partition(":")
        code, _sep, pk = rest.partition(":")
        if kind == "entry" and pk.isdigit():
            wanted.setdefault(code, set()).add(int(pk))
    common: dict[str, set[int]] = {}
    found: set[str] = set()
    for code, pks in wanted.items():
        try:
            declared = register_type(code)
        except KeyError:
            continue
        if not declared.public:
            continue
        if declared.model:
            rows = entries(code).filter(pk__in=pks, confidentiality=Confidentiality.PUBLIC)
            found |= {f"entry:{code}:{pk}" for pk in rows.values_list("pk", flat=True)}
        else:
            common[code] = pks
    if common:
        condition = Q()
        for code, pks in common.items():
            condition |= Q(register=code, pk__in=pks)
        rows = Entry.objects.filter(condition, confidentiality=Confidentiality.PUBLIC)
        found |= {f"entry:{code}:{pk}" for code, pk in rows.values_list("register", "pk")}
    return found
