"""Time phrases that set a due date: 2023年底前, 6月底前, 第三季度, 年内, 到2025年, 完成时限：….

`due` is the last day of the period. Open-ended ones (长期坚持) and relative ones without a start (1年内) have
none. Service times
(5个工作日内办结), rhythms (每季度), starting dates and years that only name something are no deadlines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hengjian.methods.policy_text.dates import PHRASE, YEAR_FORM, due_date, last_day, to_year, value_due
from hengjian.methods.policy_text.model import Deadline
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.reasons import because

SENTENCE_LENGTH = 20
_OPEN_ENDED = re.compile(
    r"^(?:并)?(?:长期(?:坚持|推进|实施|任务|工作|落实|执行|开展|有效)?(?:，持续推进)?|持续(?:推进|实施|"
    r"开展|坚持|落实|进行|用力|深化|加强|整改)?|常态化?(?:推进|开展|实施|坚持)?|贯穿(?:全年|始终)|"
    r"全年(?:持续)?(?:推进|坚持|实施|开展)?|长期坚持|立即(?:执行|落实|实施)?|即行即改|按(?:时|期|进度|"
    r"计划|时限要求|国家要求|序时进度)[^，。；]{0,8})$"
)
_FIGURE = re.compile(
    r"(?:不(?:低于|少于|高于|超过)|达到?|完成|新增|培育|建成|建设|力争|创建|增长|下降|提高|突破|超过|开展|"
    r"抽检|检查|制修?订|培训|打造|实现|改造|推广|查处|组织|保持|控制)[^，。；]{0,24}?\d|\d[\d.,]*(?:%|"
    r"余?[万亿]?(?:个|家|项|批次|件|人次|人|场|台|所|公里|亩|户|吨|套|期))"
)
_HELD = re.compile(
    r"(?:，|中|份)?(?:全面|集中|组织|举办|开展|召开|启动|完成|上线|印发|发布|报送|形成|建成|出台|投入|"
    r"开通|制定|举行|公布|实施)"
)
_SOFT = re.compile(r"力争|争取")
_RHYTHM_BEFORE = re.compile(
    r"(?:每年|每月|每|逐|各|按|近|前|过去|连续|自|从|以|届满|第|满|未来|经过|为期|任期|最近|上|前\d|超过|"
    r"不超过|试用期|保质期|有效期|期限)(?:个)?$|(?:有效期限?|期限|任期|周期|保存|合同|间隔)[为是满]?$"
)
_SERVICE = re.compile(r"^(?:个?工作日|小时|分钟|天)")


@dataclass(slots=True)
class Context:
    """The plan's own year (from its title or date) and the horizon that governs the text before."""

    plan_year: int | None = None


@dataclass(slots=True)
class _Carried:
    """Years that the sentence named so far: any, and that of its last dated month or day."""

    year: int | None = None
    dated: int | None = None


def find_deadlines(flow: Flow, sentence: tuple[int, int], context: Context) -> list[Deadline]:
    """Deadlines of one sentence; a year that it names serves its later months (2021年6月底前…，12月底前…)."""
    carried = _Carried()
    view = flow.view
    start, end = sentence
    text = view[start:end]
    if not re.search("年|月|季度|五”?(?:规划)?(?:期?末|收官|期间)", text):
        return []
    out: list[Deadline] = []
    place = start
    while True:
        match = PHRASE.search(view, place, end)
        if not match:
            return out
        place = max(match.end(), match.start() + 1)
        a, b = match.span()
        while view[b - 1] == " " and b > a:
            b -= 1
        if match.lastgroup and _in_title(flow, a):
            place = flow.closing.get(_quote_start(flow, a), place)
            continue
        found = _judge(flow, match, start, end, context, carried)
        if found is None:
            continue
        due, trimmed, confidence, reason = found
        if due and context.plan_year and int(due[:4]) < context.plan_year:
            continue  # a date before the plan tells what exists: 2005年底前登记的车辆
        if due and any(match[key] and to_year(match[key].strip()) for key in ("dy", "my", "qy", "hy")):
            carried.dated = int(due[:4])
        a += trimmed
        clause_start = max(view.rfind(mark, start, a) for mark in "，；。") + 1
        soft = bool(_SOFT.search(view, max(start, clause_start), a)) or _softens(view, b, end)
        out.append(
            Deadline(
                flow.text[a:b],
                due,
                flow.text[start : start + SENTENCE_LENGTH] if end - start > SENTENCE_LENGTH else flow.text[start:end],
                "力争" if soft else "firm",
                flow.span(a, b),
                confidence,
                reason,
                a,
            )
        )


