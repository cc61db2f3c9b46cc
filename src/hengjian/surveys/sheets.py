"""Answers as a table: the template, and reading what was collected elsewhere, with all faults at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetError, SheetField, read_sheet, write_xlsx
from hengjian.surveys.declarations import Question
from hengjian.surveys.models import Wave
from hengjian.surveys.questionnaire import MOST_WORDS
from hengjian.surveys.rules import scrubbed
from hengjian.surveys.words import language, sector_title

# What people write for "no answer".
NO_ANSWER = frozenset({"", "-", "—", "不了解", "不便回答", "不知道", "DK", "NA", "N/A"})


@dataclass(frozen=True)
class ReadAnswers:
    """Rows as `StartAnswerImport` takes them, and what is wrong with the others."""

    rows: list[dict[str, Any]]
    errors: list[dict[str, Any]]


def fields_of(wave: Wave) -> list[SheetField]:
    """The columns: stratum, questions by code (or by their text), bands, seconds, day, free text."""
    declared, sector = wave.declared, wave.declared.sector(wave.sector)
    found = [SheetField("stratum", ("分层", "stratum", "Stratum"), required=len(wave.strata) > 1)]
    found += [
        SheetField(item.code, (item.code, item.said("zh", sector.title), item.said("en", sector.title_en)))
        for item in declared.items
    ]
    found += [
        SheetField(one.code, (one.code, one.said("zh", sector.title), one.said("en", sector.title_en)))
        for one in declared.questions
    ]
    found.append(SheetField("seconds", ("用时（秒）", "用时", "seconds", "Seconds"), "integer"))
    found.append(SheetField("day", ("日期", "day", "Date"), "date"))
    found.append(SheetField("comment", ("意见", "comment", "Comment")))
    return found


def template(wave: Wave) -> bytes:
    """An empty sheet with the headings that are understood, and what may stand in each."""
    declared, tongue = wave.declared, language()
    english = tongue.startswith("en")
    head = ["Stratum" if english else "分层", *(item.code for item in declared.items)]
    head += [one.code for one in declared.questions]
    head += ["Seconds", "Date", "Comment"] if english else ["用时（秒）", "日期", "意见"]
    scale = declared.scale
    notes = [
        _("分层：%(names)s") % {"names": "、".join(layer.said(tongue) for layer in wave.layers)},
        _("各题填 %(low)s～%(high)s，未回答的留空") % {"low": scale.lowest, "high": scale.highest},
    ]
    notes += [f"{item.code}：{item.said(tongue, sector_title(wave))}" for item in declared.items]
    for one in declared.questions:
        options = "、".join(f"{option.code}＝{option.said(tongue)}" for option in one.options)
        notes.append(f"{one.code}：{one.said(tongue, sector_title(wave))} {options}")
    return write_xlsx(head, [], notes=notes)


def read_answers(wave: Wave, data: bytes, name: str) -> ReadAnswers:
    """The rows of a file.

    Raises:
        documents.uploads.UploadRefused: the file is no table, damaged, or too long.
    """
    read = read_sheet(data, name, fields_of(wave))
    return checked(wave, read.rows, read.numbers, [_fault(error) for error in read.errors])


def checked(
    wave: Wave, given: Sequence[dict[str, Any]], numbers: Sequence[int], errors: Sequence[dict[str, Any]] = ()
) -> ReadAnswers:
    """What answers hold, by the names of `fields_of`; texts for everything but seconds and day.

    Args:
        numbers: how each row is called in what is told about it.
        errors: what was found before.
    """
    errors = list(errors)
    rows = []
    lacking = [item.code for item in wave.declared.items if all(values.get(item.code) is None for values in given)]
    if given and len(lacking) == len(wave.declared.items):
        errors.append({"row": 0, "column": "", "message": _("没有一列是问卷的题目，请使用空白模板的列名。")})
    elif given and lacking:
        words = _("这些题目整列没有答案：%(names)s。") % {"names": "、".join(lacking)}
        errors.append({"row": 0, "column": "", "message": words})
    strata = {name: layer.code for layer in wave.layers for name in (layer.code, layer.title, layer.title_en) if name}
    for number, values in zip(numbers, given, strict=True):
        faults: list[dict[str, Any]] = []
        row = _row(wave, values, strata, number, faults)
        if faults:
            errors += faults
        else:
            rows.append(row)
    return ReadAnswers(rows, sorted(errors, key=lambda error: error["row"]))


def _fault(error: SheetError) -> dict[str, Any]:
    return {"row": error.row, "column": error.column, "message": error.message}


def _row(
    wave: Wave, values: dict[str, Any], strata: dict[str, str], number: int, faults: list[dict[str, Any]]
) -> dict[str, Any]:
    def fault(column: str, message: str) -> None:
        faults.append({"row": number, "column": column, "message": message})

    declared = wave.declared
    named = values.get("stratum")
    stratum = strata.get(named or "") if named or len(wave.strata) > 1 else wave.strata[0]["code"]
    if stratum is None:
        fault(_("分层"), _("没有“%(name)s”这一层。") % {"name": named or ""})
    items: dict[str, int | None] = {}
    for item in declared.items:
        text = str(values.get(item.code) or "").strip()
        if text.upper() in NO_ANSWER:
            items[item.code] = None
        elif text.isascii() and text.isdigit() and int(text) in declared.scale.steps:
            items[item.code] = int(text)
        else:
            bounds = {"text": text, "low": declared.scale.lowest, "high": declared.scale.highest}
            fault(item.code, _("“%(text)s”不是 %(low)s 到 %(high)s 的整数。") % bounds)
    if not faults and all(value is None for value in items.values()):
        fault("", _("这一行没有回答任何题目。"))
    choices: dict[str, str] = {}
    for question in declared.questions:
        if value := str(values.get(question.code) or "").strip():
            option = _option(question, value)
            if option is None:
                fault(question.code, _("“%(text)s”不是可选的答案。") % {"text": value})
            else:
                choices[question.code] = option
    seconds = values.get("seconds")
    if seconds is not None and not 0 <= seconds <= 86_400:
        fault(_("用时（秒）"), _("用时应在 0 到 86400 秒之间。"))
    day = values.get("day")
    return {
        "stratum": stratum,
        "items": items,
        "choices": choices,
        "seconds": seconds,
        "day": day.isoformat() if day else None,
        "comment": scrubbed(values.get("comment") or "", MOST_WORDS),
    }


def _option(question: Question, text: str) -> str | None:
    for option in question.options:
        if text in (option.code, option.title, option.title_en):
            return option.code
    return None
