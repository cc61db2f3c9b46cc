"""The builder's clock: everything that asks Django for the time gets the set moment, and only inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.pages.models import Notification
from hengjian.plans.models import DutyStep

MOMENT = datetime(2019, 5, 6, 23, 30, tzinfo=UTC)


def test_now_local_date_and_model_defaults_stand_at_the_moment() -> None:
    with at(MOMENT):
        assert timezone.now() == MOMENT
        assert str(timezone.localdate()) == "2019-05-07"  # half past seven in the morning in Shanghai
        assert DutyStep().at == MOMENT
        assert Notification().at == MOMENT
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_moments_nest_and_end_with_an_error() -> None:
    later = MOMENT + timedelta(days=1)
    with pytest.raises(RuntimeError), at(MOMENT):
        with at(later):
            assert timezone.now() == later
        assert timezone.now() == MOMENT
        raise RuntimeError
    assert timezone.now() > later


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), at(datetime(2019, 5, 6)):
        pass
