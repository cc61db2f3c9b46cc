"""Shapes of plans that the five annotated texts do not show; wording and places are invented."""

from __future__ import annotations

import pytest

from hengjian.methods.policy_text import PolicyDocument, read_policy
from hengjian.methods.policy_text.model import Item

PLAN = "一、重点任务\n（一）做好甲项工作。推进事项落实。{}\n（二）做好乙项工作。推进事项落实。\n"


def duties(item: Item) -> list[tuple[str, str]]:
    return [(duty.role, duty.name) for duty in item.duties]


def titles(document: PolicyDocument) -> list[str]:
    return [item.title for item in document.items]


LEAD, SUPPORT, JOINT = "lead", "support", "joint"
CLAUSES: list[tuple[str, list[tuple[str, str]]]] = [
    (
        "（省教育厅、省公安厅牵头，各市、县（市、区）人民政府，省有关部门配合）",
        [(LEAD, "教育厅"), (LEAD, "公安厅"), (SUPPORT, "各市、县（市、区）人民政府"), (SUPPORT, "有关部门")],
    ),
    (
        "（省教育厅牵头，省公安厅、省财政厅等按职责分工负责）",
        [(LEAD, "教育厅"), (SUPPORT, "公安厅"), (SUPPORT, "财政厅")],
    ),
    ("（市教育局会同市公安局、市卫生健康委负责）", [(LEAD, "教育局"), (SUPPORT, "公安局"), (SUPPORT, "卫生健康委")]),
    (
        "（牵头单位：省委宣传部；责任单位：省市场监管局、市政管理局）",
        [(LEAD, "省委宣传部"), (SUPPORT, "市场监管局"), (SUPPORT, "市政管理局")],
    ),
    ("【责任单位：市市场监管局、市场监管总局河东分局】", [(JOINT, "市场监管局"), (JOINT, "市场监管总局河东分局")]),
    ("【牵头单位】省教育厅【配合单位】省公安厅", [(LEAD, "教育厅"), (SUPPORT, "公安厅")]),
    ("（按职责分工由省教育厅、省公安厅负责）", [(JOINT, "教育厅"), (JOINT, "公安厅")]),
    ("（省药监局负责）", [(JOINT, "药监局")]),
    ("（省委组织部、省委编办、省财政厅等有关部门）", [(JOINT, "省委组织部"), (JOINT, "省委编办"), (JOINT, "财政厅")]),
    (
        "（省人力资源和社会保障厅和省财政厅、住房和城乡建设厅及文化和旅游厅按职责分工负责）",
        [(JOINT, "人力资源和社会保障厅"), (JOINT, "财政厅"), (JOINT, "住房和城乡建设厅"), (JOINT, "文化和旅游厅")],
    ),
    ("（各市县人民政府负责属地管理，省教育厅负责指导）", [(JOINT, "各市县人民政府"), (JOINT, "教育厅")]),
    (
        "（省体育局（省足球中心）、省发展改革委（重大项目）负责）",
        [(JOINT, "体育局（省足球中心）"), (JOINT, "发展改革委")],
    ),
    ("（市教育局（牵头）、市公安局）", [(LEAD, "教育局"), (SUPPORT, "公安局")]),
    ("（责任部门：发改、教育等部门）", [(JOINT, "发改"), (JOINT, "教育")]),
    ("\n牵头单位：省教育厅\n配合单位：省公安厅\n　　省财政厅", [(LEAD, "教育厅"), (SUPPORT, "公安厅")]),
    ("由县教育局承办，县公安局配合。", [(LEAD, "县教育局"), (SUPPORT, "县公安局")]),
    ("（适用范围：全省；责任单位：省教育厅）", [(JOINT, "教育厅")]),
    ("（商务局、海关等部门负责，各招商引资部门配合）", [(LEAD, "商务局"), (LEAD, "海关"), (SUPPORT, "各招商引资部门")]),
    ("（责任单位：市委改革办〔市营商环境局〕、市商务局）", [(JOINT, "市委改革办〔市营商环境局〕"), (JOINT, "商务局")]),
    ("（教育厅商财政厅、民政厅负责）", [(LEAD, "教育厅"), (SUPPORT, "财政厅"), (SUPPORT, "民政厅")]),
    ("（教育部指导，试点市政府负责）", [(SUPPORT, "教育部"), (JOINT, "试点市政府")]),
    ("（教育厅、民政厅指导，团省委参与）", [(SUPPORT, "教育厅"), (SUPPORT, "民政厅"), (SUPPORT, "团省委")]),
    (
        "（教育部、财政部等国务院有关部门及各地区按职责分工负责）",
        [(JOINT, "教育部"), (JOINT, "财政部"), (JOINT, "各地区")],
    ),
    (
        "（教育局、体育局，公安局；第一个逗号前为牵头单位，下同）",
        [(LEAD, "教育局"), (LEAD, "体育局"), (SUPPORT, "公安局")],
    ),
    ("（责任单位：教育局、公安局，第一位为牵头单位）", [(LEAD, "教育局"), (SUPPORT, "公安局")]),
    ("（责任单位：教育局，各市、县〔市、区〕政府）", [(JOINT, "教育局"), (JOINT, "各市、县〔市、区〕政府")]),
    ("（责任单位：各区政府〈含新区、风景区管委会〉、教育局）", [(JOINT, "各区政府"), (JOINT, "教育局")]),
    ("（责任单位：市城市运行和政务服务办、教育局）", [(JOINT, "城市运行和政务服务办"), (JOINT, "教育局")]),
    ("（省教育厅、市工商联、市贸促会）", [(JOINT, "教育厅"), (JOINT, "工商联"), (JOINT, "贸促会")]),
    (
        "（省教育厅，云岭市、望江市人民政府）",
        [(JOINT, "教育厅"), (JOINT, "云岭市"), (JOINT, "望江市人民政府")],
    ),
    (
        "（教育局牵头，市相关部门和单位及各区按职责分工负责）",
        [(LEAD, "教育局"), (SUPPORT, "相关部门和单位"), (SUPPORT, "各区")],
    ),
    ("（市民防办、市监察局负责）", [(JOINT, "民防办"), (JOINT, "监察局")]),
    (
        "（教育局按职责分工负责，各县人民政府结合实际落实）",
        [(JOINT, "教育局"), (JOINT, "各县人民政府")],
    ),
    ("(省教育厅、省公安厅按职责分工负责〕", [(JOINT, "教育厅"), (JOINT, "公安厅")]),
]


