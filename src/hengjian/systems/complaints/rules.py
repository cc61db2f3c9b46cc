"""Pure decisions about intake: what a text is (complaint, report, …), which place is competent, what is a repetition,
what must be covered. No Django, no database.

Each decision comes with its reasons as `Sentence`s, so that pages can show them in the reader's language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hengjian.methods.text_similarity import likeness
from hengjian.rulebook.base import Sentence
from hengjian.rulebook.parameters.complaints import KIND_NAMES, PLACE_NAMES, Categories, Intake, Jurisdiction

KINDS = ("complaint", "report", "consultation", "suggestion")
MOST_QUOTED = 4


@dataclass(frozen=True)
class Part:
    """One kind of case that an intake holds, and why."""

    kind: str
    reasons: tuple[Sentence, ...]


def _found(text: str, words: Iterable[str]) -> list[str]:
    """The words that occur, in the order of the text; a word inside a longer one that occurs too is left out."""
    hits = [word for word in words if word in text]
    if len(hits) < 2:
        return hits
    longest = [word for word in hits if not any(word != other and word in other for other in hits)]
    return sorted(longest, key=text.index)


def _quoted(words: Sequence[str]) -> str:
    return "、".join(f"“{word}”" for word in words[:MOST_QUOTED])


def parts_of(text: str, *, claims: Sequence[str] = (), respondent: str = "", intake: Intake) -> list[Part]:
    """Which cases a text should become, most pressing first.

    A complaint is a claim against somebody; a report a lead on a violation; both may stand in one text, and then order
    121 article 9 wants two cases. Where nothing speaks for either, a question or an idea decides, and in the end a
    respondent makes it a complaint and nothing at all an enquiry.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = {kind: _found(plain, intake.words(kind)) for kind in KINDS}
    parts: list[Part] = []
    if claims:
        parts.append(Part("complaint", (Sentence("写明了投诉请求。"),)))
    elif found["complaint"]:
        quoted = _quoted(found["complaint"])
        parts.append(Part("complaint", (Sentence("文中有%(words)s，是向经营者提出的请求。", {"words": quoted}),)))
    if found["report"]:
        quoted = _quoted(found["report"])
        parts.append(Part("report", (Sentence("文中有%(words)s，是涉嫌违法的线索。", {"words": quoted}),)))
    if parts:
        return parts if intake.separate else parts[:1]
    for kind, pattern in (("consultation", "文中有%(words)s，是咨询。"), ("suggestion", "文中有%(words)s，是建议。")):
        if found[kind]:
            return [Part(kind, (Sentence(pattern, {"words": _quoted(found[kind])}),))]
    if respondent:
        return [Part("complaint", (Sentence("写明了对方，按投诉登记。"),))]
    return [Part("consultation", (Sentence("没有写明对方和请求，按咨询登记。"),))]


def category_of(text: str, line: str, categories: Categories) -> tuple[str, Sentence]:
    """The most likely category of a text: most of its words, then the line it came by, else the last one (other)."""
    plain = unicodedata.normalize("NFKC", text)
    best = ""
    hits: list[str] = []
    for item in categories.categories:
        found = _found(plain, item.words)
        if len(found) > len(hits):
            best, hits = item.code, found
    if best:
        return best, Sentence("文中有%(words)s。", {"words": _quoted(hits)})
    for item in categories.categories:
        if line and line in item.lines:
            return item.code, Sentence("来自 %(line)s。", {"line": line})
    return categories.categories[-1].code, Sentence("没有识别出类别。")


@dataclass(frozen=True)
class Competence:
    """The competent place: region code, which kind of place it is, and why."""

    region: str
    place: str
    reasons: tuple[Sentence, ...]


