"""Messages to people: rooms tell, the shell counts and shows.

    tell(people, gettext_noop("“%(title)s”已转到您单位，请于 %(due)s 前接收。"), case.ref, f"sent:{transfer.pk}",
         {"title": case.title, "due": "2026-03-03"})

The words are stored in Chinese with their values beside them, and said in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from hengjian.pages.models import Notification
from hengjian.pages.numbers import whole
from hengjian.parties.models import User
from hengjian.parties.requests import UserRequest

Address = Callable[[str], str]
LONGEST = Notification._meta.get_field("text").max_length or 300

_addresses: dict[str, Address] = {}


def register_address(kind: str, address: Address) -> None:
    """Say where messages about `kind:…` lead: a function of what stands after the colon; "" leads nowhere."""
    _addresses[kind] = address


def address_of(ref: str) -> str:
    """Where a message about the thing leads; "" when no room said so."""
    kind, _sep, rest = ref.partition(":")
    return _addresses[kind](rest) if kind in _addresses and rest else ""


def tell(users: Iterable[User], text: str, ref: str, key: str, values: Mapping[str, Any] | None = None) -> int:
    """Tell people once; a second call with the same key for the same person changes nothing.

    Args:
        text: Chinese, marked with `gettext_noop`; with `values`, %(name)s places.
        ref: what it is about.
        key: names the occasion; the person is added.

    Returns:
        How many were told.
    """
    return send(drafted(users, text, ref, key, values))


def drafted(
    users: Iterable[User], text: str, ref: str, key: str, values: Mapping[str, Any] | None = None
) -> list[Notification]:
    """The messages of `tell`, unsent, so that many occasions can be sent at once."""
    return [
        Notification(user=user, text=text[:LONGEST], values=dict(values or {}), ref=ref, key=f"{key}:{user.pk}")
        for user in users
    ]


def send(messages: Iterable[Notification]) -> int:
    """Send drafted messages; returns how many."""
    return len(Notification.objects.bulk_create(messages, ignore_conflicts=True, batch_size=500))


def said(message: Notification) -> str:
    """The words in the reader's language; what no translation knows stays as it was recorded."""
    words = gettext(message.text) if message.text else ""
    return words % message.values if message.values else words


def unread(user: Any) -> int:
    """Unread messages, for the top bar."""
    return Notification.objects.filter(user=user, read_at=None).count()


def latest(user: Any, limit: int) -> list[Notification]:
    """The newest messages, each with its words in `said`."""
    rows = list(Notification.objects.filter(user=user)[:limit])
    for row in rows:
        row.said = said(row)  # type: ignore[attr-defined]
    return rows


@login_required
def messages_page(request: UserRequest) -> HttpResponse:
    """Messages, newest first; opening one or pressing the button marks them read."""
    rows = Notification.objects.filter(user=request.user)
    if request.method == "POST":
        chosen = rows.filter(read_at=None)
        if one := request.POST.get("one", ""):
            chosen = chosen.filter(pk=whole(one) or 0)
        chosen.update(read_at=timezone.now())
        target = rows.filter(pk=whole(one) or 0).first()
        url = address_of(target.ref) if target is not None else ""
        return redirect(url or "pages:notices")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    for row in page:
        row.said = said(row)  # type: ignore[attr-defined]
    context = {"title": _("消息"), "page": page, "unread": unread(request.user)}
    return render(request, "pages/notices.html", context)
