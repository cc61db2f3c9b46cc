"""Finds the stretches of a plan that say who is responsible: brackets, label lines, closing sentences."""

from __future__ import annotations

import re

from hengjian.methods.policy_text.duties import (
    HINT,
    DutyReader,
    Responsibility,
    is_bare_list,
    lead_convention,
    looks_responsible,
)
from hengjian.methods.policy_text.marks import HEADING_START, LABEL, LABEL_START
from hengjian.methods.policy_text.normalise import Flow, Paragraph
from hengjian.methods.policy_text.reasons import because
from hengjian.methods.policy_text.units import STRONG_END, is_body

_SENTENCE = re.compile(
    r"(?:^|(?<=[。；！？\n]))[^。；！？\n]{2,400}(?:牵头|负责|落实|配合|参与|实施|"
    r"承办)[^。；！？\n]{0,12}(?=[。；！？\n]|$)"
)
_ONE_BODY = re.compile("[省市区县州][\u4e00-\u9fff]{2,12}[局委办厅]")
_EXPLAINS = re.compile("包括|包含|含|不含|如|例如|比如|即|指|是指|以下简称|简称|又称|其中|原")


def find_responsibilities(flow: Flow, paragraphs: list[Paragraph], reader: DutyReader) -> list[Responsibility]:
    """All stretches in text order; they do not overlap. Table cells are left to the table reader."""
    found: list[Responsibility] = []
    pairs = [pair for pair in flow.pairs if flow.view[pair[0]] in "（〔"]
    position = 0
    waiting_label: tuple[Responsibility, str] | None = None
    for paragraph in paragraphs:
        if paragraph.table >= 0:
            continue
        while position < len(pairs) and pairs[position][0] < paragraph.start:
            position += 1
        here: list[Responsibility] = []
        covered = paragraph.start
        look = position
        while look < len(pairs) and pairs[look][0] < paragraph.end:
            start, end = pairs[look]
            look += 1
            if start < covered:
                continue
            item = _bracket(flow, start, end, paragraph, reader)
            if item:
                here.append(item)
                covered = end
        here.extend(_labels(flow, paragraph, here, reader))
        if not here:
            if waiting_label:
                item = reader.clause(paragraph.start, paragraph.end, "label", waiting_label[1])
                if (
                    item.duties
                    and all(duty.confidence > 0.65 for duty in item.duties)
                    and not HEADING_START.match(flow.view, paragraph.start)
                ):
                    here.append(item)
            if not here:
                here.extend(_sentences(flow, paragraph, reader))
        here.sort(key=lambda item: item.start)
        last = here[-1] if here else None
        empty_label = (
            last is not None and last.kind == "label" and not last.duties and not last.times and not last.others
        )
        waiting_label = (last, reader.label_role(flow.view[last.start : last.end])) if empty_label and last else None
        found.extend(here)
    return found


def _bracket(flow: Flow, start: int, end: int, paragraph: Paragraph, reader: DutyReader) -> Responsibility | None:
    view = flow.view
    text = view[start + 1 : end]
    if len(text) < 2 or end >= paragraph.end or len(text) > 1500:
        return None
    behind, before = view[end + 1 : end + 2], view[start - 1] if start else "。"
    if "由" in text and behind > "\u4e00" and before > "\u4e00" and behind != "（" and not LABEL.search(text):
        return None  # explains a word in mid-sentence
    if _EXPLAINS.match(text) and not re.search("负责|牵头", text):
        return None
    if not HINT.search(text):
        tail = view[end + 1 : min(end + 2, paragraph.end)]
        before = view[start - 1] if start > paragraph.start else "。"
        if tail in ("", "。", "；", " ", "〔", "（") or before in "。；":
            item = reader.clause(start + 1, end, "bracket")
            if is_bare_list(item) and (
                before in "。；）〕"
                or len(item.duties) > 1
                or item.times
                or start == paragraph.start
                or (tail in ("。", "；") and _ONE_BODY.fullmatch(text))
            ):
                for duty in item.duties:
                    duty.confidence, duty.reason = (
                        min(duty.confidence, 0.75),
                        duty.reason or because("bodies_only"),
                    )
                item.start, item.end = start, end + 1
                return item
        return None
    note = lead_convention(text)
    inner_first = view[start - 1] in "“《" if start else False
    if inner_first:
        return None
    kept = reader.first_leads
    item = reader.clause(start + 1, end, "bracket")
    if not looks_responsible(item, text) and not (note and item.duties):
        reader.first_leads = kept
        if not (view[start - 1] in "。；）〕" and is_bare_list(item)):
            return None
    item.start, item.end = start, end + 1
    return item


