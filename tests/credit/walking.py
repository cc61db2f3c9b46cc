"""Looking for a text everywhere: every address, every table, every file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

#: What ends the session, or streams without end.
NOT_ASKED = re.compile(r"logout|language|events|stream|jsi18n")


def addresses(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, path) of every address that the values can fill: by "room:parameter", by parameter. Those that need
    anything else lead nowhere and are left out."""

    def walk(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from walk(entry.url_patterns, prefix + str(entry.pattern), inner)
            elif isinstance(entry, URLPattern) and "(?" not in prefix + str(entry.pattern):
                yield f"{space}{entry.name or ''}", prefix + str(entry.pattern)

    for name, raw in walk(get_resolver().url_patterns):
        if NOT_ASKED.search(raw):
            continue
        room, missing = name.split(":")[0], []

        def fill(match: re.Match[str], room: str = room, missing: list[str] = missing) -> str:
            for key in (f"{room}:{match['name']}", match["name"]):
                if key in values:
                    return str(values[key])
            missing.append(match["name"])
            return ""

        path = re.sub(r"<(?:\w+:)?(?P<name>\w+)>", fill, raw)
        if not missing:
            yield name, "/" + path.replace("^", "").replace("$", "")


def unpacked(content: bytes) -> str:
    """What a file says; of workbooks and documents what stands inside."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"".join(package.read(name) for name in package.namelist())
    return content.decode("utf-8", "replace")


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return unpacked(content) + str(response.headers)


def says(text: str, *marks: str) -> bool:
    return any(mark in text or ascii(mark)[1:-1] in text for mark in marks)


def shown_to(client: Client, asked: Iterable[str], *marks: str) -> set[str]:
    """The addresses that show one of the marks to a reader."""
    client.raise_request_exception = False
    found = set()
    for path in asked:
        if says(text_of(client.get(path, headers={"X-Purpose": "test"})), *marks):
            found.add(path)
    return found


def tables_with(mark: str) -> set[str]:
    """The tables of the database in which the mark stands anywhere; cache and sessions are tables, too."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(says(str(value), mark) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found


def files_with(folder: Path, mark: str) -> set[str]:
    """The files below a folder that say the mark, packed ones too; the database itself is asked as tables."""
    return {
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and ".sqlite3" not in path.name and mark in unpacked(path.read_bytes())
    }
