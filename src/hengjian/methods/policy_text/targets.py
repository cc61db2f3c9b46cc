"""Figures to be reached: indicator, operator, value, unit, year, direction, strength.

A clause counts when it states a level or a number to be brought about; what exists already, conditions,
subsidies, fees and service times do not.
"""

from __future__ import annotations

import re

from hengjian.methods.numerals import parse_chinese_number
from hengjian.methods.policy_text.dates import PHRASE
from hengjian.methods.policy_text.deadlines import Context
from hengjian.methods.policy_text.model import Target
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.reasons import because

LEVEL_REACH = 30  # characters before a figure in which its verb can stand
LONGEST_CLAUSE = 300  # more than that between two marks is damage, not a statement
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?: ?(?:万|亿|千|百))?"
_UNIT = (
    r"(?:个百分点|百分点|微克/立方米|微克每立方米|平方公里|平方米|立方米|万千瓦|千瓦时|千瓦|公里|千米|"
    r"人次|批次/千人|批次|家次|场次|件次|课时|学时|万元|亿元|元|%|‰|"
    r"个|件|家|起|项|种|批|人|名|所|座|台|套|条|处|场|次|户|亩|吨|万吨|米|辆|部|只|支|队|期|份|篇|类|款|门|"
    r"张|间|床|级|倍|岁|分|片|站|村|镇|县|市|品|天|例|周岁|届|本|组|株|公顷|毫克/升)"
)
_VALUE = re.compile(
    rf"(?P<low>{_NUMBER})(?: ?(?:%|‰)?(?: ?(?:—+|[\-－~～至到]) ?)(?P<high>{_NUMBER}))? ?(?P<more>余|"
    rf"多)?(?P<unit>{_UNIT})?(?P<after> ?(?:（含）|\(含\))?(?:及?以上|及?以下|以内|之内|左右|上下|"
    rf"内(?![涵容部]))?)"
)
_LEVEL = (
    r"(?:均|都|分别|全部|总体|累计|合计)?(?:要|应|须|力争|争取|确保|预计|"
    r"计划)?(?:稳定|稳步|持续|进一步|逐步|总体)?"
    r"(?P<verb>(?:提高|提升|增加|增长|上升|扩大|发展|增至)(?:到|至)|降低到|降低至|下降到|下降至|压缩至|"
    r"压缩到|压减至|压减到|缩短至|缩短到|降至|降到|减少到|减少至|控制在|保持在|稳定在|维持在|突破|超过|超|"
    r"不低于|不少于|不高于|不超过|不大于|不小于|不多于|高于|低于|大于|小于|达到|达|实现|为|约|增长|提高|"
    r"提升|增加|下降|降低|减少|压减|压缩|缩短|占|≥|≤|>|<)"
    r"(?: ?(?:到|至|约|为|不低于|不少于|不超过|近|了))?(?:全省|全市|国家)?$"
)
_LEVEL_END = re.compile(_LEVEL)
_MAKE = (
    r"(?:评选|认定|遴选|培育|创建|打造|建设|建成|建立|新增|新建|改建|改造|新培育|培育形成|形成|完成|制定|"
    r"制修订|制（修）订|修订|发展|引进|培训|组织|开展|实施|推广|扶持|支持|抽检|检查|新认定|认证|实现|拥有|"
    r"争创|注册|申报|增加|发布|"
    r"推动|推进|主导|参与|争取|累计|命名|获得|设立|布局|选树|编制|攻克|招引|储备|落地|查处|排查|整治|安装|"
    r"配备|造林|治理|淘汰|更新|办好|举办)"
)
_MAKE_START = re.compile(rf"^(?:{_MAKE}(?:和|并|、|或)?)+(?:了|完成|各类|一批|好)?(?![\u4e00-\u9fff]?率)")
_MAKE_INSIDE = re.compile(r"(?:培育|创建|打造|建设|建成|新增|制定|制修订|发展|培训|完成|认定)(?=[\u4e00-\u9fff])")
_NOT_TARGET = re.compile(
    r"补助|奖励|补贴|资助|给予|返还|兑付|申领|支持最高|最高不超过|合同(?:执行)?金额|以上的$|罚款|处罚|收费|费率|税率|利率|贷款|贴息|减免|奖补|标准煤|注册资本|工作日|"
    r"小时|分钟|现有|已有|目前|现行|截至目前|累计投入|年龄|工龄|以上学历|以上职称|"
    r"(?:不足|低于|高于|超过|达到|满)[^，；。]{0,12}的(?!目标|要求)|以上(?:学历|职称|企业|单位|城市|"
    r"人员)|以下的|每[^，；]{1,6}(?:不超过|[\d.]+ ?万?元)|20\d\d年以来|版|第\d|\d+号"
)
_LOWER = re.compile(
    r"能耗|排放|浓度|死亡|事故|发生率|发病率|患病率|投诉率|不合格|漏损|时限|时间|成本|缺口|逾期|违法|差错|"
    r"污染|用水量|超标|(?:消耗|损耗|失业|辍学|近视|贫困|流失|跑冒)|PM"
)
_HIGHER_ANYWAY = re.compile(
    r"优良天数|处置率|处理率|治理率|整改|结案率|完成率|查处率|办结率|达标|合格率|覆盖率|利用率|收集率"
)
_SOFT = re.compile(r"力争|争取")
_COMPLETE = re.compile(rf"\d ?{_UNIT}(?:及?以上|及?以下|以内|左右)?$")
_RATE_END = re.compile(r"(?:率|度|指数|比例|比重|占比|水平|总量|总数|总额)$")
_GROWTH = re.compile(r"^(?:新增|增加|净增|新增加)")
_COMPARED = re.compile(
    r"(?:年均|每年|年|保持|累计|要|应|均|都|总体|分别|力争|稳定|不低于|(?:比|较|与)[^，]{2,12}?(?:年|年底|末|期|上年|去年|同期)(?:底|末|相比)?)+$"
)
_SCOPE = re.compile(
    r"^(?P<scope>重点(?:领域|行业|企业|区域|产品|人群|场所|工程项目|工程|项目)|主要(?:领域|行业)|"
    r"大中型(?:工程|企业))(?=[\u4e00-\u9fff]{2})"
)
_BARE_RATE = re.compile(
    r"^(?:一次|竣工|首次|年度|综合|平均)?(?:验收|抽检|抽查|监督抽查|检测|监测|检验|交验)?(?:合格率|覆盖率|"
    r"达标率|满意度|优良率|及格率)$"
)
_RATE_TAIL = re.compile(
    r"(?:(?:质量)?(?:监督抽查|监督抽检|例行监测|评价性抽检|抽检|抽查|监测|检测|验收|总体|检验)*(?:合格率|"
    r"满意度|覆盖率|达标率|处置率|普及率|入学率|参保率|普查率|签约率|建档率|完成率|增长率|利用率|受检率|"
    r"处理率))$"
)
_QUOTA = re.compile(
    r"^(?P<list>.{4,160}?)(?:均|都)?(?:控制|保持)?在(?:国家|省|自治区|上级|省级|省政府|市|省里)?(?:下达|"
    r"规定|核定|确定|分配|要求)的?(?:指标|目标|任务|计划|范围|标准|总量)(?:范围)?(?:以内|之内|内)$"
)
_GRADE = re.compile(
    r"(?:在)?(?P<name>[\u4e00-\u9fff]{3,24}?(?:考核|评价|评议|评估|考评))(?:中|结果)?(?:达到|评为|获得|获|"
    r"保持|进入|为|取得|力争)+ ?(?P<grade>[A-E]+|[一二三四五优良]) ?(?P<unit>级|等次|档|等)"
)
_YEAR = re.compile(r"(?:到|至|截至|在)? ?(20\d\d) ?年(?:年?底|末)?(?:前)?[，, ]?")
_LEADING = re.compile(
    r"^(?:其中|并且?|且|同时|通过努力|确保|实现|力争|争取|使|达到|要|全面|努力|切实|推动|促进|基本|完成|"
    r"保持|保障|全省|全市|全区|全县|我省|我市|我区|全州|年内|全年|年底前|当年|今年|每年|全年度|"
    r"“?十[三四五]五”?(?:末|期间)|各(?:市|地|县)|[—：:，, 、\-])+(?=[\u4e00-\u9fffA-Za-z“（\d])"
)
_PLACE_WORD = re.compile(r"^(?:全省|全市|全区|全县|全州|我省|我市|我区)")


