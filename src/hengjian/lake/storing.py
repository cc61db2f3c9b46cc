"""Where the lake lies: immutable Parquet files, and one manifest that says which of them count.

A file that the manifest does not name does not exist for readers. The manifest is replaced by renaming, so a process
that is killed at any moment leaves the old or the new lake, never half of one; writers take turns by a file lock.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hengjian.lake.columns import Columns
from hengjian.lake.errors import LakeError

VERSION = 1
GRACE = 3600.0  # seconds that a file which no longer counts is kept for readers who opened the lake before


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Segment(Stored):
    """One file: the facts of a kind with first <= leaf_index < last.

    Attributes:
        unfit: column → number of facts whose value could not be read as the column's type.
    """

    file: str
    first: int
    last: int
    rows: int
    bytes: int
    unfit: Mapping[str, int] = Field(default_factory=dict)


class Dataset(Stored):
    """The files of one kind, in log order, and its payload columns (each file has the first few of them, or all)."""

    columns: Columns
    segments: tuple[Segment, ...] = ()

    @property
    def rows(self) -> int:
        return sum(segment.rows for segment in self.segments)


class Table(Stored):
    """A dimension table; `digest` says whether it is still the same as in the database."""

    file: str
    rows: int
    digest: str


class Manifest(Stored):
    """What the lake holds.

    Attributes:
        tree_size: facts with a leaf_index below it are there, all of them.
        head: hash of the last of these leaves, in hex: two ledgers never share it.
        datasets: kind → its files.
        ends: files of `ends`: which leaf was superseded or retracted by which other, and from which day.
        tables: `regions`, `units`.
        seals: state of the ledger's seals when the files were last cleared of sealed facts (`sealing.stamp`).
        sealed: the leaves that were sealed then, in a file of the folder `tables`; empty when none was.
        retired: file → when (Unix time) it ceased to count.
    """

    version: int = VERSION
    tree_size: int = 0
    head: str = ""
    datasets: Mapping[str, Dataset] = Field(default_factory=dict)
    ends: tuple[Segment, ...] = ()
    tables: Mapping[str, Table] = Field(default_factory=dict)
    retired: Mapping[str, float] = Field(default_factory=dict)
    seals: str = ""
    sealed: str = ""

    def files(self) -> set[str]:
        named = {segment.file for dataset in self.datasets.values() for segment in dataset.segments}
        named |= {segment.file for segment in self.ends} | {table.file for table in self.tables.values()}
        return named | ({self.sealed} if self.sealed else set())


class Store:
    """A folder with a lake in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: tuple[tuple[int, int], Manifest] | None = None

    def path(self, file: str) -> Path:
        return self.folder / file

    def new_file(self, folder: str, name: str) -> str:
        """A name that was never used: whoever still reads an old file never finds another content in it."""
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        return f"{folder}/{name}-{secrets.token_hex(4)}.parquet"

    def manifest(self) -> Manifest:
        """The lake as it is now; an empty one when there is none.

        Raises:
            LakeError: the file cannot be read.
        """
        path = self.folder / "manifest.json"
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                stamp = (status.st_ino, status.st_mtime_ns)
                if self._kept is None or self._kept[0] != stamp:
                    self._kept = (stamp, Manifest.model_validate_json(file.read()))
        except FileNotFoundError:
            return Manifest()
        except (OSError, ValidationError) as error:
            raise LakeError(
                _("数据湖的清单 %(path)s 无法读取：%(error)s。请运行“hengjian lake rebuild”重建。")
                % {"path": path, "error": error}
            ) from None
        return self._kept[1]

    def saved_at(self) -> float | None:
        """When the lake was last changed (Unix time); None when there is none."""
        try:
            return (self.folder / "manifest.json").stat().st_mtime
        except FileNotFoundError:
            return None

    def save(self, manifest: Manifest) -> None:
        """Make the manifest count; the files that it names must be complete."""
        path = self.folder / "manifest.json"
        waiting = self.folder / f"manifest-{secrets.token_hex(4)}.tmp"
        with waiting.open("wb") as file:
            file.write(manifest.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def tidy(self, manifest: Manifest) -> Manifest:
        """Delete what a killed writer left and what was retired long ago; to be called under the lock."""
        now = time.time()
        kept = {file: at for file, at in manifest.retired.items() if 0 <= now - at < GRACE}
        wanted = manifest.files() | set(kept)
        for path in [*self.folder.glob("*/**/*.parquet"), *self.folder.glob("*.tmp")]:
            if path.relative_to(self.folder).as_posix() not in wanted:
                path.unlink(missing_ok=True)
        return manifest.model_copy(update={"retired": kept})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer; waits for the others.

        Raises:
            LakeError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("a")
        except OSError as error:
            raise LakeError(
                _("数据湖的文件夹 %(path)s 无法写入：%(error)s。请检查权限和 HENGJIAN_LAKE_DIR 的设置。")
                % {"path": self.folder, "error": error.strerror}
            ) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def retire(manifest: Manifest, files: set[str]) -> Manifest:
    """The manifest with these files, which it no longer names, kept for late readers."""
    now = time.time()
    return manifest.model_copy(update={"retired": {**manifest.retired, **dict.fromkeys(files, now)}})


_stores: dict[Path, Store] = {}


def lake() -> Store:
    """The lake of this installation: setting HENGJIAN_LAKE_DIR, by default `lake` in the data folder."""
    folder = Path(settings.HENGJIAN_LAKE_DIR or Path(settings.DATA_DIR) / "lake")
    return _stores.setdefault(folder, Store(folder))
