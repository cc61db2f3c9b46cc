"""Who owes receipts, what could not be delivered, who looks up how much."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.credit.sharing.models import Alert, Use
from hengjian.credit.sharing.queries import receipts
from hengjian.credit.sharing.use import limits_of
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest

SHOWN = 50
SPAN = timedelta(days=7)


@never_cache
@login_required
@require_safe
def oversight(request: UserRequest) -> HttpResponse:
    """Units that fail to stop using ended records are named; so is whoever takes whole lists away."""
    require(request.user, "sharing.oversee", None)
    used = Use.objects.filter(hour__gte=timezone.now() - SPAN).select_related("unit").defer("seen")
    heavy = list(used.order_by("-refused", "-subjects", "-hour")[:SHOWN])
    dead = Alert.objects.filter(sending=Alert.Sending.DEAD).select_related("subscription__unit")
    context = {
        "title": _("共享监督"),
        "receipts": receipts(),
        "dead": dead[:SHOWN],
        "heavy": [(row, _caller(row.caller), limits_of(row.caller)[1]) for row in heavy],
        "days": SPAN.days,
    }
    return render(request, "credit_sharing/oversight.html", context)


def _caller(mark: str) -> str:
    kind, _sep, rest = mark.partition(":")
    words = {"address": _("未登录"), "user": _("登录人员"), "token": _("令牌")}
    return f"{words.get(kind, kind)} {rest[:8]}"