def find_targets(flow: Flow, sentence: tuple[int, int], context: Context, state: list[int | None]) -> list[Target]:
    """Targets of one sentence; `state[0]` is the year that the sentences before have set."""
    view = flow.view
    start, end = sentence
    text = view[start:end]
    if not re.search(r"\d|指标|目标|考核|级", text):
        return []
    out: list[Target] = []
    soft = False
    listed = False
    dated: int | None = None
    for a, b in _clauses(flow, start, end):
        clause = view[a:b]
        while True:
            year = _YEAR.match(clause)
            if not year:
                break
            state[0] = int(year[1])
            a, clause = a + year.end(), clause[year.end() :]
            soft, dated = False, None
        phrase = PHRASE.match(clause)
        if phrase and phrase.lastgroup not in ("range", "relative"):
            dated = _phrase_year(phrase, context) or dated
            cut = len(clause) - len(clause[phrase.end() :].lstrip("， "))
            a, clause = a + cut, clause[cut:]
        soft = soft or bool(_SOFT.search(clause))
        found = _quota(flow, a, b, clause) or _grade(flow, a, b, clause)
        if not found and len(clause) <= LONGEST_CLAUSE and re.search(r"\d", clause):
            found = _figures(flow, a, b, clause, listed, out)
        listed = bool(found) or (listed and not re.search("[。；]", clause))
        for target in found:
            target.year = target.year or dated or state[0]
            target.strength = "力争" if soft else "firm"
            out.append(target)
    return out


