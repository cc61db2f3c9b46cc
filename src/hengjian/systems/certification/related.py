"""What pages of bodies and certificates show of this room, and what draws and public lists take from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.draws.pools import register_pool
from hengjian.draws.rules import Target
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import visible
from hengjian.publishing.lists import ListColumn, PublicList, register_list
from hengjian.registers.catalogue import register_type
from hengjian.registers.fields import FieldSpec
from hengjian.registers.hooks import Related, register_related
from hengjian.registers.lookups import choice_word
from hengjian.registers.queries import by_ref, entries
from hengjian.systems.certification import queries
from hengjian.systems.certification.models import Certificate

SHOWN = 15


def of_entry(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """For a body its doubtful reports, certificates and liability; for a certificate its body."""
    entry = by_ref(refs[0]) if refs and refs[0].startswith(("entry:institution:", "entry:certificate:")) else None
    if entry is None:
        return
    if entry.register == "certificate":
        if body := entry.value("body"):
            yield Related(str(entry.value("body_name")), reverse("registers:find", args=["institution", body]))
        return
    spec = _flag_spec()
    for report in visible(user, queries.flagged_reports().filter(institution=entry.key).order_by("-dated"))[:SHOWN]:
        url = reverse("registers:entry", args=["test_report", report.pk])
        yield Related(
            f"{report.key} {report.title}", url, report.dated.isoformat(), "red", choice_word(spec, report.flag)
        )
    for event in visible(user, entries("liability_event").filter(extras__institution=entry.key).order_by("-pk"))[
        :SHOWN
    ]:
        url = reverse("registers:entry", args=["liability_event", event.pk])
        yield Related(event.title, url, str(event.value("found_on")), "red", _("连带责任"))
    issued = Certificate.objects.filter(register="certificate", body=entry.key)
    if number := visible(user, issued).count():
        page = reverse("registers:list", args=["certificate"])
        yield Related(_("签发的证书 %(n)d 张") % {"n": number}, f"{page}?q={entry.title}")


def _flag_spec() -> FieldSpec:
    return register_type("test_report").field("flag")


def drawable(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Valid bodies of the region for a draw; those with doubtful reports are a class of their own."""
    doubtful = set(queries.flagged_reports().values_list("institution", flat=True).distinct())
    rows = entries("institution").filter(status="valid", region__in=Region.objects.within(region))
    for row in rows.order_by("pk").iterator():
        yield Target(row.key, row.title, str(_("有疑点报告") if row.key in doubtful else _("一般")), row.key)


def ended_certificates(on: date) -> Iterator[Mapping[str, Any]]:
    """Certificates that were withdrawn or suspended and not yet two years ago, as the public sees them."""
    statuses = register_type("certificate")
    rows = Certificate.objects.filter(register="certificate", status__in=["withdrawn", "suspended"])
    for row in rows.filter(status_on__gt=on - timedelta(days=730), status_on__lte=on).order_by("key"):
        yield {
            "number": row.key,
            "holder": row.holder_name,
            "product": row.title,
            "status": statuses.status(row.status).title,
            "since": row.status_on,
        }


def register() -> None:
    """Called when the app is ready."""
    register_related("certification", gettext_lazy("检验检测认证"), of_entry)
    register_pool("institution", gettext_lazy("检验检测认证机构"), drawable)
    register_list(
        PublicList(
            "certificates.ended",
            gettext_lazy("被撤销和暂停的认证证书"),
            columns=(
                ListColumn("number", "证书编号", "Certificate"),
                ListColumn("holder", "获证组织", "Holder"),
                ListColumn("product", "产品或范围", "Product or scope"),
                ListColumn("status", "状态", "Status"),
                ListColumn("since", "自", "Since"),
            ),
            key="number",
            rows=ended_certificates,
            basis=gettext_lazy("认证证书登记册中两年内被撤销或正在暂停的证书；恢复有效的自当日起移出。"),
        )
    )
