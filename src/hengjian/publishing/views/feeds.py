"""For machines: JSON Feed 1.1 and Atom of notices and snapshots, lists as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_csv
from hengjian.publishing import queries
from hengjian.publishing.views.public import find_list, find_snapshot

MOST = 200


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. `until`: when it leaves the feed."""

    title: str
    path: str
    at: datetime
    text: str
    author: str
    sha256: str
    until: datetime | None = None


def _notices() -> list[Entry]:
    return [
        Entry(
            notice.title,
            notice.get_absolute_url(),
            notice.published_at or notice.written_at,
            notice.body,
            notice.unit.name,
            notice.sha256,
            notice.shown_until,
        )
        for notice in queries.public_notices()[:MOST]
    ]


def _snapshots(code: str) -> list[Entry]:
    return [
        Entry(
            str(snapshot),
            snapshot.get_absolute_url(),
            snapshot.published_at or snapshot.prepared_at,
            _("截至 %(day)s 共 %(n)s 条。") % {"day": snapshot.as_of, "n": snapshot.count},
            snapshot.unit.name,
            snapshot.sha256,
        )
        for snapshot in queries.snapshots(code)[:MOST]
    ]


def json_response(value: Any, content_type: str = "application/json; charset=utf-8", name: str = "") -> HttpResponse:
    response = HttpResponse(json.dumps(value, ensure_ascii=False, indent=1), content_type=content_type)
    if name:
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def json_feed(request: HttpRequest, title: str, home: str, entries: Iterable[Entry]) -> HttpResponse:
    """JSON Feed 1.1 (jsonfeed.org)."""
    absolute = request.build_absolute_uri
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "language": settings.LANGUAGE_CODE,
        "home_page_url": absolute(home),
        "feed_url": absolute(request.path),
        "items": [
            {
                "id": absolute(entry.path),
                "url": absolute(entry.path),
                "title": entry.title,
                "content_text": entry.text,
                "date_published": timezone.localtime(entry.at).isoformat(timespec="seconds"),
                "authors": [{"name": entry.author}],
                "_hengjian": {
                    "sha256": entry.sha256,
                    "shown_until": timezone.localtime(entry.until).isoformat() if entry.until else None,
                },
            }
            for entry in entries
        ],
    }
    return json_response(feed, "application/feed+json; charset=utf-8")


def atom_feed(request: HttpRequest, title: str, home: str, entries: Iterable[Entry]) -> HttpResponse:
    """Atom (RFC 4287)."""
    absolute = request.build_absolute_uri
    feed = Atom1Feed(
        title=title,
        link=absolute(home),
        description=None,
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(request.path),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=absolute(entry.path),
            description=entry.text,
            author_name=entry.author,
            unique_id=absolute(entry.path),
            pubdate=entry.at,
            updateddate=entry.at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def notices_json(request: HttpRequest) -> HttpResponse:
    return json_feed(request, _("公示公告"), reverse("publishing:index"), _notices())


@require_safe
def notices_atom(request: HttpRequest) -> HttpResponse:
    return atom_feed(request, _("公示公告"), reverse("publishing:index"), _notices())


@require_safe
def list_feed_json(request: HttpRequest, code: str) -> HttpResponse:
    declared = find_list(code)
    return json_feed(request, str(declared.title), reverse("publishing:list", args=[code]), _snapshots(code))


@require_safe
def list_feed_atom(request: HttpRequest, code: str) -> HttpResponse:
    declared = find_list(code)
    return atom_feed(request, str(declared.title), reverse("publishing:list", args=[code]), _snapshots(code))


@require_safe
def list_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The list as it holds today, UTF-8 with BOM."""
    declared = find_list(code)
    rows = [[row[column.code] for column in declared.columns] for row in queries.current_rows(declared)]
    data = write_csv([column.title for column in declared.columns], rows)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{declared.title}.csv')}"
    return response


def list_data(code: str) -> dict[str, Any]:
    """The list as it holds today, as JSON values."""
    declared = find_list(code)
    snapshot = queries.latest(code)
    return {
        "list": code,
        "title": str(declared.title),
        "as_of": timezone.localdate().isoformat(),
        "snapshot": snapshot.pk if snapshot else None,
        "columns": [{"code": item.code, "title": item.title, "title_en": item.title_en} for item in declared.columns],
        "rows": queries.current_rows(declared),
    }


@require_safe
def list_json(request: HttpRequest, code: str) -> HttpResponse:
    return json_response(list_data(code), name=f"{code}.json")


@require_safe
def snapshot_json(request: HttpRequest, pk: int) -> HttpResponse:
    """A snapshot with everything that its hash is made of (docs/publishing.md)."""
    snapshot, _declared = find_snapshot(pk)
    value = {
        "list": snapshot.code,
        "title": snapshot.title,
        "as_of": snapshot.as_of.isoformat(),
        "sha256": snapshot.sha256,
        "fact": str(snapshot.fact) if snapshot.fact else None,
        "columns": snapshot.columns,
        "rows": queries.public_rows(snapshot),
    }
    return json_response(value, name=f"{snapshot.code}-{snapshot.as_of}.json")
