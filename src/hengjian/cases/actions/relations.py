"""Cases that have to do with each other: parts of one intake, the same matter filed twice, related ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengjian.cases import clocking, recording
from hengjian.cases.actions.base import CaseAction, declaration
from hengjian.cases.actions.opening import OpenCase, Opened
from hengjian.cases.actions.transfers import report_end
from hengjian.cases.declarations import MERGED
from hengjian.cases.models import Case, CaseEvent, CaseLink
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import require
from hengjian.parties.verbs import ActionRefused


@dataclass(frozen=True)
class Part:
    """One part of a case that is split: a case of its own, with its own procedure and clocks."""

    type: str
    values: Mapping[str, Any]
    unit: Unit | None = None
    region: Region | None = None
    category: str = ""


@dataclass(kw_only=True)
class SplitCase(CaseAction[list[Opened]]):
    """Take parts out of a case. Who filed it, the day it came in and its rule day stay the same for the parts.

    Each part runs for itself: ending one leaves the others open.
    """

    verb = "cases.handle"
    needs_reason = True

    parts: Sequence[Part]

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        self.check_own_unit()
        self.check_not_under_way()
        if not self.declared.operations.split:
            raise ActionRefused(
                _("“%(type)s”不能拆分。") % {"type": self.declared.title}, _("请另行登记，再建立关联。")
            )
        if not self.parts:
            raise ActionRefused(_("没有要拆分的事项。"), _("请至少填写一项。"), status=400)

    def perform(self) -> list[Opened]:
        made = []
        for part in self.parts:
            opened = OpenCase(
                user=self.user,
                system=self.system,
                type=part.type,
                values=part.values,
                unit=part.unit or self.case.unit,
                desk=self.case.unit,
                region=part.region or self.case.region,
                opened_at=self.case.opened_at,
                rules_on=self.case.rules_on,
                channel=self.case.channel,
                category=part.category or self.case.category,
                origin=self.case.origin or self.case.ref,
                identity=self.case.identity or None,
                parent=self.case,
                owner=self.case.owner,
                filer=self.case.filer,
            ).execute()
            CaseLink.objects.create(
                first=self.case, second=opened.case, kind=CaseLink.Kind.SPLIT, reason=self.reason[:300],
                made_by=self.actor,
            )  # fmt: skip
            made.append(opened)
        self.log(
            CaseEvent.Kind.RELATION, "split", note=self.reason, data={"cases": [opened.case.pk for opened in made]},
        )  # fmt: skip
        self.save()
        return made


@dataclass(kw_only=True)
class MergeCases(CaseAction[Case]):
    """Put another case about the same matter into this one; the other ends there and is handled here."""

    verb = "cases.handle"
    needs_reason = True

    other: Case

    def check_state(self) -> None:
        super().check_state()
        if self.actor is not None:
            require(self.user, self.verb, self.other)
        self.check_open()
        self.check_own_unit()
        self.check_not_under_way()
        if not self.declared.operations.merge:
            raise ActionRefused(_("“%(type)s”不能并案。") % {"type": self.declared.title}, _("请改为建立关联。"))
        if self.other.pk == self.case.pk:
            raise ActionRefused(_("不能与自身并案。"), _("请选择另一件。"), status=400)
        if self.other.type != self.case.type:
            raise ActionRefused(
                _("“%(a)s”与“%(b)s”种类不同，不能并案。") % {"a": self.case.number, "b": self.other.number},
                _("请改为建立关联。"),
                status=400,
            )
        if self.other.closed_at is not None or self.other.unit_id != self.case.unit_id:
            raise ActionRefused(
                _("“%(number)s”已办结，或不由本单位承办。") % {"number": self.other.number},
                _("请先将其转入本单位，再并案。"),
            )

    def perform(self) -> Case:
        self._lock(self.other)
        if self.other.closed_at is not None:
            raise ActionRefused(_("“%(number)s”已办结。") % {"number": self.other.number}, _("请刷新页面。"))
        CaseLink.objects.get_or_create(
            first=self.case, second=self.other, kind=CaseLink.Kind.MERGED,
            defaults={"reason": self.reason[:300], "made_by": self.actor},
        )  # fmt: skip
        end_otherwise(self.other, MERGED, self, self.reason, code="merged", data={"into": self.case.pk})
        self.other.merged_into = self.case
        self.other.save(update_fields=["merged_into"])
        self.log(CaseEvent.Kind.RELATION, "merge", note=self.reason, data={"cases": [self.other.pk]})
        return self.save()


def end_otherwise(
    case: Case,
    outcome: str,
    action: CaseAction[Any],
    note: str,
    *,
    code: str,
    public: bool = True,
    data: dict[str, Any] | None = None,
) -> CaseEvent:
    """End a case without a declared step: withdrawn or merged. Its clocks fall away, unless they are late already."""
    declared = declaration(case)
    old = case.state
    at = action.moment
    case.state, case.outcome = outcome, outcome
    case.state_since = case.closed_at = at
    event = recording.log_event(
        case, CaseEvent.Kind.RELATION if outcome == MERGED else CaseEvent.Kind.STEP, code, at=at, user=action.actor,
        system=action.system, note=note, public=public, old_state=old, data=data,
    )  # fmt: skip
    clocking.end_clocks(case, at=at, by=action.by, cancel=True)
    report_end(case, at=at, by=action.actor, system=action.system)
    clocking.show_clock(case, declared)
    case.save()
    user = action.actor if action.actor is not None and action.actor.unit is not None else None
    fact = recording.write_closed(case, declared, user=user, system=action.system)
    event.data["fact"] = str(fact.id)
    event.save(update_fields=["data"])
    return event


@dataclass(kw_only=True)
class LinkCases(CaseAction[CaseLink]):
    """Note that two cases have to do with each other; both must be visible to the person."""

    verb = "cases.handle"

    other: Case
    kind: str = CaseLink.Kind.RELATED

    def check_state(self) -> None:
        super().check_state()
        self.check_own_unit()
        if self.actor is not None:
            require(self.user, "cases.inside", self.other)
        if not self.declared.operations.link:
            raise ActionRefused(_("“%(type)s”不能建立关联。") % {"type": self.declared.title}, _("请在记录中写明。"))
        if self.other.pk == self.case.pk:
            raise ActionRefused(_("不能与自身关联。"), _("请选择另一件。"), status=400)
        if self.kind not in (CaseLink.Kind.RELATED, CaseLink.Kind.ARISEN):
            raise ActionRefused(_("没有这种关联。"), _("拆分和并案请用相应操作。"), status=400)
        pairs = [(self.case, self.other), (self.other, self.case)]
        if any(CaseLink.objects.filter(first=a, second=b, kind=self.kind).exists() for a, b in pairs):
            raise ActionRefused(_("这两件已建立关联。"), _("无需再次操作。"))

    def perform(self) -> CaseLink:
        link = CaseLink.objects.create(
            first=self.case, second=self.other, kind=self.kind, reason=self.reason[:300], made_by=self.actor
        )
        self.log(CaseEvent.Kind.RELATION, "link", note=self.reason, data={"cases": [self.other.pk]})
        self.save()
        return link
