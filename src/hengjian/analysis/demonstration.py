"""The room's part of the demonstration: reports at every stage, from the returned draft to the published one."""

from __future__ import annotations

from datetime import datetime
from random import Random

from django.utils import timezone

from hengjian.analysis.actions import (
    ApproveReport,
    DepositReport,
    EditParagraph,
    PublishReport,
    ReturnReport,
    ReviewReport,
    SubmitReport,
    WriteReport,
)
from hengjian.analysis.calendar import line_named
from hengjian.analysis.models import Paragraph, Report
from hengjian.documents.official import Heading, OfficialDocument, render_docx
from hengjian.documents.official import Paragraph as Text
from hengjian.methods.periods import parse_period, period_of
from hengjian.parties.models import Unit, User

ORDER = 80
REGION, CITY = "990000", "990300"
PEOPLE = ("analyst", "reviewer", "office", "shuoan-office", "shuoan-market", "shuoan-market-head")
MEASURES = (
    "一是对未达目标的指标逐项明确责任单位和完成时限，按季度跟踪。二是把监督抽查发现的问题产品纳入下一轮抽查，"
    "对连续不合格的企业加大频次。三是加快计量、标准、检验检测、认证公共服务进园区，帮助中小企业整改提升。"
)
# The first of them still waits for review.
FILED = ("environment_year", "engineering_year", "service_year", "medical_year", "bank_year")
RETURN = "“下一步工作建议”还是空的，请补充；个别段落请说明变化原因。"


def build(now: datetime, random: Random) -> None:
    """Last year's report of the region published, last quarter's under review, a city's returned, one filed."""
    people = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
    units = {
        code: Unit.objects.filter(region__code=code, family="market_regulation")
        .valid_on(timezone.localdate(now))
        .first()
        for code in (REGION, CITY)
    }
    if len(people) < len(PEOPLE) or None in units.values():
        return
    year = str(now.year - 1)
    quarter = period_of(timezone.localdate(now), "quarter").previous.code
    top, city = units[REGION], units[CITY]
    assert top is not None and city is not None
    published = write(people["analyst"], top, "yearly_quality", year)
    advise(published, people["analyst"])
    pass_on(published, people["analyst"], people["reviewer"])
    ApproveReport(user=people["office"], report=published).execute()
    PublishReport(user=people["office"], report=published).execute()
    waiting = write(people["analyst"], top, "product_quarter", quarter)
    advise(waiting, people["analyst"])
    SubmitReport(user=people["analyst"], report=waiting).execute()
    returned = write(people["shuoan-market"], city, "yearly_quality", year)
    SubmitReport(user=people["shuoan-market"], report=returned).execute()
    ReturnReport(user=people["shuoan-market-head"], report=returned, reason=RETURN).execute()
    earlier = write(
        people["analyst"], top, "product_quarter", period_of(timezone.localdate(now), "quarter").shift(-2).code
    )
    pass_on(earlier, people["analyst"], people["reviewer"])
    ApproveReport(user=people["office"], report=earlier).execute()
    half = period_of(timezone.localdate(now), "half")
    filed = [file_report(people["analyst"], top, line, year) for line in FILED]
    filed += [file_report(people["analyst"], top, "complaints_half", half.shift(-n).code) for n in (1, 2)]
    for report in filed[1:]:
        ReviewReport(user=people["reviewer"], report=report).execute()
        ApproveReport(user=people["office"], report=report).execute()


def write(user: User, unit: Unit, structure: str, period: str) -> Report:
    return WriteReport(
        user=user, structure=structure, region=unit.region, unit=unit, period=period, calendar=structure
    ).execute()


def advise(report: Report, user: User) -> None:
    """The officer writes what should follow, and adds a sentence to the first text that has figures."""
    row = report.paragraphs.get(key="measures.text")
    EditParagraph(user=user, report=report, paragraph=row, text=MEASURES).execute()
    first = next((each for each in report.paragraphs.filter(kind=Paragraph.Kind.TEXT) if each.mentions), None)
    if first is not None:
        text = f"{first.text}具体数值和来源见附件。"
        EditParagraph(user=user, report=report, paragraph=first, text=text).execute()


def pass_on(report: Report, writer: User, reviewer: User) -> None:
    SubmitReport(user=writer, report=report).execute()
    ReviewReport(user=reviewer, report=report).execute()


def file_report(user: User, unit: Unit, code: str, period: str) -> Report:
    """A report that another department wrote."""
    line = line_named(unit.region, code, timezone.localdate())
    assert line is not None
    title = f"{unit.region.name}{parse_period(period).said()}{line.title}"
    body = (
        Heading(1, "基本情况"),
        Text(
            f"本报告由{unit.region.name}有关部门编写，依据本部门统计和日常监管情况，反映{parse_period(period).said()}总体状况。"
        ),
        Heading(1, "下一步工作"),
        Text("针对存在的问题，逐项明确责任单位和完成时限，按期检查落实情况。"),
    )
    data = render_docx(OfficialDocument(title=title, date=timezone.localdate(), body=body, seal=False))
    return DepositReport(
        user=user,
        title=title,
        calendar=code,
        region=unit.region,
        unit=unit,
        period=period,
        data=data,
        filename=f"{title}.docx",
    ).execute()
