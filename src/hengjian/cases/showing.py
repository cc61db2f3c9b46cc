"""How a case looks: state, clock with the reasons for its date, what happened, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.cases.actions.base import FILER, WORKER, declaration
from hengjian.cases.declarations import CaseType, State
from hengjian.cases.models import Case, CaseEvent, IssuedPaper, Transfer
from hengjian.cases.values import Row, plain, rows_of
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import working_days_between
from hengjian.documents.models import StoredFile
from hengjian.documents.queries import files_of
from hengjian.pages.components import light
from hengjian.registers.fields import FieldSpec
from hengjian.registers.legal import english_title
from hengjian.registers.lookups import choice_of
from hengjian.registers.showing import language

SOON = 2  # working days left from which a date is shown as near


def state_of(case: Case, *, for_filer: bool = False) -> tuple[str, str]:
    """(colour, words) of the state; an ended case shows its outcome."""
    declared = declaration(case)
    state = declared.state(case.state)
    words = filer_words(state) if for_filer else state.said(language())
    return state.light, words


def filer_words(state: State) -> str:
    """The state as whoever filed the case reads it."""
    if language().startswith("en") and state.public_title_en:
        return state.public_title_en
    return state.public_title or state.said(language())


def state_cell(case: Case, tint: bool = False) -> str:
    return light(*state_of(case), tint)


def due_of(case: Case) -> tuple[str, str]:
    """(colour, words) of the date: how much is left, or how late it is; ("", "") when nothing runs."""
    if case.due_at is None or case.closed_at is not None:
        return "", ""
    if case.paused:
        return "grey", _("已中止计时")
    now = timezone.now()
    local = timezone.localtime(case.due_at)
    if is_minutes(case):
        left = int((case.due_at - now).total_seconds() // 60)
        if left < 0:
            return "red", _("超时 %(n)s 分钟") % {"n": -left}
        return ("orange" if left <= 15 else "green"), _("还剩 %(n)s 分钟") % {"n": left}
    calendar = current_calendar("000000")
    today, due = timezone.localdate(), local.date()
    if now > case.due_at:
        return "red", _("逾期 %(n)s 个工作日") % {"n": max(1, working_days_between(due, today, calendar))}
    left = working_days_between(today, due, calendar)
    if left == 0:
        return "orange", _("今天到期")
    return ("orange" if left <= SOON else "green"), _("还剩 %(n)s 个工作日") % {"n": left}


def is_minutes(case: Case) -> bool:
    """Whether the clock that is shown counts minutes: its due moment is no end of a day."""
    return case.due_at is not None and timezone.localtime(case.due_at).strftime("%H:%M:%S") != "23:59:59"


def due_day(case: Case) -> str:
    if case.due_at is None:
        return ""
    local = timezone.localtime(case.due_at)
    return f"{local:%Y-%m-%d %H:%M}" if is_minutes(case) else f"{local:%Y-%m-%d}"


@dataclass
class ClockView:
    """One clock as the page shows it: when it ends, and every reason for that date."""

    title: str
    due: str
    state: str
    words: str
    steps: list[str]
    source: list[tuple[str, str]]  # (English name for English readers, the document as it is cited)
    provisional: bool
    shown: bool
    moves: list[tuple[str, str, str, str]] = field(default_factory=list)  # (when, before, after, why)


LIGHTS = {"open": "blue", "paused": "grey", "met": "green", "missed": "red", "cancelled": "grey"}


def clocks_of(case: Case) -> list[ClockView]:
    """All clocks of the case, the one that is shown first."""
    declared = declaration(case)
    found = []
    rows = Deadline.objects.filter(owner=case.ref).prefetch_related("changes").order_by("-started_at", "-pk")
    for row in rows:
        code = row.purpose.partition(".")[2]
        use = next((clock for clock in declared.clocks if clock.code == code), None)
        minutes = row.term_unit == "minute"
        due_local = timezone.localtime(row.due_at)
        late = row.is_late()
        found.append(
            ClockView(
                title=use.said(language()) if use is not None else code,
                due=f"{due_local:%Y-%m-%d %H:%M}" if minutes else f"{due_local:%Y-%m-%d}",
                state="red" if late else LIGHTS[row.state],
                words=_("已逾期") if late and row.running else row.get_state_display(),
                steps=[step.text(_) for step in row.steps],
                source=source_of(row, use.promise if use is not None else ""),
                provisional=row.provisional,
                shown=row.running and code == case.clock,
                moves=moves_of(row),
            )
        )
    return sorted(found, key=lambda clock: not clock.shown)


def source_of(row: Deadline, promise: str) -> list[tuple[str, str]]:
    """The laws behind a clock, or the promise; English readers see what the document is called before its own words."""
    english = language().startswith("en")
    if not row.rule_id:
        return [(_("服务承诺") if english else "", promise)] if promise else []
    try:
        rule = rulebook.get(row.rule_id)
    except rulebook.RuleNotFound:
        return [("", row.rule_id)]
    return [(english_title(source.document) if english else "", source.text()) for source in rule.sources]


def moves_of(row: Deadline) -> list[tuple[str, str, str, str]]:
    """Each time the due moment moved: when, from, to, why."""
    found = []
    for change in row.changes.all():
        if change.old_due is not None and change.old_due != change.new_due:
            when = f"{timezone.localtime(change.at):%Y-%m-%d}"
            old, new = (timezone.localtime(moment) for moment in (change.old_due, change.new_due))
            form = "%Y-%m-%d %H:%M" if row.term_unit == "minute" else "%Y-%m-%d"
            found.append((when, f"{old:{form}}", f"{new:{form}}", change.reason or verb_word(change.verb)))
    return found


def verb_word(verb: str) -> str:
    words = {
        "pause": _("中止计时"),
        "resume": _("恢复计时"),
        "extend": _("延长期限"),
        "calendar": _("工作日历更新，重新计算。"),
        "reopen": _("重新办理"),
    }
    return words.get(verb, verb)


# ---- what happened


@dataclass
class EventView:
    """One entry of the timeline."""

    title: str
    at: Any
    recorded_at: Any
    who: str
    note: str
    state: str
    rows: list[Row]
    files: list[StoredFile]
    public: bool
    late_entry: bool


EVENT_LIGHTS = {"opened": "blue", "step": "green", "transfer": "blue", "clock": "amber", "reopened": "amber"}


def event_words(code: str) -> str:
    """What was done, for events that are no declared step."""
    words = {
        "opened": _("已登记"),
        "send": _("转办"),
        "consult": _("请求协办"),
        "accept": _("接收转办"),
        "refuse": _("退回转办"),
        "answer": _("反馈"),
        "supervise": _("督办（逾期未反馈）"),
        "pause": _("中止计时"),
        "resume": _("恢复计时"),
        "extend": _("延长期限"),
        "split": _("拆分"),
        "merge": _("并案"),
        "merged": _("并入其他办件"),
        "link": _("建立关联"),
        "withdraw": _("申请人撤回"),
        "rate": _("满意度评价"),
        "reopen": _("重新办理"),
        "assign": _("指定承办人"),
        "note": _("记录"),
        "supplement": _("申请人补充"),
        "correct": _("更正"),
        "deliver": _("文书送达"),
        "urge": _("督办"),
    }
    return words.get(code, code)


def who_did(event: CaseEvent) -> str:
    """Person and unit; of the filer and of systems never a name."""
    if event.by is not None:
        return f"{event.by}（{event.unit}）" if event.unit is not None else str(event.by)
    if event.system == FILER:
        return _("提出人")
    return _("系统") if event.system in (WORKER, "hengjian") else event.system


def events_of(case: Case, *, for_filer: bool = False) -> list[EventView]:
    """The timeline, newest first; for whoever filed the case what is meant for them."""
    declared = declaration(case)
    rows = case.events.select_related("by", "unit").order_by("-number")
    if for_filer:
        rows = rows.filter(public=True)
    files = {file.pk: file for file in files_of(case.ref)}
    found = []
    for event in rows:
        step = next((item for item in declared.transitions if item.code == event.code), None)
        is_step = event.kind == CaseEvent.Kind.STEP and step is not None
        title = step.said(language()) if is_step and step is not None else event_words(event.code)
        details = []
        if is_step and step is not None:
            specs = (*step.fields, *(spec for spec in declared.fields if spec.code in step.required))
            details = rows_of(specs, event.data.get("values", {}), for_filer=for_filer)
            if event.outcome_code:
                ground = choice_of(
                    FieldSpec(code="c", title="c", type="choice", choices_from=step.codes), event.outcome_code
                )
                if ground is not None:
                    title = f"{title}：{ground.said(language())}"
        moved = event.data.get("before"), event.data.get("after")
        if event.kind == CaseEvent.Kind.CLOCK and moved[0] != moved[1]:
            title = f"{title}：{moved[0]} → {moved[1]}"
        if event.kind == CaseEvent.Kind.RATED:
            title = _("%(title)s：%(n)s 分") % {"title": title, "n": event.data.get("rating")}
        found.append(
            EventView(
                title=title,
                at=event.occurred_at,
                recorded_at=event.recorded_at,
                who="" if for_filer and event.system != FILER else who_did(event),
                note=event.note,
                state=EVENT_LIGHTS.get(event.kind, "grey"),
                rows=[*details, *(_corrections(declared, event) if not for_filer else [])],
                files=[files[pk] for pk in event.data.get("files", []) if pk in files] if not for_filer else [],
                public=event.public,
                late_entry=(event.recorded_at - event.occurred_at).total_seconds() > 3600,
            )
        )
    return found


def _corrections(declared: CaseType, event: CaseEvent) -> list[Row]:
    if event.code != "correct":
        return []
    before, after = event.data.get("before", {}), event.data.get("after", {})
    specs = {spec.code: spec for spec in declared.fields}
    found = []
    for code in after:
        if code in specs:
            spec = specs[code]
            told = f"{plain(spec, before.get(code)) or '—'} → {plain(spec, after.get(code)) or '—'}"
            found.append(Row(spec.said(language()), _("已更正") if spec.personal else told))
    return found


def track_of(case: Case) -> tuple[list[str], int]:
    """(names of the states on the way, place of the present one): those passed, this one, and the end ahead."""
    declared = declaration(case)
    passed = list(case.events.exclude(new_state="").order_by("number").values_list("new_state", flat=True))
    way = [code for code in dict.fromkeys(passed) if code != case.state]
    names = [declared.state(code).said(language()) for code in [*way, case.state]]
    place = len(names)
    if case.closed_at is None:
        names.append(_("办结"))
    return names, place


def transfers_of(case: Case) -> list[tuple[Transfer, Deadline | None]]:
    """Transfers with their feedback clock, newest first."""
    rows = list(case.transfers.select_related("sender", "receiver", "sent_by", "answered_by").order_by("-pk"))
    clocks = {clock.owner: clock for clock in Deadline.objects.filter(owner__in=[row.ref for row in rows])}
    return [(row, clocks.get(row.ref)) for row in rows]


def paper_files(papers: Iterable[IssuedPaper]) -> list[tuple[IssuedPaper, StoredFile | None]]:
    rows = list(papers)
    files = StoredFile.objects.in_bulk([paper.file for paper in rows])
    return [(paper, files.get(paper.file)) for paper in rows]
