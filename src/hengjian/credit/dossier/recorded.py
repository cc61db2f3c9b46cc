"""Credit records as lines of the dossier: under which tab a category stands, and how one reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.dossier.addresses import address
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.queries import SYSTEM, records
from hengjian.credit.records.queries import Reader as ByWhom
from hengjian.enterprises.sections import Line, Question
from hengjian.registers.fields import FieldSpec
from hengjian.registers.showing import language, with_unit, words

#: Category of credit records → section.
SECTION_OF = {
    "registration": "licences",
    "permit": "licences",
    "certification": "licences",
    "qualification": "licences",
    "commitment": "standards",
    "contract": "standards",
    "compliance": "inspections",
    "inspection": "inspections",
    "penalty": "penalties",
    "coercion": "penalties",
    "judgement": "penalties",
    "abnormal": "penalties",
    "serious": "penalties",
    "honour": "honours",
    "evaluation": "ratings",
}
LIGHTS = {"minor": "amber", "general": "orange", "serious": "red"}


def records_for(question: Question, reader: Reader) -> list[CreditRecord]:
    """The records that the reader may see, at the asked times. The enterprise sees all that is recorded about it."""
    who: ByWhom = "public"
    if reader.own:
        who = SYSTEM
    elif reader.officer and reader.user is not None:
        who = reader.user
    rows = records(question.enterprise, reader=who, known_at=question.known_at, valid_on=question.valid_on)
    if reader.own:
        rows = rows.exclude(disclosure="internal")
    return list(rows)


def line_of_record(record: CreditRecord, reader: Reader) -> Line:
    """A record as one line."""
    public = record.disclosure == "public" and record.state == CreditRecord.State.PUBLISHED
    outside = reader.side == "public"
    return Line(
        on=record.decided_on or timezone.localdate(record.recorded_at),
        title=record.title,
        kind=record.get_category_display(),
        number=record.document or record.number,
        organ=record.organ.name,
        state=_state(record),
        light="blue" if record.disputed_since else LIGHTS.get(record.severity, "green"),
        until=record.max_until,
        details=_details(record, outside),
        fact=record.fact,
        ref=record.ref,
        url=address("credit_records:record", record.key) if not outside else "",
        public=public,
    )


def _state(record: CreditRecord) -> str:
    if record.disputed_since:
        return _("异议处理中")
    if not record.severity:
        return _("有效")
    said = {"severity": record.get_severity_display(), "day": record.max_until}
    if record.max_until:
        return _("%(severity)s失信，公示至 %(day)s") % said
    return _("%(severity)s失信") % said


def _details(record: CreditRecord, public: bool) -> tuple[tuple[str, str], ...]:
    declared = layout(record.category)
    fields: Iterable[FieldSpec] = declared.fields
    found = []
    for spec in fields:
        if spec.code == declared.title_field or spec.personal or (public and (not spec.public or spec.mask)):
            continue
        if text := with_unit(spec, words(spec, record.values.get(spec.code))):
            found.append((spec.said(language()), text))
    if record.min_until and record.severity:
        found.append((_("可申请修复自"), record.min_until.isoformat()))
    return tuple(found)
