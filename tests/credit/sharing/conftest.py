"""The world of the records, with a token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.enterprises.search.indexing import index
from hengjian.parties.models import ApiToken, Unit, User
from hengjian.parties.tokens import digest_of
from tests.credit.records.conftest import World, keys, record, world

__all__ = ["World", "index_all", "keys", "record", "token_client", "world"]
Tokens = Callable[..., Client]


@pytest.fixture
def token_client(world: World) -> Tokens:
    """A client with a token of a unit for these scopes, made by a person of it."""

    def make(user: User, unit: Unit, *scopes: str) -> Client:
        # In the table and not by `CreateToken`: only heads of units may issue.
        number = ApiToken.objects.count() + 1
        secret = f"hj_{number:08x}_{'s' * 43}"
        ApiToken.objects.create(
            unit=unit, name="接口", prefix=f"{number:08x}", digest=digest_of(secret), scopes=list(scopes),
            created_by=user, expires_at=timezone.now() + timedelta(days=30), rate_limit=10_000,
        )  # fmt: skip
        return Client(headers={"authorization": f"Bearer {secret}"})

    return make


@pytest.fixture(autouse=True)
def index_all(world: World) -> None:
    index([world.firm.pk, world.other_firm.pk])
