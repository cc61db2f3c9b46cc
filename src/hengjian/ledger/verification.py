"""`verify`: re-hashes every fact and compares it with its stored hash, the log, the references and the checkpoints,
and the seals with the facts that order them.

Findings name the fact: index, id, kind, subject. A fact whose row is gone is named from the labels of the log. When
somebody rewrote facts and the whole log alike, the signed checkpoints still disagree, and the finding gives the
stretch between the last checkpoint that holds and the first that does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hengjian.ledger import notes, rows, seal_checks, triggers
from hengjian.ledger.checkpoints import verifier_key
from hengjian.ledger.log import TILE_BITS, TILE_SIZE, split
from hengjian.ledger.models import Checkpoint, Tile
from hengjian.methods import merkle

ROUND = 32 * TILE_SIZE  # facts read at a time
MOST_FINDINGS = 1000  # afterwards only counted: a destroyed table must not fill the memory


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. `index` is None where it concerns the log or database as a whole; names are as far as known."""

    problem: str
    index: int | None = None
    id: str = ""
    kind: str = ""
    subject: str = ""

    def __str__(self) -> str:
        if self.index is None:
            return self.problem
        return f"#{self.index} {self.id} {self.kind} {self.subject}: {self.problem}"


@dataclass(slots=True)
class Report:
    """Outcome of a verification."""

    size: int = 0
    facts: int = 0
    covered: int = 0
    checkpoints: int = 0
    root: bytes = merkle.EMPTY_ROOT
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    found: int = 0

    @property
    def passed(self) -> bool:
        return self.found == 0

    def summary(self) -> str:
        """One line of figures and the verdict."""
        said = _(
            "%(facts)d 条事实，根 %(root)s；%(checkpoints)d 个检查点覆盖 %(covered)d 条；每秒核验 %(rate)d 条。"
        ) % {
            "facts": self.facts,
            "root": self.root.hex(),
            "checkpoints": self.checkpoints,
            "covered": self.covered,
            "rate": self.facts / self.seconds if self.seconds else 0,
        }
        verdict = _("总账被改动：发现 %(found)d 项不符。") if self.found else _("总账完整，未发现改动。")
        return said + "\n" + verdict % {"found": self.found}

    def add(self, finding: Finding) -> None:
        self.found += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)


