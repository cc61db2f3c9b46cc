"""Title, number, issuer, dates, recipients; and where the covering notice ends and the plan begins."""

from __future__ import annotations

import re
from datetime import date

from hengjian.methods.numerals import parse_chinese_number
from hengjian.methods.policy_text.marks import HEADING_START
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.titles import (
    ANNEX_HEAD,
    ANNEX_LINE,
    DATE,
    NUMBER,
    PUBLIC_NOTE,
    Layout,
    TitleReader,
)
from hengjian.methods.policy_text.units import is_body

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ADDRESS = re.compile(r"^[^。；]{4,400}：$")
_META = re.compile(
    r"(?P<key>索 ?引 ?号|主题分类|发文机关|发布机构|发文单位|制发机关|成文日期|生成日期|发文日期|印发日期|"
    r"标 *题|名 *称|发文字号|文 *号|发布日期|发布时间|公开日期|主 ?题 ?词|有效性|公开方式|信息分类|来源|"
    r"组配分类|效力状态|统一编号|失效时间|信息来源|时 ?间|日 ?期)(?: ?： ?| {1,}|"
    r"(?= *$))(?P<value>.*?)(?= {1,}(?:索 ?引 ?号|主题分类|发文机关|发布机构|成文日期|生成日期|标 *题|"
    r"名 *称|发文字号|文 *号|发布日期|发布时间|主 ?题 ?词|有效性|公开方式|信息分类|组配分类|(?:信息)?来源|"
    r"公开日期|发文日期|失效时间|时间|浏览)|$)"
)
_SEAL = re.compile(r"[（(](?:代?章|盖章|印章?)[）)]$")
_SECOND_LINE = re.compile(r"(?:工作)?(?:领导小组|联席会议|指挥部|委员会|办公室)")
_COPY = re.compile(r"^抄 ?送 ?：")
_PRINTED = re.compile(r"印发$|印制$")
_OPENING = re.compile(
    r"^(?:为|根据|按照|按|依据|依照|今年是|当前|近年来|\d{4}年是|遵照|质量是|围绕|现就|.{0,40}?(?:制定|"
    r"提出)(?:本|如下|以下))"
)


def read_header(flow: Flow) -> Layout:
    """Read the fields; null = not in the text."""
    return _HeaderReader(flow).read()


def to_date(match: re.Match[str]) -> str | None:
    values = [parse_chinese_number(part) for part in match.groups()]
    try:
        return date(*(int(value) for value in values if value is not None)).isoformat() if None not in values else None
    except (ValueError, TypeError):
        return None


