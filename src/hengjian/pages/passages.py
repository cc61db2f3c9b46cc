"""On English pages, what stays Chinese says so: `lang="zh-Hans"` (WCAG 2.2, 3.1.2, language of parts).

Names of enterprises, units and regions, titles of plans and words of rules are data and stay as they were written. A
screen reader would spell them with an English voice, a browser would choose a wrong font. They come from everywhere, so
they are marked where all pages pass: where the whole text of an element is Chinese the element bears the language, else
each Chinese run stands in a `bdi`, which looks like nothing and which no style sheet speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# No "<" within a tag (templates write &lt;): what never closes is given up at the next one, not searched to the end.
TOKEN = re.compile(
    r"""<!--(?:[^-<]++|-(?!->)|<(?!!--))*+-->|<(/?)([a-zA-Z][^\s/<>]*)((?:[^<>"']++|"[^"<]*"|'[^'<]*')*+)>|[^<]+|<"""
)
ANY = re.compile(f"[{HAN}]")
ENTITY = re.compile(r"&#?\w+;")
LETTER = re.compile(r"[A-Za-z]")
# From one Chinese character to the last one that no Latin word parts from it, with the brackets around.
RUN = re.compile(f"[《〈「『【〔（“]?[{HAN}](?:[^A-Za-z&{HAN}]*[{HAN}])*[》〉」』】〕）”。！？；]*")
LANGUAGE = re.compile(r"\slang\s*=\s*[\"']?([\w-]*)", re.IGNORECASE)
#: Elements whose text is no text for people.
RAW = frozenset({"script", "style"})
#: Elements that hold text only: the element itself may bear the language, nothing may stand in it.
PLAIN = frozenset({"title", "textarea", "option"})
MARK = ' lang="zh-Hans"'


def mark_chinese(page: str) -> str:
    """The HTML with its Chinese passages marked; what already stands in a language other than English is left alone."""
    if ANY.search(page) is None:
        return page
    parts: list[str] = []
    #: Name of the element in whose scope nothing is marked, and how many of that name are open.
    scope, depth = "", 0
    drawings = 0
    opened = ""
    for found in TOKEN.finditer(page):
        token, name = found[0], found[2]
        if name is None:
            if not depth and ANY.search(token) and token[:4] != "<!--":
                whole = page.startswith(f"</{opened}>", found.end())
                token = _passage(token, parts, opened, whole, bool(drawings) or opened in PLAIN)
            parts.append(token)
            opened = "" if token.strip() else opened
            continue
        name = name.lower()
        drawings += (name == "svg") * (-1 if found[1] else 1)
        if found[1]:
            opened = ""
            if depth and name == scope:
                depth -= 1
        else:
            opened = name
            own = LANGUAGE.search(found[3] or "")
            if depth:
                depth += name == scope and not token.endswith("/>")
            elif name in RAW or (own is not None and not own[1].lower().startswith("en")):
                scope, depth = name, int(not token.endswith("/>"))
            if own is not None:
                opened = ""
        parts.append(token)
    return "".join(parts)


def _passage(text: str, parts: list[str], opened: str, whole: bool, plain: bool) -> str:
    """A text that has Chinese in it, marked.

    Args:
        text: from one tag to the next.
        parts: what stands before; its last one is the tag of the element that bears the language.
        opened: the element that begins right before the text, if one does.
        whole: and ends right after it.
        plain: nothing but text may stand here.
    """
    if opened and whole and LETTER.search(ENTITY.sub("", text)) is None:
        tag = parts[-1]
        parts[-1] = f"{tag[:-1]}{MARK}>"
        return text
    if plain:
        return text
    marked = RUN.sub(lambda run: f"<bdi{MARK}>{run[0]}</bdi>", text)
    # One more around a mixture, so that it stays one item where its parent lays out items.
    return marked if RUN.fullmatch(text.strip()) else f"<bdi>{marked}</bdi>"


class PassagesMiddleware:
    """Marks the Chinese passages of every HTML answer in English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.streaming
            or not (get_language() or "").startswith("en")
            or not response.headers.get("Content-Type", "").startswith("text/html")
        ):
            return response
        response.content = mark_chinese(response.content.decode(response.charset)).encode(response.charset)
        return response
