"""Keeps the translations complete: every Chinese message of a room has an English entry in the room's own catalogue.

python scripts/messages.py            report what is missing (exit code 1)
python scripts/messages.py --update   add the missing entries, untranslated, to the catalogues
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "hengjian"
FLOORS = ("systems", "credit", "trace")
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)\}(?!\})")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}


@dataclass(frozen=True)
class Message:
    """One message id as it stands in code or template."""

    text: str
    plural: str
    context: str
    place: str

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def extracted(path: Path) -> Iterator[Message]:
    """The messages of one Python file or template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # It stands where it stood in the template; as Python that would be an indentation without a reason.
        text = re.sub(r"^[ \t]+", "", templatize(text, origin=str(path)), flags=re.MULTILINE)
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, "")
        yield Message(singular, plural, context or "", f"{path.relative_to(ROOT)}:{line}")


def room_messages(room: Path) -> dict[tuple[str, str], Message]:
    """Every Chinese message of a room, with the place where it was first seen."""
    result: dict[tuple[str, str], Message] = {}
    files = [path for path in room.rglob("*") if path.suffix in (".py", ".html", ".txt") and "locale" not in path.parts]
    for path in sorted(files):
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        for message in extracted(path):
            if CHINESE.search(message.text):
                result.setdefault(message.key, message)
    return result


def catalogue_path(room: Path) -> Path:
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
    fresh = polib.POFile(encoding="utf-8", wrapwidth=0)
    fresh.metadata = {**HEADER, "Language": "en", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    return fresh


def placeholders(text: str) -> set[str]:
    return {name or other for name, other in PLACEHOLDER.findall(text)}


def problem(message: Message, entry: polib.POEntry | None) -> str:
    """What is wrong with the translation of a message; empty when it is fine."""
    if entry is None:
        return "not in the catalogue"
    if entry.fuzzy:
        return "marked fuzzy"
    translations = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
    if not translations or not all(text.strip() for text in translations):
        return "not translated"
    known = placeholders(message.text) | placeholders(message.plural)
    # A singular may drop the number ("one task"); a name that does not exist would fail when shown.
    unknown = set().union(*map(placeholders, translations)) - known
    lost = placeholders(message.text) - placeholders(translations[-1])
    if unknown or lost:
        return f"placeholders differ: {', '.join(sorted(unknown | lost))}"
    return ""


def check(room: Path) -> list[str]:
    """One line per message that has no good English translation."""
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in read(catalogue_path(room)) if not entry.obsolete}
    lines = []
    for key, message in room_messages(room).items():
        fault = problem(message, entries.get(key))
        if fault:
            lines.append(f"{message.place}: {message.text!r}: {fault}")
    return lines


def conflicts(rooms: list[Path]) -> list[str]:
    """One line per message that two rooms translate differently: Django would show one of them in both places."""
    seen: dict[tuple[str, str], tuple[str, object]] = {}
    lines = []
    for room in rooms:
        used = room_messages(room)
        for entry in read(catalogue_path(room)):
            key = (entry.msgctxt or "", entry.msgid)
            if entry.obsolete or key not in used:
                continue
            translation = tuple(entry.msgstr_plural.values()) or entry.msgstr
            other, known = seen.setdefault(key, (room.name, translation))
            if known != translation:
                what = f"{known!r} in {other}, {translation!r} in {room.name}"
                lines.append(f"{used[key].place}: {entry.msgid!r}: {what}; use one, or tell them apart by a context")
    return lines


def update(room: Path) -> int:
    """Add the missing messages, untranslated; returns how many."""
    path = catalogue_path(room)
    catalogue = read(path)
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    missing = [message for key, message in room_messages(room).items() if key not in known]
    for message in missing:
        entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: "", 1: ""}
        catalogue.append(entry)
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
    return len(missing)


def all_rooms() -> list[Path]:
    """Every room; some folders hold rooms of their own."""
    found = {path.parent for path in PACKAGE.glob("*/__init__.py")}
    for floor in FLOORS:
        found |= {path.parent for path in PACKAGE.glob(f"{floor}/*/__init__.py")}
    return sorted(found - {PACKAGE / floor for floor in FLOORS})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="add missing entries to the catalogues")
    parser.add_argument("rooms", nargs="*", help="only these rooms (pages, systems/complaints, …)")
    options = parser.parse_args()
    settings.configure(USE_I18N=True)
    wanted = {Path(name).name for name in options.rooms}
    rooms = [room for room in all_rooms() if not wanted or room.name in wanted]
    if options.update:
        for room in rooms:
            added = update(room)
            if added:
                print(f"{room.name}: {added} added to {catalogue_path(room).relative_to(ROOT)}")
    faults = [line for room in rooms for line in check(room)] + conflicts(rooms)
    for line in faults:
        print(line)
    if faults:
        print(
            f"{len(faults)} messages lack a good English translation; `scripts/messages.py --update` adds the entries."
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
