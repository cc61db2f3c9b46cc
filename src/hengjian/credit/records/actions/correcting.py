"""Putting right what a record says; its terms follow from what it says now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.records import hooks
from hengjian.credit.records.actions.recording import (
    disclosure_of,
    faults,
    identity_of,
    published_as,
    refuse_sealed,
    source_of,
    tell,
)
from hengjian.credit.records.admitting import admit, edition, repair_rule
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.rules import Publication
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.values import clean_values
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.credit_records import SEVERITIES, CreditRepair


@dataclass(kw_only=True)
class CorrectRecord(Action[CreditRecord]):
    """Put right what a record says; the former wording stays in the ledger only as what was corrected.

    Severity and terms are found anew, unless the organ itself decided the severity; a record whose term turns out to be
    over ends with the next round of the worker.

    Attributes:
        values: only the fields that change; None clears one.
        document, decided_on, severity: the right ones; None leaves what there is.
    """

    verb = "credit.correct"
    needs_reason = True

    record: CreditRecord
    values: Mapping[str, Any] = field(default_factory=dict)
    document: str | None = None
    decided_on: date | None = None
    severity: str | None = None

    def target(self) -> CreditRecord:
        return self.record

    def check_state(self) -> None:
        record = self.record
        refuse_sealed(record)
        assert record.decided_on is not None
        region, kept = record.organ.region.code, layout(record.category)
        self._day = self.decided_on or record.decided_on
        if self._day > timezone.localdate():
            raise ActionRefused(_("决定日期没有填写，或晚于今天。"), _("请填写文书上的日期。"), status=400)
        if self.severity and self.severity not in SEVERITIES:
            raise ActionRefused(_("失信程度只能是轻微、一般或严重。"), _("请重新选择。"), status=400)
        cleaned = clean_values(kept.fields, self.values, on=self._day, partial=True, region=region)
        if cleaned.errors:
            raise ActionRefused(faults(kept, cleaned.errors), _("请更正后再提交。"), status=400)
        merged = {**record.values, **cleaned.values}
        self._values = {code: value for code, value in merged.items() if value is not None}
        self._edition = edition(region, self._day)
        self._rule = repair_rule(region, self._day)
        self._document = record.document if self.document is None else self.document.strip()[:120]
        self._shown = self._publication(self._rule)
        self._identity = record.identity
        if (self._document, self._day) != (record.document, record.decided_on):
            self._identity = identity_of(
                record.enterprise, record.organ, record.category, record.catalogue, self._day, self._document, merged
            )
            if CreditRecord.everything.filter(identity=self._identity).exclude(pk=record.pk).exists():
                raise ActionRefused(
                    _("这份决定已经归集过。"), _("内容有误的请更正原记录；已修复或到期的不得重新归集。"), status=409
                )

    def _publication(self, rule: Rule) -> Publication:
        record = self.record
        entry = admit(self._edition, record.category, record.catalogue)
        severity = self.severity
        if severity is None:
            assert record.decided_on is not None
            before = repair_rule(record.organ.region.code, record.decided_on).typed(CreditRepair)
            derived = before.severity_of(
                record.values.get("measures", ()),
                record.values.get("procedure", ""),
                record.values.get("fine_level", ""),
                record.category,
            )
            # What differs from the rule is what the organ decided.
            severity = record.severity if record.severity != derived else ""
        return published_as(rule, entry, self._edition, record.enterprise, self._day, severity, self._values)

    def perform(self) -> CreditRecord:
        record, kept, shown = self.record, layout(self.record.category), self._shown
        entry = admit(self._edition, record.category, record.catalogue)
        record.values, record.document, record.identity = self._values, self._document, self._identity
        record.title = str(record.values.get(kept.title_field) or entry.title)[:200]
        record.decided_on, record.edition, record.rule = self._day, self._edition.name, self._rule.id
        record.severity, record.min_until, record.max_until = shown.severity, shown.min_until, shown.max_until
        record.published_from = (record.published_from or timezone.localdate()) if shown.published else None
        record.disclosure = disclosure_of(entry, shown.published)
        record.state = CreditRecord.State.PUBLISHED if shown.published else CreditRecord.State.KEPT
        record.fact = tell(record, kept, source=source_of(self), supersedes=record.fact).id
        record.save()
        hooks.recorded([record])
        return record
