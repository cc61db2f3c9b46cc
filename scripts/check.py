"""`make check`: everything that can be judged without running the product, with a summary at the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
REASON = re.compile(r"Longer than 400 lines: \S")
CHECKED = ("*.py", "*.html", "*.css", "*.js", "*.yaml", "*.md")


def long_files() -> list[str]:
    """Files of more than 400 lines that do not say why ("Longer than 400 lines: …" in a comment)."""
    faults = []
    for folder in ("src", "tests", "scripts", "docs"):
        for pattern in CHECKED:
            for path in sorted((ROOT / folder).rglob(pattern)):
                if path.parent.name == "migrations":  # written by Django
                    continue
                text = path.read_text(encoding="utf-8")
                lines = text.count("\n")
                if lines > LONGEST and not REASON.search(text[:2000]):
                    faults.append(f"{path.relative_to(ROOT)}: {lines} lines; split it by meaning or say why it is long")
    return faults


def inline_code() -> list[str]:
    """Style attributes, event attributes and inline scripts or styles in templates: the content policy forbids them."""
    pattern = re.compile(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE)
    faults = []
    for path in sorted((ROOT / "src").rglob("templates/**/*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line) and 'type="application/json"' not in line:
                faults.append(f"{path.relative_to(ROOT)}:{number}: inline style or script: {line.strip()[:80]}")
    return faults


def unlocked() -> list[str]:
    """Dependencies of pyproject.toml that the requirement files do not pin, or pin to a version it does not allow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "run.txt": project["dependencies"],
        "dev.txt": [*project["dependencies"], *extras["dev"], *extras["postgres"]],
    }
    faults = []
    for name, lines in wanted.items():
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        # With markers one package may be pinned to several versions.
        pins: dict[str, list[str]] = {}
        for package, version in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE):
            pins.setdefault(canonicalize_name(package), []).append(version)
        for requirement in map(Requirement, lines):
            versions = pins.get(canonicalize_name(requirement.name), [])
            if not versions or not all(requirement.specifier.contains(version) for version in versions):
                found = ", ".join(versions) or "nothing"
                faults.append(f"requirements/{name} pins {found} for {requirement}; run `make lock`")
    return faults


def run(*command: str) -> Callable[[], bool]:
    def step() -> bool:
        return subprocess.run(command, cwd=ROOT).returncode == 0

    return step


def listing(faults: Callable[[], list[str]]) -> Callable[[], bool]:
    def step() -> bool:
        found = faults()
        print("\n".join(found) or "none")
        return not found

    return step


def steps() -> dict[str, Callable[[], bool]]:
    python = sys.executable
    bin_dir = Path(python).parent
    manage = (python, "-W", "error::DeprecationWarning:hengjian", "manage.py")
    return {
        "lint (ruff)": run(python, "-m", "ruff", "check", "."),
        "format (ruff)": run(python, "-m", "ruff", "format", "--check", "--quiet", "--diff", "."),
        "import contracts": run(str(bin_dir / "lint-imports"), "--no-logo"),
        "types (mypy)": run(python, "-m", "mypy"),
        "system checks": run(*manage, "check", "--fail-level", "WARNING"),
        # Its warnings concern the proxy in front of an installation; they are shown, only errors count.
        "deployment checks": run(*manage, "check", "--deploy", "--fail-level", "ERROR"),
        "missing migrations": run(*manage, "makemigrations", "--check", "--dry-run"),
        "missing translations": run(python, "scripts/messages.py"),
        "locked requirements": listing(unlocked),
        "long files": listing(long_files),
        "inline style or script": listing(inline_code),
    }


def main() -> int:
    results: dict[str, tuple[bool, float]] = {}
    with tempfile.TemporaryDirectory(prefix="hengjian-check-") as data_dir:
        os.environ["HENGJIAN_DATA_DIR"] = data_dir
        for name, step in steps().items():
            print(f"\n── {name}", flush=True)
            start = time.monotonic()
            results[name] = (step(), time.monotonic() - start)
    print("\nmake check")
    for name, (good, seconds) in results.items():
        print(f"  {'ok    ' if good else 'FAILED'}  {name:<24} {seconds:5.1f} s")
    return 0 if all(good for good, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
