"""The declared list of a register, made from its declaration: page, filters, views, sheet and rows of the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.pages.filters import Choices
from hengjian.pages.lists import (
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    List,
    MultiChoiceFilter,
    TextFilter,
)
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import visible
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import key_label
from hengjian.registers.fields import FieldSpec
from hengjian.registers.keepers import keeping
from hengjian.registers.lookups import choices_of
from hengjian.registers.queries import counting, entries
from hengjian.registers.showing import cell, language, sheet_value, standing_cell
from hengjian.registers.storing import model_of

SORTABLE = frozenset(
    [
        "text",
        "choice",
        "date",
        "datetime",
        "integer",
        "boolean",
        "region",
        "unit",
        "enterprise",
        "entry",
        "person_name",
        "address",
    ]
)
NUMBERS = frozenset(["integer", "decimal", "money", "percent", "date", "datetime"])
SOON = (30, 90)
MOST_CHOICES = 300


def path_of(declared: RegisterType, spec: FieldSpec) -> str:
    """The lookup of a field: its column, or its place in `extras`."""
    return spec.code if spec.code in model_of(declared).columns() else f"extras__{spec.code}"


def declared_list(declared: RegisterType, *, public: bool = False) -> List:
    """The list of a register in the reader's language; for the public only what the declaration shows."""
    return List(
        key=f"registers.public.{declared.code}" if public else f"registers.{declared.code}",
        title=declared.said(language()),
        columns=_columns(declared, public),
        filters=_filters(declared, public),
        order=("-id",),
        views=() if public else _views(declared),
        actions=_actions(declared) if not public else (),
        row_class=lambda entry: "is-late" if standing_is_red(entry, declared) else "",
        # Counting every view of a large table would cost more than the page.
        view_counts=not declared.model,
        empty=_("没有符合条件的登记项"),
        empty_hint=_("可以放宽筛选条件；如果还没有登记，请先新增或导入。") if not public else "",
    )


def standing_is_red(entry: Any, declared: RegisterType) -> bool:
    from hengjian.registers.showing import standing

    return standing(entry, declared)[0] == "red"


# ---- columns


def _columns(declared: RegisterType, public: bool) -> list[Column]:
    specs = declared.public_fields if public else declared.fields
    named = bool(declared.title_field)
    address = "registers:public_entry" if public else "registers:entry"

    def link(entry: Any) -> str:
        return reverse(address, args=[declared.code, entry.pk])

    key = Column(
        "key",
        key_label(declared),
        sort="key",
        head=not named,
        link=None if named else link,
        css="nowrap" if declared.key.max_length <= 30 or declared.key.pattern else "",
        card="full" if not named else "half",
    )
    columns = [key]
    if named:
        title = _title_name(declared)
        columns.insert(0, Column("title", title, sort="title", head=True, card="full", link=link))
    for spec in specs:
        if spec.code == declared.title_field:
            continue
        columns.append(_field_column(declared, spec, public))
    columns += [
        Column("valid_from", _("有效期起"), sort="valid_from", align="num", shown=False, card="opt"),
        Column(
            "valid_to",
            _("有效期止"),
            sort="valid_to",
            align="num",
            width="w4",
            shown=bool(declared.validity.warn_days or declared.validity.required or declared.validity.term),
        ),
        Column("region", _("地区"), value="region.name", sort="region__code", width="w4", shown=not public),
        Column(
            "unit", _("登记单位"), value="unit.name", cell=lambda e: str(e.unit), css="units", shown=False, card="opt"
        ),
        Column(
            "status",
            _("状态"),
            value=lambda entry: _standing_words(entry, declared),
            cell=lambda entry: standing_cell(entry, declared),
            sort="status",
            width="w4",
            card="state",
        ),
    ]
    if not public:
        columns.append(
            Column(
                "updated", _("更新时间"), value="updated_at", sort="updated_at", align="num", shown=False, card="opt"
            )
        )
        if declared.filed_by == "enterprise":
            columns.append(Column("filer", _("申报单位"), value="filer.name", shown=False, card="opt"))
    return columns


