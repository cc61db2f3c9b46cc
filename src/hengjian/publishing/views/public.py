"""What everybody sees: notices on show, objecting and following an objection, public lists and their snapshots."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.pages.limits import count_use
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import User
from hengjian.parties.policies import Policy
from hengjian.parties.verbs import ActionRefused
from hengjian.publishing import queries
from hengjian.publishing.actions import FileObjection
from hengjian.publishing.forms import ObjectionForm, TrackingForm
from hengjian.publishing.lists import ListColumn, PublicList, public_list, public_lists
from hengjian.publishing.models import ListSnapshot, Notice
from hengjian.publishing.words import last_day

# An office or a family shares one address.
FILINGS, TRACKINGS = 30, 120

PUBLIC_NOTICES = List(
    key="publishing.public",
    title=gettext_lazy("公示公告"),
    columns=[
        Column("title", gettext_lazy("标题"), head=True, card="full", link=Notice.get_absolute_url),
        Column("kind", gettext_lazy("类型"), value=Notice.get_kind_display, width="w3", card="state"),
        Column("unit", gettext_lazy("发布单位"), value="unit.name", css="units", width="w6", card="half"),
        Column(
            "published",
            gettext_lazy("发布日期"),
            value=lambda row: timezone.localdate(row.published_at),
            sort="published_at",
            align="num",
            width="w3",
        ),
        Column("objections", gettext_lazy("异议截止"), value="objections_until", align="num", width="w3"),
        Column("ends", gettext_lazy("公示至"), value=last_day, align="num", width="w3"),
    ],
    filters=[
        TextFilter(
            key="q", label=gettext_lazy("标题或正文"), fields=("title", "body"), placeholder=gettext_lazy("关键词")
        ),
        ChoiceFilter(key="kind", label=gettext_lazy("类型"), field="kind", choices=Notice.Kind.choices),
    ],
    order=("-published_at",),
    view_counts=False,
    empty=gettext_lazy("目前没有公示"),
    empty_hint=gettext_lazy("公示期满的内容已自动撤下。"),
)


class PublicNotices(ListView):
    """The notices on show now."""

    declaration = PUBLIC_NOTICES
    public = True
    # `public_notices` decides what is on show; there is nothing behind it that a right could add.
    policy = Policy(view="publishing.view", public=Q())
    template_name = "publishing/public_notices.html"

    def get_queryset(self) -> Any:
        return queries.public_notices()


def find_notice(pk: int) -> Notice:
    """The notice, while it is on show; afterwards it does not exist for the public."""
    notice = queries.public_notices().filter(pk=pk).first()
    if notice is None:
        raise Http404(_("没有这份公示，或者公示期已满、已经撤下。"))
    return notice


@require_safe
def notice_page(request: HttpRequest, pk: int) -> HttpResponse:
    notice = find_notice(pk)
    context = {"title": notice.title, "notice": notice, "last_day": last_day(notice)}
    return render(request, "publishing/notice.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for an objection; afterwards number and code, once."""
    notice = find_notice(pk)
    if not notice.takes_objections():
        raise Http404(_("这份公示现在不接受异议。"))
    form = ObjectionForm(request.POST or None)
    context: dict[str, Any] = {"title": _("提出异议"), "notice": notice, "form": form}
    if request.method == "POST" and form.is_valid():
        count_use(request, "objection", FILINGS)
        given = form.cleaned_data
        identity = {name: given[name] for name in ("name", "phone", "address")}
        filer = request.user if isinstance(request.user, User) else None
        try:
            filed = FileObjection(notice=notice, text=given["text"], identity=identity, filer=filer).execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            context |= {"title": _("异议已收到"), "filed": filed.objection, "code": filed.code}
            return render(request, "publishing/objected.html", context)
    return render(request, "publishing/object.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track_page(request: HttpRequest) -> HttpResponse:
    """How an objection stands, by its number and code."""
    form = TrackingForm(request.POST or None)
    context: dict[str, Any] = {"title": _("查询异议"), "form": form}
    if request.method == "POST" and form.is_valid():
        count_use(request, "objection-track", TRACKINGS)
        found = queries.tracked(form.cleaned_data["number"], form.cleaned_data["code"])
        if found is None:
            form.add_error(None, _("编号或查询码不对。请核对后重试。"))
        else:
            return render(request, "publishing/track.html", {**context, "objection": found})
    return render(request, "publishing/track.html", context, status=422 if form.is_bound else 200)


# ---- lists


def find_list(code: str) -> PublicList:
    declared = public_list(code)
    if declared is None:
        raise Http404(_("没有这份名单。"))
    return declared


@require_safe
def list_index(request: HttpRequest) -> HttpResponse:
    rows = [
        {"declared": declared, "latest": queries.latest(declared.code), "count": len(queries.current_rows(declared))}
        for declared in public_lists()
    ]
    return render(request, "publishing/list_index.html", {"title": _("公开名单"), "rows": rows})


def cells(columns: list[ListColumn], rows: list[dict[str, str]]) -> list[list[tuple[str, str]]]:
    """Rows as (heading, text) in the order of the columns."""
    return [[(column.said(), row.get(column.code, "")) for column in columns] for row in rows]


@require_safe
def list_page(request: HttpRequest, code: str) -> HttpResponse:
    """The list as it holds today, its snapshots, its files."""
    declared = find_list(code)
    columns = list(declared.columns)
    rows = queries.current_rows(declared)
    words = request.GET.get("q", "").strip()[:60]
    if words:
        rows = [row for row in rows if any(words in text for text in row.values())]
    context = {
        "title": declared.title,
        "declared": declared,
        "headings": [column.said() for column in columns],
        "rows": cells(columns, rows[:500]),
        "total": len(rows),
        "words": words,
        "today": timezone.localdate(),
        "snapshots": queries.snapshots(code)[:60],
    }
    return render(request, "publishing/list.html", context)


def find_snapshot(pk: int) -> tuple[ListSnapshot, PublicList]:
    snapshot = ListSnapshot.objects.filter(pk=pk, state=ListSnapshot.State.PUBLISHED).select_related(
        "unit", "region", "previous"
    )
    found = snapshot.first()
    if found is None:
        raise Http404(_("没有这份名单。"))
    return found, find_list(found.code)


@require_safe
def snapshot_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A list as of a day, compared with another one; rows that left the list since are hashes only."""
    snapshot, declared = find_snapshot(pk)
    columns = list(declared.columns)
    before = snapshot.previous
    if (other := request.GET.get("with", "")).isdecimal():
        before = queries.snapshots(snapshot.code).filter(pk=int(other)).exclude(pk=snapshot.pk).first() or before
    changes, left_before = queries.shown_difference(declared, before, snapshot)
    rows = queries.public_rows(snapshot)
    context = {
        "title": f"{declared.title}（{snapshot.as_of}）",
        "declared": declared,
        "snapshot": snapshot,
        "before": before,
        "others": queries.snapshots(snapshot.code).exclude(pk=snapshot.pk)[:60],
        "headings": [column.said() for column in columns],
        "rows": cells(columns, [row["values"] for row in rows if "values" in row][:500]),
        "left": sum(1 for row in rows if row.get("left")),
        "added": cells(columns, changes.added),
        "removed": cells(columns, changes.removed),
        "changed": [(dict(cells(columns, [old])[0]), cells(columns, [new])[0]) for old, new in changes.changed],
        "left_before": left_before,
        "verify": reverse("ledger:fact", args=[snapshot.fact]) if snapshot.fact else "",
    }
    return render(request, "publishing/snapshot.html", context)
