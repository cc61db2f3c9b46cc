"""The request of a view behind `login_required`, for type checkers."""

from __future__ import annotations

from django.http import HttpRequest

from hengjian.parties.models import User


class UserRequest(HttpRequest):
    """A request whose user is a person; only a type, never instantiated."""

    user: User