@pytest.mark.parametrize(("clause", "expected"), CLAUSES, ids=[clause for clause, _ in CLAUSES])
def test_clause(clause: str, expected: list[tuple[str, str]]) -> None:
    document = read_policy(PLAN.format(clause))
    assert titles(document) == ["做好甲项工作", "做好乙项工作"]
    assert duties(document.items[0]) == expected
    assert document.items[0].measures[0].text == "推进事项落实"


def test_a_bracket_that_is_no_responsibility_stays_in_the_measure() -> None:
    document = read_policy(PLAN.format("清理积存粮（含配合饲料），落实企业（组织）主体责任。"))
    assert not document.items[0].duties
    assert document.items[0].measures[1].text == "清理积存粮（含配合饲料），落实企业（组织）主体责任"


def test_first_body_leads_from_here_on() -> None:
    text = PLAN.format("（省教育厅、省公安厅按职责分工负责，列第一位者为牵头单位，下同）").replace(
        "事项落实。\n", "事项落实。（省民政厅、省司法厅）\n"
    )
    document = read_policy(text)
    assert duties(document.items[0]) == [(LEAD, "教育厅"), (SUPPORT, "公安厅")]
    assert duties(document.items[1]) == [(LEAD, "民政厅"), (SUPPORT, "司法厅")]


THREE_LEVELS = """河东省清江市2024年医疗服务提升行动方案

一、总体要求
坚持以人为本，到2025年，群众满意度达到90%以上。
二、重点任务
（一）改善就医体验（市卫生健康委牵头）
1.推行预约诊疗。6月底前，二级以上医院全部开通预约。（市大数据局配合）
2.优化急诊流程。年内建成急救站点5个。
（二）提升护理水平
3.扩大优质护理。每季度通报一次进展。（市卫生健康委、市医保局按职责分工负责）
三、保障措施
各单位要加强领导。
"""


