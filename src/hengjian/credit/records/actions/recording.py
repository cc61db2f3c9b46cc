"""Recording credit information: admitted by the catalogue, typed by its layout, dated by the rule, told as a fact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import working_days_between
from hengjian.credit.records import hooks
from hengjian.credit.records.admitting import Edition, admit, edition, repair_rule
from hengjian.credit.records.facts import RECORDED, Recorded
from hengjian.credit.records.layouts import Layout, layout
from hengjian.credit.records.models import CreditRecord, Delivery, RecordCategory
from hengjian.credit.records.rules import Publication, publication
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_subject
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import PUBLIC, FactDraft, Source
from hengjian.ledger.models import Fact, Level
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.values import clean_values
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.credit_records import SEVERITIES, CatalogueEntry, CreditRepair

SYSTEM = "credit_records"


@dataclass(frozen=True)
class Admitted:
    """What was decided about information before it is written."""

    enterprise: Enterprise
    entry: CatalogueEntry
    edition: str
    rule: Rule
    layout: Layout
    values: dict[str, Any]
    publication: Publication
    identity: str


@dataclass(kw_only=True)
class RecordCredit(Action[CreditRecord]):
    """Record credit information about a body.

    Attributes:
        subject: "enterprise:<18-character code or key>", or the bare code.
        category: one of `RecordCategory`.
        values: by the layout of the category (`layouts/*.yaml`); unknown fields are refused.
        catalogue: entry of the public-credit catalogue; empty where the category has one entry only.
        organ: the deciding organ; the person's own unit when left out.
        decided_on: the date of the legal document, from which the terms run.
        document: its number.
        severity: as the organ decided it; empty: derived by the rule.
        unfulfilled: the duty is known not to be fulfilled.
        origin: the fact of another room from which the record is made; it is sealed with the record.
    """

    verb = "credit.record"

    subject: str
    category: str
    values: Mapping[str, Any] = field(default_factory=dict)
    catalogue: str = ""
    organ: Unit | None = None
    decided_on: date | None = None
    document: str = ""
    severity: str = ""
    unfulfilled: bool = False
    origin: UUID | None = None
    batch: Delivery | None = None
    quiet: bool = False
    _admitted: Admitted | None = None

    def target(self) -> Scope:
        return Scope(unit=self.deciding, region=self.deciding.region)

    @property
    def deciding(self) -> Unit:
        """The organ that decided."""
        unit = self.organ or (self.actor.unit if self.actor is not None else None)
        if unit is None:
            raise ActionRefused(_("没有指明认定单位。"), _("请选择作出决定的单位。"), status=400)
        return unit

    def check_state(self) -> None:
        self._admitted = self.admitted()

    def admitted(self) -> Admitted:
        """Everything that can be said before writing.

        Raises:
            NotInCatalogue: the catalogue does not admit it.
            ActionRefused: the body is unknown, a value is wrong, it is recorded already, or its term is over.
        """
        today = timezone.localdate()
        if self.decided_on is None or self.decided_on > today:
            raise ActionRefused(_("决定日期没有填写，或晚于今天。"), _("请填写文书上的日期。"), status=400)
        if self.category not in RecordCategory.values:
            raise ActionRefused(
                _("没有“%(category)s”这一类信用记录。") % {"category": self.category}, _("请选择类别。"), status=400
            )
        enterprise = by_subject(self.subject) or by_code(self.subject.removeprefix("enterprise:"))
        if enterprise is None:
            raise ActionRefused(
                _("主体库中没有“%(subject)s”。") % {"subject": self.subject.removeprefix("enterprise:")},
                _("请核对统一社会信用代码；新设立的主体请先归入主体库。"),
                status=400,
            )
        region = self.deciding.region.code
        held = edition(region, self.decided_on)
        entry = admit(held, self.category, self.catalogue)
        kept = layout(self.category)
        cleaned = clean_values(kept.fields, self.values, on=self.decided_on, region=region)
        if cleaned.errors:
            raise ActionRefused(faults(kept, cleaned.errors), _("请更正后再提交。"), status=400)
        values = {code: value for code, value in cleaned.values.items() if value is not None}
        rule = repair_rule(region, self.decided_on)
        if self.severity and self.severity not in SEVERITIES:
            raise ActionRefused(_("失信程度只能是轻微、一般或严重。"), _("请重新选择。"), status=400)
        shown = published_as(rule, entry, held, enterprise, self.decided_on, self.severity, values)
        if shown.max_until is not None and shown.max_until <= today and not self.unfulfilled:
            raise ActionRefused(
                _("这条信息的公示期已于 %(day)s 届满，不得再归集、共享和使用。") % {"day": shown.max_until.isoformat()},
                _("义务尚未履行的，请注明“义务未履行”后再提交。"),
                status=400,
            )
        identity = identity_of(
            enterprise, self.deciding, self.category, self.catalogue, self.decided_on, self.document, self.values
        )
        if CreditRecord.everything.filter(identity=identity).exists():
            raise ActionRefused(
                _("这份决定已经归集过。"), _("内容有误的请更正原记录；已修复或到期的不得重新归集。"), status=409
            )
        return Admitted(enterprise, entry, held.name, rule, kept, values, shown, identity)

    def perform(self) -> CreditRecord:
        found = self._admitted
        assert found is not None
        assert self.decided_on is not None
        today, shown = timezone.localdate(), found.publication
        record = CreditRecord(
            key=uuid4(),
            enterprise=found.enterprise,
            organ=self.deciding,
            category=self.category,
            catalogue=found.entry.id,
            edition=found.edition,
            rule=found.rule.id,
            severity=shown.severity,
            title=str(found.values.get(found.layout.title_field) or found.entry.title)[:200],
            document=self.document.strip()[:120],
            values=found.values,
            decided_on=self.decided_on,
            published_from=today if shown.published else None,
            min_until=shown.min_until,
            max_until=shown.max_until,
            disclosure=disclosure_of(found.entry, shown.published),
            state=CreditRecord.State.PUBLISHED if shown.published else CreditRecord.State.KEPT,
            unfulfilled=self.unfulfilled,
            delay=working_days_between(self.decided_on, today, current_calendar(self.deciding.region.code)),
            origin=self.origin,
            identity=found.identity,
            batch=self.batch,
            recorded_by=self.actor,
        )
        record.fact = tell(record, found.layout, source=source_of(self)).id
        record.save()
        if not self.quiet:
            hooks.recorded([record])
        return record

    def logged(self, result: CreditRecord) -> CreditRecord:
        return result


def published_as(
    rule: Rule,
    entry: CatalogueEntry,
    held: Edition,
    enterprise: Enterprise,
    decided_on: date,
    severity: str,
    values: Mapping[str, Any],
) -> Publication:
    """Severity and terms of what a record says; `severity` is that of the organ, empty as the rule derives it."""
    return publication(
        rule.typed(CreditRepair),
        entry,
        decided_on=decided_on,
        severity=severity if entry.effect == "adverse" else "",
        measures=values.get("measures", ()),
        procedure=values.get("procedure", ""),
        fine_level=values.get("fine_level", ""),
        sector=values.get("sector", ""),
        valid_until=parse_date(values.get("valid_until") or ""),
        person_years=held.person_years if enterprise.is_person else None,
    )


def identity_of(
    enterprise: Enterprise,
    organ: Unit,
    category: str,
    catalogue: str,
    decided_on: date,
    document: str,
    values: Mapping[str, Any],
) -> str:
    """Digest of a decision: without a document number its content counts."""
    named = [enterprise.key, organ.key, category, catalogue, decided_on.isoformat()]
    named += [document.strip()] if document.strip() else [str(sorted(values.items()))]
    return hashlib.sha256("\x1f".join(named).encode()).hexdigest()


def disclosure_of(entry: CatalogueEntry, published: bool) -> str:
    """The circle of one record: the entry's, and not the public where the record is not published."""
    if entry.disclosure == "public" and not published:
        return Level.SHARED
    return Level(entry.disclosure)


