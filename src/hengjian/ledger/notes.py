"""Checkpoints as signed notes, in the text form of C2SP tlog-checkpoint and signed-note. Pure.

    <origin>
    <tree size>
    <root hash, base64>

    — <origin> <base64 of 4 bytes key id and 64 bytes Ed25519 signature>

The signature covers everything up to and including the line break before the empty line. A verifier key is the text
`<origin>+<key id, 8 hex digits>+<base64 of 0x01 and the 32 bytes of the public key>`.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
SIGNATURE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/=]+)\n")
ORIGIN = re.compile(r"[^\s+\x00-\x1f]{1,200}")


class NoteError(ValueError):
    """The text is not a checkpoint, or not signed by this key."""


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """What a checkpoint says: the log `origin` of `size` leaves has this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_id(origin: str, public: bytes) -> bytes:
    """First four bytes of SHA-256 over name, line break, algorithm byte and public key (signed-note)."""
    return sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


def raw_public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def verifier_key(origin: str, public: bytes) -> str:
    """The text by which an outsider keeps the public key."""
    return f"{origin}+{key_id(origin, public).hex()}+{b64encode(ED25519 + public).decode()}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """(origin, public key) of a verifier key.

    Raises:
        NoteError: not a verifier key of an Ed25519 key.
    """
    parts = text.strip().split("+", 2)
    try:
        origin, identifier, encoded = parts
        blob = b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise NoteError("not a verifier key: expected name+id+base64") from None
    public = blob[1:]
    if blob[:1] != ED25519 or len(public) != 32 or key_id(origin, public).hex() != identifier:
        raise NoteError("the verifier key is damaged: its id does not match its key")
    return origin, public


def sign(root: SignedRoot, key: Ed25519PrivateKey) -> str:
    """The signed note."""
    if not ORIGIN.fullmatch(root.origin):
        raise NoteError(f"{root.origin!r} cannot name a log: no spaces, no plus sign")
    body = root.body()
    blob = key_id(root.origin, raw_public(key)) + key.sign(body.encode())
    return f"{body}\n— {root.origin} {b64encode(blob).decode()}\n"


def parse(note: str) -> SignedRoot:
    """What a note says, without looking at its signature.

    Raises:
        NoteError: the text has not the form of a checkpoint.
    """
    body, gap, _ = note.partition("\n\n")
    lines = body.split("\n")
    try:
        origin, size_text, root_text = lines
        root = b64decode(root_text, validate=True)
    except (ValueError, binascii.Error):
        raise NoteError("not a checkpoint: expected origin, size and root on three lines") from None
    if not gap or len(root) != 32 or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size_text):
        raise NoteError("not a checkpoint: size or root is malformed")
    return SignedRoot(origin, int(size_text), root)


def open_note(note: str, verifier: str) -> SignedRoot:
    """What a note says, after checking that the verifier key's owner signed it.

    Raises:
        NoteError: malformed, unsigned by this key, or altered.
    """
    signed = parse(note)
    origin, public = parse_verifier_key(verifier)
    if signed.origin != origin:
        raise NoteError(f"the checkpoint is of the log {signed.origin!r}, the key of {origin!r}")
    wanted = key_id(origin, public)
    for name, encoded in SIGNATURE.findall(note.partition("\n\n")[2]):
        blob = b64decode(encoded)
        if name == origin and blob[:4] == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], signed.body().encode())
            except InvalidSignature:
                raise NoteError("the signature does not match the text of the checkpoint") from None
            return signed
    raise NoteError("the checkpoint carries no signature by this key")