def test_three_levels_with_a_lead_stated_for_the_group() -> None:
    document = read_policy(THREE_LEVELS, "qingjiang.txt")
    assert document.header.plan_title == "河东省清江市2024年医疗服务提升行动方案"
    assert titles(document) == ["推行预约诊疗", "优化急诊流程", "扩大优质护理"]
    section = document.sections[1]
    assert [(group.number, group.title) for group in section.groups] == [(1, "改善就医体验"), (2, "提升护理水平")]
    assert [item.group for item in section.items] == [1, 1, 2]
    assert duties(section.items[0]) == [(LEAD, "卫生健康委"), (SUPPORT, "大数据局")]
    assert duties(section.items[1]) == [(LEAD, "卫生健康委")]
    assert duties(section.items[2]) == [(JOINT, "卫生健康委"), (JOINT, "医保局")]
    assert [(d.phrase, d.due) for item in section.items for d in item.deadlines] == [
        ("6月底前", "2024-06-30"),
        ("年内", "2024-12-31"),
    ]
    assert not document.sections[0].items
    assert document.sections[0].targets[0].value == 90


def test_chapters_and_articles() -> None:
    document = read_policy(
        "第一章　总则\n第一条　为规范评审，制定本办法。\n第二条　评审坚持公开原则。具体如下："
        "\n（一）自愿申报；\n"
        "（二）择优评定。\n第二章　附则\n第三条　本办法由市质量发展局负责解释。\n"
    )
    assert [section.title for section in document.sections] == ["总则", "附则"]
    assert titles(document) == ["为规范评审，制定本办法", "评审坚持公开原则", "本办法由市质量发展局负责解释"]


def test_numbers_without_headings_and_several_items_on_a_line() -> None:
    document = read_policy(
        "一、任务\n1.制定儿童玩具团体标准，年底前发布3项。责任单位：市市场监管局。2.开展校服抽检。责任单位："
        "市教育局、市市场监管局。"
    )
    assert titles(document) == ["制定儿童玩具团体标准，年底前发布3项", "开展校服抽检"]
    assert duties(document.items[1]) == [(JOINT, "教育局"), (JOINT, "市场监管局")]
    assert document.items[0].measures[0].text == "制定儿童玩具团体标准，年底前发布3项"


def test_unnumbered_tasks() -> None:
    document = read_policy(
        "一、任务\n开展电梯检测。加密频次。（市市场监管局负责）\n开展锅炉检测。（市生态环境局负责）\n二、"
        "要求\n抓好落实。"
    )
    assert [(item.number, item.title) for item in document.items] == [(None, "开展电梯检测"), (None, "开展锅炉检测")]


def test_several_brackets_in_one_item_are_numbered() -> None:
    document = read_policy(
        PLAN.format("推进甲项改革试点。（省教育厅负责）推进乙项专项整治行动。（省公安厅牵头，省财政厅配合）")
    )
    assert [(duty.bracket, duty.role, duty.name) for duty in document.items[0].duties] == [
        (1, JOINT, "教育厅"),
        (2, LEAD, "公安厅"),
        (2, SUPPORT, "财政厅"),
    ]


def test_a_bracket_behind_the_last_point_belongs_to_the_item() -> None:
    document = read_policy(
        "一、任务\n（一）建设实验室\n1.采购设备。\n2.培训人员。\n3.通过认证。"
        "（市科技局负责）\n（二）开放共享\n1.发布清单。\n2.接受预约。（市科技局负责）"
    )
    assert titles(document) == ["建设实验室", "开放共享"]
    assert [len(item.measures) for item in document.items] == [3, 2]


def test_traditional_characters_are_recognised_and_kept() -> None:
    document = read_policy("一、任務\n（一）提升產品質量。開展監督抽查。（省質監局牽頭，省農業廳配合）")
    assert titles(document) == ["提升產品質量"]
    assert [(d.role, d.organisation) for d in document.items[0].duties] == [(LEAD, "省質監局"), (SUPPORT, "省農業廳")]


