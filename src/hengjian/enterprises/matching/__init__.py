"""Which enterprise a record means that names it, perhaps without a code or with a wrong one.

from hengjian.enterprises.matching import Asked, match
for candidate in match(Asked(name="包头市鑫达商贸有限公司", region="150200")): candidate.score, candidate.verdict
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hengjian.enterprises.matching.scoring import Asked

if TYPE_CHECKING:
    from hengjian.enterprises.matching.candidates import Candidate

__all__ = ["Asked", "match", "match_many"]


def match(asked: Asked, limit: int = 5) -> list[Candidate]:
    """The enterprises that the record may mean, best first; two different valid codes are never "same"."""
    return match_many([asked], limit)[0]


def match_many(asked: Sequence[Asked], limit: int = 5) -> list[list[Candidate]]:
    """The same for many records at once; the index is read once for all of them."""
    # The models load after the apps.
    from hengjian.enterprises.matching.candidates import match_many as _match_many

    return _match_many(asked, limit)
