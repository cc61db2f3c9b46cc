"""Pages: the lists, their entries, what the public sees."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hengjian.cases.models import Case
from hengjian.credit.lists.catalogue import list_kind, list_kinds
from hengjian.credit.lists.declarations import ListKind
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.lists.procedures import LISTING, REMOVAL, TRUSTED
from hengjian.credit.lists.queries import language, light_of, measures_of, membership, on_lists, overdue_tasks
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import ChoiceFilter, Column, DateRangeFilter, List, MultiChoiceFilter, TextFilter
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import Policy, may_anywhere, require, visible
from hengjian.parties.requests import UserRequest

VIEW = "lists.view"
STATES = {"listed": "red", "ended": "grey", "repaired": "green", "withdrawn": "grey"}


def kind_or_404(code: str) -> ListKind:
    try:
        return list_kind(code)
    except KeyError:
        raise Http404(_("没有这份名单。")) from None


def kind_choices(_request: object = None) -> list[tuple[str, str]]:
    return [(kind.code, kind.said(language())) for kind in list_kinds()]


def kind_cell(row: ListEntry) -> Any:
    kind = list_kind(row.kind)
    return light(light_of(kind) if row.listed else "grey", kind.said(language()))


@login_required
@require_safe
def index_page(request: UserRequest) -> HttpResponse:
    """All lists with what stands on them, what is under way, what departments owe."""
    require(request.user, VIEW)
    today = timezone.localdate()
    counts = dict(on_lists(today).order_by().values_list("kind").annotate(n=Count("pk")))
    cases = Case.objects.filter(type__in=(LISTING, TRUSTED, REMOVAL), closed_at__isnull=True)
    own = units_acting(request.user, "lists.answer")
    waiting = (MeasureTask.State.SENT, MeasureTask.State.LIFTING)
    context = {
        "title": _("信用名单"),
        "rows": [
            {
                "kind": kind,
                "title": kind.said(language()),
                "about": kind.description_en if language().startswith("en") else kind.description,
                "light": light_of(kind),
                "count": counts.get(kind.code, 0),
                "open": kind.is_in_force(today),
                "legal": kind.legal[0],
                "measures": len(measures_of(kind, today, "000000")),
            }
            for kind in list_kinds()
        ],
        "open_cases": visible(request.user, cases).count(),
        "tasks": MeasureTask.objects.filter(unit__in=own, state__in=waiting).count(),
        "late": visible(request.user, overdue_tasks(today)).count(),
        "may_open": may_anywhere(request.user, "cases.open"),
        "procedures": ((LISTING, _("拟列入失信名单")), (TRUSTED, _("提名守信名单")), (REMOVAL, _("移出名单"))),
    }
    return render(request, "credit_lists/index.html", context)


ENTRIES = List(
    key="lists.entries",
    title=gettext_lazy("名单列入记录"),
    columns=[
        Column("number", gettext_lazy("列入编号"), value="number", sort="number", width="w5", card="half",
               link=ListEntry.get_absolute_url),
        Column("enterprise", gettext_lazy("企业"), value="enterprise.name", sort="enterprise__name", head=True,
               card="full"),
        Column("kind", gettext_lazy("名单"), value=lambda row: list_kind(row.kind).said(language()), cell=kind_cell,
               sort="kind", card="half"),
        Column("unit", gettext_lazy("认定机关"), value="unit.name", sort="unit__name", css="units", width="w5",
               card="half"),
        Column("entered_on", gettext_lazy("列入日期"), value="entered_on", sort="entered_on", align="num", width="w3",
               card="half"),
        Column("until", gettext_lazy("公示期至"), value="until", sort="until", align="num", width="w3", card="half"),
        Column("document", gettext_lazy("决定文号"), value="document", shown=False),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("企业"), fields=("enterprise__name", "enterprise__code", "number"),
                   placeholder=gettext_lazy("名称、代码或编号")),
        MultiChoiceFilter(key="kind", label=gettext_lazy("名单"), field="kind", choices=kind_choices),
        DateRangeFilter(key="entered", label=gettext_lazy("列入日期"), field="entered_on"),
    ],
    order=("-entered_on",),
    empty=gettext_lazy("没有在列的企业"),
)  # fmt: skip


class Entries(ListView):
    """Who stands on a list now; who left is shown to nobody."""

    declaration = ENTRIES
    template_name = "credit_lists/entries.html"

    def get_queryset(self) -> QuerySet[ListEntry]:
        return on_lists()


@login_required
@require_safe
def entry_page(request: UserRequest, number: str) -> HttpResponse:
    """One entry with its measures and receipts. Of an entry that left only number and dates are told, and only to the
    organ that made it."""
    rows = ListEntry.objects.filter(number=number).select_related("enterprise", "region", "unit")
    entry = visible(request.user, rows).first()
    if entry is None or not (on_lists().filter(pk=entry.pk).exists() or entry.unit_id == request.user.unit_id):
        raise Http404(_("没有这条列入记录，或不在您的查看范围内。"))
    today = timezone.localdate()
    kind = list_kind(entry.kind)
    specs = {spec.code: spec for spec in measures_of(kind, entry.entered_on, entry.region.code)}
    tasks = [
        {
            "task": task,
            "title": specs[task.measure].said(language()) if task.measure in specs else task.measure,
            "overdue": task.overdue(today),
            "receipts": list(task.receipts.all()),
        }
        for task in entry.tasks.select_related("unit").prefetch_related("receipts__by")
    ]
    context = {
        "title": entry.number,
        "entry": entry,
        "kind": kind,
        "shown": membership(entry) if entry.listed else None,
        "light": light_of(kind) if entry.listed else "grey",
        "list_title": kind.said(language()),
        "legal": kind.legal,
        "tasks": tasks,
        "may_remove": entry.listed and may_anywhere(request.user, "cases.open"),
        "removal": REMOVAL,
    }
    return render(request, "credit_lists/entry.html", context)


# ---- what everybody sees


@require_safe
def public_index(request: HttpRequest) -> HttpResponse:
    """The lists that everybody may see, with how many stand on them."""
    today = timezone.localdate()
    counts = dict(on_lists(today).order_by().values_list("kind").annotate(n=Count("pk")))
    context = {
        "title": _("信用名单公示"),
        "rows": [
            {
                "kind": kind,
                "title": kind.said(language()),
                "about": kind.description_en if language().startswith("en") else kind.description,
                "light": light_of(kind),
                "count": counts.get(kind.code, 0),
                "legal": kind.legal[0],
            }
            for kind in list_kinds()
            if kind.disclosure == "public" and (kind.is_in_force(today) or counts.get(kind.code))
        ],
        "today": today,
    }
    return render(request, "credit_lists/public_index.html", context)


PUBLIC = List(
    key="lists.public",
    title=gettext_lazy("信用名单公示"),
    columns=[
        Column("enterprise", gettext_lazy("企业"), value="enterprise.name", sort="enterprise__name", head=True,
               card="full", link=lambda row: reverse("credit_dossier:public",
                                                     args=[row.enterprise.code or row.enterprise.key])),
        Column("code", gettext_lazy("统一社会信用代码"), value="enterprise.code", width="w5", card="half"),
        Column("criterion", gettext_lazy("列入情形"), value=lambda row: membership(row).ground, card="full"),
        Column("document", gettext_lazy("决定文号"), value="document", width="w5", card="half"),
        Column("unit", gettext_lazy("认定机关"), value="unit.name", css="units", width="w5", card="half"),
        Column("entered_on", gettext_lazy("列入日期"), value="entered_on", sort="entered_on", align="num", width="w3",
               card="half"),
        Column("until", gettext_lazy("公示期至"), value="until", sort="until", align="num", width="w3", card="half"),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("企业"), fields=("enterprise__name", "enterprise__code"),
                   placeholder=gettext_lazy("名称或代码")),
        ChoiceFilter(key="criterion", label=gettext_lazy("列入情形"), field="criterion",
                     choices=lambda request: criterion_choices(request)),
    ],
    order=("-entered_on",),
    empty=gettext_lazy("没有在列的企业"),
)  # fmt: skip


def criterion_choices(request: HttpRequest) -> list[tuple[str, str]]:
    match = request.resolver_match
    code = match.kwargs.get("kind", "") if match else ""
    kinds = [kind for kind in list_kinds() if kind.code == code]
    return [(one.code, one.said(language())) for kind in kinds for one in kind.criteria]


class PublicEntries(ListView):
    """One public list. Names of sole traders are those of persons and stand here by law, without more about them."""

    declaration = PUBLIC
    policy = Policy(view=VIEW, public=Q(state="listed"))
    template_name = "credit_lists/public.html"
    public = True

    def kind(self) -> ListKind:
        found = kind_or_404(self.kwargs["kind"])
        if found.disclosure != "public":
            raise Http404(_("没有这份名单。"))
        return found

    def get_queryset(self) -> QuerySet[ListEntry]:
        return on_lists().filter(kind=self.kind().code)

    def get_context(self) -> dict[str, Any]:
        kind = self.kind()
        english = language().startswith("en")
        return {
            "kind": kind,
            "list_title": kind.said(language()),
            "about": kind.description_en if english else kind.description,
            "legal": kind.legal,
        }
