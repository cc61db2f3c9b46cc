"""What a person marked, made ready to be kept: whole numbers as places, and what the words of a passage say."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hengjian.methods.policy_text import read_passage
from hengjian.plans.correction_places import CorrectionError, Json, find_item
from hengjian.plans.import_settings import guess_period
from hengjian.plans.marking import ADDING, MARKS, added_place, measure_over, measure_place, section_at, span_start

LONGEST_PASSAGE = 5000
PLACES = ("section", "item", "measure", "with", "at", "start", "end")


def completed(draft: Json, text: str, today: date, correction: dict[str, Any]) -> Json:
    """The correction with what it needs to be applied again and again: readings never change afterwards.

    Raises:
        CorrectionError: the passage lies outside the text, is empty, too long or already a task.
    """
    done = {key: value for key, value in correction.items() if key not in ("reading", "added", "by")}
    for name in PLACES:
        if done.get(name) not in (None, ""):
            done[name] = _whole(done[name])
    if done.get("kind") in MARKS:
        _read(draft, text, today, done)
    if done.get("kind") in ADDING:
        done["added"] = added_place(draft, done)
    return done


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise CorrectionError(_("找不到要修改的条目。")) from None


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without white space around it."""
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _read(draft: Json, text: str, today: date, done: Json) -> None:
    start, end = trimmed(text, int(done.get("start") or 0), int(done.get("end") or 0))
    if not any(char.isalnum() for char in text[start:end]):
        raise CorrectionError(_("请先在原文中选定一段文字。"))
    if end - start > LONGEST_PASSAGE:
        raise CorrectionError(_("选定的文字超过 %(n)s 字，请分段标注。") % {"n": LONGEST_PASSAGE})
    first, last = guess_period(draft, today)
    reading = read_passage(text, start, end, year=first.year if first.year == last.year else None).to_dict()
    done |= {"start": start, "end": end, "reading": reading}
    if done.get("section") is None:
        done["section"] = section_at(draft, start)
    if done["kind"] in ("mark_item", "mark_measure"):
        for a, b in reading["measure_spans"]:
            taken = measure_over(draft, a, b)
            if taken is not None:
                section, item, index = taken
                title = draft["sections"][section]["items"][item].get("title") or ""
                sentence = _(
                    "这段文字已经在条目“%(title)s”的第 %(n)s 条举措里。"
                    "要分开管理，请在那里拆分，或先把它设为不生成任务。"
                )
                raise CorrectionError(sentence % {"title": title[:40], "n": index})
    if done["kind"] == "mark_measure":
        done["measure"] = measure_place(find_item(draft, done), span_start(reading))
