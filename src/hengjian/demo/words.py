"""What units write in their reports and offices in their notes: invented sentences.

They are chosen in turn within a task, so that two reports on one task do not read alike unless the story wants it.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import NamedTuple


class Wording(NamedTuple):
    """A report's sentences and, where one fits, its verifiable figure."""

    result: str
    figure_label: str
    figure_value: Decimal | None
    figure_unit: str


# By stage: up to a third, up to two thirds, later, finished. {n} and {m} are numbers, {place} a region.
FRAMES: dict[int, tuple[str, ...]] = {
    0: (
        "已印发分工安排，明确{n}个责任科室和联络人；{place}率先完成底数排查，建立{m}项问题清单",
        "召集技术机构开了两次碰头会，确定实施步骤和验收口径，{place}作为先行点",
        "完成方案征求意见，吸收{n}条建议，经费已列入部门预算",
        "选定{n}家对象作首批试点，与其逐家签订任务书，{m}名专家参与指导",
        "到{place}等{n}地走访调研，整理出堵点{m}条，正逐条提出办法",
        "启动仪式后即进入实施，工作群每周调度，首批{n}项已经动工",
        "与相关单位对接数据口径，历史台账导入{m}条，差错正在核对",
        "编写操作手册初稿，组织{n}名骨干试讲，收到反馈意见{m}条",
    ),
    1: (
        "现场检查{n}家次，发现不符合项{m}个，已督促整改{k}个，其余限期完成",
        "{place}、望澜市等地全面铺开，点位建设和人员培训同步推进，质量记录逐日上传",
        "培训基层人员{n}人次，现场考核通过{k}人，薄弱环节安排第二轮补训",
        "抽取样品{n}批次送检，其中{m}批次不合格，均已移送属地处理并回访",
        "设备采购和安装基本到位，{place}站点进入试运行，采集数据{n}条",
        "汇总各地上报材料{n}份，退回补正{m}份，形成阶段分析一篇",
        "会同配合单位开展联合行动{m}次，发放宣传资料{n}份，群众来电咨询明显增多",
        "示范点验收{m}个，经验做法在{place}现场会上作了交流",
    ),
    2: (
        "主体工作已完成，正在整理档案并核对{n}项数据，准备提交验收材料",
        "累计建档{n}户，资料齐全率明显提升；{place}余下的{m}户本季度收尾",
        "对前期问题逐项“回头看”，销号{n}个，未销号的{m}个均已明确完成时间",
        "第三方核查报告已出，{n}项指标中{k}项达到预期，其余提出改进措施",
        "制度文件通过合法性审查，进入印发程序；配套表单在{place}试用良好",
        "公开发布结果{m}期，主动答复咨询{n}件，社会反映总体平稳",
        "组织{n}名专家集中评议，反馈修改意见{m}条，承担单位正在完善",
        "跨部门数据接口调试通过，每日自动交换{n}条，人工填报取消{m}张表",
    ),
    3: (
        "全部任务完成并通过验收，形成成果{m}项，资料已归档",
        "目标数量如期完成，抽查{n}个样点均符合要求，成果在{place}推广",
        "完成实施与评估两个阶段，{n}个问题全部整改到位，长效措施已写入制度",
        "建设内容交付使用，连续运行三十天无故障，服务对象{n}户",
        "年度工作量全部完成，较计划提前；总结材料和影像资料一并报送",
        "验收组现场查看{m}处，查阅资料{n}份，一致同意通过",
    ),
}
FIGURES = (("现场检查", "家次"), ("抽取样品", "批次"), ("培训人员", "人次"), ("建立档案", "户"), ("整改问题", "个"))
PLACES = ("石渡地区", "云泽市", "青垣市", "柏川市", "南渚市", "金滩市", "赤坪市", "雪原地区", "沙梁地区", "丰泽市")
PROBLEMS = (
    "技术力量不足，{place}只有两名持证人员，外聘专家档期难排",
    "设备到货比合同晚了六周，安装工期被压缩",
    "涉及单位多，数据口径还没有统一，反复核对耗时较长",
    "招标流标一次，正在重新组织",
    "部分点位在偏远乡镇，降雪后道路不通，进度受影响",
)
NEXT_STEPS = (
    "本月内逐家上门核实，下月形成初步结果",
    "倒排工期，每周五通报一次点位进度",
    "商请技术机构增派人员，优先完成{place}",
    "先把已具备条件的部分投入使用，其余分批推进",
    "召开一次部门碰头会，把口径和时限定下来",
)
RETURNS = (
    "只写了开会和发文，请补充完成的数量和依据。",
    "进度比上期提高较多，但没有佐证，请附清单或检测报告。",
    "与上一季度文字基本相同，请写明本期新做的工作。",
    "数据与联合单位报送的不一致，请核对后重报。",
)
REPLIES = (
    "已约谈承担单位，增派三人，预计两周内补齐资料并完成验收。",
    "受招标流程影响延误，合同已签，本月底前交付。",
    "已逐项列出未完成内容并明确责任人，每周报送一次进度。",
)
URGES = (
    "该项任务落后序时进度较多，请查明原因，五个工作日内报送补救安排。",
    "已超过文件规定的完成时限，请立即组织攻坚，并说明预计完成日期。",
)
EXTENSION_REASONS = (
    "核心设备的检定证书尚未取得，按原时限验收不能保证结果可信。",
    "参与企业中有两家停产检修，须待复产后补做最后一组数据。",
    "评审专家提出补充测试的意见，需增加一个完整周期。",
)


def stage_of(percent: int) -> int:
    """0 up to a third, 1 up to two thirds, 2 later, 3 finished."""
    return 3 if percent >= 100 else 0 if percent < 34 else 1 if percent < 67 else 2


def report_words(random: Random, percent: int, turn: int, title: str) -> Wording:
    """A report's text; `turn` counts the reports on the task in this stage, so that neighbours get other sentences."""
    frames = FRAMES[stage_of(percent)]
    again, place = divmod(turn, len(frames))
    # When all have been used, two of them make a new text.
    frame = frames[place] if not again else f"{frames[place]}；{frames[(place + again) % len(frames)]}"
    many = random.randint(24, 180)
    few = random.randint(3, 12)
    text = frame.format(n=many, m=few, k=max(1, few - 2), place=random.choice(PLACES))
    result = f"{title.rstrip('…。')}：{text}。" if turn % 3 == 0 else f"{text}。"
    if random.random() < 0.45:
        label, unit = FIGURES[random.randrange(len(FIGURES))]
        return Wording(result, label, Decimal(many), unit)
    return Wording(result, "", None, "")


def pick(random: Random, sentences: tuple[str, ...]) -> str:
    """One of the sentences, with a place where it names one."""
    return random.choice(sentences).format(place=random.choice(PLACES))
