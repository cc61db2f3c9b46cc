"""Originals that the methods are compared with, each in a process and an environment of its own.

They are never imported: plspm and quartet_epcis are GPL, plspm needs an older pandas, survey is R. R packages are taken
where they are installed (Debian: r-base-core, r-cran-survey); Python packages are installed into throw-away
environments under the folder that HENGJIAN_BENCH_PEERS names, and only then. HENGJIAN_BENCH_DATA names a folder with
published example data.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import venv
from pathlib import Path
from typing import Any

PEERS = "HENGJIAN_BENCH_PEERS"
DATA = "HENGJIAN_BENCH_DATA"
#: Package → what pip is told.
REQUIREMENTS = {
    "plspm": ("plspm==0.5.7", "pandas<3"),
    "SALib": ("SALib>=1.5",),
    "semopy": ("semopy>=2.3",),
    "splink": ("splink>=5,<6", "pandas", "pyarrow"),
    "nomenklatura": ("nomenklatura>=4.17,<5",),
    # Its own requirements are not declared.
    "quartet_epcis": (
        *("quartet_epcis==4.1.5", "quartet_capture", "quartet_masterdata", "haikunator", "djangorestframework"),
        *("django>=5.2,<5.3", "setuptools<81"),
    ),
}
TIMEOUT = 300
#: Bytes of address space; an original that wants more shall fail alone.
MEMORY = 6 * 1024**3


class NotAvailable(Exception):
    """The original is not here; the message says how to get it."""


class PeerFailed(Exception):
    """The original is here but broke off; the message has the end of what it said."""


def data_folder() -> Path:
    """The folder with published example data.

    Raises:
        NotAvailable: none was named, or it does not exist.
    """
    named = os.environ.get(DATA, "")
    if not named or not Path(named).is_dir():
        raise NotAvailable(f"name a folder with the published data in {DATA}")
    return Path(named)


def python_with(package: str) -> Path:
    """The interpreter of an environment that has the package; made on first use.

    Raises:
        NotAvailable: nobody asked for peers, or the package could not be installed.
    """
    named = os.environ.get(PEERS, "")
    if not named:
        raise NotAvailable(f"name a folder for throw-away environments in {PEERS} to install {package}")
    folder = Path(named) / package
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *REQUIREMENTS[package]],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotAvailable(f"{package} could not be installed: {done.stderr.strip().splitlines()[-1:]}")
    return python


def run_python(package: str, script: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a script prints as JSON, run where the package is, with `given` as JSON on its standard input.

    Raises:
        NotAvailable: the package is not there. PeerFailed: the script failed.
    """
    said = _run([str(python_with(package)), "-c", script], json.dumps(given))
    return dict(json.loads(said.splitlines()[-1]))


def run_r(package: str, script: str, *arguments: str) -> dict[str, float]:
    """The lines "name value" that an R script prints.

    Raises:
        NotAvailable: R or the package is not installed. PeerFailed: the script failed.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise NotAvailable(f"install R and {package} (Debian: r-base-core r-cran-{package.lower()})")
    asked = [rscript, "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))']
    if subprocess.run(asked, capture_output=True).returncode:
        raise NotAvailable(f"install the R package {package} (Debian: r-cran-{package.lower()})")
    pairs = (line.split() for line in _run([rscript, "-e", script, *arguments]).splitlines())
    return {pair[0]: float(pair[1]) for pair in pairs if len(pair) == 2}


def _run(command: list[str], given: str = "") -> str:
    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=TIMEOUT, preexec_fn=bounded)
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"no answer within {TIMEOUT} seconds") from error
    if done.returncode:
        raise PeerFailed(done.stderr[-2000:].strip() or f"exit code {done.returncode}")
    return done.stdout