def verify(progress: Callable[[int, int], None] | None = None, against: Sequence[str] = ()) -> Report:
    """Verify the whole ledger in one consistent read.

    Args:
        progress: called with (facts checked, facts in all).
        against: checkpoint notes that were kept elsewhere; each must be a state of this log, too.
    """
    started, report = time.perf_counter(), Report()
    with _snapshot():
        for name in triggers.missing(connection):
            report.add(Finding(_("数据库触发器 %(name)s 缺失，无法阻止改写") % {"name": name}))
        _Verification(report, progress, against).run()
        for problem, fact_id, index in seal_checks.differences():
            uid, kind, subject = (f"{fact_id}  " if index is None else rows.label(index)).split(" ", 2)
            report.add(Finding(problem, index, uid, kind, subject))
    report.seconds = time.perf_counter() - started
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """One consistent state of the database, without keeping writers out."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:  # atomic() would begin IMMEDIATE and hold the write lock
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


class _Verification:
    def __init__(self, report: Report, progress: Callable[[int, int], None] | None, against: Sequence[str]) -> None:
        self.report = report
        self.progress = progress or (lambda done, total: None)
        self.signed = self._signed(against)
        self.frontier = merkle.Frontier()
        self.parents: list[tuple[int, bytes]] = []  # roots of complete level-0 tiles, by position
        self.last_good = 0
        self.broken = False  # a group of hashes is missing: roots behind it cannot be computed

    def run(self) -> None:
        report = self.report
        report.facts, lowest, highest = rows.extent()
        last_tile = Tile.objects.filter(level=0).order_by("-position").values_list("position", flat=True).first()
        tiles_end = 0 if last_tile is None else (last_tile + 1) * TILE_SIZE
        end = max(highest + 1, tiles_end, 0)
        if lowest < 0:
            report.add(Finding(_("事实的序号为负，不在日志中"), lowest, *rows.label(lowest).split(" ", 2)))
        if foreign := rows.foreign_refs(end):
            report.add(Finding(_("关联索引有 %(count)d 行不属于任何事实") % {"count": foreign}))
        pending = sorted(self.signed)
        for start in range(0, end, ROUND):
            stop = min(start + ROUND, end)
            facts = rows.read(start, stop)
            refs = rows.read_refs(start, stop)
            tiles = self._tiles(start, stop)
            position = start // TILE_SIZE
            for first in range(start, stop, TILE_SIZE):
                hashes, labels = tiles.get(position, ([], []))
                self._tile(first, facts.get(position, []), refs, hashes, labels)
                self._grow(first, hashes, pending)
                position += 1
            self.progress(min(stop, report.facts), report.facts)
        report.size, report.root = self.frontier.size, self.frontier.root()
        for size in pending:
            report.add(
                Finding(
                    _("检查点（%(size)d 条）无法核对：哈希日志只能连续读到第 %(have)d 条")
                    % {"size": size, "have": report.size}
                )
            )
        if not self.broken:
            self._upper_levels()

    def _signed(self, against: Sequence[str]) -> dict[int, set[bytes]]:
        """Tree size → roots that were signed for it; wrong signatures become findings."""
        signed: dict[int, set[bytes]] = {}
        trusted = verifier_key()
        stored = list(Checkpoint.objects.values_list("note", "tree_size", "root_hash"))
        for note, size, root in [*stored, *((note, None, b"") for note in against)]:
            try:
                said = notes.open_note(note, trusted)
                if size is not None and (said.size, said.root) != (size, bytes(root)):
                    raise notes.NoteError("the row does not repeat what its note says")
            except notes.NoteError as error:
                where = size if size is not None else _("外部文件")
                self.report.add(Finding(_("检查点（%(size)s）无效：%(why)s") % {"size": where, "why": error}))
                continue
            signed.setdefault(said.size, set()).add(said.root)
        self.report.checkpoints = len(stored)
        return signed

    @staticmethod
    def _tiles(start: int, stop: int) -> dict[int, tuple[list[bytes], list[str]]]:
        first, last = start // TILE_SIZE, (stop - 1) // TILE_SIZE
        found = Tile.objects.filter(level=0, position__gte=first, position__lte=last)
        return {
            position: (split(bytes(hashes)), labels.split("\n")[:-1])
            for position, hashes, labels in found.values_list("position", "hashes", "labels")
        }

    def _tile(
        self,
        first: int,
        facts: list[rows.StoredFact],
        refs: dict[int, str],
        hashes: list[bytes],
        labels: list[str],
    ) -> None:
        """Compare up to 256 facts with their hashes; the fast path is one list comparison."""
        computed = [fact.digest for fact in facts]
        if (
            computed == hashes
            and len(labels) == len(hashes)
            and all(
                fact.leaf_index == first + at
                and fact.stored == fact.digest
                and fact.refs == refs.get(fact.leaf_index, "{}")
                and fact.label == labels[at]
                for at, fact in enumerate(facts)
            )
        ):
            return
        by_index = {fact.leaf_index: fact for fact in facts}
        for index in sorted({*by_index, *range(first, first + len(hashes))}):
            at = index - first
            logged = hashes[at] if at < len(hashes) else None
            label = labels[at] if at < len(labels) else ""
            for problem in _problems(by_index.get(index), refs.get(index, "{}"), logged, label):
                fact = by_index.get(index)
                uid, kind, subject = (label or (fact.label if fact else "") or "  ").split(" ", 2)
                self.report.add(Finding(problem, index, uid, kind, subject))

    def _grow(self, first: int, hashes: list[bytes], pending: list[int]) -> None:
        """Follow the log as stored and compare its root wherever a checkpoint was signed."""
        if self.frontier.size != first:
            if not self.broken:
                self.broken = True
                gap = self.frontier.size
                self.report.add(Finding(_("哈希日志缺失：第 %(gap)d 至 %(last)d 条") % {"gap": gap, "last": first - 1}))
            return
        whole = len(hashes) == TILE_SIZE and not (pending and first < pending[0] < first + TILE_SIZE)
        if whole:
            root = merkle.perfect_root(hashes)
            self.parents.append((first >> TILE_BITS, root))
            self.frontier.add(root, TILE_BITS)
            self._compare(pending)
            return
        for digest in hashes:
            self.frontier.add(digest)
            self._compare(pending)
        if len(hashes) == TILE_SIZE:
            self.parents.append((first >> TILE_BITS, merkle.perfect_root(hashes)))

    def _compare(self, pending: list[int]) -> None:
        size = self.frontier.size
        if not pending or pending[0] != size:
            return
        pending.pop(0)
        if self.signed[size] == {self.frontier.root()}:
            self.report.covered = self.last_good = size
            return
        labels = [rows.label(self.last_good), rows.label(size - 1)]
        self.report.add(
            Finding(
                _("已签名的检查点（%(size)d 条）与现有总账不符：改动发生在第 %(first)d 至 %(last)d 条之间（%(names)s）")
                % {"size": size, "first": self.last_good, "last": size - 1, "names": " … ".join(labels)}
            )
        )

    def _upper_levels(self) -> None:
        """Tiles above level 0 must follow from those below."""
        below, level = self.parents, 1
        while below:
            stored = {
                position: split(bytes(hashes))
                for position, hashes in Tile.objects.filter(level=level).values_list("position", "hashes")
            }
            above: list[tuple[int, bytes]] = []
            for position, group in _grouped(below):
                if stored.pop(position, None) != group:
                    place = {"level": level, "position": position}
                    self.report.add(Finding(_("哈希节点被改动：%(level)d 层第 %(position)d 组") % place))
                if len(group) == TILE_SIZE:
                    above.append((position, merkle.perfect_root(group)))
            for position in stored:
                place = {"level": level, "position": position}
                self.report.add(Finding(_("哈希节点多余：%(level)d 层第 %(position)d 组") % place))
            below, level = above, level + 1


def _problems(fact: rows.StoredFact | None, refs: str, logged: bytes | None, label: str) -> Iterator[str]:
    """What is wrong with one index of the log."""
    if fact is None:
        yield _("事实已被删除")
    elif logged is None:
        yield _("事实不在哈希日志中（绕过系统写入，或日志被截短）")
    elif fact.digest != logged:
        if fact.digest == fact.stored:
            yield _("内容与哈希日志不符（内容及其哈希均被改写，或日志节点被改动）")
        else:
            yield _("内容被改动，与其哈希不符")
    elif fact.stored != fact.digest:
        yield _("随事实保存的哈希被改动")
    elif fact.refs != refs:
        yield _("关联索引与事实不符")
    elif fact.label != label:
        yield _("日志标签与事实不符")


def _grouped(nodes: list[tuple[int, bytes]]) -> Iterator[tuple[int, list[bytes]]]:
    """Nodes of one level, gathered into the tiles that hold them."""
    group: list[bytes] = []
    for index, digest in nodes:
        if index % TILE_SIZE == 0 and group:
            yield index // TILE_SIZE - 1, group
            group = []
        group.append(digest)
    if group:
        yield nodes[-1][0] // TILE_SIZE, group
