"""Who is responsible: brackets, label lines and sentences → duties with roles.

Roles follow one rule: as soon as a lead is named (牵头, 牵头单位, 会同, "列第一位者为牵头单位") it is `lead`
and all others are `support`;
without a lead all are `joint`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hengjian.methods.policy_text.marks import LABEL
from hengjian.methods.policy_text.model import Duty
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.reasons import because
from hengjian.methods.policy_text.units import STRONG_END, Names, is_body, is_collective, split_units

HINT = re.compile(
    r"时限|时间：|期限|负责(?!人)|牵头|配合|责任|单位|部门|会同|落实|主办|承办|协办|实施|抓好|参与|参加|指导"
)
FIRST_LEADS = re.compile(
    r"(?:列|排|放)(?:名|序)?(?:在|为|于)?(?:第一|首|最前|前)(?:位|个|名)?[^，。；：]{0,8}(?:为|是|系|"
    r"作为)?(?:责任)?牵头|首位(?:单位|部门)?(?:为|是)(?:责任)?牵头|第一(?:个|家)?(?:责任)?(?:单位|"
    r"部门)(?:为|是)(?:总|责任)?牵头|(?:第一位|首位|第一名)(?:的|者)?(?:单位|部门)?(?:均?为|是)(?:总|责任)?牵头"
)
COMMA_LEADS = re.compile(r"(?:第一个|首个)?(?:逗号|分号)(?:之|以)?前[^，。；：]{0,8}(?:均?为|是)(?:总|责任)?牵头")
_SAME_BELOW = re.compile(r"下同|以下(?:均)?(?:相同|同)")
_DISTRICTS_BELOW = re.compile(
    r"^(?:不|无)需|不再(?:一一)?(?:列出|列举|做分工|分别列出)|^(?:其他|其余|其它)(?:的|单位|部门)*(?:为|是|均为)"
)
_DATE_PIECE = re.compile(
    r"^(?:于|在|截至|至)?(?:\d{4}年|\d{1,2}月|“?十[三四五]五|[上下]半年|[一二三四]季度|第[一二三四]季度|"
    r"全年|年内|年底|每年|长期|持续|贯穿|常年|立即|即行|适时|按(?:时|期|进度|序时)|常态)[^，；]{0,16}$|"
    r"^[^，；]{0,6}\d{1,4}[年月日底][^，；]{0,12}(?:前|内|底|完成)[^，；]{0,4}$"
)

# the verbs that end a list of bodies; the object that may follow runs to the next mark
_VERB = re.compile(
    r"(?P<lead>(?:总|联合|共同|统筹|按(?:照)?(?:各自)?职责(?:分工)?|负责|联合|双)?(?:牵头|主办|"
    r"主责)(?:负责)?(?!单位|部门|处室|人))"
    r"|(?P<with>会同|(?<=[部委局厅署院办会行])商(?!务|会|标|业|贸|协|行)(?=[\u4e00-\u9fff]{2,}(?:部|委|局|厅|院|会)))"
    r"|(?P<guide>(?:业务|具体|加强|共同)?指导(?=[，；。、）〕\s]|$))"
    r"|(?P<support>(?:等)?(?:按(?:照|各自)?(?:职责|分工)[^，；。：]{0,8}?)?(?:配合|协同|协助|参与|参加|"
    r"协办|支持配合|给予支持|协作)(?!单位|部门|处室|饲料))"
    r"|(?P<joint>(?:按|依|按照|根据|依据)(?:照|据)?(?:各自|其|自身|本部门|各部门|部门|相关|"
    r"有关)?(?:的)?(?:法定|工作)?(?:职责|职能|职权|分工|权限|任务)[^，；。：、由]{0,16}+(?!由)|"
    r"分工(?:负责|落实|协作)|(?:分别|共同|具体|联合|组织|各自)?负责(?!人)|(?:分别|共同|具体|抓好|贯彻|抓|"
    r"组织|推进|推动|认真|各自|结合实际|因地制宜|按要求)*(?:落实|实施)(?=[。；，\s）〕]|$)|落实(?=属地|主体|监管|领导|相关|相应|"
    r"各项)|(?:具体)?承办)"
)
_LEAD_LABEL = re.compile("牵头|主办|主责|总牵头|第一责任|首要")
_SUPPORT_LABEL = re.compile("配合|协办|协同|协助|参与|参加|支持")


_NOTED = re.compile(r"[（〔〈](?:含|包括|不含|不包括|以下|简称|下同)[^（）〔〕〈〉]*[）〕〉]$")
_REMARK = re.compile(r"[（〔〈]([^（）〔〕〈〉]{2,24})[）〕〉]$")
_FOR_ALL_BELOW = re.compile(
    r"(?:以下|具体|上述|所有|各项)(?:各|各项|所有)?(?:任务|措施|工作|事项)?(?:均|都)(?:需|须|由|涉及|应|要)"
)
_MARKED = re.compile(r"[（〔〈](?:总?牵头|主办|主责|配合|协办|参与|责任|负责)(?:单位|部门)?[）〕〉]$")


@dataclass(slots=True)
class Responsibility:
    """One bracket, label line or sentence: the stretch it takes in the flow and what it says."""

    start: int
    end: int
    kind: str  # bracket, label, sentence, cell
    duties: list[Duty] = field(default_factory=list)
    open_lead: bool = False
    open_list: bool = False
    has_lead: bool = False
    times: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, int]] = field(default_factory=list)  # stretches that are neither bodies nor dates
    asides: list[tuple[int, int]] = field(
        default_factory=list
    )  # 常态化推进, 以下均需…: understood, but no duty and no date
    first_leads: str = ""  # the convention it states: "first" body, or those before the first "comma"
    same_below: bool = False
    mode: str = "joint"


class DutyReader:
    """Reads responsibility clauses of one flow; remembers “列第一位者为牵头单位，下同”."""

    def __init__(self, flow: Flow, names: Names) -> None:
        self.flow = flow
        self.names = names
        self.first_leads = ""

    def clause(self, start: int, end: int, kind: str, role: str = "joint") -> Responsibility:
        """Read flow[start:end] (without brackets). Labels first, then verbs inside each field."""
        view = self.flow.view
        found = Responsibility(start, end, kind)
        text = view[start:end]
        note = lead_convention(text)
        if note:
            found.first_leads = note[0]
            found.same_below = bool(_SAME_BELOW.search(text))
        fields = self._fields(start, self._without_note(start, end, note), role)
        for a, b, field_role in fields:
            if field_role == "time":
                found.times.append((a, b))
            elif field_role == "other":
                found.others.append((a, b))
            else:
                self._list(a, b, field_role, found)
        self._settle(found)
        return found

    def _without_note(self, start: int, end: int, note: tuple[str, int] | None) -> int:
        """End of what stands before the words of a convention, “…；列第一位者为牵头单位，下同”."""
        if not note:
            return end
        view, place = self.flow.view, start + note[1]
        if self._inside_bracket(start, place) or LABEL.search(view, place, end):
            return end
        return max(view.rfind(mark, start, place) for mark in "，；。\n") + 1 or start

    def fields(self, fields: list[tuple[int, int, str]]) -> Responsibility:
        """Table cells whose column gives the role: lead, support, duty or time."""
        found = Responsibility(fields[0][0], max(end for _, end, _ in fields), "cell")
        for start, end, role in fields:
            if role == "time":
                found.times.append((start, end))
                continue
            for a, b, field_role in self._fields(start, end, role):
                if field_role == "time":
                    found.times.append((a, b))
                elif field_role == "other":
                    found.others.append((a, b))
                else:
                    self._list(a, b, field_role, found)
        self._settle(found)
        return found

    def _fields(self, start: int, end: int, role: str) -> list[tuple[int, int, str]]:
        view = self.flow.view
        out: list[tuple[int, int, str]] = []
        place, current = start, role
        for match in LABEL.finditer(view, start, end):
            before = "，" if match["unitb"] or match["timeb"] or match.start() <= start else view[match.start() - 1]
            if before not in " ，；。、\n（〔：:|/\t" and not (
                match["unit"] and place > start and current in ("lead", "support", "joint", "duty")
            ):
                continue
            if match["unit"] and "：" not in match[0] and match.start() > start and before not in " ；。\n":
                continue
            if match.start() > place:
                out.append((place, match.start(), current))
            place = match.end()
            current = (
                "time"
                if match["time"] or match["timeb"]
                else "other"
                if match["other"]
                else self.label_role(match["unit"] or match["unitb"])
            )
        out.append((place, end, current))
        return out

    @staticmethod
    def label_role(label: str) -> str:
        """lead, support, or duty (责任单位 and the like: joint unless another entry leads)."""
        leads, supports = bool(_LEAD_LABEL.search(label)), bool(_SUPPORT_LABEL.search(label))
        return "duty" if leads and supports else "lead" if leads else "support" if supports else "duty"

    def _list(self, start: int, end: int, role: str, found: Responsibility) -> None:
        """A list with its verbs: A牵头，B、C配合 · A会同B负责 · A、B按职责分工负责."""
        view = self.flow.view
        place, after_with = start, False
        match = _VERB.search(view, place, end)
        while match:
            if self._inside_bracket(start, match.start()):
                match = _VERB.search(view, match.end(), end)
                continue
            verb = match.lastgroup
            default = (
                "support"
                if after_with or verb == "support"
                else "guide"
                if verb == "guide"
                else "lead"
                if verb in ("lead", "with")
                else role
                if role != "joint"
                else "duty"
            )
            if after_with and verb == "lead":
                default = "lead"
            self._entries(place, match.start(), default, found)
            after_with = verb == "with" or (after_with and verb not in ("joint", "support"))
            place = match.end() if verb == "with" else self._object_end(match.end(), end)
            match = _VERB.search(view, place, end)
        self._entries(place, end, "support" if after_with else role if role != "joint" else "duty", found)

    def _inside_bracket(self, start: int, place: int) -> bool:
        part = self.flow.view[start:place]
        return any(part.count(opening) > part.count(closing) for opening, closing in ("（）", "〔〕", "〈〉"))

    def _object_end(self, place: int, end: int) -> int:
        """After 负责 or 牵头 the object (抓好落实, 推进…) runs to the next mark."""
        view = self.flow.view
        while place < end and view[place] not in "，；。、 \n":
            place += 1
        return place

    def _entries(self, start: int, end: int, role: str, found: Responsibility) -> None:
        flow = self.flow
        units, is_open = split_units(flow.view, start, end)
        if is_open:
            if role == "lead":
                found.open_lead = True
            else:
                found.open_list = True
        for unit in units:
            view_name = flow.view[unit.start : unit.end]
            unit_role = role
            noted = _NOTED.search(view_name)
            if noted and noted.start() > 1:
                unit.end = unit.start + noted.start()
                view_name = view_name[: noted.start()]
            marked = _MARKED.search(view_name)
            if marked:
                unit_role = (
                    "lead" if _LEAD_LABEL.search(marked[0]) else "support" if _SUPPORT_LABEL.search(marked[0]) else role
                )
                unit.end = unit.start + marked.start()
                view_name = view_name[: marked.start()]
            remark = _REMARK.search(view_name)
            if (
                remark
                and remark.start() > 2
                and not is_body(remark[1])
                and not re.search("[市县区州盟旗镇乡园]$", remark[1])
                and is_body(view_name[: remark.start()])
                and not (view_name[remark.start() - 1] == "办" and len(remark[1]) <= 3)  # 政府办（金融）
            ):
                unit.end = unit.start + remark.start()
                view_name = view_name[: remark.start()]
            if _DATE_PIECE.match(view_name) or _FOR_ALL_BELOW.search(flow.view[max(0, unit.start - 16) : unit.end]):
                dated = re.search(r"\d|十[三四五]五|季度|半年|年[底内]", view_name) and not _FOR_ALL_BELOW.search(
                    flow.view[max(0, unit.start - 16) : unit.end]
                )
                (found.times if dated else found.asides).append((unit.start, unit.end))
                continue
            if (
                FIRST_LEADS.search(view_name)
                or _SAME_BELOW.fullmatch(view_name)
                or _DISTRICTS_BELOW.search(view_name)
                or view_name in ("分工", "责任")
            ):
                continue
            if len(view_name) > 40 or (not unit.certain and re.search(r"[“”《》\d%]|^(?:其|该|本|此)", view_name)):
                found.others.append((unit.start, unit.end))
                continue
            written = (
                re.sub(r"\s+", "", flow.text[unit.start : unit.end])
                if not flow.text[unit.start : unit.end].isascii()
                else flow.text[unit.start : unit.end]
            )
            name, reason = self.names.normalise(written, view_name)
            collective = is_collective(view_name)
            if collective and any(duty.name == name and duty.role == unit_role for duty in found.duties):
                continue
            confidence = 1.0
            if reason:
                confidence = 0.8
            elif not unit.certain:
                confidence, reason = 0.6, because("unlike_a_body")
            found.duties.append(
                Duty(
                    unit_role,
                    written,
                    name,
                    flow.span(unit.start, unit.end),
                    collective,
                    None,
                    confidence,
                    reason,
                    unit.start,
                    re.sub(r"\s", "", view_name),
                )
            )

    def _settle(self, found: Responsibility) -> None:
        """Turn the roles read from words into lead, support, joint."""
        duties = found.duties
        first_leads = found.first_leads or (self.first_leads if found.kind != "cell" else "")
        if found.first_leads and found.same_below:
            self.first_leads = found.first_leads
        roles = {duty.role for duty in duties}
        if "lead" not in roles and first_leads and len(duties) > 1:
            comma = self._first_comma(duties[0].place, found.end) if first_leads == "comma" else duties[1].place
            for duty in duties:
                if duty.place < comma:
                    duty.role = "lead"
            roles = {duty.role for duty in duties}
        elif "lead" not in roles and "support" in roles and "duty" in roles:
            for duty in duties:
                if duty.role == "duty":
                    duty.role, duty.confidence, duty.reason = (
                        "lead",
                        min(duty.confidence, 0.7),
                        duty.reason or because("taken_as_lead"),
                    )
            roles = {duty.role for duty in duties}
        found.has_lead = "lead" in roles
        for duty in duties:
            if duty.role == "duty":
                duty.role = "support" if found.has_lead else "joint"
            elif duty.role == "guide":  # who guides is not the one who does it
                duty.role = "support"
        found.mode = "lead_support" if found.has_lead or roles & {"support", "guide"} else "joint"
        if found.open_lead and not any(duty.role != "lead" for duty in duties):
            found.open_list = True

    def _first_comma(self, start: int, end: int) -> int:
        view = self.flow.view
        place = view.find("，", start, end)
        while place >= 0 and self._inside_bracket(start, place):
            place = view.find("，", place + 1, end)
        return place if place >= 0 else end


def lead_convention(text: str) -> tuple[str, int] | None:
    """("first" | "comma", place) where the text says which bodies of a list lead."""
    for name, pattern in (("comma", COMMA_LEADS), ("first", FIRST_LEADS)):
        match = pattern.search(text)
        if match:
            return name, match.start()
    return None


def looks_responsible(found: Responsibility, text: str) -> bool:
    """Is a bracket or sentence that was read as a clause really about responsibility?"""
    duties = found.duties
    if not duties:
        return (bool(found.times) and bool(LABEL.match(text.lstrip(" ")))) or bool(found.first_leads)
    certain = sum(1 for duty in duties if duty.confidence > 0.65 or duty.collective)
    if LABEL.match(text.lstrip(" 〔（")):
        return True
    if _VERB.search(text):
        return certain >= 0.5 * len(duties) or (
            found.open_list and all(len(duty.organisation) <= 12 for duty in duties)
        )
    return False


def is_bare_list(found: Responsibility) -> bool:
    """(省教育厅、省公安厅): a bracket with nothing but bodies, at most with a date; only the strongest endings
    count."""
    governments = any(duty.key.endswith("政府") for duty in found.duties)  # 甲市、乙市人民政府 share an ending
    return (
        bool(found.duties)
        and not found.others
        and all(
            duty.collective
            or (STRONG_END.search(duty.key) and duty.confidence > 0.65)
            or (governments and re.fullmatch("[\u4e00-\u9fff]{2,5}[市县区州盟旗]", duty.key))
            for duty in found.duties
        )
        and any(STRONG_END.search(duty.key) for duty in found.duties)
    )
