"""Families of Chinese government organs: what a body is called at each level, and which body answers which.

The data is `organisations.yaml` (families, reforms, classes of bodies, provinces). A *family* is one generation of a
body at all levels, so 质检总局 and 质监局 are one family and 市场监管局 another, its successor by the reform of 2018.
The text reader normalises names with it, the cascade maps units between levels, `parties` seeds units and successions.

Names are compared after NFKC and without white space. Levels: `national`, `provincial`, `prefecture`, `county`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from hengjian.methods.organisation_families import KINDS, LEVELS, Family, OrganisationsError, Reform

#: What `correct_misprint` may say, with the text for the interface.
MISPRINT_REASONS = {
    "one_character": "与已知名称仅一字之差",
    "swapped": "相邻两字颠倒",
    "doubled": "重复一字",
    "level": "派出机构误用中央机关名称",
}
_SUFFIX = re.compile(
    r"(?:委员会办公室|领导小组办公室|工作委员会|委员会|办公厅|办公室|总局|总署|分局|部|厅|委|局|署|办)$"
)
_SUFFIX_LEVELS = {"总局": "national", "总署": "national", "部": "national", "署": "national", "厅": "provincial"}
_BRACKETED = re.compile(r"\([^)]*\)")
_FULL_WIDTH = str.maketrans("(),", "（），")
_JOINERS = "和与及、暨"
# A place before a body's name ends like an administrative division; a lone 市 is a prefix, not a place.
_PLACE = re.compile(r"^[一-鿿]{1,20}[省市州盟县区旗]$")
_LOCAL = ("县", "区", "旗", "盟", "州", "自治州")
_NATION = ("中华人民共和国", "中华全国", "国务院", "国家", "中国", "全国")
# After a leading 省, 市 or 自治区 these begin another word (市场, 省委, 市直), so it is no prefix.
_NO_PREFIX_BEFORE = re.compile(
    r"[委级直属内外场容区县州辖会际长、，/（(和与及]|政(?![府务法协])|地(?![方税震质])|民(?![政族宗营])|军区"
)
_WHOLE_GOVERNMENT = re.compile(r"(?:人民)?政府(?:各.*)?$")


def fold(text: str) -> str:
    """NFKC and no white space: the form in which names are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class Match:
    """A reading of a name. `how`: exact, prefix or place (that part removed), pattern, stem (read by its parts)."""

    family: str
    level: str
    canonical: str
    how: str


class Link(NamedTuple):
    """How a unit answers one of another level.

    `kind`: same_name, family, superior (regional office of a central body), reform, collective, name. Strength: 0 to 1.
    """

    kind: str
    strength: float


class Correction(NamedTuple):
    """A name and why it was changed (a key of MISPRINT_REASONS), or the name as given and an empty reason."""

    name: str
    reason: str


