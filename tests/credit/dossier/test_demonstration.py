"""The demonstration shows every state of the room's own procedures."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.credit.dossier import demonstration
from hengjian.credit.dossier.models import Report
from hengjian.credit.records.models import Look
from hengjian.enterprises.models import Enterprise
from hengjian.methods import fictional
from tests.credit.dossier.conftest import Told
from tests.systems.market_world import person

pytestmark = pytest.mark.django_db


def test_every_state_is_there(told: Told) -> None:
    roster = [one for one in fictional.roster() if one.region == "990102" and one.code != told.code][:6]
    for number, one in enumerate(roster):
        Enterprise.objects.create(
            key=f"E000000010{number}",
            code=one.code,
            name=one.name,
            region=told.market.county,
            registered_on=date(2010, 1, 1),
        )
    person("second-citizen", None)
    demonstration.build(timezone.now(), Random(1))
    states = set(Case.objects.filter(type="enterprise_claim").values_list("state", flat=True))
    assert states == {"filed", "asked", "refused", "granted"}
    objections = set(Case.objects.filter(type="credit_objection").values_list("state", flat=True))
    assert {"corrected", "upheld", "examining"} <= objections
    assert Report.objects.count() == 1
    assert len(set(Look.objects.values_list("purpose", flat=True))) > 4
