"""Decisions beside the items: veto, downgrade, bonus, deduction; proposed by one member, confirmed by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.assessment.actions.base import EntryAction, require_state
from hengjian.assessment.actions.marking import check_reviewer
from hengjian.assessment.models import Decision, Entry, Reviewer, Round
from hengjian.ledger.errors import FactNotFound
from hengjian.ledger.queries import fact_by_id
from hengjian.parties.verbs import ActionRefused, require_other_person


@dataclass(kw_only=True)
class ProposeDecision(EntryAction[Decision]):
    """Propose, with the facts on which it rests.

    Attributes:
        code: of the sheet's vetoes or downgrades; "" for points.
        facts: in words; fact_ids: entries of the ledger that prove them.
    """

    verb = "assessment.panel"

    kind: str
    facts: str
    code: str = ""
    title: str = ""
    points: Decimal | None = None
    fact_ids: Sequence[str] = ()

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.PANEL)
        check_reviewer(self.entry, self.actor, Reviewer.Role.PANEL)
        if self.kind not in Decision.Kind.values:
            raise ActionRefused(_("请选择决定的类别。"), status=400)
        if len(self.facts.strip()) < 10:
            raise ActionRefused(_("请写明事实依据（至少 10 个字）。"), status=400)
        if self.kind in (Decision.Kind.VETO, Decision.Kind.DOWNGRADE):
            if self.case() is None:
                raise ActionRefused(_("方案没有规定这种情形。"), _("请从方案列明的情形中选择。"), status=400)
            if self.entry.decisions.filter(kind=self.kind, code=self.code).exclude(state="rejected").exists():
                raise ActionRefused(_("这项决定已经提出。"))
        elif self.points is None or not self.points.is_finite() or not 0 < self.points <= self.most():
            raise ActionRefused(_("分值应大于 0，不超过 %(most)s。") % {"most": self.most()}, status=400)
        elif not self.title.strip():
            raise ActionRefused(_("请填写事项名称。"), status=400)
        for one in self.fact_ids:
            try:
                fact_by_id(one, disclosure="internal")
            except FactNotFound as error:
                raise ActionRefused(str(error), status=400) from None

    def most(self) -> Decimal:
        return self.entry.round.content.sheet.total / 10

    def case(self) -> Any:
        sheet = self.entry.round.content.sheet
        cases = sheet.vetoes if self.kind == Decision.Kind.VETO else sheet.downgrades
        return next((case for case in cases if case.code == self.code), None)

    def perform(self) -> Decision:
        case = self.case() if self.kind in (Decision.Kind.VETO, Decision.Kind.DOWNGRADE) else None
        return Decision.objects.create(
            entry=self.entry,
            kind=self.kind,
            code=self.code if case else "",
            title=case.title if case else self.title.strip()[:200],
            points=None if case else self.points,
            facts=self.facts.strip(),
            fact_ids=[str(one) for one in self.fact_ids],
            proposed_by=self.actor,
        )

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(kw_only=True)
class ConfirmDecision(EntryAction[Decision]):
    """Another member confirms or rejects what was proposed."""

    verb = "assessment.panel"

    decision: Decision
    confirms: bool = True

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.PANEL)
        check_reviewer(self.entry, self.actor, Reviewer.Role.PANEL)
        if self.decision.entry_id != self.entry.pk or self.decision.state != Decision.State.PROPOSED:
            raise ActionRefused(_("这项决定不在待确认状态。"), _("请刷新页面查看最新状态。"))
        require_other_person(self.user, self.decision.proposed_by, _("确认"))
        if not self.confirms and not self.reason.strip():
            raise ActionRefused(_("不通过须写明原因。"), status=400)

    def perform(self) -> Decision:
        row = self.decision
        row.state = Decision.State.CONFIRMED if self.confirms else Decision.State.REJECTED
        row.decided_by, row.decided_at, row.note = self.actor, timezone.now(), self.reason.strip()[:300]
        row.save()
        return row

    def logged(self, result: Any) -> Entry:
        return self.entry