def _clauses(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    """Statements between marks; a list splits where a figure is complete (标准20项以上、规范8项)."""
    out, place = [], start
    for match in re.finditer("[，；、和及]", flow.view[start:end]):
        at = start + match.start()
        if flow.outside(at) and (match[0] in "，；" or _COMPLETE.search(flow.view, max(place, at - 16), at)):
            out.append((place, at))
            place = at + 1
    out.append((place, end))
    return out


def _quota(flow: Flow, a: int, b: int, clause: str) -> list[Target]:
    match = _QUOTA.match(clause)
    if not match:
        return []
    out = []
    for name_start, name_end in _names(flow, a + match.start("list"), a + match.end("list")):
        name = flow.text[name_start:name_end]
        lower = not _HIGHER_ANYWAY.search(name)
        note = None if lower else "the sentence is worded as a cap (控制在…内); the quota is a minimum"
        out.append(
            Target(
                name,
                "within_quota",
                None,
                None,
                None,
                "lower" if lower else "higher",
                "firm",
                flow.span(name_start, name_end),
                None,
                note,
            )
        )
    return out


def _names(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    out, place = [], start
    for match in re.finditer("、|以及|及|和", flow.view[start:end]):
        out.append((place, start + match.start()))
        place = start + match.end()
    out.append((place, end))
    trimmed = []
    for a, b in out:
        lead = _LEADING.match(flow.view[a:b]) if a == start else None
        a += lead.end() if lead else 0
        if b > a:
            trimmed.append((a, b))
    return trimmed


def _grade(flow: Flow, a: int, b: int, clause: str) -> list[Target]:
    match = _GRADE.search(clause)
    if not match:
        return []
    name = re.sub(r"^(?:实现|力争|确保)?(?:我[省市区县州]|全[省市区])?在?", "", match["name"])
    return [Target(name, "grade>=", match["grade"], match["unit"], None, "higher", "firm", flow.span(a, b))]


def _figures(flow: Flow, a: int, b: int, clause: str, listed: bool, before: list[Target]) -> list[Target]:
    match = _best_figure(clause)
    if (
        not match
        or _NOT_TARGET.search(clause)
        or re.match(r" ?(?:年|月|日|号|、\d|：|:)", clause[match.end() :])
        or clause[: match.start()].endswith(("第", ".", "-"))
    ):
        return []
    unit = match["unit"]
    if clause[match.start() :].startswith(tuple("0123456789")) and re.match(r"[\d.]+ ?%", clause[match.start() :]):
        unit = "%"
    head, tail = clause[: match.start()].rstrip(), clause[match.end() :].strip()
    reach = max(0, len(head) - LEVEL_REACH)
    level = _LEVEL_END.search(head[reach:])
    after = match["after"].replace("（含）", "").strip()
    made = _MAKE_START.match(_LEADING.sub("", head)) or _MAKE_START.match(head) or _MAKE_INSIDE.search(head)
    value: float | int | list[float | int] | None = parse_chinese_number(match["low"].replace(" ", ""))
    if match["high"]:
        high = parse_chinese_number(match["high"].replace(" ", ""))
        value = None if isinstance(value, list) or value is None or high is None else [value, high]
    if value is None or (unit is None and not level and not after):
        return []
    if tail and not re.match(r"[（的]?[\u4e00-\u9fff“A-Z]", tail):
        return []
    verb = level["verb"] if level else ""
    name_start, name_end = a, a + (reach + level.start() if level else len(head))
    if tail and not _ends_as_name(tail, level is not None):
        if len(tail) > 30 or not (made or listed):
            return []
        name_start, name_end = a + match.end(), b
        while flow.view[name_start] in " 的" and name_start < name_end:
            name_start += 1
    if not (made or level or after or listed or unit == "%"):
        return []
    if unit in ("级", "届", "期", "分", "天", "次", "岁", "元", "条") and not level:
        return []
    return _build(flow, (name_start, name_end), (a, b), (verb, after, value, unit), before)


def _best_figure(clause: str) -> re.Match[str] | None:
    """The figure that is stated: one with a verb of level before it, else the first that does not merely describe."""
    first: re.Match[str] | None = None
    for match in _VALUE.finditer(clause):
        behind = clause[match.end() : match.end() + 1]
        if _LEVEL_END.search(clause[max(0, match.start() - LEVEL_REACH) : match.start()].rstrip()):
            return match
        if first is None and (match["unit"] or match["after"].strip()) and (behind != "的" or not match["after"]):
            first = match
    return first


def _phrase_year(phrase: re.Match[str], context: Context) -> int | None:
    """The year a time phrase names, or the plan's own."""
    written = re.search(r"\d{4}", phrase[0])
    return int(written[0]) if written else context.plan_year


def _ends_as_name(tail: str, level: bool) -> bool:
    """Does the clause only close after the figure (…的目标, 水平) rather than name the thing counted?"""
    return bool(re.match(r"(?:的)?(?:目标|水平|要求|标准|左右|之间|区间)*$", tail)) or (
        level and bool(re.match(r"[（的]|并|和", tail))
    )


def _build(
    flow: Flow,
    name_span: tuple[int, int],
    whole: tuple[int, int],
    figure: tuple[str, str, float | int | list[float | int], str | None],
    before: list[Target],
) -> list[Target]:
    verb, after, value, unit = figure
    a, b = name_span
    lead = _LEADING.match(flow.view[a:b])
    a += lead.end() if lead else 0
    view_name = flow.view[a:b]
    parts = _shared(view_name)
    names: list[tuple[str, str | None, str | None]] = []
    year: int | None = None
    growing = bool(_GROWTH.match(view_name)) and not verb
    if parts:
        scope, pieces = parts
        names = [
            (
                piece,
                scope,
                "one value in the text, shared by two indicators"
                if len(pieces) == 2
                else "one value in the text, shared by several indicators",
            )
            for piece in pieces
        ]
    else:
        name, year = _name(flow, a, b)
        scope = None
        if _BARE_RATE.match(name) and before:
            previous = _SCOPE.match(before[-1].indicator)
            scope = previous["scope"] if previous else before[-1].scope
        names = [(name, scope, None)]
    operator, direction = _operator(verb, after, value, "".join(name for name, _, _ in names))
    operator = "increase" if growing and operator == "=" else operator
    return [
        Target(
            name,
            operator,
            value,
            unit,
            year,
            direction,
            "firm",
            flow.span(*whole),
            scope,
            note,
            1.0 if len(name) >= 3 else 0.5,
            "" if len(name) >= 3 else because("short_indicator"),
        )
        for name, scope, note in names
        if name
    ]


def _name(flow: Flow, a: int, b: int) -> tuple[str, int | None]:
    """The indicator without verbs, comparison and dates, and the year that a date in it names."""
    view, year = flow.view, None
    for match in PHRASE.finditer(view, a, b):
        if (
            match.end() >= b - 1
            and match.start() > a
            and match.lastgroup in ("year", "month", "bare", "plan", "quarter")
        ):
            written = re.search(r"\d{4}", match[0])
            compared = view[match.start() - 1] in "较比与"
            year, b = (int(written[0]) if written and not compared else None), match.start() - compared
    place = _PLACE_WORD.match(view[a:b])
    a += place.end() if place else 0
    compared_at = _COMPARED.search(view[a:b])
    if compared_at and compared_at.start() > 1:
        b = a + compared_at.start()
    hole = (b, b)
    if not _RATE_END.search(view[a:b]):
        made = _MAKE_START.match(view[a:b])
        inside = _MAKE_INSIDE.search(view, a, b)
        if made:
            a += made.end()
            hole = (b, b)
        elif inside:
            hole = inside.span()
    text = flow.text[a : hole[0]] + flow.text[hole[1] : b]
    return re.sub(r"\s+", "", text).strip("、的"), year


def _shared(name: str) -> tuple[str | None, list[str]] | None:
    """重点领域地产食品、地产农产品监督抽查合格率 → (重点领域, [地产食品监督抽查合格率, 地产农产品监督抽查合格率])."""
    tail = _RATE_TAIL.search(name)
    if not tail or "、" not in name[: tail.start()]:
        return None
    scope = _SCOPE.match(name)
    stems = re.split("、", name[scope.end() if scope else 0 : tail.start()])
    stems = [part for stem in stems[:-1] for part in [stem]] + re.split("和|及", stems[-1])
    if any(len(stem) < 2 for stem in stems) or any(_RATE_TAIL.search(stem) for stem in stems):
        return None
    return scope["scope"] if scope else None, [stem + tail[0] for stem in stems]


def _operator(verb: str, after: str, value: object, name: str) -> tuple[str, str]:
    falls = bool(_LOWER.search(name)) and not _HIGHER_ANYWAY.search(name)
    direction = "lower" if falls else "higher"
    if isinstance(value, list):
        return "between", direction
    if verb in ("增长", "提高", "提升", "增加"):
        return "increase", direction
    if verb in ("下降", "降低", "减少", "压减", "压缩", "缩短"):
        return "decrease", "lower"
    if after in ("以上", "及以上") or verb in ("不低于", "不少于", "不小于", "≥"):
        return ">=", direction
    if after in ("以下", "及以下", "以内", "之内", "内") or verb in ("不高于", "不超过", "不大于", "不多于", "≤"):
        return "<=", "higher" if _HIGHER_ANYWAY.search(name) else "lower"
    if verb in ("低于", "小于", "<"):
        return "<", "lower"
    if verb in ("超过", "超", "突破", "高于", "大于", ">"):
        return ">", direction
    if after in ("左右", "上下") or verb == "约":
        return "≈", direction
    return "=", direction
