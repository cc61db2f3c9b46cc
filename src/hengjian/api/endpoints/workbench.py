"""Who is calling, and what waits for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs, signed_in
from hengjian.api.lists import Page, Window, page
from hengjian.api.schemas import UnitRef
from hengjian.pages.models import Notification
from hengjian.parties import roles
from hengjian.parties.models import Unit
from hengjian.parties.policies import may_anywhere
from hengjian.plans import todo

router = Router(tags=["workbench"])


class MeOut(Schema):
    """The caller: a person, or a token that acts for one."""

    user: str = Field(description="Reference of the person.", examples=["user:12"])
    name: str = Field(description="Name, its middle covered.")
    unit: UnitRef | None = Field(description="The person's unit.")
    token: str = Field(description="`token:<prefix>`; empty for a session.")
    limited_to: UnitRef | None = Field(description="The unit that the token is limited to.")
    verbs: list[str] = Field(description="What the caller may do somewhere.", examples=[["plans.view", "plans.sign"]])


class TodoOut(Schema):
    """One thing to do."""

    title: str
    note: str
    kind: str
    url: str = Field(description="The page where it is done.")
    due: date
    left: int = Field(description="Working days until it is due; negative when late.")
    words: str


class NotificationOut(Schema):
    id: int
    text: str
    ref: str = Field(description="What it is about.", examples=["duty:12"])
    at: datetime
    read_at: datetime | None


@router.get("/me", response=MeOut, auth=signed_in(), summary="Who is calling")
def get_me(request: Any) -> Any:
    user = request.user
    limited = user.limits.unit if user.limits is not None else None
    return {
        "user": user.ref,
        "name": user.masked_name,
        "unit": user.unit,
        "token": user.acting_system,
        "limited_to": Unit.objects.filter(pk=limited).first() if limited is not None else None,
        "verbs": [verb.name for verb in roles.verbs() if may_anywhere(user, verb.name)],
    }


@router.get("/workbench/todo", response=list[TodoOut], auth=needs("plans.view"), summary="What waits for the caller")
def list_todo(request: Any) -> Any:
    """The most urgent first."""
    return todo.todos(request.user)


@router.get(
    "/workbench/notifications", response=Page[NotificationOut], auth=needs("plans.view"), summary="Notifications"
)
def list_notifications(request: Any, window: Query[Window], unread: bool = False) -> Any:
    """The person's own, newest first; none for a token of another unit than the person's."""
    user = request.user
    own = user.limits is None or user.limits.unit in (None, user.unit_id)
    rows = Notification.objects.filter(user=user) if own else Notification.objects.none()
    rows = rows.filter(read_at=None) if unread else rows
    return page(rows.order_by("-at", "-pk"), window)
