"""Makes `.venv` with the locked dependencies; needs nothing but Python 3.11 or newer.

    python3 scripts/bootstrap.py run     what the product needs
    python3 scripts/bootstrap.py dev     what tests and checks need, too

uv (itself pinned by hash) installs in seconds; where it cannot, pip does the same from the same files. A stamp with the
hash of the requirement files makes the next call return at once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
TOOLS = ROOT / "requirements" / "tools.txt"
STAMP = VENV / "hengjian-set-up"
LEAST = (3, 11)


def fail(message: str) -> None:
    raise SystemExit(f"set-up: {message}")


def state(kind: str) -> str:
    """The hash of everything that decides what has to be installed."""
    digest = hashlib.sha256(f"{kind} {sys.version_info[:2]} {ROOT}".encode())
    for path in (TOOLS, ROOT / "requirements" / f"{kind}.txt", ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return f"{kind} {digest.hexdigest()}"


def ready(kind: str) -> bool:
    """Whether the environment is complete; one that has the development tools serves `run` as well."""
    if not STAMP.exists() or not PYTHON.exists():
        return False
    stamped = STAMP.read_text(encoding="utf-8")
    return stamped == state(kind) or (kind == "run" and stamped == state("dev"))


def create() -> None:
    """An empty environment with pip, without asking uv for an interpreter (it might try to download one)."""
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt", clear=VENV.exists()).create(VENV)
    except subprocess.CalledProcessError:
        fail(
            f"{sys.executable} cannot make a virtual environment with pip. On Debian and Ubuntu install the package "
            "python3-venv; elsewhere use a Python from python.org. Then run the same command again."
        )


def works(command: list[str], quiet: bool = False) -> bool:
    """Whether the command ends with success; its output goes to the terminal unless `quiet`."""
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, env=environment, stdout=output, cwd=ROOT).returncode == 0
    except OSError:
        return False


def install(kind: str) -> None:
    """Tools, then the locked requirements, then the package itself (editable, built by the pinned hatchling)."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    uv = [str(BIN / "uv"), "pip", "install", "--quiet"]
    locked = ["--require-hashes", "-r", str(ROOT / "requirements" / f"{kind}.txt")]
    package = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    if not works([*pip, "--require-hashes", "-r", str(TOOLS)], quiet=True):
        fail("the package index cannot be reached, or refused uv and hatchling; see the message above.")
    if not works([*uv, *locked]):
        print("set-up: uv could not install the requirements; pip tries (this takes a few minutes) …", flush=True)
        if not works([*pip, *locked]):
            fail("the requirements cannot be installed; see the message above. Nothing was started.")
    if not works([*uv, *package]) and not works([*pip, *package]):
        fail("the project itself cannot be installed into .venv; see the message above.")


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) == 2 else ""
    if kind not in ("run", "dev"):
        fail("say what for: run or dev")
    if sys.version_info < LEAST:
        fail(
            f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; this is {sys.version.split()[0]}. Try PYTHON=python3.12"
        )
    if ready(kind):
        return
    start = time.monotonic()
    print(f"set-up: installing into {VENV.name} …", flush=True)
    STAMP.unlink(missing_ok=True)
    if not works([str(PYTHON), "-c", f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"]):
        create()
    install(kind)
    STAMP.write_text(state(kind), encoding="utf-8")
    print(f"set-up: done in {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