def _title_name(declared: RegisterType) -> str:
    return declared.field(declared.title_field).said(language())


def _standing_words(entry: Any, declared: RegisterType) -> str:
    from hengjian.registers.showing import standing

    return standing(entry, declared)[1]


def _field_column(declared: RegisterType, spec: FieldSpec, public: bool) -> Column:
    return Column(
        spec.code,
        spec.said(language()),
        value=lambda entry: sheet_value(entry, spec, public),
        cell=lambda entry: cell(entry, spec, public),
        sort=path_of(declared, spec) if spec.type in SORTABLE and not spec.personal else "",
        align="num" if spec.type in NUMBERS else "",
        shown=spec.listed,
        card="" if spec.listed else "opt",
    )


# ---- filters


def _filters(declared: RegisterType, public: bool) -> list[Filter]:
    specs = declared.public_fields if public else declared.fields
    fields = ["key", "title"]
    fields += [
        path_of(declared, spec)
        for spec in specs
        if spec.searched and spec.code != declared.title_field and not (public and spec.mask)
    ]
    label = key_label(declared)
    found: list[Filter] = [
        TextFilter(
            key="q",
            label=_("名称或%(key)s") % {"key": label} if declared.title_field else label,
            fields=tuple(fields),
            placeholder=_("输入全部或一部分"),
        ),
        MultiChoiceFilter(
            key="status",
            label=_("状态"),
            field="status",
            choices=[(s.code, s.said(language())) for s in declared.statuses if s.public or not public],
        ),
    ]
    found += [_field_filter(declared, spec) for spec in specs if spec.filtered and not spec.personal]
    if not public:
        found.append(ChoiceFilter(key="unit", label=_("登记单位"), field="unit_id", choices=_units_of(declared)))
    found.append(ChoiceFilter(key="region", label=_("地区"), choices=_regions_of(declared, public), when=in_region))
    found.append(
        ChoiceFilter(
            key="validity", label=_("有效期"), choices=_validity_words(declared, public), when=_validity(declared)
        )
    )
    return found


def _field_filter(declared: RegisterType, spec: FieldSpec) -> Filter:
    path, label = path_of(declared, spec), spec.said(language())
    if spec.type in ("choice", "multi_choice"):
        choices = [(c.code, c.said(language())) for c in choices_of(spec, timezone.localdate())]
        if spec.type == "multi_choice":
            # The stored list as text: both databases compare it alike.
            return ChoiceFilter(
                key=spec.code, label=label, choices=choices, when=lambda code: Q(**{f"{path}__icontains": f'"{code}"'})
            )
        return MultiChoiceFilter(key=spec.code, label=label, field=path, choices=choices)
    if spec.type == "boolean":
        return ChoiceFilter(
            key=spec.code,
            label=label,
            choices=[("1", _("是")), ("0", _("否"))],
            when=lambda value: Q(**{path: value == "1"}),
        )
    if spec.type == "date":
        return _ExtrasDate(key=spec.code, label=label, field=path)
    return TextFilter(key=spec.code, label=label, fields=(path,))


class _ExtrasDate(DateRangeFilter):
    """A range of days; those in `extras` are ISO text, which compares like days."""

    def condition(self, value: Any) -> Q:
        if not self.field.startswith("extras__"):
            return super().condition(value)
        return super().condition([end.isoformat() if end else None for end in value])


def in_region(code: str) -> Q:
    """Rows of a region and everything below it, by the region's id."""
    return Q(region__in=subtree_ids([int(code)]))


def _units_of(declared: RegisterType) -> Callable[[HttpRequest], Choices]:
    def choices(request: HttpRequest) -> Choices:
        units = Unit.objects.filter(keeping(declared))
        if own := _reach(request):
            units = units.filter(region__in=subtree_ids([own.pk]))
        if not declared.keepers:
            held = visible(request.user, entries(declared.code)).order_by().values("unit")
            units = units.filter(pk__in=held)
        return [(str(unit.pk), unit.name) for unit in units[:MOST_CHOICES]]

    return choices


