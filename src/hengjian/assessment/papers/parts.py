"""What the papers share. Their words are Chinese whatever the interface."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hengjian.assessment.models import Round
from hengjian.documents.official import Paragraph
from hengjian.scoring.operators import plain


def day(value: date | None) -> str:
    return "" if value is None else f"{value.year}年{value.month}月{value.day}日"


def points(value: Any) -> str:
    return "—" if value is None else plain(Decimal(value))


def grade_word(grade: str) -> str:
    """A级, 合格."""
    return f"{grade}级" if grade and len(grade) == 1 else grade


def places(low: int, high: int) -> str:
    """A place with its interval."""
    return str(low) if low == high else f"{low}—{high}"


def assumed_note(row: Round) -> list[Paragraph]:
    """The sentence that goes with every figure that rests on points no source fixes."""
    if not row.content.assumed:
        return []
    percent = plain(row.content.scheme.noise * 100)
    return [
        Paragraph(
            f"说明：本次评分表有{len(row.content.assumed)}个评分项的分值由组织单位设定，依据文件未作规定；"
            f"名次区间按设定分值上下浮动{percent}%模拟得出，90%的模拟结果落在区间内。"
        )
    ]


def office_mark(row: Round) -> str:
    return f"{row.unit.name}文件"
