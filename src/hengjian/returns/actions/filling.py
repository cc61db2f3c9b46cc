"""The verbs of the reporter: saving cells, remarks, explanations, "no change this period"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import User
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.returns.actions.storing import prefill, recount, write
from hengjian.returns.models import Cell, Explanation, Return
from hengjian.returns.prefilling import PREVIOUS, Filled
from hengjian.returns.reading import past_of, sheet_of
from hengjian.returns.rules import Key, NotANumber, problems, read_figure


@dataclass(frozen=True, slots=True)
class CellInput:
    """A cell as it comes from the grid: its text and the version that the reporter saw."""

    row: str
    column: str
    text: str
    version: int = 0

    @property
    def key(self) -> Key:
        return self.row, self.column


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else changed the cell meanwhile; their figure stands until the reporter decides."""

    row: str
    column: str
    theirs: Decimal | None
    by: str
    version: int


@dataclass
class Saved:
    """What became of the cells: key → its version, those in conflict, and refused texts with the reason."""

    versions: dict[Key, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: dict[Key, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class ReturnAction(Action[Any]):
    """An action of the reporter on a return that may still be changed."""

    verb = "returns.fill"
    entry: Return

    def target(self) -> Return:
        return self.entry

    def check_state(self) -> None:
        if not self.entry.is_editable:
            raise ActionRefused(
                _("这份报表目前是“%(state)s”，不能修改。") % {"state": self.entry.get_state_display()},
                _("已上报未审的可以撤回；已核定的请办理更正。"),
                url=self.entry.get_absolute_url(),
                url_label=_("打开报表"),
            )

    def begun(self) -> None:
        """The first figure turns an open return into a draft."""
        if self.entry.state == Return.State.OPEN:
            self.entry.state = Return.State.DRAFT


@dataclass(kw_only=True)
class SaveCells(ReturnAction):
    """Save cells. What cannot be read or was changed by somebody else is left out and told; the rest is saved.

    Attributes:
        origin: how they came: typed, or imported from a sheet.
        careful: whether versions are compared; a sheet that is imported overwrites what it was made from.
    """

    cells: Sequence[CellInput]
    origin: str = Cell.Origin.TYPED
    source: str = ""
    careful: bool = True

    def perform(self) -> Saved:
        now = timezone.now()
        known = {(cell.row, cell.column): cell for cell in self.entry.cells.select_related("changed_by")}
        saved, wanted = Saved(), {}
        for given in self.cells:
            spec = self.entry.opening.layout.cell(given.row, given.column)
            if spec is None or not spec.is_input:
                saved.refused[given.key] = _("这一格由系统计算或不需要填报。")
                continue
            try:
                value = read_figure(given.text)
            except NotANumber as error:
                saved.refused[given.key] = refusal(error)
                continue
            cell = known.get(given.key)
            if self.careful and cell is not None and cell.version != given.version and cell.value != value:
                saved.conflicts.append(
                    Conflict(given.row, given.column, cell.value, _name(cell.changed_by), cell.version)
                )
                continue
            if cell is None and value is None:
                saved.versions[given.key] = 0
                continue
            wanted[given.key] = value
        self._write(wanted, known, now)
        for key in wanted:
            saved.versions[key] = known[key].version if key in known else 1
        return saved

    def _write(self, wanted: dict[Key, Decimal | None], known: dict[Key, Cell], now: Any) -> None:
        figures = {key: Filled(value, self.source) for key, value in wanted.items()}
        if write(self.entry, figures, origin=self.origin, by=self.actor, now=now, existing=known):
            self.begun()
            self.entry.no_change = False
            recount(self.entry)
            self.entry.save(update_fields=["state", "no_change", "filled", "errors"])


def refusal(error: NotANumber) -> str:
    """Why a text is no figure, and what to write instead."""
    return {
        "percent": _("百分比由系统按分子、分母计算，请填写数值。"),
        "wan": _("请按表中计量单位填写纯数字，不要带“万”“元”等单位。"),
        "fine": _("最多保留 6 位小数。"),
        "large": _("数值过大，请核对计量单位。"),
        "text": _("不是数字。"),
    }[error.code] + _("（填写的是“%(text)s”）") % {"text": str(error)[:40]}


def _name(user: User | None) -> str:
    return str(user) if user is not None else _("系统")


@dataclass(kw_only=True)
class CommentCell(ReturnAction):
    """Write a remark beside a cell; an empty text takes it away. Reviewers read it with the figure."""

    row: str
    column: str
    text: str

    def perform(self) -> Cell:
        spec = self.entry.opening.layout.cell(self.row, self.column)
        if spec is None or not spec.is_input:
            raise ActionRefused(_("这一格不能加备注。"), _("请选择可填写的单元格。"), status=400)
        cell, _made = Cell.objects.get_or_create(
            owner=self.entry, row=self.row, column=self.column, defaults={"changed_at": timezone.now(), "version": 0}
        )
        cell.comment = self.text.strip()[:500]
        cell.save(update_fields=["comment"])
        return cell


@dataclass(kw_only=True)
class RefillCells(ReturnAction):
    """Fill what is still empty from the form's sources once more."""

    def perform(self) -> int:
        changed = prefill(self.entry, by=None, now=timezone.now())
        if changed:
            self.begun()
            recount(self.entry)
            self.entry.save(update_fields=["state", "filled", "errors"])
        return len(changed)


@dataclass(kw_only=True)
class DeclareNoChange(ReturnAction):
    """本期无变化: every figure of the last period is taken over in one step."""

    def check_state(self) -> None:
        super().check_state()
        if not self.entry.opening.form.no_change:
            raise ActionRefused(_("这张报表是时期数，每期都要据实填报。"), _("请逐项填写。"))

    def perform(self) -> int:
        past = past_of(self.entry)
        last = past.sheet(self.entry.opening.period.previous)
        if last is None or not last.values:
            raise ActionRefused(_("上期没有已上报的数据。"), _("请逐项填写本期数据。"))
        now = timezone.now()
        known = {(cell.row, cell.column): cell for cell in self.entry.cells.all()}
        figures = {
            (cell.row, cell.column): Filled(last.here((cell.row, cell.column)), PREVIOUS)
            for cell in self.entry.opening.layout.inputs
            if last.here((cell.row, cell.column)) is not None
        }
        changed = write(self.entry, figures, origin=Cell.Origin.COPIED, by=self.actor, now=now, existing=known)
        self.begun()
        self.entry.no_change = True
        recount(self.entry, past)
        self.entry.save(update_fields=["state", "no_change", "filled", "errors"])
        return len(changed)


@dataclass(kw_only=True)
class ExplainProblem(ReturnAction):
    """Say why a check does not hold although the figures are right. It counts for these figures only."""

    check_code: str
    row: str = ""
    column: str = ""
    text: str

    def check_state(self) -> None:
        super().check_state()
        if len(self.text.strip()) < 4:
            raise ActionRefused(_("说明太短。"), _("请写明原因，审核人据此判断。"), status=400)

    def perform(self) -> Explanation:
        wanted = (self.check_code, self.row, self.column)
        found = problems(self.entry.opening.form, sheet_of(self.entry))
        problem = next((item for item in found if item.key == wanted), None)
        if problem is None:
            raise ActionRefused(_("这项审核关系现在已经成立，不需要说明。"), _("请刷新页面。"))
        if problem.check is None:
            raise ActionRefused(_("这类错误只能改正，不能说明。"), _("请改正数值后保存。"))
        explanation, _made = Explanation.objects.update_or_create(
            owner=self.entry,
            number=self.entry.number,
            check_code=self.check_code,
            row=self.row,
            column=self.column,
            defaults={
                "text": self.text.strip()[:500],
                "basis": problem.basis,
                "by": self.actor,
                "at": timezone.now(),
            },
        )
        recount(self.entry)
        self.entry.save(update_fields=["errors"])
        return explanation
