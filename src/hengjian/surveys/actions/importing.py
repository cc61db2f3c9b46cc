"""The verbs on files of answers: check, enter, drop, undo."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused
from hengjian.surveys.field import report_of
from hengjian.surveys.models import AnswerBatch, Comment, Evaluated, Response, Wave

State = AnswerBatch.State
OPEN = (Wave.State.RUNNING, Wave.State.CLOSED, Wave.State.COMPUTED)


def check_open(wave: Wave) -> None:
    if wave.state not in OPEN:
        raise ActionRefused(
            _("这次调查目前是“%(state)s”，不能导入或撤销答卷。") % {"state": wave.get_state_display()},
            _("请刷新页面查看最新状态。"),
        )


@dataclass(kw_only=True)
class StartAnswerImport(Action[AnswerBatch]):
    """Keep the checked rows of a file; nothing counts yet.

    Attributes:
        rows: {"stratum", "items", "choices", "seconds", "day" (ISO), "comment"} each (`sheets.read_answers`).
        errors: {"row", "column", "message"} each.
        approached: how many people were asked for these answers; None when nobody knows.
    """

    verb = "surveys.run"

    wave: Wave
    name: str
    rows: Sequence[dict[str, Any]]
    errors: Sequence[dict[str, Any]] = ()
    approached: int | None = None

    def target(self) -> Wave:
        return self.wave

    def check_state(self) -> None:
        check_open(self.wave)
        if self.approached is not None and self.approached < len(self.rows):
            raise ActionRefused(_("访问人数少于答卷数。"), _("请核对访问人数。"), status=400)

    def perform(self) -> AnswerBatch:
        return AnswerBatch.objects.create(
            wave=self.wave,
            name=self.name,
            rows=list(self.rows),
            errors=list(self.errors),
            count=len(self.rows),
            comments=sum(1 for row in self.rows if row.get("comment")),
            approached=self.approached,
            created_by=self.actor,
        )


@dataclass(kw_only=True)
class BatchAction(Action[AnswerBatch]):
    """A verb on a file of answers."""

    verb = "surveys.run"
    batch: AnswerBatch

    def target(self) -> AnswerBatch:
        return self.batch

    def in_state(self, state: str) -> None:
        if self.batch.state != state:
            raise ActionRefused(
                _("这个文件目前是“%(state)s”，不能做这一步。") % {"state": self.batch.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )


@dataclass(kw_only=True)
class ConfirmAnswerImport(BatchAction):
    """Enter the rows; those with mistakes stay out, if the user says so. The texts are parted from the answers."""

    skip_wrong: bool = False

    def check_state(self) -> None:
        self.in_state(State.CHECKED)
        check_open(self.batch.wave)
        if self.batch.errors and not self.skip_wrong:
            raise ActionRefused(
                _("有 %(n)d 处错误。") % {"n": len(self.batch.errors)},
                _("请改正后重新上传；确要先导入其余各行的，请勾选“跳过有误的行”。"),
                status=400,
            )
        if not self.batch.rows:
            raise ActionRefused(_("没有可以导入的行。"), _("请改正后重新上传。"), status=400)

    def perform(self) -> AnswerBatch:
        batch = self.batch
        Response.objects.bulk_create(
            (
                Response(
                    wave=batch.wave,
                    stratum=row["stratum"],
                    mode=Response.Mode.FILE,
                    state=Response.State.COMPLETE,
                    answers={"items": row["items"], "choices": row["choices"]},
                    seconds=row.get("seconds"),
                    day=date.fromisoformat(row["day"]) if row.get("day") else None,
                    batch=batch,
                )
                for row in batch.rows
            ),
            batch_size=500,
        )
        texts = [row["comment"] for row in batch.rows if row.get("comment")]
        random.SystemRandom().shuffle(texts)
        Comment.objects.bulk_create(Comment(wave=batch.wave, batch=batch, text=text) for text in texts)
        batch.state, batch.rows = State.APPLIED, []
        batch.save(update_fields=["state", "rows"])
        stale(batch.wave)
        return batch


@dataclass(kw_only=True)
class DropAnswerImport(BatchAction):
    """Throw a checked file away."""

    def check_state(self) -> None:
        self.in_state(State.CHECKED)

    def perform(self) -> AnswerBatch:
        self.batch.state, self.batch.rows, self.batch.errors = State.DROPPED, [], []
        self.batch.save(update_fields=["state", "rows", "errors"])
        return self.batch


@dataclass(kw_only=True)
class UndoAnswerImport(BatchAction):
    """Take the answers of a file back, with the texts that came with them."""

    needs_reason = True

    def check_state(self) -> None:
        self.in_state(State.APPLIED)
        check_open(self.batch.wave)

    def perform(self) -> AnswerBatch:
        batch = self.batch
        batch.responses.all().delete()
        Comment.objects.filter(batch=batch).delete()
        batch.state, batch.reason = State.UNDONE, self.reason.strip()[:300]
        batch.save(update_fields=["state", "reason"])
        stale(batch.wave)
        return batch


def stale(wave: Wave) -> None:
    """The answers changed: figures that wait for approval no longer fit and have to be computed again."""
    if wave.state == Wave.State.RUNNING:
        return
    wave.results.filter(state=Evaluated.State.DRAFT).update(
        state=Evaluated.State.RETURNED, decision=_("答卷有变动，须重新测评。")
    )
    wave.state, wave.report = Wave.State.CLOSED, report_of(wave) | {"drafts": wave.report.get("drafts", 0)}
    wave.save(update_fields=["state", "report"])
