"""What the views share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from hengjian.parties.models import User
from hengjian.parties.policies import visible
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes import catalogue
from hengjian.programmes.actions.base import own_units
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition, Review


def find_programme(code: str) -> Programme:
    """The declared programme; 404 when there is none."""
    try:
        return catalogue.programme(code)
    except KeyError:
        raise Http404(_("没有这个评选或创建项目。")) from None


def find_edition(request: HttpRequest, pk: int) -> Edition:
    """The edition, if the reader may see it; to others it does not exist."""
    rows = visible(request.user, Edition.objects.filter(pk=pk)).select_related("unit", "region")
    found = rows.first()
    if found is None:
        raise Http404(_("没有这个届次，或不在您的查看范围内。"))
    return found


def find_application(request: HttpRequest, pk: int) -> Application:
    """The application, if the reader may see it."""
    rows = visible(request.user, Application.objects.filter(pk=pk))
    found = rows.select_related("edition__unit", "edition__region", "unit", "region", "case").first()
    if found is None:
        raise Http404(_("没有这份申报，或不在您的查看范围内。"))
    return found


def find_review(request: HttpRequest, pk: int) -> Review:
    """One's own review."""
    rows = Review.objects.filter(pk=pk, user=request.user.pk)
    found = rows.select_related(
        "user", "application__edition__unit", "application__edition__region", "application__unit",
        "application__region", "application__case",
    ).first()  # fmt: skip
    if found is None:
        raise Http404(_("没有分配给您的这项评审。"))
    return found


def organises(user: Any, edition: Edition, verb: str = "programmes.organise") -> bool:
    """Whether the person acts for the edition's unit."""
    return isinstance(user, User) and edition.unit_id in own_units(user, verb)


def attempt(request: HttpRequest, action: Action[Any], done: str, form: Form | None = None) -> ActionRefused | None:
    """Carry the action out. None: done, and said so. A refusal that is the input's fault goes to the form."""
    try:
        action.execute()
    except ActionRefused as error:
        if form is None or error.status != 400:
            raise
        for code, message in getattr(error, "errors", {}).items():
            form.add_error(code if code in form.fields else None, message)
        if not getattr(error, "errors", {}):
            form.add_error(None, f"{error.message}{error.next_step}")
        return error
    messages.success(request, done)
    return None
