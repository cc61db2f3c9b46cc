"""Tokens: shown once, hashed, limited in scope, place, rate and time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hengjian.parties import tokens
from hengjian.parties.models import ApiToken, AuditEntry, Unit, User
from hengjian.parties.policies import Forbidden, can, visible
from hengjian.parties.tokens import CreateToken, NewToken, RateLimited, RevokeToken, authenticate_token
from hengjian.parties.verbs import ActionRefused
from tests.parties.conftest import World

VIEW = "parties.view_unit"


def make(world: World, user: User | None = None, **more: object) -> NewToken:
    values = {
        "unit": world.units["market_regulation"],
        "name": "数据交换",
        "scopes": [VIEW],
        "expires_at": timezone.now() + timedelta(days=30),
        **more,
    }
    return CreateToken(user=user or world.head, **values).execute()


def test_the_secret_is_shown_once_and_only_its_digest_kept(world: World) -> None:
    made = make(world)
    row = ApiToken.objects.values().get()
    assert made.secret not in str(row) and made.secret not in repr(made)
    assert len(row["digest"]) == 64 and made.secret.startswith(f"hj_{row['prefix']}_")
    entry = AuditEntry.objects.get()
    assert entry.changes["digest"] is None and made.secret not in str(entry.changes)


def test_a_token_acts_for_its_creator_within_its_limits(world: World, django_assert_num_queries) -> None:
    made = make(world, world.head)
    with django_assert_num_queries(2):
        auth = authenticate_token(made.secret)
    assert auth is not None and auth.user == world.head and auth.scopes == {VIEW}
    assert can(auth.user, VIEW, world.units["market_regulation"])
    assert not can(auth.user, VIEW, world.units["customs"])
    # The head may revoke tokens, the token may not.
    assert can(world.head, "parties.revoke_token", made.token)
    assert not can(auth.user, "parties.revoke_token", made.token)
    with pytest.raises(Forbidden):
        RevokeToken(user=auth.user, token=made.token).execute()
    made.token.refresh_from_db()
    assert made.token.last_used_at is not None


def test_a_narrow_token_of_a_wide_person_stays_in_the_unit(world: World) -> None:
    from tests.parties.conftest import grant

    grant(world.office, "unit_head", unit=world.units["market_regulation"])
    narrow, wide = make(world, world.office), make(world, world.office, wide=True)
    seen = {}
    for made in (narrow, wide):
        auth = authenticate_token(made.secret)
        assert auth is not None
        seen[made.token.wide] = set(visible(auth.user, Unit.objects.all()))
    assert seen[False] == {world.units["market_regulation"]}
    assert seen[True] == set(Unit.objects.filter(region__in=[world.region, world.shuoan, world.county, world.other]))


@pytest.mark.parametrize("raw", ["", "hj_", "hj__x", "Bearer x", "hj_00000000_wrong", "xx_1_2", "hj_\0_a", "字" * 5000])
def test_what_is_no_token_is_refused(world: World, raw: str) -> None:
    make(world)
    assert authenticate_token(raw) is None


def test_a_changed_secret_an_expired_revoked_or_orphaned_token_is_refused(world: World) -> None:
    made = make(world)
    assert authenticate_token(made.secret[:-1] + "!") is None
    assert authenticate_token(made.secret[:-2] + "__") is None
    assert authenticate_token(made.secret) is not None
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert authenticate_token(made.secret) is None
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    User.objects.filter(pk=world.head.pk).update(is_active=False)
    assert authenticate_token(made.secret) is None
    User.objects.filter(pk=world.head.pk).update(is_active=True)
    RevokeToken(user=User.objects.get(pk=world.head.pk), token=made.token).execute()
    assert authenticate_token(made.secret) is None
    with pytest.raises(ActionRefused, match="已经吊销"):
        RevokeToken(user=User.objects.get(pk=world.head.pk), token=made.token).execute()


def test_a_token_loses_what_its_creator_loses(world: World) -> None:
    made = make(world)
    world.head.grants.all().delete()
    auth = authenticate_token(made.secret)
    assert auth is not None and not can(auth.user, VIEW, world.units["market_regulation"])


def test_the_rate_window_fills_and_opens_again(world: World) -> None:
    made = make(world, rate_limit=3)
    for _ in range(3):
        assert authenticate_token(made.secret) is not None
    with pytest.raises(RateLimited) as caught:
        authenticate_token(made.secret)
    assert 1 <= caught.value.retry_after <= 60
    ApiToken.objects.update(window_start=timezone.now() - timedelta(seconds=61))
    assert authenticate_token(made.secret) is not None
    assert ApiToken.objects.get().window_count == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"name": " "}, "用途"),
        ({"scopes": []}, "权限范围"),
        ({"scopes": ["parties.grant_role"]}, "不能授给"),
        ({"expires_at": None}, "一年以内"),
        ({"expires_at": timezone.now() + timedelta(days=800)}, "一年以内"),
    ],
)
def test_a_token_needs_purpose_scope_and_end(world: World, more: dict[str, object], message: str) -> None:
    with pytest.raises(ActionRefused, match=message):
        make(world, **more)
    assert not ApiToken.objects.exists()


def test_nobody_makes_tokens_for_another_unit(world: World) -> None:
    for person in (world.officer, world.stranger, world.citizen, world.city):
        with pytest.raises(Forbidden):
            make(world, person)
    with pytest.raises(Forbidden):
        make(world, world.head, unit=world.units["customs"])
    assert tokens.possible_scopes(world.head, world.units["customs"]) == []
