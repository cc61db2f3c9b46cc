"""What reading a code yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hengjian.methods.gs1 import CANONICAL_DOMAIN


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a code: stable `name`, its characters as written, and what they mean where a table says so."""

    name: str
    value: str
    title_zh: str
    title_en: str
    meaning_zh: str = ""
    meaning_en: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not such a code. `name` is stable: empty, too_long, length, characters, check_digit,
    no_code, several_codes, registration_class, production_type, application_date, line_count, line_empty, web_address,
    version, system, main_code, first_arc, second_arc, leading_zero."""

    name: str
    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True)
class StatutoryCode:
    """A code with its parts.

    Attributes:
        scheme: the scheme it was read by.
        code: its normal form without the label's web address; empty where none was found.
        parts: in the order of the code.
        problems: empty for a well-formed code; well-formed does not mean issued.
        link: web address that stood around the code.
        unsettled: names of parts, or "layout", for which only secondary sources were at hand.
        gs1: GS1 key path ("/01/06901234567892") where the code is a GS1 key.
    """

    scheme: str
    code: str
    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()
    link: str = ""
    unsettled: tuple[str, ...] = ()
    gs1: str = ""

    @property
    def valid(self) -> bool:
        return not self.problems

    def part(self, name: str) -> str:
        """The characters of a part; empty when the code has none of that name."""
        return next((part.value for part in self.parts if part.name == name), "")

    def uri(self, host: str) -> str:
        """The identifier for EPCIS events: a GS1 Digital Link where the code is a GS1 key, else a URI of `host`
        (CBV 2.0 section 8.2 allows private ones). Empty for a code with problems."""
        if not self.valid:
            return ""
        if self.gs1:
            return CANONICAL_DOMAIN + self.gs1
        return f"https://{host}/id/{self.scheme}/{quote(self.code, safe='')}"

    def to_dict(self, host: str = "") -> dict[str, Any]:
        """The JSON of the command line."""
        answer: dict[str, Any] = {
            "scheme": self.scheme,
            "code": self.code,
            "valid": self.valid,
            "parts": {part.name: part.value for part in self.parts},
            "problems": [problem.name for problem in self.problems],
        }
        if host:
            answer["uri"] = self.uri(host) or None
        if self.link:
            answer["link"] = self.link
        if self.unsettled:
            answer["unsettled"] = list(self.unsettled)
        return answer
