"""What pages of standards and declarations show of this room, and what draws and public lists take from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.draws.pools import register_pool
from hengjian.draws.rules import Target
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import visible
from hengjian.publishing.lists import ListColumn, PublicList, register_list
from hengjian.registers.hooks import Related, register_related
from hengjian.registers.queries import by_ref
from hengjian.systems.standards import queries
from hengjian.systems.standards.models import Standard, StandardDeclaration, said

SHOWN = 20


def of_entry(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """For a standard the declarations that cite it, other editions; for a declaration the comparison."""
    entry = by_ref(refs[0]) if refs and refs[0].startswith("entry:standard") else None
    if isinstance(entry, StandardDeclaration):
        yield Related(_("指标比较"), reverse("standards:compare", args=[entry.pk]), _("与标准和同类产品逐项比较"))
        if entry.is_flagged:
            number = entry.ended_standard
            yield Related(
                _("引用的 %(number)s 已废止或被代替") % {"number": number},
                reverse("registers:find", args=["standard", number]),
                _("自 %(day)s") % {"day": entry.flagged_on},
                "amber",
                _("需要复核"),
            )
    elif isinstance(entry, Standard):
        for other in Standard.objects.filter(register="standard", base=entry.base).exclude(pk=entry.pk)[:SHOWN]:
            yield Related(f"{other.key} {other.title}", _entry_url(other), _("同一标准的其他版本"))
        for declaration in visible(user, queries.citing(entry))[:SHOWN]:
            state = ("amber", _("需要复核")) if declaration.is_flagged else ("", "")
            note = f"{declaration.enterprise_name} · {declaration.key}"
            yield Related(declaration.title, _entry_url(declaration), note, *state)


def _entry_url(entry: Standard | StandardDeclaration) -> str:
    return reverse("registers:entry", args=[entry.register, entry.pk])


def drawable(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Declarations in force of the region for a draw; those that rest on ended standards are a class of their own."""
    places = Region.objects.within(region)
    rows = StandardDeclaration.objects.filter(status="current", region__in=places).order_by("pk")
    for row in rows.iterator():
        stratum = _("引用已废止标准") if row.is_flagged else _("企业标准") if row.is_own else _("其他")
        yield Target(row.key, f"{row.enterprise_name} {row.title}", str(stratum), row.enterprise)


def withdrawn_rows(on: date) -> Iterator[Mapping[str, Any]]:
    """Standards that ended within the last year, for the public list of changes."""
    first = on.replace(year=on.year - 1, day=min(on.day, 28))
    rows = Standard.objects.filter(register="standard", status__in=["withdrawn", "replaced"])
    for row in rows.order_by("key"):
        ended = row.ended_on
        if ended is not None and first <= ended <= on:
            yield {"number": row.key, "name": row.title, "ended": ended, "by": said(row, "replaced_by")}


def register() -> None:
    """Called when the app is ready."""
    register_related("standards", gettext_lazy("标准"), of_entry)
    register_pool("standard_declaration", gettext_lazy("企业标准自我声明"), drawable)
    register_list(
        PublicList(
            "standards.ended",
            gettext_lazy("一年内废止和被代替的标准"),
            columns=(
                ListColumn("number", "标准编号", "Number"),
                ListColumn("name", "标准名称", "Title"),
                ListColumn("ended", "废止日期", "Ended"),
                ListColumn("by", "被代替于", "Replaced by"),
            ),
            key="number",
            rows=withdrawn_rows,
            basis=gettext_lazy("标准目录中一年内废止或被代替的标准；引用它们的企业声明自当日起标记。"),
        )
    )
