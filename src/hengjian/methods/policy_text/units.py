"""Lists of responsible bodies: splitting, what counts as a body, and the normalised name.

No closed dictionary: a body is recognised by how its name ends and by what stands around it. Known names only
help to mend misprints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hengjian.methods.policy_text.reasons import because

if TYPE_CHECKING:
    from hengjian.methods.organisations import Organisations

_CLASS = (
    r"(?:功能区|设区市|地级以上市|地级市|县级市|直辖市|自治区|自治州|自治县|自治旗|行政公署|盟市|旗县|"
    r"市州|州市|地州市|地市|市地|县市区|市县区|区市县|县区|区县|市县|县市|市区|镇街|镇乡|乡镇|街镇|街道|"
    r"地区|片区|园区|开发区|省|市|州|地|盟|旗|县|区|乡|镇|师|团|村|社区)"
)
_BRACKET = r"(?:[（〔〈][^（）〔〕〈〉]{1,20}[）〕〉])?"
BODY_END = re.compile(
    r"(?:[部委局厅署办院会社室组处站所台馆校司团队庭股]|(?<=[银分支央])行|农(?:发|商)行|海关|中心|公司|集团|政府|公署|总队|支队|大队|"
    r"部门|单位|机构|企业|组织|基地|银行|医院|学校|高校|大学|学院|兵团|军区|街道|乡镇|园区|开发区"
    r"|新区|试验区|示范区|合作区|高新区|经开区|保税区|工会|妇联|残联|科协|文联|侨联|工商联|消协|协会|"
    r"联合会|专班|党组织|党委|党工委|运营商|承担者|主体|纪检|监委|国资委|邮政|电信|移动|联通|铁塔"
    r"|市州|州市|盟市|县市区|市县|县区|区县|各市|各县|各区|各州|各盟|各地|各旗|各省|各镇|各乡|各级|"
    r"县（市、区）|市（州）|县（区）|区（市、县）|地市|地州市|旗县|旗县区|市区|师市|供电|科技城|保险|科|"
    r"工商|税务)"
    r"(?:[（〔〈][^（）〔〕〈〉]{1,24}[）〕〉])?$"
)
STRONG_END = re.compile(
    r"(?:[\u4e00-\u9fff）]+(?:部|委|局|厅|署|办|委员会|办公室|人民政府|政府|公署|管委会|海关|总队|支队|"
    r"检察院|法院|处|科|股|室|院|所|站|中心|公司|集团|银行|社|局机关|团委|残联|科协|党委|工会|总工会|妇联|"
    r"银行|支行|分行|分局|监管局|中心|联社|领导小组|指挥部|协会|联合会|部门|单位|处室)"
    r"|工商联|贸促会|[省市区县州盟][\u4e00-\u9fff]{2,8}(?:会|联|队|台)"
    r"|各市|各县|各地|各市州|各区县|各县区|各盟市|县（市、区）|市（州）|各县市区)(?:[（〔〈][^（）〔〕〈〉]{1,24}[）〕〉])?$"
)
_NOT_BODY = re.compile(
    r"(?:内部|外部|全部|干部|局部|部分|原则上|机会|社会|大会|结合|产业|工作|作用|问题|措施|方案|制度|\d年|"
    r"机制|任务|活动|服务|建设)$"
)
COLLECTIVE = re.compile(
    rf"各|成员单位|(?:有关|相关|涉及|对口|所属|其他|其它|责任|主管|监管|职能|属地|直属|配合)(?:的)?(?:行业|"
    rf"业务|工作)?(?:主管|监管)?(?:省直|市直|区直|县直|省级|市级|县级|中直|驻\w)?(?:部门|单位|处室|科室|"
    rf"机构|企业|市|州|县|区|地区|地方|市县|院校|高校|行业|组织|政府|委办局)"
    rf"|^(?:地方|县级以上|市级|省级|县级|区级|省直|市直|区直|县直|中直|州直|属地|基层|所在地|相关|有关|"
    rf"全省|全市|全区|全县|本级|试点|乡镇)[^（]*(?:政府|部门|单位|党委|机构|街道|乡镇|企业|学校|医院)"
    rf"|^{_CLASS}{_BRACKET}(?:[、和及]{_CLASS}{_BRACKET})*级?(?:（[^）]*）)?(?:党委(?:和|、|"
    rf"及)?)?(?:人民政府|政府|党委|管委会|行署|行政公署)$|行业主管部门|主管部门|监管部门|执法部门"
)
_CLASS_HEAD = re.compile(
    rf"^(?:由|以及|和|与|及)?(?:有关|相关)?各?(?:有关|相关)?{_CLASS}{_BRACKET}级?$|^(?:由|以及|和|与|"
    rf"及)?(?:省|市|区|县|州|中)直$|^(?:由|以及|和|与|及)?(?:各级|省级|市级|县级|州级|区级|各有关|国家|"
    rf"中央|地方各级|省委|市委)$"
)
_CLASS_NEXT = re.compile(
    rf"^(?:{_CLASS}{_BRACKET}(?:级|人民政府|政府|党委|管委会|行署|行政公署|有关|相关|直|直属|两级|党政|"
    rf"各级|[、和及])|{_CLASS}{_BRACKET}$|(?:省|市|区|县|州)(?:级|直)?(?:有关|相关)?(?:部门|单位))"
)
_GOVERNMENT_ALONE = re.compile(r"^(?:人民政府|政府|行署|行政公署|政府有关部门|政府相关部门)$")
_LEAD_IN = re.compile(
    r"^(?:以上|以下|上述|此项|该项|本项|各项|具体|其他)?(?:各项|所有)?(?:工作|任务|措施|事项)?(?:均|都|"
    r"还)?(?:按(?:照)?(?:各自)?(?:职责|职能)(?:分工)?(?=由)|由|请|"
    r"需要|需|须|涉及|以及|并|会同|及其|其中|和|与|及|牵头|配合|[—\-·.、，；：。\ ])+(?=.)"
)
_OPEN = re.compile(
    r"(?<![高中初同平均])等(?:\d{1,2}个?|[一二三四五六七八九十]{1,2}个?|多个?|若干)?(?:国务院|全国|我[省市区县]|本[省市区县级]|各级|省|市|州|县|区|"
    r"自治区|中央|国家)?(?:级|直|属|政府|直机关|驻\w{1,2})?(?:有关|相关|各有关|各相关|职能|成员|行业主管|"
    r"行业|主管|责任|配合|涉及)*"
    r"(?:部门和单位|部门（单位）|单位（部门）|单位和部门|部门、单位|部门单位|成员单位|单位部门|部门|单位|"
    r"厅局|委办局|厅局委办|机构|处室|科室|企业|地区|地方|方面|局办|)$"
)
_TRAILING = re.compile(r"(?:共同|分别|具体|联合|统筹|组织|按|依|根据|各自|按照|一并|协同|主要|全面|积极|应当|负责|等)$")
_CONJUNCTION = re.compile("以及|[和及与]")
_SPLIT = re.compile(r"[、，；,;。\n]|\ +|/")


@dataclass(slots=True)
class Unit:
    """One entry of a list: [start, end) in the view, whether its name ends like a body's."""

    start: int
    end: int
    certain: bool


