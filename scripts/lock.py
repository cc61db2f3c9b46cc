"""Writes the requirement files (with hashes, for every Python from 3.11, without an index address) from pyproject.toml.

Pins stay as they are where they still satisfy pyproject.toml; `--upgrade` takes the newest versions.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
TOOLS = "uv\nhatchling>=1.27\neditables\n"  # editables: what hatchling needs for an editable install


def compile_file(target: Path, *arguments: str) -> None:
    """One `uv pip compile`; reads the pins that are already in `target`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--custom-compile-command", "make lock", "--output-file", str(target), *arguments, *sys.argv[1:]]
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".in") as tools:
        tools.write(TOOLS)
        tools.flush()
        compile_file(REQUIREMENTS / "tools.txt", tools.name)
    compile_file(REQUIREMENTS / "dev.txt", "pyproject.toml", "--extra", "dev", "--extra", "postgres")
    # The same versions in the product as in development, which asks for more and so leaves less choice.
    same = ("--constraint", str((REQUIREMENTS / "dev.txt").relative_to(ROOT)))
    compile_file(REQUIREMENTS / "run.txt", "pyproject.toml", *same)


if __name__ == "__main__":
    main()
