"""The bytes of a fact that enter the Merkle log: a canonical JSON object with every field of the fact and its index.

The text is put together from parts that are canonical already (the payload, refs and evidence are stored as canonical
text), so that verification never parses JSON. The index is part of the leaf: two facts that change places are both
found.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring as quote

LEAF_VERSION = 1


@lru_cache(maxsize=4096)
def source_text(system: str, unit: str, user: str) -> str:
    """Canonical object of a source; few sources write most facts, hence the cache."""
    return f'{{"system":{quote(system)},"unit":{quote(unit)},"user":{quote(user)}}}'


def dashed(uid: str) -> str:
    """32 hexadecimal digits as the usual text of a UUID."""
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"


def leaf_text(
    uid: str,
    index: int,
    kind: str,
    subject: str,
    region: str,
    occurred_on: str,
    recorded_at: str,
    ends_on: str | None,
    source: str,
    refs: str,
    payload: str,
    evidence: str,
    disclosure: str,
    catalogue: str,
    supersedes: str | None,
    retracts: str | None,
) -> str:
    """Canonical JSON of one fact.

    Args:
        uid, supersedes, retracts: UUIDs with dashes.
        occurred_on, ends_on: dates as YYYY-MM-DD.
        recorded_at: UTC with microseconds, YYYY-MM-DDTHH:MM:SS.ffffffZ.
        source, refs, payload, evidence: canonical JSON texts, taken as they are.
    """
    return (
        f'{{"catalogue":{quote(catalogue)},"disclosure":"{disclosure}",'
        f'"ends_on":{f"{chr(34)}{ends_on}{chr(34)}" if ends_on else "null"},"evidence":{evidence},"id":"{uid}",'
        f'"index":{index},"kind":{quote(kind)},"occurred_on":"{occurred_on}","payload":{payload},'
        f'"recorded_at":"{recorded_at}","refs":{refs},"region":{quote(region)},'
        f'"retracts":{f"{chr(34)}{retracts}{chr(34)}" if retracts else "null"},"source":{source},'
        f'"subject":{quote(subject)},'
        f'"supersedes":{f"{chr(34)}{supersedes}{chr(34)}" if supersedes else "null"},"v":{LEAF_VERSION}}}'
    )


def leaf_digest(text: str) -> bytes:
    """RFC 6962 leaf hash of the text in UTF-8.

    Raises:
        UnicodeEncodeError: the text holds half of a surrogate pair.
    """
    return sha256(b"\x00" + text.encode()).digest()
