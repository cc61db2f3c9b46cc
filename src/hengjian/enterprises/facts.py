"""The fact kinds of the register. Names of sole traders are personal data and stay out of them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.enterprises.models import Enterprise
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import FactKind, register_kind

REGISTERED, CHANGED, MERGED, SPLIT = (
    "enterprise.registered",
    "enterprise.changed",
    "enterprise.merged",
    "enterprise.split",
)


class Standing(BaseModel):
    """What the register holds of a body; without a name where the body is a natural person."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
    key: str
    code: str = ""
    title: str = ""
    body_kind: str
    status: str
    registered_on: date | None = None
    # Fields that changed.
    fields: list[str] = []


class Joined(BaseModel):
    """Two bodies became one, or one became two: keys, codes, why, and whether a person decided."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
    key: str
    other: str
    other_code: str = ""
    reason: str = ""
    undoes: bool = False


def register() -> None:
    """Make the kinds known; called when the app is ready."""
    for name, title in ((REGISTERED, _("主体建档")), (CHANGED, _("主体信息变更"))):
        register_kind(FactKind(name=name, title=title, payload=Standing, subject="enterprise", disclosure="shared"))
    for name, title in ((MERGED, _("主体合并")), (SPLIT, _("主体拆分"))):
        register_kind(FactKind(name=name, title=title, payload=Joined, subject="enterprise", disclosure="shared"))


def standing(
    kind: str, enterprise: Enterprise, region: str, on: date, source: Source, fields: tuple[str, ...] = ()
) -> FactDraft:
    """The draft of a fact about one body as it stands now."""
    return FactDraft(
        kind=kind,
        subject=enterprise.subject,
        payload={
            "key": enterprise.key,
            "code": enterprise.code,
            "title": "" if enterprise.is_person else enterprise.name,
            "body_kind": enterprise.kind,
            "status": enterprise.status,
            "registered_on": enterprise.registered_on.isoformat() if enterprise.registered_on else None,
            "fields": list(fields),
        },
        region=region,
        occurred_on=on,
        source=source,
        refs={"key": f"enterprise:{enterprise.key}"},
    )
