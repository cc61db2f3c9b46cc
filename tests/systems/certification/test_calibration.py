from __future__ import annotations

import hashlib
from datetime import date

import pytest

from hengjian.documents.models import StoredFile
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.queries import entries
from hengjian.systems.certification.actions import ImportCalibration, TakenIn
from tests.methods.test_calibration_certificates import CERTIFICATE
from tests.systems.market_world import MarketWorld


def take_in(world: MarketWorld, text: str = CERTIFICATE, user: object = None) -> TakenIn:
    return ImportCalibration(
        user=user or world.county_officer, data=text.encode(), name="dcc.xml", unit=world.county_market,  # type: ignore[arg-type]
        region=world.county,
    ).execute()  # fmt: skip


def test_what_a_certificate_says_is_kept_with_its_original(world: MarketWorld) -> None:
    taken = take_in(world)
    entry = taken.entry
    digest = hashlib.sha256(CERTIFICATE.encode()).hexdigest()
    assert (entry.key, entry.title, entry.value("serial")) == ("LC-2026-00417", "温度计", "4711")
    assert (entry.value("calibrated_on"), entry.valid_from) == ("2026-03-06", date(2026, 3, 6))
    assert "306.248、373.121" in entry.value("results") and "k = 2" in entry.value("results")
    assert entry.value("original") == f"sha256:{digest}"
    assert StoredFile.objects.get(subject=entry.ref).content.sha256 == digest
    assert "祁望野" not in str(entry.extras)


def test_the_same_certificate_twice_is_one_record(world: MarketWorld) -> None:
    first, second = take_in(world), take_in(world)
    assert (second.repeated, second.entry.pk) == (True, first.entry.pk)
    assert entries("calibration_certificate").count() == 1


def test_the_same_number_with_other_content_is_refused(world: MarketWorld) -> None:
    take_in(world)
    with pytest.raises(ActionRefused, match="内容不同"):
        take_in(world, CERTIFICATE.replace("306.248", "306.249"))


def test_what_is_no_certificate_is_refused(world: MarketWorld) -> None:
    for wrong in ("", "<a/>", "PK\x03\x04"):
        with pytest.raises(ActionRefused):
            take_in(world, wrong)
    assert not entries("calibration_certificate").exists()


def test_others_may_not(world: MarketWorld) -> None:
    for user in (world.other_officer, world.citizen, world.enterprise):
        with pytest.raises(Forbidden):
            take_in(world, user=user)
