"""All addresses of the site, with the objects of the land filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.conftest import Land


@dataclass(frozen=True)
class Route:
    """One address as the resolver knows it: pattern, full name, parameters."""

    pattern: str
    name: str
    parameters: tuple[str, ...]

    def path(self, land: Land) -> str:
        """The address of the land's own object; a new parameter has to be explained in `Land.ids` first."""

        def fill(match: re.Match[str]) -> str:
            parameter = match["name"]
            for key in (f"{self.name}:{parameter}", f"{self.name.split(':')[0]}:{parameter}", parameter):
                if key in land.ids:
                    return str(land.ids[key])
            raise LookupError(f"{self.name}: say in Land.ids (tests/security/conftest.py) what <{parameter}> means")

        raw = self.pattern
        if "(?P" in raw:
            raw = re.sub(r"\(\?:\\\.\(\?P<suffix>[^)]*\)\)\?", "", raw.replace("^", "").replace("$", ""))
            raw = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", raw).replace("\\.", ".")
        return "/" + re.sub(r"<(?:\w+:)?(?P<name>\w+)>", fill, raw)


def routes() -> list[Route]:
    def walk(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[Route]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from walk(entry.url_patterns, prefix + str(entry.pattern), inner)
            elif isinstance(entry, URLPattern):
                parameters = (*entry.pattern.converters, *getattr(entry.pattern, "regex", re.compile("")).groupindex)
                yield Route(prefix + str(entry.pattern), f"{space}{entry.name or ''}", tuple(dict.fromkeys(parameters)))

    return list(walk(get_resolver().url_patterns))
