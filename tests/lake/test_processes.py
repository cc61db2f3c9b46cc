"""Several processes copy at once, one is killed in the middle, and somebody reads all the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from hengjian.lake.measures import Measure
from hengjian.lake.queries import tally
from hengjian.lake.storing import lake
from hengjian.lake.syncing import status
from hengjian.lake.verifying import verify
from hengjian.ledger.actions import append_many
from tests.lake.conftest import draft

ROOT = Path(__file__).resolve().parents[2]


def files(folder: Path) -> set[str]:
    """The files of facts that lie in the folder, whether they count or not."""
    return {path.relative_to(folder).as_posix() for path in folder.glob("*/**/*.parquet")}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_copying_together(lake_folder: Path, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the run on SQLite does this: the lock is a file's")
    append_many(draft("test.noted" if number % 4 == 0 else "test.checked") for number in range(60))
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hengjian.site.settings",
        "HENGJIAN_DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "HENGJIAN_DATA_DIR": str(tmp_path),
        "HENGJIAN_LAKE_DIR": str(lake_folder),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }

    def copier(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.lake.copier", *arguments], cwd=ROOT, env=variables)

    victim = copier("kill")
    assert victim.wait(timeout=120) == -signal.SIGKILL
    assert 0 < status().tree_size < status().ledger_size == 60 and status().same_ledger
    left = files(lake_folder) - lake().manifest().files() - set(lake().manifest().retired)
    assert left, "it was killed between writing its files and making them count"
    counted = Measure(kinds=("test.checked", "test.noted"))
    pair = [copier(), copier()]
    while any(process.poll() is None for process in pair):
        assert sum(one.facts for one in tally(counted)) == 60
    assert [process.returncode for process in pair] == [0, 0]
    manifest = lake().manifest()
    assert manifest.tree_size == 60 == sum(dataset.rows for dataset in manifest.datasets.values())
    assert verify().passed
    assert not left & files(lake_folder)
    assert files(lake_folder) == manifest.files() | set(manifest.retired)