class Organisations:
    """The families with their look-ups. Immutable after construction; build one with `default_organisations()`."""

    def __init__(
        self,
        families: Sequence[Family],
        reforms: Sequence[Reform] = (),
        collectives: Sequence[tuple[str, tuple[str, ...]]] = (),
        places: Iterable[Sequence[str]] = (),
        joint: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.families: Mapping[str, Family] = {family.id: family for family in families}
        self.reforms: Mapping[str, Reform] = {reform.id: reform for reform in reforms}
        self._check(len(families))
        self._collectives = [(name, [re.compile(p) for p in patterns]) for name, patterns in collectives]
        self._places = sorted({fold(p) for names in places for p in names}, key=len, reverse=True)
        self._nation_or_place = {*self._places, *_NATION}
        self._exact: dict[str, list[tuple[str, str]]] = {}
        self._stems: dict[str, list[str]] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for family in families:
            for level in LEVELS:
                for name in family.names.get(level, ()):
                    entry = self._exact.setdefault(fold(name), [])
                    if (family.id, level) not in entry:
                        entry.append((family.id, level))
            for stem in family.stems:
                self._stems.setdefault(fold(stem), []).append(family.id)
            for pattern in family.patterns:
                regex = "^" + re.escape(fold(pattern)).replace(r"\{place\}", "[一-鿿]{1,10}?") + "$"
                self._patterns.append((re.compile(regex), family.id))
        for name, merged in (joint or {}).items():
            self._exact.setdefault(fold(name), []).extend((family, "county") for family in merged)
        self._longest_stem = max((len(stem) for stem in self._stems), default=0)
        self._bigrams = {name[i : i + 2] for name in self._exact for i in range(len(name) - 1)}
        self._holes: dict[str, set[str]] = {}
        for name in self._exact:
            if len(name) >= 5:
                for i in range(len(name)):
                    self._holes.setdefault(f"{name[:i]}\0{name[i + 1 :]}", set()).add(name)
        self._found: dict[str, list[Match]] = {}

    def _check(self, count: int) -> None:
        if len(self.families) != count:
            raise OrganisationsError("organisations: two families have the same id")
        for family in self.families.values():
            unknown = [f for f in (*family.successors, family.superior) if f and f not in self.families]
            if unknown:
                raise OrganisationsError(f"organisations: family {family.id} refers to unknown families {unknown}")
            if family.kind not in KINDS or set(family.names) - set(LEVELS):
                raise OrganisationsError(f"organisations: family {family.id} has an unknown kind or level")
            if family.reform and family.reform not in self.reforms:
                raise OrganisationsError(f"organisations: family {family.id} refers to unknown reform {family.reform}")

    # ---- names

    def names(self) -> tuple[str, ...]:
        """All known names (folded), longest first."""
        return tuple(sorted(self._exact, key=lambda name: (-len(name), name)))

    def find(self, name: str, on: date | None = None) -> list[Match]:
        """All readings of `name`, best first; empty when unknown. With `on`, families in force that day come first."""
        text = fold(name)
        if text not in self._found:
            self._found[text] = self._read(text)
        found = list(self._found[text])
        if on is not None:
            found.sort(key=lambda match: not self.in_force(match.family, on))
        return found

    def in_force(self, family: str, on: date) -> bool:
        """Whether the national body of `family` existed on that day."""
        entry = self.families[family]
        return (entry.valid_from is None or entry.valid_from <= on) and (entry.valid_to is None or on <= entry.valid_to)

    def is_organisation(self, name: str) -> bool:
        """Whether `name` is a known body or a class of bodies."""
        return bool(self.find(name)) or self.is_collective(name)

    def _read(self, text: str) -> list[Match]:
        plain = fold(self.normalise(text))
        for candidate, how in ((text, "exact"), (plain, "prefix")):
            if candidate in self._exact:
                entries = self._exact[candidate]
                if how == "prefix" and not text.startswith("市"):
                    entries = [entry for entry in entries if entry[1] == "provincial"] or entries
                return [self._match(family, level, how) for family, level in entries]
        for regex, family in self._patterns:
            if regex.match(text):
                level = "prefecture" if "支行" in text or "分局" in text else "provincial"
                return [self._match(family, level, "pattern")]
        rest = self._without_place(text)
        if rest != text and rest in self._exact:
            level = self._place_level(text[: len(text) - len(rest)])
            named = [(f, lv) for f, lv in self._exact[rest] if not level or lv == level] or self._exact[rest]
            return [self._match(family, lv, "place") for family, lv in named]
        unbracketed = _BRACKETED.sub("", text)
        if unbracketed != text:
            return self._read(unbracketed)
        for candidate in dict.fromkeys((plain, rest)):
            families = self._by_stems(candidate)
            if families:
                suffix = _SUFFIX.search(candidate)
                level = _SUFFIX_LEVELS.get(suffix.group() if suffix else "", "prefecture")
                return [self._match(family, level, "stem") for family in families]
        return []

    def _match(self, family: str, level: str, how: str) -> Match:
        return Match(family, level, self.families[family].canonical(level), how)

    def _without_place(self, text: str) -> str:
        """The known body that `text` ends with, where a place or the nation stands before it; else `text`."""
        for start in range(1, len(text) - 1):
            before, rest = text[:start], text[start:]
            named = before in self._nation_or_place or before in _LOCAL or _PLACE.search(before)
            if named and (rest in self._exact or self._by_stems(rest)):
                return rest
        return text

    @staticmethod
    def _place_level(place: str) -> str:
        if place.endswith(("省", "自治区")):
            return "provincial"
        if place.endswith(("州", "盟", "地区")):
            return "prefecture"
        return "county" if place.endswith(("县", "旗", "区")) else ""

    def _by_stems(self, text: str) -> list[str]:
        """Families whose stems together make up `text` before its ending (教育体育局 → education, sports)."""
        suffix = _SUFFIX.search(text)
        if suffix is None or suffix.start() < 2:
            return []
        body = text[: suffix.start()]
        best: list[list[str] | None] = [[], *([None] * len(body))]
        for end in range(1, len(body) + 1):
            if body[end - 1] in _JOINERS and best[end - 1]:
                best[end] = best[end - 1]
            for start in range(max(0, end - self._longest_stem), end):
                before, stems = best[start], self._stems.get(body[start:end])
                if before is not None and stems and (best[end] is None or len(before) + 1 < len(best[end] or ())):
                    best[end] = [*before, body[start:end]]
        return list(dict.fromkeys(family for stem in best[-1] or () for family in self._stems[stem]))

    def normalise(self, name: str) -> str:
        """The name without a leading 省, 市 or 自治区 that is the prefix of a department (省商务厅 → 商务厅).

        Kept inside a party organ's name (省委宣传部), in other words (市场监管总局, 市直部门) and before a whole
        government (市人民政府).
        """
        text = name.strip()
        if fold(text) in self._exact and not text.startswith("自治区"):
            return text
        for prefix in ("自治区", "省", "市"):
            rest = text.removeprefix(prefix)
            if rest == text or len(rest) < 2 or _WHOLE_GOVERNMENT.match(rest):
                continue
            if prefix == "自治区" or fold(rest) in self._exact or not _NO_PREFIX_BEFORE.match(rest):
                return rest if not _NO_PREFIX_BEFORE.match(rest) or fold(rest) in self._exact else text
        return text

    def correct_misprint(self, name: str) -> Correction:
        """The name with an evident misprint mended, and the reason.

        Only names that nothing else explains are touched: one wrong character (of at least five; it must not make a
        word of the field with its neighbours, so 生态环保厅 stays), two swapped, one doubled, or the title of a
        central body behind a region's name (内蒙古保监会 → 内蒙古保监局). Left-out characters make short forms.
        """
        text = fold(name)
        place = next((p for p in self._places if text.startswith(p) and len(text) > len(p) + 1), "")
        rest = text[len(place) :]
        local = self._regional_form(rest) if place else ""
        if local:
            return Correction(place + local, "level")
        if self.find(text) or self.is_collective(text):
            return Correction(name, "")
        for head, tail in dict.fromkeys(((place, rest), ("", fold(self.normalise(text))))):
            mended = self._mend(tail)
            if mended.reason:
                lead = head or text[: len(text) - len(tail)]
                return Correction(lead + mended.name, mended.reason)
        return Correction(name, "")

    def _regional_form(self, text: str) -> str:
        """Name of the regional office where `text` is a title that only the central body bears, else empty."""
        for family_id, level in self._exact.get(text, ()):
            family = self.families[family_id]
            regional = [fold(n) for n in family.names.get("provincial", ())]
            central = level == "national" and text.endswith(("会", "总局", "总署")) and text not in regional
            if central and family.kind == "central_in_region":
                return next((n for n in regional if n[:2] == text[:2]), "")
        return ""

    def _mend(self, text: str) -> Correction:
        for i in range(len(text) - 1):
            swapped = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
            if len(text) >= 4 and swapped in self._exact:
                return Correction(swapped, "swapped")
            if text[i] == text[i + 1] and text[:i] + text[i + 1 :] in self._exact:
                return Correction(text[:i] + text[i + 1 :], "doubled")
        for i in range(len(text) - 1 if len(text) >= 5 else 0):
            near = self._holes.get(f"{text[:i]}\0{text[i + 1 :]}", set())
            words = {text[max(i - 1, 0) : i + 1], text[i : i + 2]} & self._bigrams
            # A wrong first character of a short name is more often another body (市政管理局 is not 邮政管理局).
            if len(near) == 1 and not words and (i or len(text) > 5):
                return Correction(next(iter(near)), "one_character")
        return Correction(text, "")

    # ---- classes of bodies

    def collective_class(self, name: str) -> str:
        """members, local_governments, departments, enterprises or institutions; empty when it names one body."""
        text = fold(name).translate(_FULL_WIDTH)
        if text in self._exact:
            return ""
        return next((cls for cls, patterns in self._collectives if any(p.search(text) for p in patterns)), "")

    def is_collective(self, name: str) -> bool:
        """Whether the entry names a class of bodies (成员单位, 有关部门, 各市人民政府) rather than one."""
        return bool(self.collective_class(name))

    # ---- relations

    def link(self, parent: str, child: str) -> Link | None:
        """How `child` answers `parent`, or None. See Link for the kinds."""
        first, second = fold(parent), fold(child)
        if first == second:
            return Link("same_name", 1.0)
        classes = self.collective_class(first), self.collective_class(second)
        if any(classes):
            if not all(classes):
                return None
            return Link("collective", 0.9 if classes[0] == classes[1] else 0.4)
        upper, lower = ({match.family for match in self.find(name)} for name in (first, second))
        if upper & lower:
            return Link("family", 0.9)
        if any(self.families[family].superior in upper for family in lower):
            return Link("superior", 0.7)
        if any(a in self._heirs(b) or b in self._heirs(a) for a in upper for b in lower):
            return Link("reform", 0.6)
        if not (upper and lower) and _likeness(self._without_place(first), self._without_place(second)) >= 0.6:
            return Link("name", 0.5)
        return None

    def same_family(self, first: str, second: str, *, across_reforms: bool = True) -> bool:
        """Whether two names are the same body at some level, by default also through a reform (质监局, 市场监管局)."""
        found = self.link(first, second)
        kinds = ("same_name", "family", "reform") if across_reforms else ("same_name", "family")
        return found is not None and found.kind in kinds

    def counterparts(self, parent: str, children: Iterable[str]) -> list[str]:
        """Those of `children` that answer `parent`, in their order: 质检总局 → 质监局 and 新疆出入境检验检疫局."""
        return [child for child in children if self.link(parent, child) is not None]

    def _heirs(self, family: str) -> frozenset[str]:
        """The family and all that it became (bodies that merged into the same one do not answer each other)."""
        heirs, queue = {family}, [family]
        while queue:
            for heir in self.families[queue.pop()].successors:
                if heir not in heirs:
                    heirs.add(heir)
                    queue.append(heir)
        return frozenset(heirs)


def _likeness(first: str, second: str) -> float:
    """Dice coefficient of the character pairs of two names without their endings."""
    stems = (_SUFFIX.sub("", first), _SUFFIX.sub("", second))
    a, b = ({text[i : i + 2] for i in range(len(text) - 1)} for text in stems)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def load_organisations(text: str) -> Organisations:
    """Organisations from YAML like `organisations.yaml`. Unknown keys, broken references: OrganisationsError."""
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    known = {"id", "title", "kind", "names", "stems", "patterns", "superior", "valid", "successors", "reform"}
    families = []
    for raw in data["families"]:
        if unknown := set(raw) - known:
            raise OrganisationsError(f"organisations: family {raw.get('id')} has unknown keys {sorted(unknown)}")
        start, end = raw.get("valid", (None, None))
        families.append(
            Family(
                id=raw["id"],
                title=raw["title"],
                kind=raw["kind"],
                names={level: tuple(names) for level, names in raw["names"].items()},
                stems=tuple(raw.get("stems", ())),
                patterns=tuple(raw.get("patterns", ())),
                superior=raw.get("superior", ""),
                valid_from=start,
                valid_to=end,
                successors=tuple(raw.get("successors", ())),
                reform=raw.get("reform", ""),
            )
        )
    reforms = [
        Reform(r["id"], r["date"], r["title"], r["status"], r["source"], r.get("note", "")) for r in data["reforms"]
    ]
    collectives = [(c["id"], tuple(c["patterns"])) for c in data["collectives"]]
    return Organisations(families, reforms, collectives, data["places"], data["joint"])


@cache
def default_organisations() -> Organisations:
    """The organisations that come with Hengjian, loaded once per process (about 30 ms)."""
    data = resources.files("hengjian.methods").joinpath("organisations.yaml")
    return load_organisations(data.read_text(encoding="utf-8"))
