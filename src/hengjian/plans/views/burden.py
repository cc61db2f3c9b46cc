"""减负计数: what units did not have to fill in again."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hengjian.parties.requests import UserRequest


@login_required
def burden_page(request: UserRequest) -> HttpResponse:
    return render(request, "plans/thin.html", {"title": _("减负计数")})
