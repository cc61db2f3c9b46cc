"""All addresses of the site, with the objects of the land filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.business import ABSENT
from tests.security.conftest import Land


@dataclass(frozen=True)
class Route:
    """One address as the resolver knows it: pattern, full name, parameters."""

    pattern: str
    name: str
    parameters: tuple[str, ...]

    def key(self, parameter: str, land: Land) -> str:
        """Under which name `Land.ids` explains a parameter; a new one has to be explained there first."""
        for key in (f"{self.name}:{parameter}", f"{self.name.split(':')[0]}:{parameter}", parameter):
            if key in land.ids:
                return key
        raise LookupError(f"{self.name}: say in Land.ids (tests/security/conftest.py) what <{parameter}> means")

    def absent(self, land: Land) -> bool:
        """Whether the address leads to a row that the land does not hold."""
        keys = [self.key(parameter, land) for parameter in self.parameters if f"<{parameter}>" in self._plain]
        return any(key in ABSENT and land.ids[key] == ABSENT[key] for key in keys)

    @property
    def _plain(self) -> str:
        """The pattern with `<parameter>` for each parameter and nothing else to fill."""
        raw = self.pattern
        if "(?P" in raw:
            raw = re.sub(r"\(\?:\\\.\(\?P<suffix>[^)]*\)\)\?", "", raw.replace("^", "").replace("$", ""))
            raw = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", raw).replace("\\.", ".")
        return "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", raw)

    def path(self, land: Land) -> str:
        """The address of the land's own object."""
        return re.sub(r"<(\w+)>", lambda match: str(land.ids[self.key(match[1], land)]), self._plain)


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
