"""Daily work on a case: taking it, handing it to a colleague, notes, corrections, deliveries, urging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.cases import recording, uploads, values
from hengjian.cases.actions.base import CaseAction
from hengjian.cases.models import Case, CaseEvent, IssuedPaper
from hengjian.parties.models import User
from hengjian.parties.policies import can
from hengjian.parties.verbs import ActionRefused


@dataclass(kw_only=True)
class TakeCase(CaseAction[Case]):
    """Take the case oneself, or (heads) give it to a colleague of the unit who may handle it."""

    verb = "cases.handle"

    handler: User | None = None

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        self.check_own_unit()
        chosen = self.handler or self.actor
        if chosen is None or chosen.unit_id != self.case.unit_id or not can(chosen, "cases.handle", self.case):
            raise ActionRefused(_("只能交给本单位有承办权限的人员。"), _("请从本单位经办人中选择。"), status=400)
        if chosen.pk == self.case.handler_id:
            raise ActionRefused(_("已由%(name)s承办。") % {"name": chosen}, _("无需再次操作。"))
        others = self.actor is not None and chosen.pk != self.actor.pk
        if (others or self.case.handler_id is not None) and not can(self.user, "cases.approve", self.case):
            raise ActionRefused(_("指定或更换承办人由单位负责人决定。"), _("请与单位负责人联系。"), status=403)

    def perform(self) -> Case:
        chosen = self.handler or self.actor
        assert chosen is not None
        self.case.handler = chosen
        self.log(CaseEvent.Kind.CHANGED, "assign", note=self.reason, data={"user": chosen.pk})
        self.save()
        if self.actor is not None and chosen.pk != self.actor.pk:
            recording.notify(
                self.case, [chosen], gettext_noop("%(number)s 已交由您承办。"), f"event:{self.case.version}"
            )
        return self.case


@dataclass(kw_only=True)
class AddNote(CaseAction[CaseEvent]):
    """Put something on record: a telephone call, a visit, a document. `public`: whoever filed the case reads it."""

    verb = "cases.handle"

    note: str = ""
    public: bool = False
    files: uploads.Given = ()
    ready: list[uploads.Ready] = field(init=False, default_factory=list)

    def check_state(self) -> None:
        super().check_state()
        if self.case.merged_into_id is not None:
            raise ActionRefused(_("“%(number)s”已并案。") % {"number": self.case.number}, _("请在合并后的办件中记录。"))
        if not self.note.strip() and not self.files:
            raise ActionRefused(_("没有填写记录内容。"), _("请填写说明或上传材料。"), status=400)
        self.ready = uploads.ready(self.files)

    def perform(self) -> CaseEvent:
        kept = uploads.keep(self.case, self.files, self.ready, self.by)
        event = self.log(
            CaseEvent.Kind.NOTE, "note", note=self.note, public=self.public,
            data={"files": [file.pk for file in kept]} if kept else None,
        )  # fmt: skip
        self.save()
        return event


@dataclass(kw_only=True)
class CorrectCase(CaseAction[Case]):
    """Correct what the case says; what it said before stays on record."""

    verb = "cases.handle"
    needs_reason = True

    values: Mapping[str, Any]
    clean: dict[str, Any] = field(init=False, default_factory=dict)

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        self.check_own_unit()
        self.clean = values.cleaned(
            self.declared.fields, self.values, on=self.case.rules_on, region=self.case.region.code, partial=True
        )
        if not self._changed():
            raise ActionRefused(_("没有改动。"), _("请修改后再提交。"), status=400)

    def _changed(self) -> dict[str, Any]:
        return {code: value for code, value in self.clean.items() if value != self.case.data.get(code)}

    def perform(self) -> Case:
        case, declared = self.case, self.declared
        changed = self._changed()
        fields = [spec for spec in declared.fields if spec.code in changed]
        sealed = values.seal(fields, changed, owner=case.ref, category=declared.code)
        before = {code: case.data.get(code) for code in changed}
        for code in changed:
            if code in sealed:
                case.data[code] = sealed[code]
            else:
                case.data.pop(code, None)
        if declared.subject_field in changed:
            enterprise = case.data.get(declared.subject_field)
            case.subject = f"enterprise:{enterprise}" if enterprise else ""
        case.title = values.title_of(declared, case.data)
        after = {code: case.data.get(code) for code in changed}
        self.log(CaseEvent.Kind.CHANGED, "correct", note=self.reason, data={"before": before, "after": after})
        return self.save()


@dataclass(kw_only=True)
class DeliverPaper(CaseAction[IssuedPaper]):
    """Note when and how a document reached whom it is for."""

    verb = "cases.handle"

    paper: IssuedPaper
    delivery: str
    delivered_on: date
    note: str = ""

    def check_state(self) -> None:
        super().check_state()
        self.check_own_unit()
        if self.paper.case_id != self.case.pk:
            raise ActionRefused(_("文书不属于本案。"), _("请返回页面重新操作。"), status=400)
        if self.delivery not in IssuedPaper.Delivery.values:
            raise ActionRefused(_("没有选择送达方式。"), _("请选择送达方式。"), status=400)
        if not self.paper.issued_on <= self.delivered_on <= timezone.localdate():
            raise ActionRefused(
                _("送达日期应在制发日期（%(day)s）与今天之间。") % {"day": self.paper.issued_on},
                _("请更正送达日期。"),
                status=400,
            )

    def perform(self) -> IssuedPaper:
        paper = self.paper
        paper.delivery, paper.delivered_on, paper.delivery_note = self.delivery, self.delivered_on, self.note[:300]
        paper.save(update_fields=["delivery", "delivered_on", "delivery_note"])
        self.log(
            CaseEvent.Kind.DOCUMENT, "deliver", note=self.note,
            data={"paper": paper.pk, "delivery": self.delivery, "on": self.delivered_on.isoformat()},
        )  # fmt: skip
        self.save()
        return paper


@dataclass(kw_only=True)
class UrgeCase(CaseAction[CaseEvent]):
    """督办: the leading-group office asks the unit, its handler and its heads, to bring the case forward."""

    verb = "cases.oversee"
    needs_reason = True

    def check_state(self) -> None:
        super().check_state()
        self.check_open()

    def target(self) -> Case:
        return self.case

    def perform(self) -> CaseEvent:
        event = self.log(CaseEvent.Kind.NOTE, "urge", note=self.reason)
        self.save()
        people = [*recording.answerable(self.case), *recording.heads_of(self.case)]
        recording.notify(
            self.case, {person.pk: person for person in people}.values(), gettext_noop("督办 %(number)s：%(why)s"),
            f"event:{self.case.version}", why=self.reason[:80],
        )  # fmt: skip
        return event
