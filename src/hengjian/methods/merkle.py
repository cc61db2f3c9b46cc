"""Merkle trees of RFC 6962 section 2.1: tree hash, inclusion proofs, consistency proofs (SHA-256).

A tree over n leaves is named by its *nodes*: node (level, index) is the root of the perfect subtree over the leaves
[index * 2**level, (index + 1) * 2**level). Everything that a proof needs is made of such nodes, so that a store that
keeps them answers in O(log n) reads: the functions ending in `_from` take a reader `node(level, index) -> 32 bytes`
that must know every perfect subtree inside the tree. The plain functions take the leaf hashes themselves.

Hashes are 32-byte `bytes`; sizes and indexes are counts of leaves. The empty tree's root is SHA-256 of the empty
string. Verification follows RFC 9162 sections 2.1.3.2 and 2.1.4.2, which give the algorithms for the proofs of RFC
6962.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of one entry (RFC 6962 section 2.1)."""
    return sha256(LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node (RFC 6962 section 2.1)."""
    return sha256(NODE_PREFIX + left + right).digest()


def next_level(hashes: Sequence[bytes]) -> list[bytes]:
    """Parents of the pairs (0, 1), (2, 3) …; the last hash of an odd count has no parent yet and is left out."""
    digest = sha256
    pairs = iter(hashes)
    return [digest(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Root of a perfect subtree.

    Raises:
        ValueError: the number of hashes is not a power of two.
    """
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError(f"a perfect subtree has 1, 2, 4, 8 … leaves, not {len(hashes)}")
    while len(hashes) > 1:
        hashes = next_level(hashes)
    return hashes[0]


def range_nodes(start: int, end: int) -> list[tuple[int, int]]:
    """The perfect subtrees (level, index), largest first, whose leaves are [start, end).

    `start` must be a multiple of the largest power of two that is at most `end - start`, as it is for every subtree
    of an RFC 6962 tree.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _subtree(node: NodeReader, start: int, end: int) -> bytes:
    """Hash of the RFC 6962 subtree over [start, end): its perfect parts folded from the right."""
    *larger, last = [node(level, index) for level, index in range_nodes(start, end)]
    for left in reversed(larger):
        last = node_hash(left, last)
    return last


def root_from(node: NodeReader, size: int) -> bytes:
    """Root of the tree over the first `size` leaves."""
    return _subtree(node, 0, size) if size else EMPTY_ROOT


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (k of RFC 6962)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_from(node: NodeReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 section 2.1.1: sibling hashes from the leaf upwards.

    Raises:
        ValueError: no such leaf in a tree of this size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    ranges: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return [_subtree(node, first, last) for first, last in reversed(ranges)]


def consistency_from(node: NodeReader, old_size: int, size: int) -> list[bytes]:
    """PROOF(old_size, D[size]) of RFC 6962 section 2.1.2; empty when old_size is 0 or equals size.

    Raises:
        ValueError: the old tree is larger than the new one.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {old_size} is not an earlier state of a tree of {size}")
    if old_size in (0, size):
        return []
    ranges: list[tuple[int, int]] = []
    start, end, whole = 0, size, True
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return [_subtree(node, first, last) for first, last in reversed(ranges)]


def leaf_reader(leaf_hashes: Sequence[bytes]) -> NodeReader:
    """A node reader over leaf hashes in memory; each level is computed once."""
    levels: list[Sequence[bytes]] = [leaf_hashes]
    while len(levels[-1]) > 1:
        levels.append(next_level(levels[-1]))
    return lambda level, index: levels[level][index]


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1 over leaf hashes (not entries)."""
    return root_from(leaf_reader(leaf_hashes), len(leaf_hashes))


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of one leaf in the tree over all `leaf_hashes`."""
    return inclusion_from(leaf_reader(leaf_hashes), index, len(leaf_hashes))


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree over the first `old_size` leaves is a prefix of the tree over all of them."""
    return consistency_from(leaf_reader(leaf_hashes), old_size, len(leaf_hashes))


def root_of_path(index: int, size: int, leaf: bytes, proof: Iterable[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None when its length does not fit index and size."""
    if not 0 <= index < size:
        return None
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            current = node_hash(current, sibling)
        position >>= 1
        last >>= 1
    return current if last == 0 else None


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Iterable[bytes], expected_root: bytes) -> bool:
    """Whether `leaf` is entry `index` of the tree of `size` with this root (RFC 9162 section 2.1.3.2)."""
    return root_of_path(index, size, leaf, proof) == expected_root


def verify_consistency(old_size: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree (old_size, old_root) is a prefix of (size, new_root) (RFC 9162 section 2.1.4.2).

    The empty tree is a prefix of every tree; its proof is empty.
    """
    if not 0 <= old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if not path:
        return False
    if not old_size & (old_size - 1):
        path.insert(0, old_root)
    position, last = old_size - 1, size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            from_old = node_hash(sibling, from_old)
            from_new = node_hash(sibling, from_new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            from_new = node_hash(from_new, sibling)
        position >>= 1
        last >>= 1
    return from_old == old_root and from_new == new_root and last == 0


class Frontier:
    """The right edge of a growing tree: log2(n) hashes from which the root at the current size follows.

    Used to stream over a log once and compare the root at every size for which a checkpoint exists.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []  # perfect subtrees (level, hash), largest first

    def add(self, digest: bytes, level: int = 0) -> None:
        """Append a perfect subtree of 2**level leaves.

        Raises:
            ValueError: the current size is not a multiple of 2**level.
        """
        if self.size & ((1 << level) - 1):
            raise ValueError(f"a subtree of 2**{level} leaves does not fit at position {self.size}")
        self.size += 1 << level
        while self._peaks and self._peaks[-1][0] == level:
            digest = node_hash(self._peaks.pop()[1], digest)
            level += 1
        self._peaks.append((level, digest))

    def root(self) -> bytes:
        """Root of the tree over everything added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        digest = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            digest = node_hash(left, digest)
        return digest
