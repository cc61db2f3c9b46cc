"""Numbers of standards: their grammar, one way of writing them, their parts.

    GB | GB/T | GB/Z  n[.part]-yyyy      national (GBJ, GSB: older national series)
    JJG | JJF  n-yyyy                    national metrology regulations
    XX[/T]  n[.part]-yyyy                sector; XX is the code of the sector, also GBZ and CJJ
    DBpp[pp][/T]  n-yyyy                 local; pp province, pppp prefecture; DBS food safety, DBJ construction
    T/CODE  n-yyyy                       social group
    Q/CODE  n-yyyy                       enterprise; CODE of letters and digits, local variants exist

Sources: 标准化法 (2017) art. 11-18, 27; for the form of each kind 国家标准管理办法, 行业标准管理办法, 地方标准管理办法,
团体标准管理规定, 企业标准化促进办法.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["national", "metrology", "sector", "local", "group", "enterprise"]
Nature = Literal["mandatory", "recommended", "guide", "own"]

FIRST_YEAR, LAST_YEAR = 1950, 2099
# What typists put for a hyphen; the Chinese numeral one and the long-vowel mark only between digits.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u2500\u2501\ufe58\ufe63\u00ad\u00af_~\u301c\uff5e"
_BETWEEN_DIGITS = "\u4e00\u30fc"

MESSAGES: dict[str, tuple[str, str]] = {
    "empty": (
        "标准编号是空的，请填写，例如 GB/T 19001-2016。",
        "The number is empty; write for example GB/T 19001-2016.",
    ),
    "too_long": ("标准编号太长（超过 80 个字符）。", "The number is too long (more than 80 characters)."),
    "no_year": (
        "标准编号“{text}”缺少发布年份，请写成 GB/T 19001-2016 的形式。",
        "The number “{text}” lacks the year of issue; write it like GB/T 19001-2016.",
    ),
    "year": (
        "标准编号“{text}”的年份不合理，应在 1950 至 2099 之间。",
        "The year in “{text}” is impossible; it must lie between 1950 and 2099.",
    ),
    "kind": (
        "“{text}”不是标准编号：应以 GB、行业代号、DB 加地区代码、T/ 或 Q/ 开头。",
        "“{text}” is no number of a standard: it must begin with GB, a sector code, DB and a region code, T/ or Q/.",
    ),
    "nature": (
        "“{text}”中的性质代号写法不对：国家标准用 /T 或 /Z，行业和地方标准用 /T。",
        "The nature in “{text}” is wrong: national standards use /T or /Z, sector and local ones /T.",
    ),
    "region": (
        "地方标准编号“{text}”的地区代码应为两位（省）或四位（市）数字。",
        "The region code in “{text}” must have two digits (province) or four (prefecture).",
    ),
    "owner": (
        "“{text}”缺少代号：团体标准为 T/社会团体代号，企业标准为 Q/企业代号，后接顺序号。",
        "“{text}” lacks the code: T/ and the group's code, or Q/ and the enterprise's code, then the serial number.",
    ),
    "serial": (
        "标准编号“{text}”的顺序号写法不对，应为数字，可带部分号，例如 5009.12。",
        "The serial number in “{text}” is wrong; it consists of digits, a part may follow, as in 5009.12.",
    ),
}


class StandardNumberError(ValueError):
    """The text is no number of a standard. `code` is a key of `MESSAGES`; both messages say what to do."""

    def __init__(self, code: str, text: str = "") -> None:
        self.code = code
        self.message_zh, self.message_en = (message.format(text=text) for message in MESSAGES[code])
        super().__init__(self.message_zh)


@dataclass(frozen=True)
class StandardNumber:
    """The parts of a number.

    Attributes:
        kind, nature: what level of standard it is, and whether it binds. `own` for enterprise standards.
        prefix: before the serial number, normalised: "GB/T", "DB65/T", "T/CAQ", "Q/ABC".
        code: the bare code: "GB", "HG", "DB65", "CAQ", "ABC".
        region: digits of the region of a local standard: "65", "1503"; else empty.
        serial: number with its parts: "5009.12", "001S".
        year: year of issue, four digits.
        amendment: amendment sheet that the number names: "XG1-2018"; else empty.
    """

    kind: Kind
    nature: Nature
    prefix: str
    code: str
    region: str
    serial: str
    year: int
    amendment: str = ""

    @property
    def text(self) -> str:
        """The normalised number: "GB/T 19001-2016"."""
        return f"{self.base}-{self.year}" + (f"/{self.amendment}" if self.amendment else "")

    @property
    def base(self) -> str:
        """Without year: editions of one standard share it: "GB/T 19001"."""
        return f"{self.prefix} {self.serial}"

    @property
    def part(self) -> str:
        """The part behind the first dot: "12" of 5009.12; else empty."""
        return self.serial.partition(".")[2]

    @property
    def is_mandatory(self) -> bool:
        return self.nature == "mandatory"

    @property
    def sort_key(self) -> tuple[str, tuple[int, ...], str, int]:
        """Orders numbers as people list them: by prefix, then by number, not by digit."""
        return self.prefix, tuple(int(digits) for digits in re.findall(r"\d+", self.serial)), self.serial, self.year

    def __str__(self) -> str:
        return self.text


# Codes of three letters and those that look like others; any two letters are taken for a sector's code.
_LONG_SECTORS = ("GBZ", "CJJ", "JGJ", "JTG", "JTS", "SBJ", "HGJ", "CECS", "TSG", "YDB", "SLJ", "DLJ", "QCT")
_SERIAL = r"\d{1,7}(?:\.\d{1,4}){0,3}[A-Z]?"
_LETTERED = rf"[A-Z]{{0,3}}{_SERIAL}"
_YEAR = re.compile(r"^(?P<head>.+?)[-:](?P<year>\d{4}|\d{2})$")
_AMENDMENT = re.compile(r"^(?P<main>.+-\d{2,4})/?\s?(?P<sheet>XG\s?\d{1,2}\s?-\s?\d{4})$")
_NATIONAL = re.compile(rf"^(?P<code>GB|GBJ|GSB)(?:/(?P<nature>[A-Z]+))?\s?(?P<serial>{_SERIAL})$")
_METROLOGY = re.compile(rf"^(?P<code>JJG|JJF)(?:\((?P<place>[^()]+)\))?\s?(?P<serial>{_SERIAL})$")
_LOCAL = re.compile(rf"^DB(?P<line>[SJ]?)\s?(?P<region>\d*)\s?(?:/(?P<nature>[TZ]?)\s?|\s)(?P<serial>{_SERIAL})$")
_SECTOR = re.compile(
    rf"^(?P<code>{'|'.join(_LONG_SECTORS)}|(?!GB)[A-Z]{{2}})(?:/(?P<nature>[A-Z]+))?\s?(?P<serial>{_LETTERED})$"
)
_OWNER = r"(?:\([A-Z0-9]+\))?[A-Z0-9]+(?:[ .&·][A-Z0-9]+)*"
_OWNER_CLOSE = r"(?:\([A-Z0-9]+\))?[0-9]*[A-Z]+(?:[.&·][A-Z]+)*"
_GROUP = (
    re.compile(rf"^T/(?P<code>[A-Z][A-Z0-9]{{1,19}}) (?P<serial>{_LETTERED})$"),
    re.compile(rf"^T/(?P<code>[A-Z]{{2,20}})(?P<serial>{_SERIAL})$"),
)
_OWN = (
    re.compile(rf"^Q/(?P<code>{_OWNER}) (?P<serial>{_LETTERED})$"),
    re.compile(rf"^Q/(?P<code>{_OWNER_CLOSE})(?P<serial>{_SERIAL})$"),
)


def plain(text: str) -> str:
    """The text with one kind of hyphen, ASCII letters and digits, upper case, single spaces and none around marks.

    >>> plain("ＧＢ／Ｔ　１９００１ — ２０１６")
    'GB/T 19001-2016'
    """
    folded = unicodedata.normalize("NFKC", text.translate({ord(mark): "-" for mark in _DASHES}))
    folded = folded.translate({ord(mark): "-" for mark in _DASHES})
    folded = re.sub(rf"(?<=[0-9A-Za-z])\s*[{_BETWEEN_DIGITS}]\s*(?=\d{{2,4}}\b)", "-", folded)
    folded = re.sub(r"[\s\u200b\ufeff]+", " ", folded).strip(" 《》〈〉“”\"'「」.,;、。；，").upper()
    folded = re.sub(r"-{2,}", "-", folded)
    return re.sub(r"\s*([-/.():])\s*", r"\1", folded)


def parse_standard_number(text: str) -> StandardNumber:
    """Read a number in any of its usual ways of writing.

    >>> parse_standard_number("GB/T 19001—2016").text, parse_standard_number("db65/t1234-2020").region
    ('GB/T 19001-2016', '65')

    Raises:
        StandardNumberError: it is none; an undated number ("GB 1234") is none either, because a declaration must say
            which edition it follows.
    """
    if not text.strip():
        raise StandardNumberError("empty")
    if len(text) > 80:
        raise StandardNumberError("too_long")
    shown = plain(text)
    amendment = ""
    if found := _AMENDMENT.match(shown):
        shown, amendment = found["main"], found["sheet"].replace(" ", "")
    dated = _YEAR.match(shown)
    if dated is None:
        _parts(shown, text.strip())  # a text of another kind is told so first
        raise StandardNumberError("no_year", text.strip())
    year = int(dated["year"])
    if len(dated["year"]) == 2:
        year += 1900  # numbers of two digits ended in the 1990s
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise StandardNumberError("year", text.strip())
    kind, nature, prefix, code, region, serial = _parts(dated["head"], text.strip())
    return StandardNumber(kind, nature, prefix, code, region, serial, year, amendment)


def normalise(text: str) -> str:
    """The number in its one way of writing.

    Raises:
        StandardNumberError: as `parse_standard_number`.
    """
    return parse_standard_number(text).text


def _parts(head: str, shown: str) -> tuple[Kind, Nature, str, str, str, str]:
    """Kind, nature, prefix, code, region and serial of a number without its year."""
    head = re.sub(r"^GB ?T(?=[\s\d])", "GB/T", head)  # the slash is often left out; GBZ is another series
    if found := _NATIONAL.match(head):
        code = found["code"]
        natures: dict[str, Nature] = {"": "mandatory", "T": "recommended", "Z": "guide"}
        nature = natures.get(found["nature"] or "")
        if nature is None:
            raise StandardNumberError("nature", shown)
        return "national", nature, _joined(code, found["nature"]), code, "", found["serial"]
    if found := _METROLOGY.match(head):
        code = found["code"] + (f"({found['place']})" if found["place"] else "")
        return "metrology", "mandatory" if found["code"] == "JJG" else "recommended", code, code, "", found["serial"]
    if re.match(r"^DB[SJ]?\s?\d", head):
        return _local(head, shown)
    if head.startswith("T/"):
        if found := _first(_GROUP, head):
            return "group", "recommended", f"T/{found['code']}", found["code"], "", found["serial"]
        raise StandardNumberError("owner" if re.match(r"^T/[\d\s]", head) else "serial", shown)
    if head.startswith("Q/"):
        if found := _first(_OWN, head):
            code = found["code"]
            return "enterprise", "own", f"Q/{code}", code, "", found["serial"]
        raise StandardNumberError("owner", shown)
    if found := _SECTOR.match(head):
        if found["nature"] not in (None, "T", "Z"):
            raise StandardNumberError("nature", shown)
        code = found["code"]
        bound: Nature = "mandatory" if found["nature"] is None else "recommended" if found["nature"] == "T" else "guide"
        return "sector", bound, _joined(code, found["nature"]), code, "", found["serial"]
    raise StandardNumberError("serial" if re.match(r"^(GB|[A-Z]{2}/T)\b", head) else "kind", shown)


def _local(head: str, shown: str) -> tuple[Kind, Nature, str, str, str, str]:
    found = _LOCAL.match(head)
    if found is None:
        # "DB651234" leaves open where the region ends.
        raise StandardNumberError("serial" if re.match(r"^DB[SJ]?\s?(?:\d{2}){1,2}(?:/|\s)", head) else "region", shown)
    if len(found["region"]) not in (2, 4):
        raise StandardNumberError("region", shown)
    code = f"DB{found['line']}{found['region']}"
    natures: dict[str, Nature] = {"T": "recommended", "Z": "guide"}
    # Food safety standards keep the bare slash: DBS65/ 001-2017.
    prefix = f"{code}/" if found["line"] == "S" else _joined(code, found["nature"])
    return "local", natures.get(found["nature"] or "", "mandatory"), prefix, code, found["region"], found["serial"]


def _first(patterns: tuple[re.Pattern[str], ...], head: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.match(head))), None)


def _joined(code: str, nature: str | None) -> str:
    return f"{code}/{nature}" if nature else code