def _softens(view: str, b: int, end: int) -> bool:
    """到2020年,力争创建…: the word that opens the clause right behind the date governs it too."""
    return bool(re.match(r"[， ]{0,2}(?:全省|全市|全区|我省|我市|我区)?(?:力争|争取)", view[b : min(end, b + 10)]))


def _in_title(flow: Flow, place: int) -> bool:
    return not flow.outside(place) and _quote_start(flow, place) >= 0


def _quote_start(flow: Flow, place: int) -> int:
    """Start of the 《》 or “” that encloses the place, or -1; round brackets do not shield dates."""
    for start, end in reversed(flow.pairs[: _pair_index(flow, place)]):
        if end > place and flow.view[start] in "《〈“":
            return start
        if place - start > 200:
            break
    return -1


def _pair_index(flow: Flow, place: int) -> int:
    from bisect import bisect_left

    return bisect_left(flow.pairs, (place, 0))


def _judge(
    flow: Flow, match: re.Match[str], start: int, end: int, context: Context, carried: _Carried
) -> tuple[str | None, int, float, str] | None:
    """(due, characters to leave out at the front, confidence, reason), or None if the phrase sets no date."""
    view, groups = flow.view, match.groupdict()
    before, after = view[max(start, match.start() - 8) : match.start()], view[match.end() : min(end, match.end() + 14)]
    rhythmic = bool(_RHYTHM_BEFORE.search(before.rstrip()))
    year = _year(groups, context, carried)
    if re.search(r"(?:[\u4e00-\u9fff](?<![在于到至争保取须要应将前底内初年月日]))$", before) and re.match(
        r"[^，。；、]{1,8}的(?!目标|任务|要求)[\u4e00-\u9fff]{2}", after
    ):
        return None  # 改造2000年底前建成的小区: the date describes a noun
    if groups["range"]:
        return _range(groups, match, context, carried, before, after)
    if re.search(r"(?:征求意见|意见征集|意见反馈|公示期?|报名)(?:时间|日期)?$", before):
        return None
    if (
        (groups["day"] or groups["month"])
        and not re.search(r"\d{4}", match[0])
        and "每年" in view[start : match.start()]
    ):
        return None  # 每年2月底前…，3月底前…
    if groups["day"]:
        full = bool(groups["dbefore"] or groups["dreach"])
        if (
            rhythmic
            or re.match(r"(?:起|以来|后|开始|施行|实施(?!完)|印发|召开|发布|会议|讲话|电|上午|第)", after)
            or (not full and not _completes(after))
        ):
            return None
        return due_date(year, groups["dm"], groups["dd"]), 0, 1.0, ""
    if groups["month"]:
        if not groups["mm"] or rhythmic:
            return None
        if before.endswith(("每", "个")) or re.match(r"(?:起|以来|后|开始|份以来|活动|主题|的|来|会议)", after):
            return None
        if (
            not (
                groups["mbefore"]
                or groups["mreach"]
                or (groups["mpart"] in ("底", "末") and not after.startswith("起"))
            )
            and not _completes(after)
            and not ((not before or before[-1] in "，。；： ") and _HELD.match(after))
        ):
            return None
        return (
            due_date(
                year, groups["mm"], {"上旬": "10", "中旬": "20"}.get(groups["mpart"] or ""), groups["mpart"] == "初"
            ),
            0,
            1.0,
            "",
        )
    if groups["quarter"]:
        lead = groups["qlead"] or ""
        trim = len(match[0]) - len(match[0].lstrip()) if not lead or lead in "第前" else 0
        if (
            rhythmic
            or (lead in "每各按个" and lead)
            or before.endswith(("每", "每个", "各", "按"))
            or re.match(r"(?:调度|通报|例会|度|分析|的)", after)
        ):
            return None
        skip = match.start("qn") - match.start() if lead and lead not in "第前" else trim
        return (
            last_day(year, {"一": 3, "二": 6, "三": 9, "四": 12}.get(groups["qn"]) or int(groups["qn"]) * 3),
            skip,
            1.0,
            "",
        )
    if groups["half"]:
        if rhythmic or re.match(r"以来|工作总结|情况", after):
            return None
        return last_day(year, 6 if groups["hn"] == "上" else 12), 0, 1.0, ""
    if groups["plan"]:
        five = {"十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035, "十七": 2040}[groups["pn"]]
        if (
            groups["pend"] in ("以来", "时期")
            or re.search(r"(?:较|比|自|从)[“ ]?$", before)
            or (context.plan_year and five < context.plan_year)
        ):
            return None
        if groups["pend"] == "期间" and (not context.plan_year or not _FIGURE.search(view, match.end(), end)):
            return None
        carried.year = five
        return f"{five}-12-31", 0, 0.9, ""
    if groups["year"]:
        return _plain_year(groups, match, view, before, after, end, year, rhythmic, carried, context)
    if groups["bare"]:
        if rhythmic and not match[0].startswith("每年"):
            return None
        if before.endswith("纳入"):
            return None
        if re.search(r"\d ?$|[一二三四五六七八九十两半几数多]$", before) and groups["bword"] == "年内":
            return None
        if (groups["bword"] in ("本年度", "本年") and not groups["bbefore"]) or re.match(
            r"(?:考核|评价|总结|目标考|以来)", after
        ):
            return None
        return last_day(year, 6 if groups["bword"] == "年中" else 12), 0, 1.0, ""
    if groups["whole"]:
        clause_end = _clause_end(view, match.end(), end)
        if rhythmic or before.endswith("对") or not re.search(r"\d(?! ?年)", view[match.end() : clause_end]):
            return None
        return last_day(year, 12), 0, 0.9, ""
    if rhythmic or re.match(r"(?:的|有效|免|一次|行动|巡|不|未|以上)", after):
        return None
    if not re.search(
        r"完成|建成|整改|到位|实现|出台|制定|报|达到|取得|建立|解决|消除|全覆盖",
        view[match.end() : min(end, match.end() + 30)],
    ):
        return None
    if not re.search(
        r"(?:^|[，。；：、（ ]|在|用|于|力争|争取|确保|利用|通过|经过|我[省市区县]|全[省市区县])$", before
    ):
        return None  # 离校2年内, 毕业5年内: who is eligible
    return None, 0, 0.7, because("relative_date")


def _clause_end(view: str, start: int, end: int) -> int:
    """End of the statement that a date opens; figures further away have nothing to do with it."""
    end = min(end, start + 200)
    return min([place for place in (view.find(mark, start, end) for mark in "。；") if place >= 0] or [end])


def _completes(after: str) -> bool:
    return bool(re.match(r"(?:，|）)?(?:全面|全部|基本|正式|完成|建成|出台|上线|印发|投入|实现|取得|力争)", after))


def _plain_year(
    groups: dict[str, str | None],
    match: re.Match[str],
    view: str,
    before: str,
    after: str,
    end: int,
    year: int | None,
    rhythmic: bool,
    carried: _Carried,
    context: Context,
) -> tuple[str | None, int, float, str] | None:
    """到2025年, 2025年底, 2025年前, and a bare year that opens a clause with a figure."""
    if (
        year is None
        or (rhythmic and not groups["yreach"])
        or re.search(r"(?:较|比|自|从)$", before)
        or re.match(r"(?:以来|起|开始|后|的|版|度(?!内)|第|期|比|—|-|至|、|国务院|全国|中央|\d)", after)
    ):
        return None
    if (
        re.search(r"(?:较|比|自|从|与|相比|和|—|-|－|、|于|按|以|在)$", before)
        and not groups["ybefore"]
        and not groups["yend"]
    ):
        return None
    ends = (groups["yend"] or "").replace("年", "")
    if (groups["yreach"] and not groups["yreach"].startswith("在")) or groups["ybefore"] or ends in ("底", "末", "内"):
        carried.year = year
        if ends == "初":
            return f"{year}-01-31", 0, 0.8, ""
        if groups["ybefore"] and not ends and not groups["yreach"]:
            return f"{year}-12-31", 0, 0.9, ""
        return last_day(year, 6 if ends == "中" else 12), 0, 1.0, ""
    clause_end = _clause_end(view, match.end(), end)
    opens = not before or before[-1:] in "，。；：（ "
    if (
        opens
        and (context.plan_year is None or year >= context.plan_year)
        and _FIGURE.search(view, match.end(), clause_end)
        and re.match(r"[，、 ]|全|我|力|实|完|培|新|建|规|工|制|累|组|开", after)
        and not re.search(r"(?:达到?了|已|累计完成了)", view[match.end() : clause_end])
    ):
        carried.year = year
        return f"{year}-12-31", 0, 0.7, because("figure_of_year")
    return None


def _range(
    groups: dict[str, str | None],
    match: re.Match[str],
    context: Context,
    carried: _Carried,
    before: str,
    after: str,
) -> tuple[str | None, int, float, str] | None:
    """2023年3月至6月: a period ends with its last day. Kept only where it dates a stage or is a label's value."""
    first = re.match(YEAR_FORM, match[0].strip())
    year = to_year(groups["ry"]) or (to_year(first[0]) if first else None) or carried.year or context.plan_year
    if not (before[-1:] in "（：" or after[:1] in "）") or not re.search(r"月", match[0]):
        return None
    if re.match(r"，(?:对|给予|免|按|可|减|凡|符合)", after):
        return None  # the period in which a benefit applies
    day = {"上旬": "10", "中旬": "20"}.get(
        groups["rd"] or "", groups["rd"] if (groups["rd"] or "")[:1].isdigit() else None
    )
    return due_date(year, groups["rm"], day), 0, 0.8, because("period_end")


def _year(groups: dict[str, str | None], context: Context, carried: _Carried) -> int | None:
    for key in ("dy", "my", "qy", "hy", "yy"):
        written = (groups[key] or "").strip()
        if written:
            if written in ("明年", "次年"):
                return context.plan_year + 1 if context.plan_year else None
            if written in ("今年", "当年", "本年", "本年度", "同年"):
                return context.plan_year
            year = to_year(written)
            if year and key != "yy":
                carried.year = year
            return year
    return carried.dated or context.plan_year or carried.year


def labelled_deadline(flow: Flow, start: int, end: int, sentence: str, context: Context) -> list[Deadline]:
    """The value of 完成时限：…; anything written there is a deadline, open-ended ones without a due date."""
    view = flow.view
    while start < end and view[start] in " ：:\n（":
        start += 1
    while end > start and view[end - 1] in " 。；，、\n":
        end -= 1
    text = view[start:end].strip()
    if not text or not re.search(r"[\d\u4e00-\u9fff]", text):
        return []
    found = find_deadlines(flow, (start, end), context)
    if found:
        for deadline in found:
            deadline.sentence, deadline.confidence, deadline.reason = sentence, max(deadline.confidence, 0.9), ""
        return found
    due, confidence, reason = value_due(text, context.plan_year), 0.9, ""
    if due is None and not _OPEN_ENDED.match(text):
        confidence, reason = 0.6, because("not_a_date")
    phrase = (
        re.sub(r"(?:完成|前完成)$", lambda m: "前" if m[0].startswith("前") else "", flow.text[start:end])
        or flow.text[start:end]
    )
    return [Deadline(phrase, due, sentence, "firm", flow.span(start, start + len(phrase)), confidence, reason, start)]
