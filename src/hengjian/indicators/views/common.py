"""What several pages share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from hengjian.indicators.catalogue import UnknownIndicator, definition
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Observation
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import may_anywhere, visible
from hengjian.parties.verbs import Action, ActionRefused


def officer(request: HttpRequest) -> bool:
    """Whether the reader works with indicators; everybody else sees the public side of the same pages."""
    return may_anywhere(request.user, "indicators.view")


def base(request: HttpRequest) -> str:
    return "pages/base.html" if officer(request) else "pages/public.html"


def find_definition(request: HttpRequest, code: str) -> Definition:
    """The definition, if the reader may know of it."""
    try:
        declared = definition(code)
    except UnknownIndicator as error:
        raise Http404(error.message) from None
    if not declared.public and not officer(request):
        raise Http404(UnknownIndicator(code).message)
    return declared


def find_value(request: HttpRequest, pk: int) -> Observation:
    rows = Observation.objects.filter(pk=pk).select_related("region", "unit", "definition", "batch", "previous")
    row = visible(request.user, rows).first()
    if row is None:
        raise Http404(_("没有这个值，或不在您的权限范围内。"))
    return row


def chosen_region(request: HttpRequest, name: str = "region") -> Region:
    """The region that the address names, or the reader's own, or the top one."""
    code = request.GET.get(name, "")
    found = Region.objects.filter(code=code[:12]).first() if code else None
    if found is not None:
        return found
    unit = getattr(request.user, "unit", None)
    if isinstance(unit, Unit) and unit.kind != Unit.Kind.ENTERPRISE:
        return unit.region
    top = Region.objects.filter(level=Region.Level.PROVINCIAL, units__isnull=False).order_by("code").first()
    found = top or Region.objects.order_by("code").first()
    if found is None:
        raise Http404(_("还没有登记地区。"))
    return found


def regions_offered(region: Region) -> list[Region]:
    """For the choice of a region: what lies above, beside and directly below."""
    rows = list(Region.objects.above(region).exclude(level=Region.Level.NATIONAL))
    rows += list(Region.objects.filter(parent=region)) or list(Region.objects.filter(parent=region.parent_id))
    return sorted(set(rows), key=lambda row: row.code)


def attempt(request: HttpRequest, action: Action[Any], form: Any, done: str) -> Any:
    """Execute; a refusal becomes an error of the form (or a message), so that nothing typed is lost. None: refused."""
    try:
        result = action.execute()
    except ActionRefused as error:
        told = f"{error.message}{error.next_step}"
        if form is None:
            messages.error(request, told)
        else:
            form.add_error(None, told)
        return None
    if done:
        messages.success(request, done)
    return result
