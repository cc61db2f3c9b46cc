"""工作台: what waits for me, what I am responsible for, what the period asks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.clocks.rules import elapsed_share
from hengjian.pages import notices
from hengjian.pages.components import Tab
from hengjian.parties.policies import may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.plans import queries, todo
from hengjian.plans.burden import saved_by
from hengjian.plans.models import Duty, IssuedDocument, Plan, Task
from hengjian.plans.words import LIGHT_WORDS

SHOWN = 12
MESSAGES = 10


@login_required
def workbench(request: UserRequest) -> HttpResponse:
    """The first page after logging in; `?tab=` chooses 待办, 我发起的 or 已办.

    An enterprise or a citizen has no part in plans and gets what waits in other rooms, messages and the services.
    """
    user, today = request.user, timezone.localdate()
    if not may_anywhere(user, "plans.view"):
        messages = notices.latest(user, MESSAGES)
        return render(request, "pages/desk.html", {"title": _("工作台"), "today": today, "messages_of": messages})
    waiting = todo.todos(user)
    tab = request.GET.get("tab", "todo")
    own = todo.own_duties(user).exclude(state__in=[Duty.State.PENDING, Duty.State.WITHDRAWN])
    tasks = visible(user, Task.objects.exclude(status=Task.Status.RETIRED).exclude(plan__status=Plan.Status.ARCHIVED))
    counts = queries.light_counts(tasks)
    everything = request.GET.get("all") == "1"
    year_share = elapsed_share(today.replace(month=1, day=1), today.replace(month=12, day=31), today)
    context: dict[str, Any] = {
        "title": _("工作台"),
        "today": today,
        "year_share": round(100 * year_share),
        "week": today.isocalendar().week,
        "tab": tab,
        "tabs": [
            Tab(_("待我办理"), "?", len(waiting), tab == "todo"),
            Tab(_("我发起的"), "?tab=started", todo.started_by(user).count(), tab == "started"),
            Tab(_("已办"), "?tab=done", None, tab == "done"),
        ],
        "todos": waiting if everything else waiting[:SHOWN],
        "left_out": 0 if everything else max(0, len(waiting) - SHOWN),
        "late": sum(item.left < 0 for item in waiting),
        "soon": sum(item.state == "orange" for item in waiting),
        "started": todo.started_by(user)[:30] if tab == "started" else [],
        "done": todo.done_by(user)[:30] if tab == "done" else [],
        "own": own.exclude(state=Duty.State.CLOSED).order_by("due_on", "task__order")[:10],
        "own_total": own.count(),
        "lights": [(light, word, counts.get(light, 0)) for light, word in LIGHT_WORDS.items()],
        "tasks_total": sum(counts.values()),
        "documents": visible(user, IssuedDocument.objects.all())[:5],
        "saved": saved_by(user, today.year),
        "may_import": may_anywhere(user, "plans.import"),
        "may_report": may_anywhere(user, "plans.report"),
    }
    return render(request, "plans/workbench.html", context)


def waiting(user: Any) -> int:
    """Things to do, for the side navigation."""
    return len(todo.todos(user))
