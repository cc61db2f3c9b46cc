"""The profile of a region."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.analysis.charting import spark
from hengjian.analysis.profile import Line, Profile, change_words, profile, signed, standing_words
from hengjian.analysis.readings import language
from hengjian.analysis.views.common import own_region, region_of, room_tabs
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest


@login_required
@require_safe
def index(request: UserRequest) -> HttpResponse:
    """To the profile of the reader's own region."""
    require(request.user, "analysis.open")
    return redirect("analysis:region", own_region(request.user).code)


@login_required
@require_safe
def region(request: UserRequest, code: str) -> HttpResponse:
    """质量画像: newest values by theme, with light, trend, place among peers, target, gaps and changes."""
    require(request.user, "analysis.open")
    place = region_of(code)
    found = profile(place, request.user)
    context = {
        "title": _("%(place)s质量画像") % {"place": place.name},
        "room_tabs": room_tabs("region"),
        **profile_context(found),
        "children": list(Region.objects.filter(parent=place).order_by("code")),
        "siblings": list(Region.objects.filter(parent=place.parent_id, level=place.level).order_by("code"))
        if place.parent_id
        else [],
    }
    return render(request, "analysis/region.html", context)


def profile_context(found: Profile) -> dict[str, Any]:
    """A profile as the templates of officers and citizens take it."""
    themes = [
        {
            "code": theme.code,
            "title": theme.title,
            "good": theme.count("green"),
            "watch": theme.count("amber"),
            "lines": [line_of(line) for line in theme.lines],
        }
        for theme in found.themes
    ]
    return {
        "profile": found,
        "region": found.region,
        "themes": themes,
        "changes": [line_of(line) for line in found.changes[:8]],
        "more_changes": max(len(found.changes) - 8, 0),
        "short": [line_of(line) for line in found.short[:8]],
        "reached": sum(line.missing is not None and line.missing <= 0 for line in found.lines),
        "aimed": sum(line.missing is not None for line in found.lines),
        "empty": [{"title": item.said(language()), "url": definition_url(item.code)} for item in found.empty],
        # A period that is not over has told no more than up to today.
        "newest": max((min(line.now.period.last, timezone.localdate()) for line in found.lines), default=None),
    }


def line_of(line: Line) -> dict[str, Any]:
    """A line with its words."""
    now = line.now
    return {
        "line": line,
        "now": now,
        "light": line.light,
        "light_word": light_word(line),
        "period": now.period.said(language()),
        # The light says that nothing changed; saying it twice helps nobody.
        "change": "" if line.change is not None and line.change.verdict == "same" else change_words(line.change, now),
        "verdict": line.change.verdict if line.change else "",
        "spark": spark(line.past, line.target.value if line.target else None),
        "standing": standing_words(line.standing),
        "missing": signed(line.missing, now).lstrip("+") if line.missing is not None and line.missing > 0 else "",
        "target": line.target,
        "parts": now.parts,
    }


def light_word(line: Line) -> str:
    if line.missing is not None:
        if line.missing <= 0:
            return _("达到目标")
        if line.over:
            return _("未达目标")
        return _("进度正常") if line.light in ("green", "blue") else _("进度滞后")
    if line.change is None:
        return _("首期")
    words = {
        "better": _("向好"),
        "worse": _("变差"),
        "same": _("持平"),
        "within": _("无明显变化"),
        "moved": _("有变动"),
        "unlike": _("不可比"),
    }
    return words[line.change.verdict]


def definition_url(code: str) -> str:
    return reverse("indicators:indicator", args=[code])
