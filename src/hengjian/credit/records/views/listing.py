"""Lists and tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.cases.models import Case
from hengjian.cases.policies import CASE_POLICY
from hengjian.credit.records.admitting import edition, repair_rule
from hengjian.credit.records.lists import DELIVERIES, LOOKS, RECORDS, REPAIRS
from hengjian.credit.records.models import CreditRecord, Delivery, Look, RecordCategory, RecordSeverity
from hengjian.credit.records.repairing import CASE
from hengjian.credit.records.timeliness import term_of, timeliness
from hengjian.pages.list_views import ListView
from hengjian.parties.acting import units_acting
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import may_anywhere, require
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.credit_records import CreditRepair

SPAN = timedelta(days=90)


def is_enterprise(unit: Unit | None) -> bool:
    return unit is not None and unit.kind == Unit.Kind.ENTERPRISE


class Records(ListView):
    """The records of the reader's own unit: what a department decided, what is recorded about an enterprise."""

    declaration = RECORDS
    template_name = "credit_records/index.html"

    def get_queryset(self) -> QuerySet[CreditRecord]:
        unit = getattr(self.request.user, "unit", None)
        rows = CreditRecord.objects.select_related("enterprise", "organ")
        if is_enterprise(unit):
            return rows.filter(enterprise__account=unit)
        # Other departments' records are found through the one-stop query, one body at a time and with a purpose.
        return rows.filter(organ=unit)

    def get_context(self) -> dict[str, Any]:
        unit = getattr(self.request.user, "unit", None)
        return {
            "may_record": bool(units_acting(self.request.user, "credit.record")),
            "enterprise": is_enterprise(unit),
        }


class Repairs(ListView):
    declaration = REPAIRS
    policy = CASE_POLICY

    def get_queryset(self) -> QuerySet[Case]:
        return Case.objects.filter(type=CASE).select_related("unit", "region")


class Looks(ListView):
    declaration = LOOKS
    template_name = "credit_records/looks.html"

    def get_queryset(self) -> QuerySet[Look]:
        return Look.objects.select_related("enterprise", "unit", "user")

    def get_context(self) -> dict[str, Any]:
        return {"enterprise": is_enterprise(getattr(self.request.user, "unit", None))}


class Deliveries(ListView):
    declaration = DELIVERIES
    template_name = "credit_records/deliveries.html"

    def get_queryset(self) -> QuerySet[Delivery]:
        return Delivery.objects.select_related("unit")

    def get_context(self) -> dict[str, Any]:
        return {
            "may_record": bool(units_acting(self.request.user, "credit.record")),
            "categories": RecordCategory.choices,
        }


def _day(request: UserRequest, name: str) -> date | None:
    """A day of the address; None when it is none, or too early to count back from."""
    try:
        found = parse_date(request.GET.get(name, "")[:10])
    except ValueError:
        return None
    return found if found is not None and found.year > 1900 else None


@never_cache
@login_required
@require_safe
def timeliness_page(request: UserRequest) -> HttpResponse:
    """How punctually the departments of the reader's region deliver."""
    require(request.user, "credit.view", None)
    if not may_anywhere(request.user, "credit.record") and is_enterprise(request.user.unit):
        require(request.user, "credit.record", None)
    today = timezone.localdate()
    last = _day(request, "until") or today
    first = _day(request, "since") or last - SPAN
    region = request.user.unit.region if request.user.unit is not None else Region.objects.order_by("code").first()
    rows = timeliness(region.pk, region.code, first, last) if region is not None else []
    delivered, in_time = sum(row.delivered for row in rows), sum(row.in_time for row in rows)
    context = {
        "title": _("双公示及时率"),
        "rows": rows,
        "region": region,
        "first": first,
        "last": last,
        "term": term_of(region.code, today) if region is not None else None,
        "delivered": delivered,
        "in_time": in_time,
        "rate": 100 * in_time / delivered if delivered else None,
    }
    return render(request, "credit_records/timeliness.html", context)


@login_required
@require_safe
def catalogue_page(request: UserRequest) -> HttpResponse:
    """What may be credit information here and today, and how long what speaks against a body is shown."""
    require(request.user, "credit.view", None)
    unit = request.user.unit
    code = unit.region.code if unit is not None else "000000"
    today = timezone.localdate()
    held, rule = edition(code, today), repair_rule(code, today)
    context = {
        "title": _("信用信息目录"),
        "edition": held,
        "entries": [(entry, RecordCategory(entry.category).label, held.holding(entry.id)) for entry in held.entries],
        "rule": rule,
        "severities": [(RecordSeverity(term.severity).label, term) for term in rule.typed(CreditRepair).severities],
    }
    return render(request, "credit_records/catalogue.html", context)
