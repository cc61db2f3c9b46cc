"""Proof documents: everything an outsider needs to check one fact without trusting this server. Pure.

A proof is a JSON object: the fact's leaf text (absent when the fact may not be shown: the hash alone proves that it
has not changed), its index, the audit path, the signed checkpoint and the verifier key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hengjian.ledger import notes
from hengjian.ledger.leaf import leaf_digest
from hengjian.methods import merkle

FORMAT = "hengjian-ledger-proof/1"
HASH = r"^[0-9a-f]{64}$"
MOST_LEAVES = 2**62  # fits the databases' integers


class Proof(BaseModel):
    """The document; hashes are 64 hexadecimal digits."""

    model_config = ConfigDict(extra="forbid")
    format: str = Field(pattern=f"^{FORMAT}$")
    leaf: str | None = None
    leaf_hash: str = Field(pattern=HASH)
    index: int = Field(ge=0, lt=MOST_LEAVES)
    tree_size: int = Field(ge=1, le=MOST_LEAVES)
    path: list[str] = Field(max_length=64)
    checkpoint: str
    verifier_key: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check, with its outcome; `step` is a stable name for the interface."""

    step: str  # "leaf", "path", "signature", "key"
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of checking a proof."""

    proof: Proof
    steps: tuple[Step, ...]

    @property
    def passed(self) -> bool:
        return all(step.passed for step in self.steps)

    @property
    def fact(self) -> dict[str, Any] | None:
        """The fact as the leaf states it."""
        return None if self.proof.leaf is None else json.loads(self.proof.leaf)


def read_proof(text: str | bytes) -> Proof:
    """Parse a proof document.

    Raises:
        ValueError: not JSON, or not a proof document; the message says what is wrong first.
    """
    try:
        return Proof.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc']) or 'document'}: {first['msg']}") from None


def check_proof(proof: Proof, trusted_key: str = "") -> Checked:
    """Check a proof step by step: leaf → hash → root → signature → key.

    Args:
        trusted_key: the verifier key as the reader got it elsewhere; empty trusts the one in the document.
    """
    leaf_hash, steps = bytes.fromhex(proof.leaf_hash), []
    if proof.leaf is not None:
        try:
            stated = json.loads(proof.leaf)
            matches = leaf_digest(proof.leaf) == leaf_hash and stated.get("index") == proof.index
        except (ValueError, AttributeError):
            matches = False
        steps.append(Step("leaf", matches, proof.leaf_hash))
    path = [bytes.fromhex(part) if len(part) == 64 else b"" for part in proof.path if _is_hex(part)]
    root = merkle.root_of_path(proof.index, proof.tree_size, leaf_hash, path) if len(path) == len(proof.path) else None
    try:
        signed = notes.parse(proof.checkpoint)
    except notes.NoteError as error:
        return Checked(proof, (*steps, Step("path", False), Step("signature", False, str(error))))
    steps.append(Step("path", root == signed.root and signed.size == proof.tree_size, signed.root.hex()))
    try:
        notes.open_note(proof.checkpoint, proof.verifier_key)
        steps.append(Step("signature", True, proof.verifier_key))
    except notes.NoteError as error:
        steps.append(Step("signature", False, str(error)))
    if trusted_key:
        steps.append(Step("key", trusted_key.strip() == proof.verifier_key, trusted_key.strip()))
    return Checked(proof, tuple(steps))


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)
