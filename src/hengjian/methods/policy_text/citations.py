"""Cited documents: every 《…》 and 〈…〉 inside one, with the number behind it and its role."""

from __future__ import annotations

import re

from hengjian.methods.policy_text.model import Citation
from hengjian.methods.policy_text.normalise import Flow

NUMBER = re.compile(
    r"(?:[\u4e00-\u9fffA-Za-z]{1,16} ?)〔 ?\d{4} ?〕 ?(?:第 ?)?\d{1,5} ?号|(?:[\u4e00-\u9fff]{2,14}(?:令|"
    r"公告)(?:〔?\d{4}年?〕?)?第 ?\d{1,4} ?号)|(?:GB|DB|JJF|HJ|NY|SB|YY|WS|"
    r"CJ)[/A-Z0-9]{0,6} ?\d{2,6}(?:[.\-—–]\d+)*"
)
_DASHES = re.compile("[—–－-]+|－")
_ALIAS = re.compile(r"^(?:（[^）]{0,60}?[，；])?（?[^（）。]{0,60}?以下(?:统|均)?简称(?:为)?[：“《]*([^》”）]+)[》”]?")
_OUTPUT_BEFORE = re.compile(
    r"(?:制定|制订|制修订|制（修）订|修订|修改|出台|印发|编制|起草|编写|编印|研究制定|形成|发布|拟订|拟定|"
    r"完成|推出|编撰|修编|颁布|公布|推动制定|抓紧制定|建立)(?:和实施|并实施|实施|完善|完成|印发|出台|发布|"
    r"并发布|并印发|并出台|好|了|全省|全市|全区|省级|自治区|我省|我市|我区|本省|年度|新一轮|专门的|省|市|"
    r"、|和|及|或|并|[“”][^“”]{1,12}[”]|\d{4}年(?:度)?|[\u4e00-\u9fff]{0,6}的)*$"
)
_OUTPUT_AFTER = re.compile(
    r"^(?:（[^）]{0,40}）)?(?:等[^，。；《]{0,14})?(?:的)?(?:等)?(?:工作)?(?:尽快|及时|抓紧|力争|早日|"
    r"年内|适时|的)*(?:出台|制定|制订|修订|修改|起草|编制|立法|调研论证|制修订|颁布|印发|"
    r"工作进度，力争[^，。；]{0,6}出台|的?(?:制定|修订|起草|编制|出台|发布|立法))"
)
_REFERENCE_BEFORE = re.compile(
    r"(?:贯彻|落实|按照|依据|根据|依照|执行|遵照|对照|参照|学习|宣传|宣贯|履行|结合|围绕|对接|衔接|遵守|"
    r"推动落实|贯彻实施|组织实施|深入实施|全面实施)[^，。；《》]{0,14}$"
)
_SELF_AFTER = re.compile(
    r"^(?:（[^）]{0,80}）)?(?:已经?|业经)?[^。；]{0,60}(?:印发给你们|现予(?:印发|公布|发布)|予以印发)"
)


def find_citations(flow: Flow, plan_title: str | None, own_names: tuple[str | None, ...] = ()) -> list[Citation]:
    """All cited titles once, in order of first appearance. A title that only stands inside another is `nested`."""
    view = flow.view
    found: dict[str, Citation] = {}
    aliases: set[str] = set()
    own = {_key(name) for name in (plan_title, *own_names) if name}
    outer_ends: list[int] = []
    for start, end in flow.pairs:
        if view[start] not in "《〈" or end - start < 2 or end - start > 160:
            continue
        outer_ends = [other for other in outer_ends if other > start]
        nested = bool(outer_ends)
        if view[start] == "《" or nested:
            outer_ends.append(end)
        elif not nested:  # 〈…〉 alone is a comparison sign or ornament
            continue
        title = flow.text[start + 1 : end].strip()
        key = _key(title)
        if not key or key in aliases:
            continue
        number, after = _number_behind(view, end + 1)
        alias = None if nested else _alias_behind(view, after)
        if alias:
            aliases.add(_key(alias))
        if key in found:
            known = found[key]
            known.nested = known.nested and nested
            known.number = known.number or number
            continue
        role = "reference" if nested else _role(flow, start, end, after)
        if role != "self" and key in own:
            role = "self"
        found[key] = Citation(
            title, _cut(flow, number, end), role, flow.span(start, end + 1), alias if role == "self" else None, nested
        )
    return list(found.values())


def _key(title: str) -> str:
    return re.sub(r"[\s()（）〈〉《》]", "", _DASHES.sub("-", title))


def _number_behind(view: str, place: int) -> tuple[str | None, int]:
    """The document number in the bracket right behind a title."""
    if view[place : place + 1] != "（":
        return None, place
    close = view.find("）", place, place + 120)
    match = NUMBER.match(view, place + 1)
    if match and close > 0 and match.end() <= close:
        return match[0].replace(" ", ""), close + 1
    return None, place


def _cut(flow: Flow, number: str | None, end: int) -> str | None:
    if number is None:
        return None
    match = NUMBER.match(flow.view, end + 2)
    return flow.text[match.start() : match.end()] if match else number


def _alias_behind(view: str, place: int) -> str | None:
    if view[place : place + 1] != "（":
        return None
    close = view.find("）", place, place + 80)
    match = _ALIAS.match(view[place : close + 1]) if close > 0 else None
    return match[1].strip("《》“” ") if match else None


def _role(flow: Flow, start: int, end: int, after: int) -> str:
    view = flow.view
    near = max(0, start - 240)
    left = (
        max(view.rfind("。", near, start), view.rfind("\n", near, start), view.rfind("；", near, start), near - 1) + 1
    )
    before = view[left:start]
    behind = view[after : after + 100].split("\n")[0]
    if _SELF_AFTER.match(behind) and re.search(r"(?:现将|^|将|同意|》|、)[^，。；]{0,40}$", before):
        return "self"
    while before.endswith(("》、", "》和", "》及", "》）、", "》与", "》，")) or re.search(
        r"》（[^（）]*）[、和及]$", before
    ):
        opening = before.rfind("《")
        if opening < 0:
            break
        before = before[:opening]
    clause = re.split(r"[，。；]", before)[-1]
    if _REFERENCE_BEFORE.search(clause) and not re.search(r"(?:制定|编制|出台)[^，]{0,4}$", clause):
        return "reference"
    if _OUTPUT_BEFORE.search(clause):
        return "output"
    chain = re.sub(r"^(?:[、和及][^，。；]{0,4}《[^》]{2,60}》(?:（[^）]*）)?)+", "", behind)
    if _OUTPUT_AFTER.match(chain):
        return "output"
    return "reference"
