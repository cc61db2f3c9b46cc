"""The check for missing translations, on a small room made here."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

import messages


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        '_("任务"); _("plain"); pgettext("角色", "任务")\n'
        'ngettext("%(n)d 项", "%(n)d 项", 2)\n'
        '_("“%(name)s”已'
        '删除")\n',
        encoding="utf-8",
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}<p title="{% translate "标题" %}">{% blocktranslate %}共 {{ count }} 条{% endblocktranslate %}',
        encoding="utf-8",
    )
    return tmp_path


def test_every_chinese_message_is_found(room: Path) -> None:
    assert set(messages.room_messages(room)) == {
        ("", "任务"), ("角色", "任务"), ("", "%(n)d 项"), ("", "“%(name)s”已删除"), ("", "标题"),
        ("", "共 %(count)s 条"),
    }  # fmt: skip
    assert len(messages.check(room)) == 6


def test_update_adds_what_is_missing_and_keeps_what_is_there(room: Path) -> None:
    assert messages.update(room) == 6
    assert messages.update(room) == 0
    assert all("not translated" in line for line in messages.check(room))
    path = messages.catalogue_path(room)
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        entry.msgstr = entry.msgid
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "one item", 1: "%(n)d items"}
    catalogue.save()
    assert messages.check(room) == []


@pytest.mark.parametrize(
    ("translation", "flags", "fault"),
    [("deleted", [], "placeholders differ: name"), ("%(nom)s", [], "placeholders differ: name, nom"),
     ("%(name)s is gone", ["fuzzy"], "marked fuzzy"), ("%(name)s is gone", [], "")],
)  # fmt: skip
def test_faulty_translations(room: Path, translation: str, flags: list[str], fault: str) -> None:
    message = messages.room_messages(room)["", "“%(name)s”已删除"]
    assert messages.problem(message, polib.POEntry(msgid=message.text, msgstr=translation, flags=flags)) == fault


def test_one_message_has_one_translation(room: Path) -> None:
    rooms = []
    for name, translation in (("first", "task"), ("second", "duty")):
        path = room / name
        path.mkdir()
        (path / "views.py").write_text('_("任务")\npgettext("角色", "任务")\n', encoding="utf-8")
        messages.update(path)
        catalogue = polib.pofile(str(messages.catalogue_path(path)))
        for entry in catalogue:
            entry.msgstr = translation if entry.msgctxt is None else name
        catalogue.save()
        rooms.append(path)
    assert messages.conflicts(rooms[:1]) == []
    lines = messages.conflicts(rooms)
    assert len(lines) == 2 and "'task' in first, 'duty' in second" in lines[0]
