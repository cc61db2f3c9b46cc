"""What takes more than one verb of the engines: a finding is registered and handed to whoever must put it right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from hengjian.cases.actions import OpenCase, SendCase
from hengjian.cases.models import Case
from hengjian.parties.models import Unit, User

FINDING = "inspection_finding"


@transaction.atomic
def hand_out_finding(
    inspection: Case,
    values: Mapping[str, Any],
    responsible: Unit,
    *,
    user: User | None = None,
    system: str = "",
    at: datetime | None = None,
) -> Case:
    """Register a finding and send it to the responsible unit, both or neither.

    The inspecting unit keeps the finding and verifies it; the responsible unit reports back within the term of the
    rulebook, or the heads of both are told.

    Args:
        values: fields of the finding without the responsible unit.
        at: when, if not now.

    Raises:
        ActionRefused: the inspection is closed, a field is wrong, or the unit cannot receive cases.
        Forbidden: the person does not handle the inspection.
    """
    given = {**values, "responsible": responsible.key}
    finding = (
        OpenCase(
            user=user,
            system=system,
            type=FINDING,
            values=given,
            unit=inspection.unit,
            region=inspection.region,
            parent=inspection,
            origin=inspection.ref,
            opened_at=at,
        )
        .execute()
        .case
    )
    if responsible.pk != inspection.unit_id:
        SendCase(
            user=user,
            system=system,
            case=finding,
            receiver=responsible,
            reason=str(values["demand"])[:500],
            hands_over=False,
            at=at,
        ).execute()
    return finding
