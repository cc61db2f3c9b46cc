"""Every address that a template or a line of code names does exist: a page is often rendered in one state only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.security.walking import routes

SOURCE = Path(__file__).resolve().parents[2] / "src" / "hengjian"
#: {% url "room:page" … %} in templates; reverse("room:page") and redirect("room:page") in code.
NAMED = {
    "*.html": re.compile(r"\{%-?\s*url\s+['\"]([\w:]+)['\"]"),
    "*.py": re.compile(r"\b(?:reverse|reverse_lazy|redirect)\(\s*['\"]([\w:]+)['\"]"),
}


def named() -> Iterator[tuple[str, str]]:
    """(address name, where it stands)."""
    for pattern, expression in NAMED.items():
        for path in sorted(SOURCE.rglob(pattern)):
            for match in expression.finditer(path.read_text(encoding="utf-8")):
                yield match[1], path.relative_to(SOURCE).as_posix()


def test_every_named_address_exists() -> None:
    known = {route.name for route in routes()}
    found = list(named())
    assert len(found) > 500
    assert sorted({(name, place) for name, place in found if name not in known}) == []
