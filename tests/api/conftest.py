"""Calls with tokens and sessions in the invented world of the plans room."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.parties import roles
from hengjian.parties.models import ApiToken, Unit, User
from hengjian.parties.tokens import digest_of
from tests.plans.conftest import World, assigned, duty_of, plan, world

__all__ = ["World", "assigned", "duty_of", "plan", "world"]
ALL = [verb.name for verb in roles.verbs() if verb.scope]


@dataclass
class Caller:
    """A client of the interface; `token` may be empty."""

    token: str = ""
    client: Client = field(default_factory=Client)
    language: str = "zh-Hans"

    def __call__(self, method: str, path: str, data: Any = None, **more: Any) -> Any:
        headers = {"Accept-Language": self.language, **more.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if data is not None and not isinstance(data, str | bytes):
            data = json.dumps(data, default=str)
        return self.client.generic(
            method, f"/api/v1{path}", data or b"", content_type="application/json", headers=headers, **more
        )

    def get(self, path: str, **query: Any) -> Any:
        return self("GET", path, query_params=query)

    def post(self, path: str, data: Any = None) -> Any:
        return self("POST", path, {} if data is None else data)


@pytest.fixture
def token_for(db: None) -> Callable[..., Caller]:
    """A caller with a token that this person issued for the unit (their own when left out)."""
    return make_caller


def make_caller(user: User, *scopes: str, unit: Unit | None = None, **more: Any) -> Caller:
    """Made in the table and not by `CreateToken`: only heads of units may issue, and the tests need every role."""
    number = ApiToken.objects.count() + 1
    secret = f"hj_{number:08x}_{'s' * 43}"
    values: dict[str, Any] = {
        "unit": unit or user.unit,
        "name": "test",
        "prefix": f"{number:08x}",
        "digest": digest_of(secret),
        "scopes": list(scopes or ALL),
        "created_by": user,
        "expires_at": timezone.now() + timedelta(days=1),
        **more,
    }
    ApiToken.objects.create(**values)
    return Caller(secret)


@pytest.fixture
def office(world: World, token_for: Callable[..., Caller]) -> Caller:
    return token_for(world.office)


@pytest.fixture
def market(world: World, token_for: Callable[..., Caller]) -> Caller:
    return token_for(world.market_officer)


@pytest.fixture
def tourism(world: World, token_for: Callable[..., Caller]) -> Caller:
    return token_for(world.tourism_officer)


def is_problem(response: Any, status: int, code: str = "") -> dict[str, Any]:
    """Assert a complete problem document and return it."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == status and found["title"] and found["detail"] and found["request_id"]
    assert not code or found["code"] == code, found
    return dict(found)
