"""Signed notes and proof documents: what an outsider checks, with independent arithmetic where there is some."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import LazySettings
from django.utils import timezone

from hengjian.ledger import notes
from hengjian.ledger.actions import append, append_many
from hengjian.ledger.checkpoints import latest_checkpoint, sign_checkpoint, verifier_key
from hengjian.ledger.errors import KeyProblem, NotCovered
from hengjian.ledger.jobs import run_due
from hengjian.ledger.models import Checkpoint, Fact
from hengjian.ledger.notes import NoteError, SignedRoot
from hengjian.ledger.proofs import Proof, check_proof, read_proof
from hengjian.ledger.proving import prove
from hengjian.methods import merkle
from tests.ledger.conftest import make_draft

# RFC 8032 section 7.1, test 1: a key pair that everybody can check.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
ROOT = SignedRoot("example.org/log", 7, bytes(range(32)))


class TestNotes:
    key = Ed25519PrivateKey.from_private_bytes(SEED)

    def test_the_text_is_the_signed_note_form(self) -> None:
        note = notes.sign(ROOT, self.key)
        body, signature = note.split("\n\n")
        assert body == "example.org/log\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        dash, name, encoded = signature.rstrip("\n").split(" ")
        blob = b64decode(encoded)
        assert (dash, name, len(blob)) == ("—", "example.org/log", 68)
        assert blob[:4] == sha256(b"example.org/log\n\x01" + PUBLIC).digest()[:4]
        Ed25519PublicKey.from_public_bytes(PUBLIC).verify(blob[4:], (body + "\n").encode())

    def test_round_trip(self) -> None:
        verifier = notes.verifier_key(ROOT.origin, PUBLIC)
        assert notes.parse_verifier_key(verifier) == (ROOT.origin, PUBLIC)
        assert notes.open_note(notes.sign(ROOT, self.key), verifier) == ROOT

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda note: note.replace("\n7\n", "\n8\n"), "does not match"),
            (lambda note: note.replace("AAEC", "AAED"), "does not match"),
            (lambda note: note.replace("\n7\n", "\n07\n"), "malformed"),
            (lambda note: note.replace("\n7\n", "\n7\nmore\n"), "three lines"),
            (lambda note: note.partition("—")[0], "no signature"),
            (lambda note: note.replace("example.org", "example.net"), "of the log"),
            (lambda note: "", "three lines"),
        ],
    )
    def test_any_change_is_refused(self, change: Any, message: str) -> None:
        with pytest.raises(NoteError, match=message):
            notes.open_note(change(notes.sign(ROOT, self.key)), notes.verifier_key(ROOT.origin, PUBLIC))

    def test_another_key_is_refused(self) -> None:
        other = notes.raw_public(Ed25519PrivateKey.generate())
        with pytest.raises(NoteError, match="no signature by this key"):
            notes.open_note(notes.sign(ROOT, self.key), notes.verifier_key(ROOT.origin, other))
        with pytest.raises(NoteError, match="damaged"):
            notes.parse_verifier_key(notes.verifier_key(ROOT.origin, PUBLIC).replace("example", "sample"))
        with pytest.raises(NoteError, match="not a verifier key"):
            notes.parse_verifier_key("key")
        with pytest.raises(NoteError, match="cannot name a log"):
            notes.sign(SignedRoot("two words", 1, bytes(32)), self.key)


@pytest.mark.django_db
class TestCheckpoints:
    def test_nothing_to_sign(self) -> None:
        assert sign_checkpoint() is None and latest_checkpoint() is None

    def test_one_checkpoint_per_size(self) -> None:
        append_many(make_draft() for _ in range(5))
        first = sign_checkpoint()
        assert first is not None and first == sign_checkpoint() == latest_checkpoint()
        said = notes.open_note(first.note, verifier_key())
        leaves = [bytes(leaf) for leaf in Fact.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)]
        assert (said.size, said.root) == (5, merkle.root(leaves))
        append(make_draft())
        second = sign_checkpoint()
        assert second is not None and second.tree_size == 6
        assert Checkpoint.objects.count() == 2

    def test_the_worker_signs_at_most_once_a_minute(self) -> None:
        now = timezone.now()
        assert run_due(now) == 0  # nothing to sign
        append(make_draft())
        assert run_due(now) == 1
        append(make_draft())
        assert run_due(now + timedelta(seconds=30)) == 0
        assert run_due(now + timedelta(minutes=2)) == 1
        assert run_due(now + timedelta(minutes=9)) == 0  # nothing new
        assert list(Checkpoint.objects.order_by("tree_size").values_list("tree_size", flat=True)) == [1, 2]

    def test_the_key_file_is_private_and_checked(self, settings: LazySettings) -> None:
        verifier_key()
        path = Path(settings.LEDGER_KEY_FILE)
        assert path.stat().st_mode & 0o077 == 0
        path.write_text("no key")
        with pytest.raises(KeyProblem, match="不是 Ed25519 私钥"):
            verifier_key()
        settings.LEDGER_KEY_FILE = str(path / "below-a-file")
        with pytest.raises(KeyProblem, match="无法读写"):
            verifier_key()


@pytest.mark.django_db
class TestProofs:
    @pytest.fixture
    def facts(self) -> list[Fact]:
        append_many(make_draft(disclosure="internal" if number == 3 else None) for number in range(10))
        sign_checkpoint()
        return list(Fact.objects.order_by("leaf_index"))

    def test_every_fact_is_proved(self, facts: list[Fact]) -> None:
        for fact in facts:
            proof = read_proof(prove(fact, disclosure="internal").model_dump_json())
            checked = check_proof(proof, verifier_key())
            assert checked.passed and [step.step for step in checked.steps] == ["leaf", "path", "signature", "key"]
            assert checked.fact is not None and checked.fact["id"] == str(fact.id)

    def test_an_internal_fact_shows_hashes_only(self, facts: list[Fact]) -> None:
        proof = prove(facts[3], disclosure="public")
        assert proof.leaf is None
        assert facts[3].subject not in proof.model_dump_json()
        assert check_proof(proof).passed and check_proof(proof).fact is None

    def test_a_new_fact_waits_for_a_checkpoint(self, facts: list[Fact]) -> None:
        fact = append(make_draft())
        with pytest.raises(NotCovered, match="尚未纳入"):
            prove(fact, disclosure="public")

    @pytest.mark.parametrize(
        ("change", "failed"),
        [
            (lambda d: d | {"leaf": d["leaf"].replace("990200", "990201")}, "leaf"),
            (lambda d: d | {"leaf": "[1]"}, "leaf"),
            (lambda d: d | {"leaf": "{"}, "leaf"),
            (lambda d: d | {"leaf_hash": "0" * 64}, "leaf path"),
            (lambda d: d | {"index": 5}, "leaf path"),
            (lambda d: d | {"tree_size": 9}, "path"),
            (lambda d: d | {"path": d["path"][:-1]}, "path"),
            (lambda d: d | {"path": ["zz", *d["path"][1:]]}, "path"),
            (lambda d: d | {"checkpoint": d["checkpoint"].replace("\n10\n", "\n11\n")}, "path signature"),
            (lambda d: d | {"checkpoint": "?"}, "path signature"),
            (lambda d: d | {"verifier_key": "?"}, "signature key"),
        ],
    )
    def test_any_forgery_fails_at_its_step(self, facts: list[Fact], change: Any, failed: str) -> None:
        document = prove(facts[2], disclosure="public").model_dump()
        checked = check_proof(Proof.model_validate(change(document)), verifier_key())
        assert " ".join(step.step for step in checked.steps if not step.passed) == failed

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other/1"}', "\x00", "9" * 5000])
    def test_what_is_no_proof_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError):
            read_proof(text)

    def test_it_can_be_checked_without_this_code(self, facts: list[Fact]) -> None:
        """RFC 6962 by hand: hash the leaf, fold the path, compare with the root in the note."""
        document = json.loads(prove(facts[5], disclosure="public").model_dump_json())
        digest = sha256(b"\x00" + document["leaf"].encode()).digest()
        siblings = [bytes.fromhex(part) for part in document["path"]]
        # 10 leaves: leaf 5 is the right one of (4, 5), which is left of (6, 7), right of (0..3), left of (8, 9).
        for side, sibling in zip("RLRL", siblings, strict=True):
            digest = sha256(b"\x01" + (sibling + digest if side == "R" else digest + sibling)).digest()
        assert digest == b64decode(document["checkpoint"].split("\n")[2])
