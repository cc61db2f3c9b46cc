"""What the verbs share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from hengjian.assessment.models import Entry, Round
from hengjian.ledger.actions import append
from hengjian.ledger.canonical import canonical
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.base import refused
from hengjian.scoring.rules import ItemScore, score_item

R = TypeVar("R")
FILES = frozenset({"pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx", "png", "jpg", "jpeg", "csv", "txt"})
PHOTOS = frozenset({"png", "jpg", "jpeg", "pdf"})


def digest_of(data: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical(dict(data)).encode()).hexdigest()


def item_of(round_: Round, code: str) -> Item:
    """The item of the round's sheet; a refusal when there is none."""
    try:
        return round_.content.sheet.item(code)
    except KeyError:
        raise ActionRefused(_("评分表没有“%(code)s”这一项。") % {"code": code[:40]}, status=400) from None


def scored(item: Item, answer: Answer, places: int) -> ItemScore:
    """The points of an answer; a refusal in the reader's language when it does not fit."""
    try:
        return score_item(item, answer, places)
    except WrongAnswer as error:
        raise refused(error) from None


def require_state(round_: Round, *states: str) -> None:
    """Refuse when the round is not in one of the steps."""
    if round_.state not in states:
        raise ActionRefused(
            _("“%(round)s”现在是“%(state)s”环节，不能做这一步。")
            % {"round": round_.title, "state": round_.get_state_display()},
            _("请刷新页面查看最新状态。"),
        )


@dataclass(kw_only=True)
class RoundAction(Action[R], Generic[R]):
    """A verb on a round."""

    verb = "assessment.manage"
    round: Round

    def target(self) -> Round:
        return self.round

    def fact(self, kind: str, subject: str, payload: Any, *, refs: dict[str, str] | None = None, **more: Any) -> Any:
        """Write a fact in the name of the organising unit."""
        row = self.round
        return append(
            FactDraft(
                kind=kind,
                subject=subject,
                payload=payload,
                region=more.pop("region", row.region.code),
                occurred_on=more.pop("occurred_on"),
                source=Source(unit=row.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
                refs=refs or {},
                **more,
            )
        )


@dataclass(kw_only=True)
class EntryAction(Action[R], Generic[R]):
    """A verb on one object."""

    entry: Entry

    def target(self) -> Entry:
        return self.entry

    def require_own(self) -> None:
        """The assessed body speaks for itself: nobody from above files in its name."""
        unit = self.actor.unit if self.actor else None
        own = unit is not None and (
            unit.pk == self.entry.unit_id
            or (self.entry.round.content.scheme.objects == "regions" and unit.region_id == self.entry.region_id)
        )
        if not own:
            raise ActionRefused(
                _("只有“%(name)s”的人员可以办理这一步。") % {"name": self.entry.name},
                _("请由被考核单位的联络员登录办理。"),
                status=403,
            )
