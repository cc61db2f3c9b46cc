"""What is known of an applicant: past violations, revocations and awards, and the findings made from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hengjian.ledger.queries import timeline
from hengjian.parties.models import Region
from hengjian.parties.models.regions import subtree_ids
from hengjian.programmes import rules
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application
from hengjian.registers.models import EntryVersion
from hengjian.registers.queries import entries

#: (credit code, since, until) → days of serious violations that another room knows of.
Source = Callable[[str, date, date], list[date]]
_sources: dict[str, Source] = {}


def register_violations(name: str, source: Source) -> None:
    """Let a room tell of violations that stand in no fact of the declared kinds; the last call with a name wins."""
    _sources[name] = source


def past_of(application: Application, programme: Programme) -> rules.Past:
    """What the ledger and the registers say about the holder up to the closing day of the call."""
    edition = application.edition
    until = edition.closes_on
    inside = Region.objects.filter(pk=application.region_id, pk__in=subtree_ids([edition.region_id]))
    code, holder = application.holder_code, application.holder
    since = rules.years_before(until, 20)
    violations: list[date] = []
    if code and programme.eligibility.clean_years:
        told = timeline(f"enterprise:{code}", disclosure="internal", kinds=list(programme.eligibility.violations))
        violations += [fact.occurred_on for fact in told if since < fact.occurred_on <= until]
        for source in _sources.values():
            violations += source(code, since, until)
    awards, revocations = _honours(programme, code, holder)
    return rules.Past(
        violations=tuple(violations),
        revocations=tuple(revocations),
        awards=tuple(awards),
        in_region=inside.exists(),
        identified=bool(code) or programme.holder not in ("enterprise", "product", "project"),
    )


def _honours(programme: Programme, code: str, holder: str) -> tuple[list[date], list[date]]:
    """Days on which the holder was given this honour, and on which it was revoked."""
    register = programme.award.register_code
    rows = entries(register)
    if register == "honour":
        rows = rows.filter(extras__programme=programme.code)
    rows = rows.filter(subject=f"enterprise:{code}") if code else rows.filter(title=holder)
    found = {pk: start for pk, start in rows.values_list("pk", "valid_from") if start is not None}
    lost = EntryVersion.objects.filter(register=register, entry__in=found, status="revoked", verb="status")
    return list(found.values()), list(lost.values_list("valid_from", flat=True))


def findings(application: Application) -> list[dict[str, Any]]:
    """The conditions as the application stores them, checked now."""
    programme = declaration(application.edition)
    assert application.case is not None
    found = rules.screen(
        programme, application.case.data, past_of(application, programme), application.edition.closes_on
    )
    return [{"code": item.code, "met": item.met, "values": dict(item.values)} for item in found]


def verdict(application: Application) -> bool | None:
    """Whether all conditions are met, an officer's word included; None: something is still to be told."""
    states = [row["met"] for row in application.findings]
    return False if False in states else None if None in states else True
