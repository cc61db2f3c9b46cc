"""The lines at the top of a document: its title, and where the covering notice ends and the plan begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hengjian.methods.policy_text.marks import HEADING_START
from hengjian.methods.policy_text.model import Header
from hengjian.methods.policy_text.normalise import Flow
from hengjian.methods.policy_text.units import is_body
from hengjian.methods.policy_text.view import make_view

NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,14} ?[〔（] ?(?:19|20)\d{2} ?年?[〕）] ?(?:第 ?)?\d{1,5} ?号")
DATE = re.compile(
    r"(\d{4}|[二一][〇九0][〇一二三四五六七八九]{2}) ?年 ?(\d{1,2}|"
    r"[一二三四五六七八九十]{1,2}) ?月 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[日号]"
)
_PLAN = (
    r"(?:方案|计划|规划|纲要|要点|措施|任务|分工|清单|意见|办法|细则|规定|指引|工作安排|行动|标准|责任书|"
    r"制度|分工表|分解表|任务表|一览表|台账)"
)
_PLAN_END = re.compile(rf"{_PLAN}(?:（[^（）]{{2,24}}）)*$")
_NOTICE_END = re.compile(r"(?:通知|决定|意见|通告|公告|决议|批复|函|令)(?:（[^（）]{1,20}）)*$|印发《.{4,60}》$")
_GIVEN = re.compile(r"印发给你们|印发你们|现予(?:印发|公布|发布)|予以(?:印发|公布)|转发给你们|下发给你们|印发实施")
_VERSION = re.compile(r"(?:（(?:[^（）]{0,14}(?:\d{4}|试行|暂行|稿|草案|修订)[^（）月]{0,14})）)+")
PUBLIC_NOTE = re.compile(
    r"（?此件(?:主动|依申请|不予|不|公开|删减)*.{0,8}）?|（?信息公开.{0,12}）?|（?主动公开）?|"
    r"（?联系人：.{0,60}）?|特急|加急|机密|秘密"
)
ANNEX_LINE = re.compile(r"附件 ?\d{0,2} ?：")
ANNEX_HEAD = re.compile(r"附 ?件 ?(?:\d{1,2}|[一二三四五六七八九十]|—?\d)?(?: ?[：:])?$")


@dataclass(slots=True)
class Layout:
    """What the header reader found: the fields and the paragraph ranges of notice and plan."""

    header: Header
    plan_start: int = 0  # index of the first paragraph of the plan
    plan_end: int = 0  # index after its last
    notice: list[int] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # paragraphs that the header consumed
    plan_titles: list[int] = field(default_factory=list)


class TitleReader:
    """Paragraphs of a flow with the fields found so far; `titles` finds the titles and divides notice from plan."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paragraphs = flow.paragraphs
        self.views = [flow.view[p.start : p.end].strip() for p in flow.paragraphs]
        self.layout = Layout(Header(), 0, len(self.paragraphs))
        self.header = self.layout.header
        self.meta_title: str | None = None

    def _text(self, index: int) -> str:
        paragraph = self.paragraphs[index]
        return self.flow.text[paragraph.start : paragraph.end].strip()

    def _use(self, index: int, name: str | None = None, span: tuple[int, int] | None = None) -> None:
        self.layout.used.add(index)
        if name:
            paragraph = self.paragraphs[index]
            self.header.spans[name] = self.flow.span(*(span or (paragraph.start, paragraph.end)))

    def _span(self, name: str, lines: list[int]) -> None:
        self.header.spans[name] = self.flow.span(self.paragraphs[lines[0]].start, self.paragraphs[lines[-1]].end)
        self.layout.used.update(lines)

    def titles(self, body: int, address: int | None) -> None:
        first = next((i for i in range(len(self.views)) if i not in self.layout.used), 0)
        given = self._given_title(address, body)
        top_end = address if address is not None else self._preamble(body)
        runs = self._title_runs(first, top_end)
        start = 0 if address is None else address + 1
        plan_at = self._plan_line(start, given)
        if plan_at:
            self._set_plan(plan_at)
        if runs:
            self._top_title(runs, address, bool(plan_at), body)
        if self.header.title is None and self.meta_title and _NOTICE_END.search(self.meta_title):
            self.header.title = self.meta_title
        if self.header.plan_title is None and given and address is not None and self.layout.plan_start:
            self.header.plan_title = given
        if not self.layout.plan_start:
            self.layout.plan_start = (address + 1) if address is not None else (max(runs[-1]) + 1 if runs else 0)

    def _preamble(self, body: int) -> int:
        """Index of the first running text."""
        for i in range(min(body, len(self.views))):
            if i not in self.layout.used and (
                self.views[i].endswith("。")
                or (self.views[i].endswith("：") and len(self.views[i]) > 25)
                or len(self.views[i]) > 90
            ):
                return i
        return min(body, len(self.views))

    def _given_title(self, address: int | None, body: int) -> str | None:
        """The 《…》 that the notice hands out."""
        for i in range(0 if address is None else address, min(len(self.views), (address or 0) + 6)):
            view = self.views[i]
            if not _GIVEN.search(view):
                continue
            for match in re.finditer(r"《((?:[^《》]|《[^《》]*》)+)》", view):
                behind = view[match.end() : match.end() + 60]
                if re.search(r"现将[^《]{0,12}$", view[: match.start()]) or re.match(
                    r"(?:（[^）]*）)?(?:已经?|业经|印发|现)", behind
                ):
                    return self._text(i)[match.start(1) : match.end(1)]
        return None

    def _title_runs(self, first: int, end: int) -> list[list[int]]:
        """Runs of lines at the top that may form a title."""
        runs: list[list[int]] = []
        run: list[int] = []
        for i in range(first, end):
            view = self.views[i]
            if i in self.layout.used or not self._title_like(i):
                if run:
                    runs.append(run)
                run = []
                continue
            run.append(i)
            joined = "".join(self.views[k] for k in run[-6:])
            follows = i + 1 < end and re.match("的(?:通知|通告|公告|决定|意见|函)$", self.views[i + 1])
            announced = re.search("(?:印|转|下|颁)发", joined) and not re.search("印发《.*》$", joined)
            if not follows and (_NOTICE_END.search(view) or (_PLAN_END.search(view) and not announced)):
                runs.append(run)
                run = []
        if run:
            runs.append(run)
        return runs

    def _title_like(self, index: int) -> bool:
        view = self.views[index]
        return (
            self.paragraphs[index].table < 0
            and 1 < len(view) <= 90
            and not re.search(r"[。；！？]|，$|：$", view)
            and bool(re.search("[\u4e00-\u9fff]", view))
            and not HEADING_START.match(view)
            and not DATE.fullmatch(view)
            and not NUMBER.fullmatch(view)
            and not PUBLIC_NOTE.fullmatch(view)
            and not ANNEX_HEAD.match(view)
            and not ANNEX_LINE.match(view)
            and not re.fullmatch(r"(?:\d{4}年)?第 ?\d+ ?[期号]", view)
            and not re.fullmatch(r"（.*）", view)
        )

    def _join(self, run: list[int], pattern: re.Pattern[str]) -> tuple[str, list[int]] | None:
        """The title that ends with the run; leading lines belong to it unless they are a letterhead."""
        if not pattern.search(self.views[run[-1]]):
            return None
        lines = list(run)
        while len(lines) > 1:
            head = self.views[lines[0]]
            rest = "".join(self.views[i] for i in lines[1:])
            bare = head.replace(" ", "")
            letterhead = bare in ("文件",) or (
                re.fullmatch(r"[\u4e00-\u9fff（） ]+", head)
                and (is_body(bare.removesuffix("文件")) or bare.endswith("文件"))
                and not rest.startswith(("关于", "印发", "转发", "批转"))
                and "关于" not in head
            )
            spaced = bool(re.fullmatch(r"(?:[\u4e00-\u9fff] +)+[\u4e00-\u9fff]", head))
            if letterhead and is_body(bare) and self.views[lines[1]].startswith("关于"):
                break
            if letterhead or spaced or bare.endswith("文件"):
                lines.pop(0)
                continue
            break
        return "".join(self._text(i) for i in lines), lines

    def _top_title(self, runs: list[list[int]], address: int | None, has_plan: bool, body: int) -> None:
        best: tuple[str, list[int], bool] | None = None
        for run in runs:
            notice = self._join(run, _NOTICE_END)
            plan = self._join(run, _PLAN_END)
            if notice and (
                address is not None
                or has_plan
                or re.search(r"(?:通知|决定|通告|公告|决议|批复|函|令|意见)(?:（.*）)?$|印发《.*》$", notice[0])
            ):
                if best is None or not best[2] or len(notice[0]) > len(best[0]):
                    best = (*notice, True)
            elif plan and best is None:
                best = (*plan, False)
        if best:
            text, lines, is_notice = best
            extended = self._extend(list(lines))
            text += "".join(self._text(i) for i in extended[len(lines) :])
            lines = extended
            if self.meta_title and _squash(make_view(self.meta_title)).endswith(_squash(make_view(text))):
                text = self.meta_title  # the page repeats the title in one line
            if is_notice and min(lines) > 0 and ANNEX_HEAD.match(self.views[min(lines) - 1]):
                is_notice = False
            if is_notice:
                self.header.title = text
                self._span("title", lines)
            elif not self.header.plan_title:
                self.header.plan_title = text
                self._span("plan_title", lines)
                self.layout.plan_start = max(self.layout.plan_start, lines[-1] + 1)
            self._letterhead(min(lines))
        elif runs:
            self._letterhead(runs[-1][-1] + 1)
        for run in runs:
            self.layout.used.update(run)

    def _letterhead(self, end: int) -> None:
        if self.header.issuer:
            return
        for i in range(end):
            bare = re.sub(r"\s+", "", self.views[i])
            name = bare.removesuffix("文件")
            if (
                i not in self.layout.used
                and self._title_like(i)
                and re.fullmatch(r"[\u4e00-\u9fff（）、]{4,40}", name)
                and re.search(r"(?:政府|办公厅|办公室|委员会|局|厅|部|委)$", name)
                and not name.startswith("各")
            ):
                self.header.issuer = re.sub(r"\s+", "", self._text(i)).removesuffix("文件")
                self._use(i, "issuer")
                return

    def _plan_line(self, start: int, given: str | None) -> list[int]:
        """Lines that carry the title of the plan after the notice (or at the top)."""
        wanted = _squash(make_view(given)) if given else None
        limit = self.layout.plan_end
        signed = False
        for i in range(start, limit):
            view = self.views[i]
            if not self._title_like(i) or i in self.layout.used:
                signed = signed or bool(DATE.fullmatch(view)) or bool(re.search(r"\d日$", view) and len(view) < 40)
                if not given and start and HEADING_START.match(view) and not signed and i > start + 30:
                    break
                continue
            lines = [i]
            joined = view
            while (
                len(lines) < 4
                and lines[-1] + 1 < limit
                and self._title_like(lines[-1] + 1)
                and not _PLAN_END.search(joined)
                and not HEADING_START.match(self.views[lines[-1] + 1])
            ):
                lines.append(lines[-1] + 1)
                joined += self.views[lines[-1]]
            if wanted and (
                _squash(joined) == wanted
                or (
                    len(wanted) > 8
                    and (_squash(joined).endswith(wanted) or wanted.endswith(_squash(joined)))
                    and len(_squash(joined)) > 7
                )
            ):
                return self._extend(lines)
            if start and signed and _PLAN_END.search(joined) and not HEADING_START.match(view):
                return self._extend(lines)
        return []

    def _extend(self, lines: list[int]) -> list[int]:
        """A version in brackets on the next line, （2023—2025年） or （征求意见稿）, belongs to the title."""
        after = lines[-1] + 1
        while (
            after < self.layout.plan_end
            and _VERSION.fullmatch(self.views[after])
            and not DATE.search(self.views[after])
            and not NUMBER.search(self.views[after])
        ):
            lines.append(after)
            after += 1
        return lines

    def _set_plan(self, lines: list[int]) -> None:
        first = lines[0]
        self.header.plan_title = "".join(self._text(i) for i in lines)
        self._span("plan_title", lines)
        self.layout.plan_start = lines[-1] + 1
        self.layout.plan_titles = lines
        self.layout.notice = [i for i in range(first) if i not in self.layout.used]


def _squash(title: str) -> str:
    return re.sub(r"[\s()（）〈〉《》“”\"—–－-]", "", title)