def is_body(name: str) -> bool:
    """Does the name end like that of a public body?"""
    return bool(BODY_END.search(name)) and not _NOT_BODY.search(name)


def split_units(view: str, start: int, end: int) -> tuple[list[Unit], bool]:
    """Entries of the list in view[start:end] and whether it is open (…等, …等部门)."""
    pieces = _merge_classes(view, _pieces(view, start, end))
    units: list[Unit] = []
    is_open = False
    for a, b in pieces:
        for left, right in _divide(view, a, b):
            left, right, opened = _trim(view, left, right)
            is_open = is_open or opened
            name = view[left:right]
            if len(name) < 2 and name not in ("省", "市"):
                continue
            units.append(Unit(left, right, is_body(name)))
    return units, is_open


def _pieces(view: str, start: int, end: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    depth, piece = 0, start
    place = start
    while place < end:
        char = view[place]
        if char in "（〔《“〈":
            depth += 1
        elif char in "）〕》”〉":
            depth = max(0, depth - 1)
        elif not depth:
            match = _SPLIT.match(view, place)
            if match:
                joined = char == " " and not (
                    is_body(view[piece:place].strip()) or _OPEN.search(view[piece:place].strip())
                )
                if not joined:
                    out.append((piece, place))
                    piece = match.end()
                place = match.end()
                continue
        place += 1
    out.append((piece, end))
    return [(a, b) for a, b in ((_strip(view, a, b)) for a, b in out) if b > a]


def _strip(view: str, a: int, b: int) -> tuple[int, int]:
    while a < b and view[a] in " \n、，；。：.":
        a += 1
    while b > a and view[b - 1] in " \n、，；。：.":
        b -= 1
    return a, b


def _merge_classes(view: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join 各市、县（市、区）人民政府 and 各级党委、政府, which share an ending, into one entry."""
    out: list[tuple[int, int]] = []
    for a, b in pieces:
        if out:
            before, here = view[out[-1][0] : out[-1][1]], view[a:b]
            gap = view[out[-1][1] : a].strip()
            tail = (
                before[max(before.rfind("、"), before.rfind("和"), before.rfind("及")) + 1 :]
                if _CLASS_NEXT.match(here)
                else before
            )
            if gap == "、" and (
                (_CLASS_HEAD.match(tail) and (_CLASS_NEXT.match(here) or _shared_ending(before, here)))
                or (before.endswith("党委") and _GOVERNMENT_ALONE.match(here))
                or (re.search(r"(?:省|市|区|县|州|中)直$", tail) and re.match(r"(?:省|市|区|县|州|中)直", here))
            ):
                out[-1] = (out[-1][0], b)
                continue
        out.append((a, b))
    return out


def _shared_ending(before: str, here: str) -> bool:
    """各市、各县人民政府: the first has no ending of its own, the second is a government of the next level."""
    return before.startswith("各") and bool(re.match(rf"各{_CLASS}{_BRACKET}(?:人民)?(?:政府|党委|管委会)", here))


def _divide(view: str, a: int, b: int) -> Iterable[tuple[int, int]]:
    """Split at 和, 及, 与, 以及 where both sides are bodies (not in 人力资源和社会保障厅, 发展和改革委员会)."""
    begin = a
    for match in _CONJUNCTION.finditer(view, a, b):
        left, right = view[begin : match.start()], view[match.end() : b]
        inside = any(left.count(opening) > left.count(closing) for opening, closing in ("（）", "〔〕", "〈〉"))
        if inside or not left or not right or match.start() < begin:
            continue
        left_ends = is_body(left) or bool(_OPEN.search(left))
        right_ends = is_body(right) or bool(_OPEN.search(right)) or bool(COLLECTIVE.search(right))
        if (
            left_ends
            and right_ends
            and not (_GOVERNMENT_ALONE.match(right) and left.endswith(("党委", "党组")))
            and not re.match(r"(?:单位|部门|机构|企业)(?:（.*）)?(?:$|[和及与])", right)
            and not (re.fullmatch(rf"各?{_CLASS}", left) and _CLASS_NEXT.match(right))
        ):
            yield begin, match.start()
            begin = match.end()
    yield begin, b


def _trim(view: str, a: int, b: int) -> tuple[int, int, bool]:
    a, b = _strip(view, a, b)
    lead = _LEAD_IN.match(view[a:b])
    if lead and is_body(view[a + lead.end() : b]):
        a += lead.end()
    opened = False
    found = _OPEN.search(view[a:b])
    if found:
        opened, b = True, a + found.start()
    else:
        trailing = _TRAILING.search(view[a:b])
        if trailing and is_body(view[a : a + trailing.start()]):
            b = a + trailing.start()
    return (*_strip(view, a, b), opened)


_PREFIX = re.compile(
    r"^(?:自治区(?!级|直|内|外|域|属)|省(?!委|级|直|属|域|内|外|际|会|军区|$)|市(?!委|级|直|属|域|内|外|"
    r"区|场|监(?!察|狱|委)|容|政(?=园|管|公|工|设|养|局|建|处)|县|州|辖|民(?!政|族|宗|委|防|航|革|盟|建|进|兵|办)|$))(?=.{2})"
)
_BRANCH = re.compile(r"^([\u4e00-\u9fff]{2,6})(银监|保监|证监|银保监)会$")


class Names:
    """Written name → normalised name: a leading 省, 市 or 自治区 goes, evident misprints are mended.

    Without `organisations` the families that come with the project serve; they are loaded at the first name.
    """

    def __init__(self, organisations: Organisations | None = None) -> None:
        self._organisations = organisations
        self._cache: dict[tuple[str, str], tuple[str, str]] = {}

    def normalise(self, written: str, view: str) -> tuple[str, str]:
        """(name, reason of a correction or ""). `written` is as in the text, `view` the same in unified characters."""
        key = (written, view)
        if key not in self._cache:
            if len(self._cache) > 5000:
                self._cache.clear()
            self._cache[key] = self._normalise(written, view)
        return self._cache[key]

    def _normalise(self, written: str, view: str) -> tuple[str, str]:
        if view.startswith(("市市场", "市市政", "市市容", "市市民")):
            cut = 1
        else:
            prefix = _PREFIX.match(view)
            cut = prefix.end() if prefix else 0
        name, key = re.sub(r"\s+", "", written[cut:]), re.sub(r"\s+", "", view[cut:])
        branch = _BRANCH.match(key)
        if branch and branch[1] not in ("中国", "国家"):
            return name[:-1] + "局", because("branch_office", key, name[:-1] + "局")
        if len(key) >= 5 and name == key and not is_collective(key):
            if self._organisations is None:
                from hengjian.methods.organisations import default_organisations

                self._organisations = default_organisations()
            mended = self._organisations.correct_misprint(key)
            if mended.reason:
                return mended.name, because("misprint", mended.name)
        return name, ""


def is_collective(view: str) -> bool:
    """Does the entry name a class of bodies rather than one body?"""
    return bool(COLLECTIVE.search(view))
