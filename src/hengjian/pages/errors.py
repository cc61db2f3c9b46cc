"""What a user sees when something cannot be done: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused

Text = str | Promise


class UserError(Exception):
    """Something the user can do something about. Raise it anywhere below a view; it becomes a notice.

    Args:
        message: what happened and where, in the user's language (gettext).
        next_step: what to do now, in the user's language.
        status: HTTP status, 400 to 499.
        url: where the way forward leads; empty offers the previous page.
        url_label: words of that link.
    """

    def __init__(
        self, message: Text, next_step: Text = "", status: int = 400, url: str = "", url_label: Text = ""
    ) -> None:
        if not 400 <= status <= 499:
            raise ValueError(f"{status} is not the user's doing; let the exception through")
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.status = status
        self.url = url
        self.url_label = url_label


def error_response(
    request: HttpRequest,
    status: int,
    title: Text,
    message: Text,
    next_step: Text = "",
    url: str = "",
    url_label: Text = "",
) -> HttpResponse:
    """A notice: a page of its own, or for htmx the notice alone (the page shows it above its content)."""
    context = {
        "status": status,
        "title": title,
        "message": message,
        "next_step": next_step,
        "next_url": url,
        "next_label": url_label,
    }
    partial = bool(getattr(request, "htmx", False))
    user = getattr(request, "user", None)
    context["layout"] = "pages/base.html" if user is not None and user.is_authenticated else "pages/public.html"
    template = "pages/errors/partial.html" if partial else "pages/errors/page.html"
    return render(request, template, context, status=status)


class UserErrorMiddleware:
    """Turns a UserError, or an action's refusal, that no view caught into its notice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UserError | ActionRefused):
            return None
        return error_response(
            request,
            exception.status,
            _("未能完成"),
            exception.message,
            exception.next_step,
            exception.url,
            exception.url_label,
        )
