"""What no source fixes and a result rests on, as sentences that go with every page, chart, table and file."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.assessment.models import ResultSet, Round
from hengjian.scoring.operators import plain


def marks_of(row: Round) -> tuple[str, ...]:
    """The marks of a round's result."""
    if not row.content.assumed:
        return ()
    percent = plain(row.content.scheme.noise * 100)
    return (
        _("%(n)s 个评分项的分值由组织单位设定，不是原文规定。") % {"n": len(row.content.assumed)},
        _("名次区间按设定分值上下浮动 %(n)s%% 模拟，90%% 的模拟结果落在区间内。") % {"n": percent},
    )


def notes_of(row: Round, results: ResultSet) -> list[str]:
    """Above the table of a workbook: window, version, digest, marks."""
    made = timezone.localtime(results.made_at)
    return [
        f"{row.unit.name}　{row.period_start:%Y-%m-%d} — {row.period_end:%Y-%m-%d}",
        _("第 %(n)s 版，%(time)s 汇总，摘要 %(digest)s")
        % {"n": results.version, "time": f"{made:%Y-%m-%d %H:%M}", "digest": results.digest[:16]},
        *marks_of(row),
    ]
