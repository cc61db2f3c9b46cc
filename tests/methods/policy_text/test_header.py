"""Header fields of documents laid out in other ways than the five annotated texts; wording is invented."""

from __future__ import annotations

import pytest

from hengjian.methods.policy_text import read_policy

BODY = "一、任务\n（一）甲项。推进甲项。（教育厅负责）\n（二）乙项。推进乙项。（财政厅负责）\n"
ADDRESS = "各市人民政府，省政府各部门：\n"


@pytest.mark.parametrize(
    ("top", "title"),
    [
        ("国务院关于促进现代试验区\n高质量开放发展的若干意见\n", "国务院关于促进现代试验区高质量开放发展的若干意见"),
        (
            "甲省人民政府办公厅关于印发全省深化“好办事”\n改革工作会议重点任务\n分工方案的通知\n",
            "甲省人民政府办公厅关于印发全省深化“好办事”改革工作会议重点任务分工方案的通知",
        ),
        (
            "甲省教育厅等三部门印发《关于加强读书活动的实施意见》\n的通知\n",
            "甲省教育厅等三部门印发《关于加强读书活动的实施意见》的通知",
        ),
        (
            "甲省人民政府办公厅\n转发省教育厅关于加强阅读工作意见的通知\n",
            "甲省人民政府办公厅转发省教育厅关于加强阅读工作意见的通知",
        ),
        ("中共甲省委　甲省人民政府\n印发《甲省读书纲要》\n", "中共甲省委　甲省人民政府印发《甲省读书纲要》"),
        ("中共甲省委　甲省人民政府印發《關於讀書的實施意見》\n", "中共甲省委　甲省人民政府印發《關於讀書的實施意見》"),
    ],
)
def test_title_over_lines(top: str, title: str) -> None:
    assert read_policy(top + ADDRESS + "为了促进工作，现提出以下意见：\n" + BODY).header.title == title


def test_plan_title_with_version_lines() -> None:
    text = "甲市建设书香城市\n三年行动计划\n（2026—2028年）\n（征求意见稿）\n为建设书香城市，制定本计划。\n" + BODY
    assert read_policy(text).header.plan_title == "甲市建设书香城市三年行动计划（2026—2028年）（征求意见稿）"


@pytest.mark.parametrize("number", ["甲数发〔2024〕9 号", "甲数发〔2024〕9号", "甲经信材料〔2025〕298 号"])
def test_number_with_spaces(number: str) -> None:
    assert read_policy(f"{number}\n甲省数据局关于共享的通知\n{ADDRESS}{BODY}").header.number == number


def test_state_council_signs() -> None:
    text = f"国务院关于促进读书的意见\n国发〔2019〕3号\n{ADDRESS}现提出以下意见。\n{BODY}国务院\n2019年1月12日\n"
    header = read_policy(text).header
    assert (header.issuer, header.issued_on) == ("国务院", "2019-01-12")


def test_issuer_over_two_lines_with_seal() -> None:
    text = (
        f"关于印发《甲省读书行动方案》的通知\n{ADDRESS}现将《甲省读书行动方案》印发给你们。\n"
        f"甲省全民阅读（书香甲省）\n工作领导小组办公室（代章）\n2026年7月13日\n甲省读书行动方案\n{BODY}"
    )
    assert read_policy(text).header.issuer == "甲省全民阅读（书香甲省）工作领导小组办公室"


def test_signature_before_the_first_section() -> None:
    text = (
        f"甲市政府办公室关于读书的若干意见\n{ADDRESS}为促进读书，提出如下意见。\n甲市政府办公室\n2026年4月2日\n{BODY}"
    )
    header = read_policy(text).header
    assert (header.issuer, header.issued_on) == ("甲市政府办公室", "2026-04-02")


def test_page_with_a_box_of_metadata() -> None:
    rows = (
        "<tr><td>索 引 号：</td><td>0001/2018-1</td><td>主题分类：</td><td>教育</td></tr>"
        "<tr><td>发文机关：</td><td>国务院办公厅</td><td>成文日期：</td><td>2018年12月29日</td></tr>"
        "<tr><td>标　　题：</td><td>国务院办公厅关于促进读书工作的指导意见</td></tr>"
        "<tr><td>发文字号：</td><td>国办发〔2018〕7号</td><td>发布日期：</td><td>2019年01月21日</td></tr>"
    )
    lines = (
        "国务院办公厅关于促进\n读书工作的指导意见\n国办发〔2018〕7号\n"
        + ADDRESS
        + "为促进读书，提出以下意见。\n"
        + BODY
    )
    page = "".join(f"<p>{line}</p>" for line in lines.split("\n"))
    document = read_policy(f"<html><body><table>{rows}</table><div>{page}</div></body></html>", "a.html")
    header = document.header
    assert header.title == "国务院办公厅关于促进读书工作的指导意见"
    assert (header.number, header.issuer) == ("国办发〔2018〕7号", "国务院办公厅")
    assert (header.issued_on, header.published_on) == ("2018-12-29", "2019-01-21")
    assert header.addressees == ["各市人民政府", "省政府各部门"]
    assert len(document.items) == 2


def test_date_under_the_title_and_signature_at_the_end() -> None:
    text = f"甲市政府关于读书的意见\n（2014年6月12日）\n{ADDRESS}提出以下意见。\n{BODY}甲市人民政府\n2014年6月12日\n"
    header = read_policy(text).header
    assert (header.issuer, header.issued_on) == ("甲市人民政府", "2014-06-12")
