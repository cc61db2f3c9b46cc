"""Which rules of names the index and the linking keys follow: a digest of their code, data and tables. No database."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

#: Whatever decides how a name is read and by which terms and keys it is found: packages and modules.
_RULES = (
    ("hengjian.methods", "company_names"),
    ("hengjian.methods.record_linkage", "features.py"),
    ("hengjian.methods.record_linkage", "comparing.py"),
    ("hengjian.enterprises.search", "terms.py"),
    ("hengjian.enterprises.search", "spelling.py"),
    ("hengjian.enterprises.search", "many.py"),
)
_SUFFIXES = (".py", ".yaml", ".txt")


@cache
def rules_version() -> str:
    """32 hexadecimal digits, the same as long as names are read alike.

    A change of a comment changes it, too: to read all names once too often does no harm, to miss a rule does.
    """
    found = sha256(version("pypinyin").encode())
    for package, name in _RULES:
        for path, content in _contents(files(package) / name):
            found.update(f"\n{path} {len(content)}\n".encode() + content)
    return found.hexdigest()[:32]


def _contents(place: Traversable) -> list[tuple[str, bytes]]:
    """(name, bytes) of a file, or of all rules in a folder and below, in the order of their names."""
    if place.is_file():
        return [(place.name, place.read_bytes())] if place.name.endswith(_SUFFIXES) else []
    inside = sorted((one for one in place.iterdir() if not one.name.startswith(("_", "."))), key=lambda one: one.name)
    return [pair for one in inside for pair in _contents(one)]
