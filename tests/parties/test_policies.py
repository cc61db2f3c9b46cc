"""Row scoping: `can`, `visible` and `who_may` must agree, whatever the grants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hengjian.parties import policies, roles
from hengjian.parties.models import ApiToken, Confidentiality, Region, RoleGrant, Unit, UnitAlias, User
from hengjian.parties.policies import Forbidden, Policy, Scope, can, require, visible, who_may
from tests.parties.conftest import World, grant

VIEW = "parties.view_unit"


def test_an_unknown_verb_is_a_mistake_of_the_program(world: World) -> None:
    for call in (lambda: can(world.officer, "parties.levitate"), lambda: who_may("parties.levitate", Scope())):
        with pytest.raises(roles.UnknownVerb, match="levitate"):
            call()


def test_registration_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="wizard"):
        roles.register_verb("parties.x", "x", ["wizard"])
    with pytest.raises(ValueError, match="<room>"):
        roles.register_verb("x", "x", ["office"])
    with pytest.raises(ValueError, match="twice"):
        roles.register_verb(VIEW, "x", ["office"])
    with pytest.raises(FieldDoesNotExist):
        policies.register_policy(Unit, Policy(view=VIEW, unit_lookup="no_such__path"))
    with pytest.raises(LookupError, match="RegionSuccession"):
        policies.policy_of(Region._meta.get_field("successions").related_model)


def test_a_unit_role_reaches_the_unit_only(world: World) -> None:
    market, industry = world.units["market_regulation"], world.units["industry_information"]
    assert can(world.officer, VIEW, market)
    refused = can(world.officer, VIEW, industry)
    assert not refused and "不包括" in refused.reason
    assert list(visible(world.officer, Unit.objects.all())) == [market]
    assert (
        not can(world.officer, "parties.edit_unit", market) and "角色" in can(world.officer, "parties.edit_unit").reason
    )


def test_a_region_role_reaches_the_subtree(world: World) -> None:
    seen = visible(world.city, Unit.objects.all())
    assert set(seen) == set(Unit.objects.filter(region__in=[world.shuoan, world.county]))
    assert not can(world.city, VIEW, world.units["market_regulation"])
    # 999001 looks like no child of 990000, yet is one.
    assert can(world.office, VIEW, Unit.objects.get(region=world.other))
    assert not can(world.city, VIEW, Unit.objects.get(region=world.other))


def test_nobody_without_a_role_or_a_login(world: World) -> None:
    market = world.units["market_regulation"]
    for person in (None, AnonymousUser()):
        assert "登录" in can(person, VIEW, market).reason
        assert not visible(person, Unit.objects.all()).exists()
    assert not can(world.citizen, VIEW, market)
    world.officer.is_active = False
    world.officer.save()
    assert "停用" in can(world.officer, VIEW, market).reason
    assert world.officer not in who_may(VIEW, market)


def test_require_raises_with_the_reason(world: World) -> None:
    with pytest.raises(Forbidden, match="维护单位") as caught:
        require(world.officer, "parties.edit_unit", world.units["market_regulation"])
    assert caught.value.verb == "parties.edit_unit"
    require(world.admin, "parties.edit_unit", world.units["market_regulation"])


def test_grants_are_dated_and_fresh(world: World) -> None:
    industry = world.units["industry_information"]
    today = timezone.localdate()
    assert not can(world.officer, VIEW, industry)
    given_ = grant(world.officer, "viewer", unit=industry, valid_from=today + timedelta(days=1))
    assert not can(world.officer, VIEW, industry)
    given_.valid_from = today
    given_.save()
    assert can(world.officer, VIEW, industry)
    assert len(policies.grants_of(world.officer, today - timedelta(days=1))) < len(policies.grants_of(world.officer))
    given_.delete()
    assert not can(world.officer, VIEW, industry)


def test_an_unlimited_grant_beside_a_limited_one_reaches_all(world: World) -> None:
    grant(world.officer, "viewer")
    assert visible(world.officer, Unit.objects.all()).count() == Unit.objects.count()


def test_a_superuser_administers_but_sees_no_more(world: World) -> None:
    boss = User.objects.create_superuser("boss", password="correct horse 9")
    assert can(boss, "parties.grant_role", Scope(unit=world.units["customs"]))
    assert boss in who_may("parties.grant_role", Scope(unit=world.units["customs"]))
    assert not roles.verb("parties.create_token").roles & {"officer"}


def test_owner_rows_for_implicit_roles(world: World) -> None:
    roles.register_verb("parties.test_own", "自己的", ["citizen"])
    policy = Policy(view="parties.test_own", owner_lookup="user")
    own = RoleGrant.objects.create(user=world.citizen, role="viewer")
    assert list(policy.visible(world.citizen, RoleGrant.objects.all())) == [own]
    assert policy.can(world.citizen, "parties.test_own", own)
    assert not policy.can(world.officer, "parties.test_own", own)
    assert list(policy.who_may("parties.test_own", own)) == [world.citizen]
    assert policy.can(world.citizen, "parties.test_own", Scope(owner=world.citizen))
    assert not policy.can(world.citizen, "parties.test_own", Scope(owner=world.officer))


def test_public_rows_are_seen_by_all(world: World) -> None:
    policy = Policy(view=VIEW, unit_lookup="pk", public=Q(family="customs"))
    customs = world.units["customs"]
    for person in (None, AnonymousUser(), world.citizen, world.officer):
        assert customs in policy.visible(person, Unit.objects.all())
        assert policy.can(person, VIEW, customs)
    assert not policy.can(world.citizen, VIEW, world.units["market_regulation"])
    assert not policy.can(None, "parties.edit_unit", customs)


def test_to_many_paths_repeat_no_rows_and_leak_none(world: World) -> None:
    policy = Policy(view=VIEW, unit_lookup=("aliases__unit", "collectives__collective"), region_lookup="region")
    market = world.units["market_regulation"]
    assert UnitAlias.objects.filter(unit=market).count() > 1
    rows = policy.visible(world.officer, Unit.objects.all())
    assert list(rows) == [market]
    assert "DISTINCT" not in str(rows.query)
    assert rows.count() == 1


def test_confidentiality_has_a_ceiling(world: World) -> None:
    policy = Policy(view=VIEW, unit_lookup="unit", confidentiality_lookup="ceiling")
    market = world.units["market_regulation"]
    rows = {
        level: RoleGrant.objects.create(user=world.admin, role="viewer", unit=market, ceiling=level)
        for level in Confidentiality.values
    }
    assert policy.can(world.officer, VIEW, rows[Confidentiality.INTERNAL])
    assert not policy.can(world.officer, VIEW, rows[Confidentiality.SENSITIVE])
    assert policy.can(world.office, VIEW, rows[Confidentiality.SENSITIVE])
    assert not policy.can(world.office, VIEW, rows[Confidentiality.PERSONAL])
    assert not policy.can(world.officer, VIEW, Scope(unit=market, confidentiality=Confidentiality.SENSITIVE))
    assert set(policy.who_may(VIEW, rows[Confidentiality.SENSITIVE])) == {world.office, world.admin}


def test_query_counts(world: World, django_assert_num_queries) -> None:
    user = User.objects.get(pk=world.city.pk)
    with django_assert_num_queries(1):
        policies.grants_of(user)
    with django_assert_num_queries(0):
        can(user, VIEW)
    with django_assert_num_queries(1):
        list(visible(user, Unit.objects.all()))
    with django_assert_num_queries(1):
        can(user, VIEW, world.units["customs"])
    with django_assert_num_queries(2):
        list(who_may(VIEW, world.units["customs"]))


GRANTS = st.lists(
    st.tuples(
        st.sampled_from(["office", "officer", "viewer", "system_admin", "citizen"]),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, "top", "left", "right"]),
        st.sampled_from(Confidentiality.values),
    ),
    max_size=3,
)


class Symmetry(TestCase):
    """Any grants, any row: the three questions have one answer."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(held=st.lists(GRANTS, min_size=2, max_size=3), verb=st.sampled_from([VIEW, "parties.edit_unit"]))
    def test_can_visible_and_who_may_agree(self, held: list[list[tuple]], verb: str) -> None:
        top = Region.objects.create(code="990000", name="顶", level="provincial")
        left = Region.objects.create(code="990100", name="左", level="prefecture", parent=top)
        right = Region.objects.create(code="990200", name="右", level="prefecture", parent=top)
        places = {None: None, "top": top, "left": left, "right": right}
        units = {
            None: None,
            "a": Unit.objects.create(name="甲", level="prefecture", region=left),
            "b": Unit.objects.create(name="乙", level="prefecture", region=right),
            "c": Unit.objects.create(name="丙", level="provincial", region=top),
        }
        people = [User.objects.create(username=str(n), unit=units["a"]) for n in range(len(held))]
        for person, grants in zip(people, held, strict=True):
            for role, unit, region, ceiling in grants:
                grant(person, role, units[unit], places[region], ceiling=ceiling)
        tested = [
            (Policy(view=VIEW, unit_lookup="pk"), Unit),
            (Policy(view=VIEW, unit_lookup=("user__unit", "unit"), confidentiality_lookup="ceiling"), RoleGrant),
            (Policy(view=VIEW, unit_lookup=("collectives__collective", "parent"), region_lookup="region"), Unit),
            (Policy(view=VIEW, region_lookup="pk", owner_lookup="grants__user"), Region),
        ]
        for policy, model in tested:
            for person in people:
                rows = list(policy.permitted(person, verb, model.objects.all()))
                assert len(rows) == len(set(rows))
                for row in model.objects.all():
                    allowed = row in rows
                    assert bool(policy.can(person, verb, row)) == allowed
                    assert (person in policy.who_may(verb, row)) == allowed
        bare = Policy(view=VIEW, unit_lookup="pk")
        for unit in (units["a"], units["b"], units["c"]):
            for person in people:
                assert bool(bare.can(person, verb, Scope(unit=unit))) == bool(bare.can(person, verb, unit))
                assert (person in bare.who_may(verb, Scope(unit=unit))) == bool(bare.can(person, verb, unit))


def test_every_registered_policy_hides_foreign_rows(world: World) -> None:
    """Whatever room: an officer of one unit sees no row of a unit elsewhere (rows of this room exist here)."""
    market = world.units["market_regulation"]
    ApiToken.objects.create(unit=world.units["customs"], name="x", prefix="p1", digest="d", created_by=world.admin)
    ApiToken.objects.create(unit=market, name="y", prefix="p2", digest="d", created_by=world.admin)
    for model in policies.policies():
        for person in (world.citizen, AnonymousUser(), world.stranger):
            rows = visible(person, model.objects.all())
            if model is Unit:
                assert market not in rows
            elif model is ApiToken:
                assert not rows.exists()
            elif model is User:
                assert world.officer not in rows
    assert [token.name for token in visible(world.head, ApiToken.objects.all())] == ["y"]
