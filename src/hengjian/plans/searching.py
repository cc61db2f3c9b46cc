"""What the global search finds in this room; only rows that the person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.pages.navigation import SearchHit
from hengjian.parties.policies import visible
from hengjian.plans.models import Clause, Plan, Task


def search_tasks(user: Any, words: str, limit: int) -> list[SearchHit]:
    rows = visible(user, Task.objects.exclude(status=Task.Status.RETIRED))
    for word in words.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(code=word) | Q(measure__text__icontains=word))
    found = rows.select_related("plan").order_by("-plan__period_start", "order")[:limit]
    return [
        SearchHit(f"{task.code} {task.title}", reverse("plans:task", args=[task.pk]), _("任务"), task.plan.title)
        for task in found
    ]


def search_clauses(user: Any, words: str, limit: int) -> list[SearchHit]:
    rows = Clause.objects.filter(plan__in=visible(user, Plan.objects.all()).values("pk"), retired=False)
    for word in words.split()[:5]:
        rows = rows.filter(title__icontains=word)
    return [
        SearchHit(
            str(clause),
            f"{reverse('plans:plan', args=[clause.plan_id])}#clause-{clause.pk}",
            _("条款"),
            clause.plan.title,
        )
        for clause in rows.select_related("plan")[:limit]
    ]
