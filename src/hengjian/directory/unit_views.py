"""Pages on units: what they are, who leads them, and what becomes of them in a reform."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengjian.directory import forms
from hengjian.directory.lists import changed_fields_told, validity, verb_label
from hengjian.directory.views import attempt, form_page, signed_in
from hengjian.parties.actions import AddAlias
from hengjian.parties.handover import holding, preview
from hengjian.parties.models import AuditEntry, Unit, UnitLeader, UnitSuccession, User
from hengjian.parties.policies import can, require, visible
from hengjian.parties.unit_actions import CancelSuccession, CreateUnit, EditUnit, RecordSuccession, SaveLeader

HISTORY = 30


def _find(request: HttpRequest, key: str) -> Unit:
    return get_object_or_404(visible(request.user, Unit.objects.select_related("region", "parent")), key=key)


@login_required
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """One unit: names, leaders, reforms, counterparts, members, people, what was changed."""
    row = _find(request, key)
    people = visible(request.user, User.objects.filter(unit=row, is_active=True))
    today = timezone.localdate()
    context = {
        "title": row.name,
        "unit": row,
        "facts": [
            (_("简称"), row.short_name),
            (_("类别"), row.get_kind_display()),
            (_("层级"), row.get_level_display()),
            (_("地区"), row.region.name),
            (_("上级单位"), row.parent.name if row.parent else ""),
            (_("有效期"), validity(row)),
            (_("标识"), row.key),
        ],
        "leaders": [(leader, validity(leader), leader.is_valid_on(today)) for leader in row.leaders.all()],
        "aliases": [(alias, validity(alias)) for alias in row.aliases.all()],
        "before": [(step, _moved(step)) for step in row.precursions.select_related("predecessor")],
        "after": [(step, _moved(step)) for step in row.successions.select_related("successor")],
        "upper": row.upper_counterparts.select_related("upper"),
        "lower": row.lower_counterparts.select_related("lower", "lower__region"),
        "members": [(item, validity(item)) for item in row.memberships.select_related("member")],
        "collectives": [(item, validity(item)) for item in row.collectives.select_related("collective")],
        "people": people,
        "history": _history(request, row),
        "may_edit": can(request.user, "parties.edit_unit", row).allowed,
    }
    return render(request, "directory/unit.html", context)


def _moved(step: UnitSuccession) -> list[tuple[str, int]]:
    """(what, how many) that went over; empty while the day has not come."""
    found = []
    for code, count in sorted(step.moved.items()):
        kind = holding(code)
        if count:
            found.append((str(kind.label) if kind else code, count))
    return found


def _history(request: HttpRequest, row: Unit) -> list[dict[str, Any]]:
    """What was changed about the unit, newest first, for whoever may read the log."""
    own = [row.ref, *(f"leader:{pk}" for pk in row.leaders.values_list("pk", flat=True))]
    own += [f"unitalias:{pk}" for pk in row.aliases.values_list("pk", flat=True)]
    entries = visible(request.user, AuditEntry.objects.filter(ref__in=own).select_related("user"))
    return [
        {"entry": entry, "verb": verb_label(entry.verb), "fields": changed_fields_told(entry)}
        for entry in entries.order_by("-at", "-pk")[:HISTORY]
    ]


@login_required
def new_unit(request: HttpRequest) -> HttpResponse:
    require(request.user, "parties.edit_unit")
    form = forms.NewUnitForm(signed_in(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(CreateUnit(user=request.user, **form.cleaned_data), form)
        if made is not None:
            messages.success(request, _("已登记“%(name)s”。") % {"name": made.name})
            return redirect("directory:unit", key=made.key)
    return form_page(request, form, _("登记单位"), reverse("directory:units"), _("登记单位"))


@login_required
def edit_unit(request: HttpRequest, key: str) -> HttpResponse:
    row = _find(request, key)
    require(request.user, "parties.edit_unit", row)
    names = ("name", "short_name", "kind", "parent", "valid_from", "valid_to")
    form = forms.EditUnitForm(
        request.POST or None, region=row.region, unit=row, initial={name: getattr(row, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        saved = attempt(EditUnit(user=request.user, unit=row, **form.cleaned_data), form)
        if saved is not None:
            messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name})
            return redirect("directory:unit", key=key)
    title = _("修改单位：%(name)s") % {"name": Unit.objects.get(pk=row.pk).name}
    return form_page(request, form, title, reverse("directory:unit", args=[key]), _("保存"))


@login_required
def leader(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    row = _find(request, key)
    require(request.user, "parties.edit_unit", row)
    person: UnitLeader | None = get_object_or_404(row.leaders, pk=pk) if pk is not None else None
    names = ("name", "position", "charge", "order", "valid_from", "valid_to")
    initial = {name: getattr(person, name) for name in names} if person is not None else None
    form = forms.LeaderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(SaveLeader(user=request.user, unit=row, leader=person, **form.cleaned_data), form)
        if saved is not None:
            messages.success(request, _("已保存负责人。"))
            return redirect("directory:unit", key=key)
    title = _("修改负责人") if person is not None else _("添加负责人")
    lead = _("离任时填写离任日期，不要删改原来的记录。")
    return form_page(request, form, title, reverse("directory:unit", args=[key]), _("保存"), lead)


@login_required
def succession(request: HttpRequest, key: str) -> HttpResponse:
    """The reform, in two steps on one page: what would move, then the confirmation."""
    row = _find(request, key)
    require(request.user, "parties.edit_unit", row)
    form = forms.SuccessionForm(signed_in(request), row, request.POST or None, held=preview(row))
    shown, seen = [], ""
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        action = RecordSuccession(
            user=request.user,
            predecessor=row,
            **{**values, "moves": values.get("moves", [])},
            reason=values["document"],
        )
        seen = _seen(values)
        # Whoever changes a field after the preview sees a new one first.
        if "confirm" in request.POST and request.POST.get("seen") == seen:
            step = attempt(action, form)
            if step is not None:
                messages.success(request, _told(step))
                return redirect("directory:unit", key=key)
        else:
            refusal = action.refusal()
            if refusal:
                form.add_error(None, refusal)
            else:
                chosen = values.get("moves", [])
                shown = [(entry, entry.holding.code in chosen) for entry in preview(row, values["successor"])]
    context = {
        "title": _("机构改革：%(name)s") % {"name": Unit.objects.get(pk=row.pk).name},
        "unit": row,
        "form": form,
        "held": preview(row),
        "previewed": form.is_bound and not form.errors,
        "shown": shown,
        "seen": seen,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "directory/succession.html", context, status=status)


def _seen(values: dict[str, Any]) -> str:
    """What a preview was about."""
    moves = ",".join(sorted(values.get("moves", [])))
    return f"{values['successor'].pk}|{values['on']}|{values['main']}|{values['ends']}|{moves}"


def _told(step: UnitSuccession) -> str:
    step.refresh_from_db()
    total = sum(step.moved.values())
    if step.moved_at is None and step.moves:
        return _("已登记；%(day)s 起由“%(unit)s”承接，当天自动移交。") % {"day": step.on, "unit": step.successor.name}
    return ngettext("已登记，由“%(unit)s”承接，移交 %(n)d 项。", "已登记，由“%(unit)s”承接，移交 %(n)d 项。", total) % {
        "unit": step.successor.name,
        "n": total,
    }


@login_required
def cancel_succession(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    row = _find(request, key)
    require(request.user, "parties.edit_unit", row)
    step = get_object_or_404(row.successions.select_related("predecessor", "successor"), pk=pk)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(CancelSuccession(user=request.user, step=step, reason=form.cleaned_data["reason"]), form)
        if done is not None:
            messages.success(request, _("已取消这项承接。"))
            return redirect("directory:unit", key=key)
    title = _("取消由“%(unit)s”承接") % {"unit": step.successor.name}
    return form_page(request, form, title, reverse("directory:unit", args=[key]), _("取消承接"))


@login_required
def add_alias(request: HttpRequest, key: str) -> HttpResponse:
    row = _find(request, key)
    require(request.user, "parties.edit_unit", row)
    form = forms.AliasForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        alias = attempt(AddAlias(user=request.user, unit=row, **form.cleaned_data), form)
        if alias is not None:
            messages.success(request, _("已添加别名“%(alias)s”。") % {"alias": alias})
            return redirect("directory:unit", key=key)
    lead = _("文件中写作这个名称时，系统将认作“%(unit)s”。") % {"unit": row.name}
    return form_page(request, form, _("添加别名"), reverse("directory:unit", args=[key]), _("添加别名"), lead)
