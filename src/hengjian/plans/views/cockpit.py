"""驾驶舱: the plan's figures on one page, and the same on a board."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hengjian.parties.requests import UserRequest


@login_required
def cockpit(request: UserRequest) -> HttpResponse:
    return render(request, "plans/thin.html", {"title": _("驾驶舱")})


@login_required
def board(request: UserRequest) -> HttpResponse:
    return render(request, "plans/thin.html", {"title": _("大屏")})
