"""Files on disk by their SHA-256: written whole or not at all, never changed, checked on demand."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from hengjian.documents.models import Content
from hengjian.ledger.models import Fact

HASH = re.compile(r"[0-9a-f]{64}")


def path_of(sha256: str) -> Path:
    """Where the content lies: MEDIA_ROOT/ab/cd/abcd…; ValueError for what is no hash."""
    if not HASH.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in small letters: {sha256!r}")
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def write(data: bytes) -> str:
    """Keep the bytes and return their hash. Known content is not written again unless what lies there is damaged."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = path_of(sha256)
    if target.exists() and target.stat().st_size == len(data):
        return sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    return sha256


def read(sha256: str) -> bytes:
    """The bytes, proved to be what the hash says.

    Raises:
        FileNotFoundError: the content is not there.
        ValueError: the content on disk was altered.
    """
    data = path_of(sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the content of sha256:{sha256} was altered on disk")
    return data


@dataclass(frozen=True)
class Fault:
    """One content that is not as recorded: `kind` is missing, altered, unrecorded (on disk without a row, as an upload
    that was broken off leaves it) or unknown (evidence of a fact, but no longer in the table)."""

    kind: str
    sha256: str


def faults() -> Iterator[Fault]:
    """Re-hash every stored content and compare disk, database and ledger; reads all bytes once."""
    known = set()
    for sha256 in Content.objects.values_list("sha256", flat=True).iterator():
        known.add(sha256)
        path = path_of(sha256)
        if not path.exists():
            yield Fault("missing", sha256)
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                yield Fault("altered", sha256)
    cited: set[str] = set()
    for evidence in Fact.everything.exclude(evidence=[]).values_list("evidence", flat=True).iterator():
        cited.update(address.removeprefix("sha256:") for address in evidence)
    yield from (Fault("unknown", sha256) for sha256 in sorted(cited - known))
    for path in sorted(Path(settings.MEDIA_ROOT).glob("??/??/*")):
        if HASH.fullmatch(path.name) and path.name not in known:
            yield Fault("unrecorded", path.name)
