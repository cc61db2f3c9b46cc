"""What the page of an instrument shows of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.parties.policies import can
from hengjian.registers.hooks import Related
from hengjian.registers.queries import by_ref
from hengjian.systems.metrology.models import Instrument, Verification

LIGHTS = {"passed": "green", "downgraded": "amber", "failed": "red"}
SHOWN = 10


def verifications(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """The latest verifications, and the way to one more for those who may."""
    entry = by_ref(refs[0]) if refs and refs[0].startswith("entry:instrument:") else None
    if not isinstance(entry, Instrument):
        return
    page = reverse("metrology:record", args=[entry.pk])
    if can(user, "metrology.verify", entry):
        yield Related(_("登记检定"), page, _("登记后自动计算下次检定日期"))
    for item in entry.verifications.order_by("-verified_on", "-pk")[:SHOWN]:
        late = item.due_on is not None and item.verified_on > item.due_on
        note = f"{item.body} · {item.certificate or '—'}" + (f" · {_('逾期检定')}" if late else "")
        word = Verification.Result(item.result).label
        yield Related(item.verified_on.isoformat(), page, note, LIGHTS[item.result], str(word))
