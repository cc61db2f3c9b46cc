"""Follows the links of the site as a person does, with Django's test client: pages, exports and other files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.html
from django.test import Client
from django.urls import Resolver404, resolve

#: How many addresses of one name are opened: rows in different states look different.
EACH = 2
#: What ends the session or never ends.
NOT_FOLLOWED = {"account_logout", "set_language"}


def follow(client: Client, start: str) -> Iterator[tuple[str, str, int, bytes]]:
    """(name, address, status, content) of everything behind links, `EACH` addresses of a name and of its exports.

    A link to an address that the site does not have comes with status 0.
    """
    waiting, seen = deque([start]), {start}
    opened: dict[tuple[str, str], int] = {}
    while waiting:
        address = waiting.popleft()
        parts = urlsplit(address)
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            yield "", address, 0, b""
            continue
        key = (name, "".join(parse_qs(parts.query).get("export", [])))
        if name in NOT_FOLLOWED or opened.get(key, 0) >= EACH:
            continue
        opened[key] = opened.get(key, 0) + 1
        response: Any = client.get(address)
        content = response.getvalue()
        yield name, address, response.status_code, content
        found = [response.headers["Location"]] if 300 <= response.status_code < 400 else []
        if response.headers.get("Content-Type", "").startswith("text/html") and content.strip():
            found += [link.get("href") for link in lxml.html.fromstring(content).iter("a") if link.get("href")]
        for link in found:
            there = urlsplit(urljoin(address, link))
            where = there.path + (f"?{there.query}" if there.query else "")
            if there.scheme in ("", "http") and there.netloc in ("", "testserver", "127.0.0.1") and where not in seen:
                seen.add(where)
                waiting.append(where)
