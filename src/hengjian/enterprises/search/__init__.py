"""Finding enterprises by code, name, a part of a name, former names, pinyin, initials (docs/credit-sharing.md).

from hengjian.enterprises.search import search
found = search("鑫达", region=region, limit=20)
for hit in found.hits: hit.enterprise, hit.how, hit.matched
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hengjian.enterprises.search.finding import Found
    from hengjian.parties.models import Region


def search(
    text: str,
    *,
    region: Region | None = None,
    kind: str | None = None,
    status: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """The enterprises that a text may mean, best first: exact before beginning before brand before inside, existing
    ones before those that ended.

    Args:
        text: code (18 characters; 9 or 15 of older ones; the first 6 and more), name or part of it in Chinese of any
            writing, former name, pinyin or initials. Words with blanks between must all occur.
        region: only those registered there or below.
        kind, status: of `Enterprise.Kind`, `Enterprise.Status`.
        limit, offset: which part of the answer; never a full count, `more` says that it goes on.
    """
    # The package is an app: its models load after it.
    from hengjian.enterprises.search.finding import find

    return find(text, region=region, kind=kind, status=status, limit=limit, offset=offset)