def competence(
    kind: str,
    places: Mapping[str, str],
    rule: Jurisdiction,
    *,
    shop_published: bool | None = None,
    fallback: str = "",
    source: str = "",
) -> Competence | None:
    """Which region is competent for a kind of case.

    Args:
        places: region codes by kind of place (operation, domicile, platform, act); unknown ones are left out.
        shop_published: whether a platform shop has published a valid address; None where there is no platform.
        fallback: region where it was received, when no place is known.
        source: name of the rule, quoted in the reason.

    Returns:
        None: no place is known and there is no fallback.
    """
    unpublished = shop_published is False
    for place in rule.places(kind, unpublished_shop=unpublished):
        region = places.get(place, "")
        if not region:
            continue
        told = {"kind": KIND_NAMES[kind], "place": PLACE_NAMES[place], "source": source}
        if place == "platform" and unpublished and rule.unpublished_shop and kind != "report":
            reason = Sentence("店铺没有公示有效地址，%(kind)s由平台经营者住所地处理（%(source)s）。", told)
        else:
            reason = Sentence("%(kind)s由%(place)s处理（%(source)s）。", told)
        return Competence(region, place, (reason,))
    if fallback:
        return Competence(fallback, "", (Sentence("没有写明地点，由接收地处理。"),))
    return None


def respondent_key(name: str, code: str = "") -> str:
    """A respondent for comparison: the unified code, else the name without what varies (brackets, spaces, legal form).

    >>> respondent_key("望澜市 清屿家居有限公司（澜东店）")
    '望澜市清屿家居澜东店'
    """
    if code:
        return code.upper()
    plain = unicodedata.normalize("NFKC", name)
    plain = re.sub(r"[\s()\[\]【】《》“”\"'·.,，。-]", "", plain)
    return re.sub(r"(股份有限公司|有限责任公司|有限公司|公司|个体工商户)", "", plain)[:120].casefold()


@dataclass(frozen=True)
class Earlier:
    """An intake that may be the same thing."""

    id: int
    number: str
    received_on: date
    text: str


@dataclass(frozen=True)
class Repetition:
    """How like an earlier intake is, 0 to 1."""

    earlier: Earlier
    likeness: float


def repetitions(text: str, on: date, earlier: Iterable[Earlier], intake: Intake, most: int = 5) -> list[Repetition]:
    """The intakes about the same respondent that are like this one, most alike first.

    `earlier`: those of the same respondent; the days and the likeness that count stand in the rule.
    """
    least = float(intake.repeat_likeness)
    found = [
        Repetition(item, value)
        for item in earlier
        if abs((on - item.received_on).days) <= intake.repeat_days and (value := likeness(text, item.text)) >= least
    ]
    return sorted(found, key=lambda item: (-item.likeness, item.earlier.id))[:most]


# Mainland mobile numbers, landlines with area code, 15- and 18-digit identity numbers, bank cards, e-mail addresses.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"
    r"|(?<!\d)\d{15}(?!\d)"
    r"|(?<!\d)\d{16,19}(?!\d)"
    r"|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
COVERED = "［已隐去］"
LEAST_NAME = 2


def cover(text: str, known: Iterable[str] = ()) -> str:
    """The text without what tells who wrote it: telephone, identity and card numbers, e-mail addresses, and each of the
    `known` strings (the person's name, telephone, address) wherever they occur.

    >>> cover("我叫祁望野，电话 13812345678", ["祁望野"])
    '我叫［已隐去］，电话 ［已隐去］'
    """
    plain = unicodedata.normalize("NFKC", text) if any("０" <= char <= "９" for char in text) else text
    for word in sorted({item.strip() for item in known}, key=len, reverse=True):
        if len(word) >= LEAST_NAME:
            plain = plain.replace(word, COVERED)
    return _PERSONAL.sub(COVERED, plain)


def brief(kind: str, product: str, respondent: str, text: str, length: int = 60) -> str:
    """A title in one line: what and who, else the beginning of the text up to the first full stop."""
    named = "：".join(part for part in (product.strip(), respondent.strip()) if part)
    if named:
        return named[:length]
    first = re.split(r"[。！？!?\n]", text.strip(), maxsplit=1)[0].strip()
    return (first or KIND_NAMES[kind])[:length]
