"""RFC 6962 trees against the published vectors and against an independent recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods import merkle

# The eight entries and the roots of sizes 1..8 of the Certificate Transparency reference tests (RFC 6962 trees).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (leaf number from 1, tree size, path) of the same tests
INCLUSION = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (3, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        2,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


def definition(entries: list[bytes]) -> bytes:
    """MTH(D[n]) written down as in RFC 6962 section 2.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + definition(entries[:k]) + definition(entries[k:])).digest()


def definition_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) written down as in RFC 6962 section 2.1.1."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*definition_path(m, entries[:k]), definition(entries[k:])]
    return [*definition_path(m - k, entries[k:]), definition(entries[:k])]


def definition_proof(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) written down as in RFC 6962 section 2.1.2."""
    if m == len(entries):
        return [] if whole else [definition(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*definition_proof(m, entries[:k], whole), definition(entries[k:])]
    return [*definition_proof(m - k, entries[k:], False), definition(entries[:k])]


def test_empty_tree() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.Frontier().root() == merkle.EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("number", "size", "path"), INCLUSION)
def test_published_inclusion_proofs(number: int, size: int, path: list[str]) -> None:
    proof = merkle.inclusion_proof(LEAVES[:size], number - 1)
    assert [part.hex() for part in proof] == path
    assert merkle.verify_inclusion(number - 1, size, LEAVES[number - 1], proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "size", "path"), CONSISTENCY)
def test_published_consistency_proofs(old: int, size: int, path: list[str]) -> None:
    proof = merkle.consistency_proof(LEAVES[:size], old)
    assert [part.hex() for part in proof] == path
    assert merkle.verify_consistency(old, size, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[size - 1]), proof)


entries_and_index = st.lists(st.binary(max_size=5), min_size=1, max_size=70).flatmap(
    lambda entries: st.tuples(st.just(entries), st.integers(0, len(entries) - 1))
)


@given(entries_and_index)
def test_proofs_agree_with_the_definition(case: tuple[list[bytes], int]) -> None:
    entries, index = case
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    assert merkle.root(leaves) == definition(entries)
    assert merkle.inclusion_proof(leaves, index) == definition_path(index, entries)
    assert merkle.consistency_proof(leaves, index + 1) == definition_proof(index + 1, entries)


@given(entries_and_index, st.data())
def test_no_other_leaf_index_size_or_proof_passes(case: tuple[list[bytes], int], data: st.DataObject) -> None:
    entries, index = case
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    root, size = merkle.root(leaves), len(leaves)
    proof = merkle.inclusion_proof(leaves, index)
    assert merkle.verify_inclusion(index, size, leaves[index], proof, root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(entries[index] + b"x"), proof, root)
    assert not merkle.verify_inclusion(index, size, leaves[index], [*proof, root], root)
    other = data.draw(st.integers(0, size - 1))
    if leaves[other] != leaves[index]:
        assert not merkle.verify_inclusion(other, size, leaves[index], proof, root)
    if proof:
        which = data.draw(st.integers(0, len(proof) - 1))
        assert not merkle.verify_inclusion(index, size, leaves[index], proof[:-1], root)
        changed = [*proof]
        changed[which] = bytes([changed[which][0] ^ 1]) + changed[which][1:]
        assert not merkle.verify_inclusion(index, size, leaves[index], changed, root)


@given(entries_and_index, st.data())
def test_consistency_refuses_another_history(case: tuple[list[bytes], int], data: st.DataObject) -> None:
    entries, index = case
    old = index + 1
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    proof = merkle.consistency_proof(leaves, old)
    old_root, root = merkle.root(leaves[:old]), merkle.root(leaves)
    assert merkle.verify_consistency(old, len(leaves), old_root, root, proof)
    where = data.draw(st.integers(0, index))
    forged = [*leaves]
    forged[where] = merkle.leaf_hash(b"forged entry")
    assert not merkle.verify_consistency(
        old, len(leaves), old_root, merkle.root(forged), merkle.consistency_proof(forged, old)
    )
    assert not merkle.verify_consistency(old, len(leaves), old_root, root, [*proof, root])


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="leaf 3 is not in a tree of 3"):
        merkle.inclusion_proof(LEAVES[:3], 3)
    with pytest.raises(ValueError, match="not an earlier state"):
        merkle.consistency_proof(LEAVES[:3], 4)
    with pytest.raises(ValueError, match="not 3"):
        merkle.perfect_root(LEAVES[:3])
    assert not merkle.verify_inclusion(3, 3, LEAVES[0], [], LEAVES[0])
    assert merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, merkle.root(LEAVES), [])
    assert not merkle.verify_consistency(8, 4, merkle.root(LEAVES), merkle.root(LEAVES[:4]), [])
    assert not merkle.verify_consistency(3, 4, merkle.root(LEAVES[:3]), merkle.root(LEAVES[:4]), [])


@given(st.lists(st.integers(0, 3), max_size=20))
def test_frontier_equals_the_tree_at_every_size(levels: list[int]) -> None:
    frontier, leaves = merkle.Frontier(), []
    for level in levels:
        if frontier.size % (1 << level):
            with pytest.raises(ValueError, match="does not fit"):
                frontier.add(b"\0" * 32, level)
            continue
        added = [merkle.leaf_hash(b"%d" % (len(leaves) + k)) for k in range(1 << level)]
        leaves += added
        frontier.add(merkle.perfect_root(added), level)
        assert (frontier.size, frontier.root()) == (len(leaves), merkle.root(leaves))
