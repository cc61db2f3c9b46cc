"""Settings read from the environment, each with a type, checked when the process starts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


@dataclass
class Env:
    """Reads `HENGJIAN_*` variables and collects every mistake, so that all are reported at once."""

    values: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    errors: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """The value, or the content of the file that `<NAME>_FILE` names (for secrets)."""
        path = self.values.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.errors.append(f"{name}_FILE: cannot read {path!r}: {error.strerror}")
                return default
        return self.values.get(name, default)

    def flag(self, name: str, default: bool) -> bool:
        raw = self.values.get(name)
        if raw is None:
            return default
        if raw.strip().lower() in TRUE:
            return True
        if raw.strip().lower() in FALSE:
            return False
        self.errors.append(f"{name}: {raw!r} is not a switch; write 1 or 0")
        return default

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        raw = self.values.get(name)
        if raw is None or raw == "":
            return default
        try:
            value = int(raw)
        except ValueError:
            self.errors.append(f"{name}: {raw!r} is not a whole number")
            return default
        if not least <= value <= most:
            self.errors.append(f"{name}: {value} is not between {least} and {most}")
            return default
        return value

    def listed(self, name: str, default: list[str]) -> list[str]:
        raw = self.values.get(name)
        return default if raw is None else [part.strip() for part in raw.split(",") if part.strip()]

    def networks(self, name: str) -> list[str]:
        """Networks in CIDR form, separated by commas."""
        found = self.listed(name, [])
        for part in found:
            try:
                ip_network(part)
            except ValueError:
                self.errors.append(f"{name}: {part!r} is no network; write 10.8.0.0/16")
        return found

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.values.get(name, default)
        if value not in allowed:
            self.errors.append(f"{name}: {value!r} is not one of {', '.join(allowed)}")
            return default
        return value

    def database(self, name: str, data_dir: Path) -> dict[str, object]:
        """`sqlite:///path` or `postgresql://user:password@host:port/name` as a Django DATABASES entry."""
        url = self.text(name) or f"sqlite:///{data_dir / 'hengjian.sqlite3'}"
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": unquote(parts.path[1:]) if parts.path not in ("", "/") else ":memory:",
                "OPTIONS": {
                    # IMMEDIATE: a transaction that will write takes the lock at once instead of failing half-way.
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                    "PRAGMA mmap_size=268435456; PRAGMA foreign_keys=ON",
                },
            }
        if parts.scheme in ("postgres", "postgresql"):
            try:
                port = str(parts.port or "")
            except ValueError:
                self.errors.append(f"{name}: the port of the database address is not a number")
                port = ""
            if not parts.path.strip("/"):
                self.errors.append(f"{name}: the database address names no database (…/NAME)")
            host = unquote(parts.hostname or "")
            for pair in parts.query.split("&"):
                if pair.startswith("host="):  # a socket directory
                    host = unquote(pair[5:])
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.strip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": host,
                "PORT": port,
                "CONN_MAX_AGE": None,
            }
        self.errors.append(f"{name}: {parts.scheme!r} is not a database we know; write sqlite:///… or postgresql://…")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}

    def finish(self) -> None:
        """Raise one error that lists everything that is wrong.

        Raises:
            ImproperlyConfigured: at least one variable could not be used.
        """
        if self.errors:
            lines = "\n".join(f"  - {line}" for line in self.errors)
            raise ImproperlyConfigured(f"The environment is not usable:\n{lines}\nSee docs/settings.md.")