def _labels(
    flow: Flow, paragraph: Paragraph, brackets: list[Responsibility], reader: DutyReader
) -> list[Responsibility]:
    """牵头单位：… outside brackets, from the label to the end of the sentence or paragraph."""
    view = flow.view
    out: list[Responsibility] = []
    place = paragraph.start
    for match in LABEL.finditer(view, paragraph.start, paragraph.end):
        at = match.start()
        boxed = bool(match["unitb"] or match["timeb"])
        if at < place or (not boxed and not flow.outside(at)) or any(item.start <= at < item.end for item in brackets):
            continue
        before = view[at - 1] if at > paragraph.start else "\n"
        if match["other"] or (not boxed and before not in "\n。；） 〕*★●◆·"):
            continue
        if (
            not boxed
            and "：" not in match[0]
            and not (at == paragraph.start and is_body(view[match.end() : paragraph.end].split("、")[0].strip()))
        ):
            continue
        if match["time"] and at != paragraph.start and not out and before not in "。；） 〕":
            continue
        end = _label_end(flow, match.end(), paragraph.end)
        item = reader.clause(at, end, "label")
        if (
            (match["unit"] or boxed)
            and item.duties
            and sum(1 for duty in item.duties if duty.confidence > 0.65) * 2 < len(item.duties)
        ):
            continue
        if match["time"] and not item.duties and len(view[match.end() : end].strip()) > 40:
            continue
        out.append(item)
        place = item.end = end
    return out


def _label_end(flow: Flow, place: int, end: int) -> int:
    """The value ends at 。 unless another label follows it."""
    view = flow.view
    for match in re.finditer("。", view[place:end]):
        stop = place + match.end()
        if not flow.outside(stop - 1):
            continue
        if not LABEL_START.match(view, stop):
            return stop
    return end


def _sentences(flow: Flow, paragraph: Paragraph, reader: DutyReader) -> list[Responsibility]:
    """由省教育厅牵头，省公安厅、省卫生健康委配合。 A whole sentence that is nothing but a clause."""
    view = flow.view
    text = view[paragraph.start : paragraph.end]
    if not re.search("牵头|分工|负责|承办|主办", text):
        return []
    out = []
    for match in _SENTENCE.finditer(text):
        start, end = paragraph.start + match.start(), paragraph.start + match.end()
        start += len(view[start:end]) - len(view[start:end].lstrip(" "))
        unclosed = start
        while (
            unclosed < end and view[unclosed] in "（〔" and unclosed not in flow.closing
        ):  # a scan lost the closing bracket
            unclosed += 1
        body = view[unclosed:end]
        opening = re.match(r"(?:(?:以上|上述|此项|该项|本项)(?:工作|任务|措施|内容)?)?由?(?=[\u4e00-\u9fff])", body)
        offset = opening.end() if opening else 0
        first = re.split(r"[、，]|牵头|负责|会同|承办|主办|配合|和|等|按", body[offset:], maxsplit=1)[0]
        if (
            not STRONG_END.search(first)
            or len(first) > 20
            or HEADING_START.match(body)
            or re.match(r"(?:各级|地方|各地|各|有关|相关)", first)
        ):
            continue
        if not re.search(
            r"(?:牵头(?:负责)?|(?:分工|职责)(?:负责|落实|抓好落实|推进)?|负责(?:落实|实施)?|配合(?:落实|实施|"
            r"做好)?|参与|承办)$",
            body,
        ):
            continue
        kept = reader.first_leads
        item = reader.clause(unclosed + offset, end, "sentence")
        if (
            len(item.duties) >= 1
            and all(duty.confidence > 0.65 and STRONG_END.search(duty.key) for duty in item.duties)
            and not item.others
        ):
            item.start, item.end = start, end
            for duty in item.duties:
                duty.confidence, duty.reason = min(duty.confidence, 0.8), duty.reason or because("in_sentence")
            out.append(item)
        else:
            reader.first_leads = kept
    return out
