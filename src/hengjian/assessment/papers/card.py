"""得分卡: one object's result with every stage's points, lost points and their reasons, the way to the next grade."""

from __future__ import annotations

from django.utils import timezone, translation

from hengjian.assessment.models import Entry, Result
from hengjian.assessment.papers.parts import assumed_note, day, grade_word, places, points
from hengjian.assessment.results import detail_items, reproduce
from hengjian.assessment.rules import gap
from hengjian.assessment.standing import marks_of
from hengjian.documents.official import Annex, Heading, OfficialDocument, Paragraph, Table, TableColumn
from hengjian.scoring.words import said, sentence_of


def build(entry: Entry, result: Result) -> OfficialDocument:
    """The card of one object."""
    with translation.override("zh-hans"):
        return _build(entry, result)


def _build(entry: Entry, result: Result) -> OfficialDocument:
    row, results = entry.round, result.result_set
    standing = next(one for one in reproduce(results) if one.key == str(entry.pk))
    body: list[Heading | Paragraph] = [
        Heading(1, "结果"),
        Paragraph(
            f"{entry.name}得{points(result.total)}分（满分{points(result.full)}分），"
            + (f"{grade_word(result.grade)}，" if result.grade else "")
            + f"排名第{result.rank}，名次区间{places(result.rank_low, result.rank_high)}。结果第{results.version}版。"
        ),
        *[Paragraph(said(sentence_of(step))) for step in result.detail["trace"]],
    ]
    way = gap(row.content, standing)
    if way is not None:
        words = f"距{grade_word(way.grade)}还差{points(way.points)}分"
        if way.max_rank is not None:
            words += f"，且须名列前{way.max_rank}"
        if way.items:
            words += "；失分集中在" + "、".join(f"{one.title}（{points(one.lost)}分）" for one in way.items)
        body += [Heading(1, "差距"), Paragraph(words + "。")]
    body += assumed_note(row)
    return OfficialDocument(
        title=f"{row.title}\n{entry.name}得分卡",
        date=timezone.localdate(results.approved_at or results.made_at),
        addressees=(entry.unit.name,),
        body=tuple(body),
        annexes=(Annex("各环节得分和失分原因", (_table(entry, result),)),),
        signature=row.unit.name,
        seal=False,
    )


def _table(entry: Entry, result: Result) -> Table:
    row = entry.round
    marks = marks_of([entry])[entry.pk]
    frozen = detail_items(result)
    rows = []
    for item in row.content.sheet.items:
        line = frozen[item.code]
        stages = marks[item.code]
        reasons = " ".join([*(said(sentence_of(one)) for one in line["reasons"]), line["note"]]).strip()
        rows.append(
            (
                item.title + ("*" if item.assumed else ""),
                points(item.points),
                *(points(stages[code].points if code in stages else None) for code in ("self", "department", "site")),
                points(line["points"]),
                reasons,
            )
        )
    columns = (
        TableColumn("评分项", 2.6),
        TableColumn("分值", 0.7, "center"),
        TableColumn("自评", 0.7, "center"),
        TableColumn("部门", 0.7, "center"),
        TableColumn("核查", 0.7, "center"),
        TableColumn("最终", 0.7, "center"),
        TableColumn("说明", 3.2),
    )
    note = "* 分值由组织单位设定，依据文件未作规定。" if row.content.assumed else ""
    return Table(columns, rows, note=f"{note}考核期{day(row.period_start)}至{day(row.period_end)}。")