def test_scan_with_broken_lines_and_page_numbers() -> None:
    document = read_policy(
        "一、任务\n\n(一)强化监管。加强对重点产品的\n\n— 3 —\n\n监督抽查,及时公布结果。(省市场监\n\n管局负责)\n"
    )
    assert document.items[0].measures[0].text == "加强对重点产品的监督抽查,及时公布结果"
    assert duties(document.items[0]) == [(JOINT, "市场监管局")]
    assert [passage.reason for passage in document.unread] == ["页码"]


def test_misprints_are_mended_with_a_reason() -> None:
    duty = read_policy(PLAN.format("（住房建乡建设厅、河东保监会负责）")).items[0].duties
    assert [entry.name for entry in duty] == ["住房城乡建设厅", "河东保监局"]
    assert all(entry.reason and entry.confidence < 1 for entry in duty)


def test_a_text_without_headings_says_so() -> None:
    document = read_policy("今天天气很好，我们去公园。")
    assert document.sections == []
    assert [warning.code for warning in document.warnings] == ["no_headings"]
    assert document.preamble is not None


def test_item_number_before_a_date() -> None:
    text = "一、任务\n1.监管。（教育局负责）\n2.2024年底前整治。（公安局负责）\n3.10月底前开展检查。（财政局负责）\n"
    document = read_policy(text)
    assert titles(document) == ["监管", "2024年底前整治", "10月底前开展检查"]
    assert [[d.due for d in item.deadlines] for item in document.items[:2]] == [[], ["2024-12-31"]]


@pytest.mark.parametrize("bracket", ["", "（教育局牵头，各县区负责）"])
def test_headings_inside_one_line(bracket: str) -> None:
    text = (
        f"一、提升服务（一）优化流程。精简材料。{bracket}（二）提高效率。共享数据（含证照）。{bracket}"
        f"二、放宽条件（三）降低门槛。清理规定。{bracket}"
    )
    document = read_policy(text)
    assert [section.title for section in document.sections] == ["提升服务", "放宽条件"]
    assert titles(document) == ["优化流程", "提高效率", "降低门槛"]


def test_bracket_that_explains_is_no_duty() -> None:
    text = "一、任务\n（一）布局。不再新建机房（包括计算中心、数据中心）。（责任单位：教育局）\n"
    assert duties(read_policy(text).items[0]) == [(JOINT, "教育局")]


@pytest.mark.parametrize(
    "clause",
    [
        "（责任单位：\n省教育厅、省公安厅）",
        "（责\n任单位：省教育厅、省公安厅）",
        "（责任\n单位：省教育厅、省公安\n厅）",
        "（责任单位：省教育 — 9 —\n厅、省公安厅）",
        "（牵头单位：省教育厅\n配合单位：省公安厅）",
    ],
)
def test_bracket_broken_by_lines(clause: str) -> None:
    document = read_policy(PLAN.format(clause))
    assert [duty.name for duty in document.items[0].duties] == ["教育厅", "公安厅"]
    assert [measure.text for measure in document.items[0].measures] == ["推进事项落实"]


def test_sentence_broken_by_lines_and_page_numbers() -> None:
    text = "一、任务\n（一）推广。在学校、医院、图书馆、文 — ２ —\n化、交通等场所推广使用自助查询终端。（教育局负责）\n"
    document = read_policy(text)
    assert [measure.text for measure in document.items[0].measures] == [
        "在学校、医院、图书馆、文化、交通等场所推广使用自助查询终端"
    ]
    assert [passage.text.strip() for passage in document.unread] == ["— ２ —"]


