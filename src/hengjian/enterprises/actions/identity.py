"""The verbs on identities: merge, split, undo, decide a pair, settle a code issued twice, correct what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.enterprises import hooks
from hengjian.enterprises.correcting import Answered, correct, settle
from hengjian.enterprises.doubting import note_conflicts
from hengjian.enterprises.joining import join, obstacle, split, undo
from hengjian.enterprises.models import CodeConflict, Enterprise, EntityEvent, ResolverEdge, ReviewPair
from hengjian.enterprises.standing import Author, refresh
from hengjian.parties.policies import require
from hengjian.parties.verbs import Action, ActionRefused

Decision = Literal["same", "different", "later"]
State = ReviewPair.State


@dataclass(kw_only=True)
class IdentityAction(Action[EntityEvent]):
    """A verb that changes who is who."""

    verb = "enterprises.decide"
    needs_reason = True

    @property
    def author(self) -> Author:
        return Author(at=timezone.now(), user=self.actor, system=self.system, reason=self.reason.strip())


@dataclass(kw_only=True)
class MergeEnterprises(IdentityAction):
    """Two bodies are one: `other` goes into `enterprise`. Its key and codes keep leading there."""

    enterprise: Enterprise
    other: Enterprise

    def target(self) -> Enterprise:
        return self.enterprise

    def check_state(self) -> None:
        if self.user is not None or not self.system:
            require(self.user, self.verb, self.other)
        if problem := obstacle(self.enterprise, self.other):
            raise ActionRefused(problem, _("请核对两个主体的代码和数源记录。"))

    def perform(self) -> EntityEvent:
        return join(self.enterprise, self.other, self.author)


@dataclass(kw_only=True)
class SplitEnterprise(IdentityAction):
    """Some records of a body are about another one; later runs keep the two apart."""

    enterprise: Enterprise
    records: Sequence[int]

    def target(self) -> Enterprise:
        return self.enterprise

    def perform(self) -> EntityEvent:
        return split(self.enterprise, self.records, self.author)[1]


@dataclass(kw_only=True)
class UndoIdentity(IdentityAction):
    """Take a merge or split back."""

    event: EntityEvent

    def target(self) -> Enterprise:
        return self.event.enterprise

    def perform(self) -> EntityEvent:
        return undo(self.event, self.author)


@dataclass(kw_only=True)
class DecidePair(Action[ReviewPair]):
    """Say of two bodies that they are one, that they are two, or leave it for later. The judgement binds later runs."""

    verb = "enterprises.decide"
    pair: ReviewPair
    decision: Decision

    def target(self) -> ReviewPair:
        return self.pair

    def check_state(self) -> None:
        if self.pair.state not in (State.OPEN, State.LATER):
            raise ActionRefused(
                _("这一对已经核对过：%(state)s。") % {"state": self.pair.get_state_display()},
                _("请刷新页面；需要更改结论的，请在主体页撤销合并或重新拆分。"),
            )
        if self.decision not in ("same", "different", "later"):
            raise ActionRefused(_("请选择“同一主体”“不同主体”或“暂缓”。"), status=400)
        if self.decision == "same" and (problem := obstacle(self.pair.one, self.pair.other)):
            raise ActionRefused(problem, _("确属同一主体的，请先由登记机关更正代码。"))

    def perform(self) -> ReviewPair:
        now = timezone.now()
        author = Author(at=now, user=self.actor, system=self.system, reason=self.reason.strip())
        pair = self.pair
        if self.decision != "later":
            ResolverEdge.objects.create(
                one=pair.one_record,
                other=pair.other_record,
                same=self.decision == "same",
                by=self.actor,
                at=now,
                reason=self.reason.strip()[:300],
            )
        if self.decision == "same":
            one, other = pair.one, pair.other
            # The body with a code, else the older one, keeps its key.
            kept, gone = (other, one) if not one.code and other.code else (one, other)
            join(kept, gone, author)
            pair.refresh_from_db()
        pair.state = {"same": State.SAME, "different": State.DIFFERENT, "later": State.LATER}[self.decision]
        pair.decided_by, pair.decided_at, pair.note = self.actor, now, self.reason.strip()[:300]
        pair.save(update_fields=["state", "decided_by", "decided_at", "note"])
        return pair


@dataclass(kw_only=True)
class SendConflicts(Action[int]):
    """Mark work items on codes issued twice as sent out with the return sheet."""

    verb = "enterprises.decide"
    conflicts: Sequence[CodeConflict]

    def check_state(self) -> None:
        for conflict in self.conflicts:
            require(self.user, self.verb, conflict)

    def perform(self) -> int:
        waiting = [one.pk for one in self.conflicts if one.state == CodeConflict.State.OPEN]
        return CodeConflict.objects.filter(pk__in=waiting).update(state=CodeConflict.State.SENT, sent_at=timezone.now())


@dataclass(kw_only=True)
class SettleConflict(Action[CodeConflict]):
    """Do what the return sheet says of one code: 0 another code, 1 delete, 2 keep; at most one body keeps it.

    Attributes:
        answers: key of the body → answer.
    """

    verb = "enterprises.decide"
    conflict: CodeConflict
    answers: Mapping[str, Answered]

    def target(self) -> CodeConflict:
        return self.conflict

    def check_state(self) -> None:
        if self.conflict.state == CodeConflict.State.CLOSED:
            raise ActionRefused(_("这个代码的核查已经办结。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> CodeConflict:
        author = Author(at=timezone.now(), user=self.actor, system=self.system, reason=self.reason.strip())
        return settle(self.conflict, self.answers, author)


@dataclass(kw_only=True)
class CorrectEnterprise(IdentityAction):
    """Correct what the register holds, against what the departments say; they see that they were corrected.

    Attributes:
        values: field → text as a department would deliver it.
    """

    enterprise: Enterprise
    values: Mapping[str, str] = field(default_factory=dict)

    def target(self) -> Enterprise:
        return self.enterprise

    def check_state(self) -> None:
        if self.enterprise.merged_into_id is not None:
            raise ActionRefused(
                _("“%(key)s”已并入其他主体。") % {"key": self.enterprise.key}, _("请在并入后的主体上更正。")
            )
        if self.actor is None or self.actor.unit is None:
            raise ActionRefused(_("更正须以单位的名义作出，您的账号没有所属单位。"), _("请联系系统管理员。"))

    def perform(self) -> EntityEvent:
        author = self.author
        correct(self.enterprise, self.values, author)
        told = author.event(self.enterprise, EntityEvent.Kind.CHANGED, after=_("更正"))
        told.save(force_insert=True)
        found = refresh([self.enterprise.pk], author)
        note_conflicts([(code, pk) for pk, code in found.blocked], author.at)
        hooks.tell_changed([self.enterprise.pk])
        return told
