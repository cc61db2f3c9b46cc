"""The fact kinds of publishing."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NoticePublished(Payload):
    """A notice was published; the hash binds its text (docs/publishing.md)."""

    notice_kind: str
    title: str
    about: str
    sha256: str
    published_at: datetime
    shown_until: datetime | None = None
    objections_until: date | None = None
    rule: str = ""


class NoticeWithdrawn(Payload):
    """A notice left every page: its time ran out, or it was withdrawn for a reason."""

    title: str
    sha256: str
    ended: bool
    reason: str = ""
    objections: int = 0


class ObjectionDecided(Payload):
    """An objection was decided; who filed it and what it says stay in the office."""

    notice: str
    number: str
    decision: str


class ListPublished(Payload):
    """A dated snapshot of a public list was published; the hash binds its rows."""

    code: str
    title: str
    as_of: date
    count: int
    added: int
    removed: int
    changed: int
    sha256: str
    previous: str = ""


PUBLISHED = register_kind(FactKind("notice.published", _("公示发布"), NoticePublished, "notice", disclosure="public"))
WITHDRAWN = register_kind(FactKind("notice.withdrawn", _("公示撤下"), NoticeWithdrawn, "notice", disclosure="public"))
DECIDED = register_kind(FactKind("notice.objection", _("异议处理"), ObjectionDecided, "notice", disclosure="shared"))
LIST = register_kind(FactKind("list.published", _("名单公布"), ListPublished, "list", disclosure="public"))