def _regions_of(declared: RegisterType, public: bool) -> Callable[[HttpRequest], Choices]:
    def choices(request: HttpRequest) -> Choices:
        regions = Region.objects.filter(level__in=(Region.Level.PREFECTURE, Region.Level.COUNTY))
        if (own := _reach(request)) and not public:
            regions = regions.filter(pk__in=subtree_ids([own.pk]))
        rows = regions.order_by("code").values_list("pk", "name", "level")[:MOST_CHOICES]
        # Counties stand under their city, a little to the right.
        return [(str(pk), f"　{name}" if level == Region.Level.COUNTY else name) for pk, name, level in rows]

    return choices


def _reach(request: HttpRequest) -> Region | None:
    user = request.user
    return user.unit.region if isinstance(user, User) and user.unit is not None else None


def _validity_words(declared: RegisterType, public: bool) -> list[tuple[str, str]]:
    found = [("now", _("现行有效"))]
    if declared.validity.warn_days or declared.validity.required or declared.validity.expires_to:
        found += [(f"end{days}", _("%(n)d 日内到期") % {"n": days}) for days in SOON]
        found.append(("past", _("已过期")))
    if not public:
        for item in declared.recurrences:
            name = {"item": item.said(language())}
            found.append((f"soon-{item.code}", _("%(item)s：30 日内到期") % name))
            found.append((f"late-{item.code}", _("%(item)s：已超期") % name))
        if declared.approval:
            found.append(("waiting", _("待审核")))
    return found


def _validity(declared: RegisterType) -> Callable[[str], Q]:
    dues = {item.code: declared.field(item.next_due) for item in declared.recurrences}

    def condition(value: str) -> Q:
        today = timezone.localdate()
        live = Q(status__in=[status.code for status in declared.statuses if status.counts])
        if value == "past":
            return Q(valid_to__lt=today)
        if value == "waiting":
            return Q(approved_at__isnull=True)
        if value.startswith("end"):
            return live & Q(valid_to__range=(today, today + timedelta(days=int(value[3:]))))
        kind, _sep, code = value.partition("-")
        if code in dues:
            path = path_of(declared, dues[code])
            plain = (lambda day: day.isoformat()) if path.startswith("extras__") else (lambda day: day)
            if kind == "late":
                return live & Q(**{f"{path}__lt": plain(today)})
            return live & Q(**{f"{path}__gte": plain(today), f"{path}__lte": plain(today + timedelta(days=30))})
        return counting(declared, today)

    return condition


# ---- views and actions


def _views(declared: RegisterType) -> list[BuiltInView]:
    words = dict(_validity_words(declared, public=False))
    chosen = ["now", "end90", "past", *(f"late-{item.code}" for item in declared.recurrences), "waiting"]
    return [BuiltInView(value, words[value], f"validity={value}") for value in chosen if value in words]


def _approve(request: HttpRequest, rows: QuerySet[Any], left_out: int) -> HttpResponse | None:
    from hengjian.registers.actions import ApproveEntry

    assert isinstance(request.user, User)
    done, refused = 0, ""
    for entry in rows.filter(approved_at__isnull=True).select_related("unit", "region", "filer")[:500]:
        try:
            ApproveEntry(user=request.user, entry=entry).execute()
            done += 1
        except ActionRefused as error:
            refused = f"{entry}：{error.message}"
    if done:
        messages.success(request, _("已审核通过 %(n)d 项。") % {"n": done})
    if refused:
        messages.warning(request, _("有登记项未能审核：%(why)s") % {"why": refused})
    return None


def _actions(declared: RegisterType) -> tuple[BulkAction, ...]:
    if not declared.approval:
        return ()
    return (BulkAction("approve", _("审核通过"), "registers.approve", _approve, primary=True),)
