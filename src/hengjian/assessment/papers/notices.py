"""The text of the public notice."""

from __future__ import annotations

from hengjian.assessment.models import ResultSet, Round
from hengjian.scoring.operators import plain


def public_text(row: Round, results: ResultSet) -> str:
    """What the public reads: every object with its grade and place, the basis, and what was assumed."""
    lines = [
        f"按照《{row.scheme.title}》，{row.unit.name}对{row.period_start:%Y年%-m月%-d日}至{row.period_end:%Y年%-m月%-d日}"
        f"的质量工作进行了考核，结果公示如下。",
        "",
    ]
    for one in results.rows.select_related("entry"):
        words = [f"第{one.rank}名", f"{plain(one.total)}分"]
        if one.grade:
            words.insert(0, one.grade if len(one.grade) > 1 else f"{one.grade}级")
        lines.append(f"{one.entry.name}：{'，'.join(words)}。")
    if row.content.assumed:
        lines += ["", f"说明：{len(row.content.assumed)}个评分项的分值由组织单位设定，名次仅供比较参考。"]
    lines += ["", "对结果有异议的，可在公示期内提出。"]
    return "\n".join(lines)
