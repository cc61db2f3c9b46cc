"""What everybody may read: open calls, results, who holds an honour."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import Confidentiality
from hengjian.programmes import catalogue
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.publicity import winners
from hengjian.programmes.views.common import find_programme
from hengjian.programmes.views.index import programme_title
from hengjian.programmes.words import EDITION_LIGHTS, calendar_rows, level_word, stages
from hengjian.publishing.models import Notice
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import counting, entries
from hengjian.registers.showing import language

PAGE = 50


def index(request: HttpRequest) -> HttpResponse:
    """Calls that are open, lists in public notice, programmes with the number of their holders."""
    today = timezone.localdate()
    editions = Edition.objects.exclude(state=Edition.State.DRAFT).select_related("unit", "region")
    calls = editions.filter(state=Edition.State.OPEN, closes_on__gte=today).order_by("closes_on")[:50]
    recent = editions.filter(state__in=(Edition.State.NOTICE, Edition.State.DECIDED)).order_by("-notice_from", "-pk")[
        :20
    ]
    declared = register_type("honour")
    held = entries("honour").filter(counting(declared), confidentiality=Confidentiality.PUBLIC)
    counts: dict[str, int] = {}
    for code in held.values_list("extras__programme", flat=True):
        counts[code] = counts.get(code, 0) + 1
    context = {
        "title": _("评选与创建"),
        "calls": [(row, programme_title(row)) for row in calls],
        "recent": [(row, programme_title(row), EDITION_LIGHTS[row.state]) for row in recent],
        "programmes": [
            (item, item.said(language()), counts[item.code]) for item in catalogue.programmes() if item.code in counts
        ],
        "today": today,
    }
    return render(request, "programmes/public_index.html", context)


def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """The call of an edition and, once decided, its result."""
    found = Edition.objects.exclude(state=Edition.State.DRAFT).select_related("unit", "region").filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这个届次，或尚未发布。"))
    programme = declaration(found)
    notice = Notice.objects.public().filter(pk=found.notice).first() if found.notice else None
    # Names appear while the list is in public notice, and again as holders; in between nobody is shown.
    named: list[tuple[Application, str, EntryBase]] = []
    if found.state == Edition.State.DECIDED:
        named = [(row, level_word(row), holder) for row, holder in winners(found)]
    english = language().startswith("en")
    context = {
        "title": f"{programme.said(language())} {found.title}",
        "edition": found,
        "programme": programme,
        "about": programme.description_en if english and programme.description_en else programme.description,
        "light": EDITION_LIGHTS[found.state],
        "calendar": calendar_rows(found),
        "stages": stages(programme),
        "requirements": [item.said(language()) for item in programme.eligibility.requirements],
        "attachments": [item.said(language()) for item in programme.attachments],
        "notice": notice,
        "winners": named,
        "creating": found.applications.filter(case__state__in=("creation", "acceptance", "naming")).count(),
        "today": timezone.localdate(),
        "open": found.takes_applications(timezone.localdate()),
    }
    return render(request, "programmes/public_edition.html", context)


def holders(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds what a programme gives, with terms; past holders beside them."""
    programme = find_programme(code)
    declared = register_type("honour")
    rows = entries("honour").filter(extras__programme=code, confidentiality=Confidentiality.PUBLIC)
    words = request.GET.get("q", "").strip()[:60]
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(key__iexact=words))
    past = request.GET.get("past") == "1"
    current = rows.filter(counting(declared))
    shown = rows.exclude(pk__in=current.values("pk")) if past else current
    page = Paginator(shown.order_by("-valid_from", "key"), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": programme.said(language()),
        "programme": programme,
        "page": page,
        "past": past,
        "words": words,
        "rows": [
            (row, declared.status(row.status).light, declared.status(row.status).said(language())) for row in page
        ],
    }
    return render(request, "programmes/public_holders.html", context)
