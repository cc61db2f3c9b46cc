"""The stored Merkle log: reads nodes from tiles, extends tiles when facts are appended.

A tile keeps 256 hashes of tree level 8 × its own level. Any node lies inside one tile, so a proof in a log of n facts
reads at most 2 × log256(n) tiles, and appending a batch writes one row per 256 facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from hengjian.ledger.errors import LedgerDamaged
from hengjian.ledger.models import Tile
from hengjian.methods import merkle

TILE_BITS = 8
TILE_SIZE = 1 << TILE_BITS
HASH_BYTES = 32


def split(blob: bytes) -> list[bytes]:
    """The 32-byte hashes of a tile."""
    return [blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES)]


class LogReader:
    """`node(level, index)` over the stored tiles; each tile is read once per reader."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Hash of the perfect subtree (level, index).

        Raises:
            LedgerDamaged: the tile is missing or too short.
        """
        tile_level, inner = divmod(level, TILE_BITS)
        width = TILE_SIZE >> inner
        position, offset = divmod(index, width)
        levels = self._tiles.get((tile_level, position))
        if levels is None:
            stored = Tile.objects.filter(level=tile_level, position=position).values_list("hashes", flat=True).first()
            levels = self._tiles[tile_level, position] = [split(bytes(stored or b""))]
        while len(levels) <= inner:
            levels.append(merkle.next_level(levels[-1]))
        if offset >= len(levels[inner]):
            raise LedgerDamaged(
                _("总账的哈希节点（%(level)d 层第 %(index)d 个）缺失。请运行“hengjian ledger verify”查明。")
                % {"level": level, "index": index}
            )
        return levels[inner][offset]

    def root(self, size: int) -> bytes:
        return merkle.root_from(self.node, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.inclusion_from(self.node, index, size)

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        return merkle.consistency_from(self.node, old_size, size)


def log_size() -> int:
    """Number of leaves in the stored log."""
    last = Tile.objects.filter(level=0).order_by("-position").values_list("position", "hashes").first()
    return 0 if last is None else last[0] * TILE_SIZE + len(bytes(last[1])) // HASH_BYTES


def extend(size: int, leaf_hashes: Sequence[bytes], labels: Sequence[str]) -> None:
    """Append leaves to a log of `size`, inside the caller's transaction and under the append lock.

    Raises:
        LedgerDamaged: the stored log has not this size.
    """
    hashes, labels, level, start = list(leaf_hashes), list(labels), 0, size
    while hashes:
        parents: list[bytes] = []
        position, held = divmod(start, TILE_SIZE)
        kept, kept_labels = _partial(level, position, held)
        taken = 0
        created: list[tuple[int, int, bytes, str]] = []
        while taken < len(hashes):
            part = hashes[taken : taken + TILE_SIZE - held]
            blob = kept + b"".join(part)
            text = kept_labels + "".join([f"{label}\n" for label in labels[taken : taken + len(part)]])
            if held:
                _grow(level, position, blob, text)
            else:
                created.append((level, position, blob, text))
            if len(blob) == TILE_SIZE * HASH_BYTES:
                parents.append(merkle.perfect_root(split(blob)))
            taken += len(part)
            position, held, kept, kept_labels = position + 1, 0, b"", ""
        if created:
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO ledger_tile (level, position, hashes, labels) VALUES (%s, %s, %s, %s)", created
                )
        hashes, labels, level, start = parents, [], level + 1, start >> TILE_BITS


def _grow(level: int, position: int, blob: bytes, labels: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_tile SET hashes = %s, labels = %s WHERE level = %s AND position = %s",
            [blob, labels, level, position],
        )


def _partial(level: int, position: int, held: int) -> tuple[bytes, str]:
    """The growing tile's content, checked against the number of hashes that it must hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashes, labels FROM ledger_tile WHERE level = %s AND position = %s", [level, position])
        row = cursor.fetchone()
    blob, labels = (bytes(row[0]), row[1]) if row else (b"", "")
    if len(blob) != held * HASH_BYTES:
        raise LedgerDamaged(
            _("总账的哈希与事实数量不符（%(level)d 层第 %(position)d 组），请运行“hengjian ledger verify”查明。")
            % {"level": level, "position": position}
        )
    return blob, labels
