"""Evidence: a file or fact is kept once per unit and used at many items and in many years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengjian.assessment.actions.base import FILES, EntryAction, item_of, require_state
from hengjian.assessment.models import Entry, Evidence, EvidenceUse, Round
from hengjian.assessment.offers import offered_facts
from hengjian.documents.actions import store_file
from hengjian.parties.verbs import ActionRefused


@dataclass(kw_only=True)
class EvidenceAction(EntryAction[Any]):
    verb = "assessment.file"
    item: str

    def check_state(self) -> None:
        require_state(self.entry.round, Round.State.SELF)
        self.require_own()
        item_of(self.entry.round, self.item)
        if self.entry.self_at is not None:
            raise ActionRefused(_("自评已经提交，不能再改。"), _("请联系办公室退回后修改。"))

    def use(self, evidence: Evidence) -> EvidenceUse:
        use, _made = EvidenceUse.objects.get_or_create(
            evidence=evidence, entry=self.entry, item=self.item, defaults={"used_by": self.actor}
        )
        return use

    def logged(self, result: Any) -> Entry:
        return self.entry


@dataclass(kw_only=True)
class AddFile(EvidenceAction):
    """Upload a file for an item. The same bytes again are the same evidence: nothing is stored twice."""

    data: bytes
    name: str
    title: str = ""

    def perform(self) -> EvidenceUse:
        stored = store_file(
            self.data,
            self.name,
            subject=self.entry.ref,
            stored_by=self.actor.ref if self.actor else "",
            allowed=FILES,
        )
        evidence, _made = Evidence.objects.get_or_create(
            unit=self.entry.unit,
            address=stored.address,
            defaults={
                "kind": Evidence.Kind.FILE,
                "title": (self.title.strip() or stored.name)[:200],
                "file": stored.pk,
                "added_by": self.actor,
            },
        )
        return self.use(evidence)


@dataclass(kw_only=True)
class UseEvidence(EvidenceAction):
    """Use what the unit has brought forward before, for this or another item or year."""

    evidence: Evidence

    def check_state(self) -> None:
        super().check_state()
        if self.evidence.unit_id != self.entry.unit_id:
            raise ActionRefused(_("没有这份佐证。"), status=404)

    def perform(self) -> EvidenceUse:
        return self.use(self.evidence)


@dataclass(kw_only=True)
class UseFact(EvidenceAction):
    """Take a fact of the ledger that is offered for the item."""

    fact: str

    def check_state(self) -> None:
        super().check_state()
        if not any(offer.fact == self.fact for offer in offered_facts(self.entry, self.item, most=None)):
            raise ActionRefused(_("这条台账记录没有列入本项的佐证。"), status=404)

    def perform(self) -> EvidenceUse:
        offer = next(one for one in offered_facts(self.entry, self.item, most=None) if one.fact == self.fact)
        evidence, _made = Evidence.objects.get_or_create(
            unit=self.entry.unit,
            address=offer.fact,
            defaults={"kind": Evidence.Kind.FACT, "title": offer.label[:200], "added_by": self.actor},
        )
        return self.use(evidence)


@dataclass(kw_only=True)
class DropEvidence(EvidenceAction):
    """No longer use evidence at an item; the file itself stays with the unit."""

    use_row: EvidenceUse

    def check_state(self) -> None:
        super().check_state()
        if self.use_row.entry_id != self.entry.pk or self.use_row.item != self.item:
            raise ActionRefused(_("没有这份佐证。"), status=404)

    def perform(self) -> None:
        self.use_row.delete()


def self_open(entry: Entry) -> bool:
    """Whether evidence may still be added."""
    return entry.round.state == Round.State.SELF and entry.self_at is None
