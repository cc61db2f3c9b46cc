"""What the tests need beyond Python packages: Chromium, a PostgreSQL server, a font with Chinese characters, Java.

Missing ones are installed with apt-get where that is allowed. What stays missing is named by the tests that need it;
with CI=true that is a failure.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CI = os.environ.get("HENGJIAN_TEST_STRICT", os.environ.get("CI", "")).lower() in ("1", "true", "yes")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Path of a Chromium; HENGJIAN_TEST_CHROMIUM names another one."""
    given = os.environ.get("HENGJIAN_TEST_CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs, newest version first; Debian keeps them out of PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name.split(".")[0]))
    found = shutil.which("initdb")
    candidates = [*([Path(found).parent] if found else []), *folders]
    return next(
        (folder for folder in candidates if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None
    )


def chinese_font() -> str | None:
    """A file name of an installed font with Chinese characters."""
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=False).stdout
    return listed.split(":")[0].strip() or None


def java() -> str | None:
    """A Java runtime, which Spark runs in."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")


# What is needed → (is it there, the Debian packages that bring it)
NEEDS: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "Chromium": (chromium, ("chromium",)),
    "PostgreSQL server": (postgresql, ("postgresql",)),
    "Java": (java, ("default-jre-headless",)),
    "Chinese font": (chinese_font, ("fontconfig", "fonts-noto-cjk")),
}


def missing() -> dict[str, str]:
    """What is not there, each with what would bring it."""
    return {
        name: f"{name} is missing; install it (Debian: apt-get install {' '.join(packages)})"
        for name, (there, packages) in NEEDS.items()
        if not there()
    }


def install() -> None:
    """Install what is missing, if this is root on a system with apt-get."""
    lacking = missing()
    if not lacking or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = [package for name in lacking for package in NEEDS[name][1]]
    print(f"test set-up: installing {' '.join(packages)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = functools.partial(subprocess.run, env=environment, stdout=subprocess.DEVNULL, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if quiet(command).returncode != 0:  # the package lists may be old or absent
        quiet(["apt-get", "update", "-qq"])
        quiet(command)


def _as_server_user(folder: Path) -> dict[str, Any]:
    """How to start the server's programs: it refuses root, so root lends the folder to the user `postgres`."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


@contextmanager
def throwaway_postgresql() -> Iterator[str]:
    """A fresh PostgreSQL server in a temporary folder, reached by a socket only; yields its database address."""
    programs = postgresql()
    if programs is None:
        raise RuntimeError(missing()["PostgreSQL server"])
    with TemporaryDirectory(prefix="hengjian-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        options = _as_server_user(folder)

        def call(program: str, *arguments: str) -> None:
            command = [str(programs / program), *arguments]
            # To a file, not a pipe: the server inherits it and a pipe would stay open until it ends.
            with (folder / f"{program}.out").open("w+") as output:
                done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, check=False, **options)
                if done.returncode != 0:
                    output.seek(0)
                    raise RuntimeError(f"{program} failed:\n{output.read()}")

        data = str(folder / "data")
        call("initdb", "-D", data, "-U", "hengjian", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        # Nothing here has to survive a power cut; a socket in the folder instead of a port that may be taken.
        settings = {"listen_addresses": "''", "unix_socket_directories": f"'{folder}'", "max_connections": "60"}
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options_text = " ".join(f"-c {key}={value}" for key, value in settings.items())
        call("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options_text, "start")
        try:
            yield f"postgresql://hengjian@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")


def main() -> int:
    install()
    lacking = missing()
    for message in lacking.values():
        print(f"test set-up: {message}")
    return 1 if lacking and CI else 0


if __name__ == "__main__":
    sys.exit(main())