def test_unclosed_bracket_does_not_swallow_headings() -> None:
    text = "一、任务\n（一）甲。推进（责任单位：教育局\n（二）乙。推进（责任单位：公安局\n（三）丙。推进）。\n"
    assert titles(read_policy(text)) == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    "closing",
    [
        "本措施自发布之日起施行，有效期至2028年12月31日。\n",
        "附则\n（一）适用范围\n本措施适用于全市。\n（二）解释\n由教育局解释。\n",
    ],
)
def test_text_behind_the_last_bracket_closes_the_plan(closing: str) -> None:
    tasks = "".join(f"（{n}）{n}项。推进{n}项。（教育局负责）\n" for n in "一二三四五六")
    document = read_policy("一、任务\n" + tasks + closing)
    assert titles(document) == [f"{n}项" for n in "一二三四五六"]
    assert [measure.text for measure in document.items[-1].measures] == ["推进六项"]
    assert not document.items[-1].deadlines


def test_single_body_before_the_stop() -> None:
    text = "一、任务\n1.推广阅读。开展活动（市教育局）；加强服务（市商务局）。\n2.推广标准。宣传标准（市教育局）。\n"
    document = read_policy(text)
    assert [[duty.name for duty in item.duties] for item in document.items] == [["教育局", "商务局"], ["教育局"]]


def test_boxes_belong_to_no_item() -> None:
    text = (
        "一、任务\n（一）建设。建设平台。（教育局负责）\n专栏1　平台工程\n中心平台：建设中心3个。\n"
        "（二）推广。推广平台。（教育局负责）\n"
    )
    document = read_policy(text)
    assert [measure.text for measure in document.items[0].measures] == ["建设平台"]
    assert [passage.text for passage in document.unread] == ["专栏1　平台工程", "中心平台：建设中心3个。"]


def test_decimal_numbers_under_a_bare_number() -> None:
    text = (
        "1 总体目标\n形成体系。\n2 主要任务\n2.1 培育。培育企业。（教育局负责）\n2.2 推广。推广标准。（商务局负责）\n"
    )
    document = read_policy(text)
    assert [section.title for section in document.sections] == ["总体目标", "主要任务"]
    assert titles(document) == ["培育", "推广"]


def test_numbers_above_a_hundred() -> None:
    numbers = ["九十九", "一百", "一百零一", "一百零二", "一百一十"]
    text = "一、任务\n（九十八）开头。推进。（教育局负责）\n"
    document = read_policy(text + "".join(f"（{number}）任务。推进。（教育局负责）\n" for number in numbers))
    assert [item.number for item in document.items] == [98, 99, 100, 101, 102, 110]
    assert ["102 之后是 110" in warning.message_zh for warning in document.warnings if warning.code == "numbering"] == [
        True
    ]


def test_group_cell_of_one_row() -> None:
    rows = [
        "<tr><td>序号</td><td>重点任务</td><td>工作任务</td><td>责任单位</td></tr>",
        '<tr><td>1</td><td rowspan="2">推广阅读</td><td>开展读书节</td><td>教育局</td></tr>',
        "<tr><td>2</td><td>建设书屋</td><td>文化局</td></tr>",
        "<tr><td>3</td><td>发放书券</td><td>研究制定ABC 平台使用办法</td><td>财政局</td></tr>",
    ]
    document = read_policy(f"<html><body><table>{''.join(rows)}</table></body></html>", "a.html")
    assert titles(document) == ["开展读书节", "建设书屋", "研究制定ABC 平台使用办法"]
    assert [group.title for section in document.sections for group in section.groups] == ["推广阅读", "发放书券"]


@pytest.mark.parametrize("joint", ["", "具体措施："])
def test_tasks_inside_one_line(joint: str) -> None:
    bracket = "（教育局负责）"
    text = (
        f"一、推广阅读，服务群众（一）办好活动{bracket if joint else ''}{joint}1.开展读书节。组织展览。{bracket}"
        f"2.建设书屋。布置场地。{bracket}二、加强保障，确保落实（二）落实经费{bracket if joint else ''}{joint}"
        f"3.安排资金。列入预算。{bracket}4.公开结果。接受监督。{bracket}"
    )
    document = read_policy(text)
    assert titles(document) == ["开展读书节", "建设书屋", "安排资金", "公开结果"]
    assert [section.title for section in document.sections] == ["推广阅读，服务群众", "加强保障，确保落实"]
