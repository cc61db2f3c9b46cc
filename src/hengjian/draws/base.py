"""What the actions on draws and checks share."""

from __future__ import annotations

from datetime import date
from typing import Any

from hengjian.draws.models import Draw
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.verbs import Action


class DrawFacts(Action[Any]):
    """What the actions on a draw share: their facts come from its unit."""

    def fact(self, row: Draw, kind: str, subject: str, payload: Any, on: date, **more: Any) -> Any:
        source = Source(unit=row.unit.ref, user=self.actor.ref if self.actor else "", system=self.system)
        return append(
            FactDraft(
                kind=kind,
                subject=subject,
                payload=payload,
                region=row.region.code,
                occurred_on=on,
                source=source,
                **more,
            )
        ).id
