"""The one form in which identifiers, places and codes are stored and looked up."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.vocabulary import Vocabulary
from hengjian.methods.gs1 import canonical, canonical_links

LONGEST = 512
_URIS = ("urn:", "https://", "http://")
_NO_CONTEXT = Context()


def shorten(text: str) -> str:
    """A text that fits a column: one that is too long is known by its digest (equality still works)."""
    return text if len(text) <= LONGEST else f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def key_of(value: str, context: Context = _NO_CONTEXT) -> str:
    """The canonical key of an identifier: the constrained Digital Link of a GS1 key however it is written, any other
    URI with its prefix written out."""
    value = value.strip()
    if not value.startswith(_URIS):
        value = context.value(value)
    return shorten(canonical(value) or value)


def keys_of(values: Sequence[str], context: Context = _NO_CONTEXT) -> list[str]:
    """The same for many."""
    return [link or key_of(value, context) for value, link in zip(values, canonical_links(values), strict=True)]


def word_of(value: str, words: Vocabulary, context: Context = _NO_CONTEXT) -> str:
    """A code as bare word where it is a standard one, else as the URI it stands for."""
    value = value.strip()
    if value in words.words:
        return value
    return shorten(words.compact(value if value.startswith(_URIS) else context.value(value)))