class _HeaderReader(TitleReader):
    made_on: str | None = None

    def read(self) -> Layout:
        body = self._body_start()
        self._tail()
        self._meta(body)
        address = self._addressees(body)
        self.titles(body, address)
        self._number(address if address is not None else body)
        self._signature(body)
        self.header.issued_on = self.header.issued_on or self.made_on
        self.layout.notice = [
            i for i in self.layout.notice if i not in self.layout.used and not ANNEX_HEAD.match(self.views[i])
        ]
        return self.layout

    def _body_start(self) -> int:
        """The first numbered heading of the text; fields of the header stand before it."""
        for i, view in enumerate(self.views):
            if self.paragraphs[i].table >= 0:
                return i
            match = HEADING_START.match(view)
            if (
                match
                and (match["cn"] or match["cnp"] or match["di"])
                and not (i and ANNEX_LINE.match(self.views[i - 1]))
            ):
                return i
        return len(self.views)

    def _tail(self) -> None:
        """抄送, imprint, signature and public notes after the last sentence."""
        end = len(self.views)
        for i in range(max(0, len(self.views) - 14), len(self.views)):
            view = self.views[i]
            if _COPY.match(view) and self.paragraphs[i].table < 0:
                last = i
                while (
                    not self.views[last].endswith("。")
                    and last + 1 < len(self.views)
                    and not _PRINTED.search(self.views[last + 1])
                ):
                    last += 1
                listed = "".join(self._text(place) for place in range(i, last + 1))
                self.header.copy_to = _split_recipients(re.sub(r"^抄\s*送\s*[：:]", "", listed))
                self._use(i, "copy_to", (self.paragraphs[i].start, self.paragraphs[last].end))
                end = min(end, i)
            elif _PRINTED.search(view) and len(view) < 80 and (DATE.search(view)):
                match = DATE.search(view)
                if match and not self.header.published_on:
                    self.header.published_on = to_date(match)
                    self._use(i, "published_on")
                    end = min(end, i)
        if end < len(self.views):
            for i in range(end, len(self.views)):
                self.layout.used.add(i)
            while end > 0 and (self._is_ornament(end - 1) or PUBLIC_NOTE.fullmatch(self.views[end - 1])):
                end -= 1
                self.layout.used.add(end)
        self.layout.plan_end = end

    def _is_ornament(self, index: int) -> bool:
        view = self.views[index]
        return len(view) < 120 and not re.search(r"[\u4e00-\u9fff]", view)

    def _meta(self, body: int) -> None:
        dates: dict[str, str] = {}
        for i in range(min(body, 60)):
            view = self.views[i]
            if len(view) > 400 or (not _META.match(view) and "：" not in view):
                continue
            for match in _META.finditer(view):
                if "：" not in match[0] and not _META.match(view):
                    continue
                key, value = match["key"].replace(" ", ""), match["value"].strip()
                if _META.match(value):
                    value = ""
                self.layout.used.add(i)
                written = self._text(i)[match.start("value") : match.end("value")].strip()
                found = DATE.search(value) or _ISO.search(value)
                if key in ("发文机关", "发布机构", "发文单位", "制发机关") and value and not self.header.issuer:
                    self.header.issuer = written
                    self._use(i, "issuer")
                elif key in ("发文字号", "文号") and NUMBER.search(value):
                    self.header.number = written
                    self._use(i, "number")
                elif key in ("标题", "名称") and value:
                    self.meta_title = written
                elif found and key == "生成日期":  # when the page was made; the date at the signature comes first
                    dates["made"] = to_date(found) or ""
                elif found and key in ("成文日期", "发文日期"):
                    dates["issued"] = to_date(found) or ""
                elif found and key in ("发布日期", "发布时间", "公开日期", "印发日期", "时间", "日期"):
                    dates["published"] = to_date(found) or ""
        self.header.issued_on = dates.get("issued") or None
        self.made_on = dates.get("made") or None
        self.header.published_on = dates.get("published") or self.header.published_on

    def _addressees(self, body: int) -> int | None:
        for i in range(min(body, len(self.views))):
            view = self.views[i]
            if (
                i in self.layout.used
                or not _ADDRESS.match(view)
                or not re.search(r"各|政府|部门|单位|局|委|厅|公司|学校", view)
                or _OPENING.match(view)
            ):
                continue
            if re.match(r"附件|联系|[^，、]{0,12}如下：$|.*(?:通知|决定|制定|提出)[^，]{0,8}：$", view):
                continue
            self.header.addressees = _split_recipients(self._text(i)[:-1])
            self._use(i, "addressees")
            return i
        return None

    def _number(self, before: int) -> None:
        if self.header.number:
            return
        limit = min(max(before, 1), len(self.views), 40)
        for i in range(limit):
            match = NUMBER.search(self.views[i])
            if match and "《" not in self.views[i] and len(self.views[i]) < 70:
                text = self._text(i)[match.start() : match.end()]
                self.header.number = text
                paragraph = self.paragraphs[i]
                self._use(i, "number", (paragraph.start + match.start(), paragraph.start + match.end()))
                return

    def _signature(self, body: int) -> None:
        """The date at the signature: behind the notice, at the end, alone before the plan, or in brackets under
        the title."""
        under = self.layout.plan_start
        if (
            under < len(self.views)
            and re.fullmatch(r"（?[^（）。，]{0,30}\d日）?", self.views[under])
            and DATE.search(self.views[under])
        ):
            self.layout.plan_start += 1
        places = list(self.layout.notice) + list(
            range(max(self.layout.plan_start, self.layout.plan_end - 6), self.layout.plan_end)
        )
        if not self.layout.notice:
            places = [i for i in range(max(self.layout.plan_start, body)) if i not in self.layout.used] + places
        for i in places:
            view = self.views[i]
            match = DATE.search(view)
            if not match or len(view) > 60 or self.paragraphs[i].table >= 0:
                continue
            rest = (view[: match.start()] + view[match.end() :]).strip(" （）")
            rest_note = PUBLIC_NOTE.fullmatch(rest) if rest else None
            if rest and not is_body(rest.replace(" ", "")) and not rest_note:
                continue
            if not self.header.issued_on:
                self.header.issued_on = to_date(match)
                self._use(i, "issued_on")
            self.layout.used.add(i)
            self._signer(i, rest if rest and not rest_note else "")
            if self.header.issuer:
                return  # else a date under the title: the signature may stand at the end

    def _signer(self, index: int, inline: str) -> None:
        signer = inline.replace(" ", "")
        above = index - 1
        while above >= 0 and index - above <= 4 and not signer:
            view = self.views[above]
            bare = view.replace(" ", "")
            bare = _SEAL.sub("", bare)
            if (
                (3 < len(bare) <= 40 or bare == "国务院")
                and is_body(bare)
                and not re.search(r"[。；：]", bare)
                and above not in self.layout.plan_titles
            ):
                self.layout.used.add(above)
                if not self.header.issuer:
                    first = above
                    while first and _SECOND_LINE.match(self.views[first]) and self._title_like(first - 1):
                        first -= 1
                    lines = range(first, above + 1)
                    self.header.issuer = _SEAL.sub("", re.sub(r"\s+", "", "".join(self._text(i) for i in lines)))
                    self._use(above, "issuer", (self.paragraphs[first].start, self.paragraphs[above].end))
                    self.layout.used.update(lines)
                return
            above -= 1
        if signer and not self.header.issuer:
            self.header.issuer = signer
            self._use(index, "issuer")


def _split_recipients(text: str) -> list[str]:
    """Split at ，and ；outside brackets; 、 joins what shares an ending."""
    out, depth, piece = [], 0, ""
    for char in text:
        depth += char in "（("
        depth -= char in "）)"
        if char in "，,；;" and depth <= 0:
            out.append(piece)
            piece = ""
        else:
            piece += char
    out.append(piece)
    return [name for name in (re.sub(r"^\s+|[\s。.]+$", "", part) for part in out) if name]