def source_of(action: Action[Any]) -> Source:
    """Who says so, as the ledger names it."""
    person = action.actor
    unit = getattr(action, "deciding", None) or (person.unit if person is not None else None)
    return Source(
        unit=unit.ref if unit is not None else "",
        user=person.ref if person is not None else "",
        system=action.system or ("" if person is not None else SYSTEM),
    )


def tell(record: CreditRecord, kept: Layout, *, source: Source, supersedes: UUID | None = None) -> Fact:
    """Append the fact of a record; it carries the fields that its disclosure admits."""
    public = record.disclosure == PUBLIC
    told = {spec.code for spec in kept.fields if not spec.internal and (spec.public or not public)}
    last = None if record.unfulfilled else record.max_until
    assert record.decided_on is not None
    return append(
        FactDraft(
            kind=RECORDED.name,
            subject=record.enterprise.subject,
            payload=Recorded(
                record=record.key,
                category=record.category,
                catalogue=record.catalogue,
                edition=record.edition,
                severity=record.severity,
                title=record.title,
                document=record.document,
                decided_on=record.decided_on,
                published_from=record.published_from,
                min_until=record.min_until,
                max_until=record.max_until,
                rule=record.rule,
                unfulfilled=record.unfulfilled,
                values={code: value for code, value in record.values.items() if code in told},
            ),
            region=record.organ.region.code,
            occurred_on=record.decided_on,
            source=source,
            refs={"record": record.ref, **({"origin": f"fact:{record.origin}"} if record.origin else {})},
            disclosure=record.disclosure,  # type: ignore[arg-type]
            catalogue=record.catalogue,
            ends_on=last if last is not None and last > record.decided_on else None,
            supersedes=supersedes,
        )
    )


def refuse_sealed(record: CreditRecord) -> None:
    """Raise when nothing can be done with a record any more."""
    if record.is_sealed:
        raise ActionRefused(_("记录 %(number)s 已封存，不能再办理。") % {"number": record.number}, _("请刷新页面。"))


def faults(kept: Layout, errors: Mapping[str, str]) -> str:
    """The faults in one sentence, fields by name."""
    told = []
    for code, message in errors.items():
        spec = kept.field(code)
        told.append(f"{spec.title if spec else code}：{message}")
    return "；".join(told)
