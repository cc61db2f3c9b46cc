"""Who may do what with which rows.

A `Policy` tells, by lookups, where the unit, region, owner and confidentiality of a row are found. Everything else
follows from it and from the grants: `can` (one person, one row), `visible`/`permitted` (one person, all rows) and
`who_may` (one row, all people) give the same answer, because they come from the same condition.

    register_policy(Duty, Policy(view="plans.view", unit_lookup="unit", region_lookup="task__plan__region"))
    require(user, "plans.report", duty)              # or Forbidden with a sentence for the user
    visible(user, Duty.objects.all())                # the rows of a list, without joins that repeat rows
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties import roles
from hengjian.parties.grants import (
    SUPERUSER,
    Decision,
    Forbidden,
    Grant,
    Person,
    Scope,
    forget_grants,
    grants_of,
    grants_with,
)
from hengjian.parties.models import Confidentiality, Limits, Region, RoleGrant, User
from hengjian.parties.models.regions import ancestor_ids, subtree_ids

M = TypeVar("M", bound=models.Model)


def _names(lookup: str | Iterable[str]) -> tuple[str, ...]:
    return (lookup,) if isinstance(lookup, str) else tuple(lookup)


@dataclass(frozen=True)
class Policy:
    """How the rows of one model are scoped.

    Attributes:
        view: the verb that lets a row be seen.
        unit_lookup: path(s) from the row to the unit(s) it belongs to; any of them counts.
        verb_units: verb → path(s) that count for it instead; a unit that a case was sent from sees it but takes no
            step in it.
        region_lookup: path(s) to its region(s); left out, the region of the unit is taken.
        owner_lookup: path to the person it belongs to, for implicit roles (a citizen's own complaint).
        confidentiality_lookup: path to an integer of `Confidentiality`; left out, rows are PUBLIC.
        public: rows that everyone may see, signed in or not.
    """

    view: str
    unit_lookup: str | tuple[str, ...] = ()
    region_lookup: str | tuple[str, ...] = ()
    owner_lookup: str = ""
    confidentiality_lookup: str = ""
    public: Q | None = None
    verb_units: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @property
    def units(self) -> tuple[str, ...]:
        return _names(self.unit_lookup)

    def units_for(self, verb: str) -> tuple[str, ...]:
        """The paths to the units whose people may do the verb."""
        return _names(self.verb_units.get(verb, self.unit_lookup))

    def regions_for(self, verb: str) -> tuple[str, ...]:
        return _names(self.region_lookup) or tuple(
            f"{path}__region" if path != "pk" else "region" for path in self.units_for(verb)
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the policy follows."""
        found = [*self.units, *_names(self.region_lookup), self.owner_lookup, self.confidentiality_lookup]
        for lookup in self.verb_units.values():
            found += _names(lookup)
        return tuple(path for path in dict.fromkeys(found) if path)

    def condition(self, user: Person, verb: str, model: type[models.Model]) -> Q | None:
        """The rows of the model on which the person may do the verb; None: not a single one."""
        parts = [self._reach(user, grant, verb, model) for grant in grants_with(user, verb)]
        if verb == self.view and self.public is not None:
            parts.append(self.public)
        wanted = [part for part in parts if part is not None]
        if not wanted:
            return None
        if not all(wanted):  # an empty Q reaches every row, but Django drops it from an OR
            return Q()
        result = wanted[0]
        for part in wanted[1:]:
            result |= part
        return result

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        """The rows that one grant reaches; None: none at all."""
        reach = Q()
        if grant.own:
            if not self.owner_lookup or user is None:
                return None
            reach &= Q(**{self.owner_lookup: user.pk})
        units, regions = self.units_for(verb), self.regions_for(verb)
        # Unit and region found along one to-many path must be those of the same row at its end; then no subqueries.
        apart = not any(_to_many(model, path) for path in regions)
        if grant.unit is not None:
            if not units:
                return None
            reach &= _any(model, units, "", grant.unit, apart)
        if grant.region is not None:
            if not regions:
                return None
            reach &= _any(model, regions, "__in", subtree_ids([grant.region]), apart)
        if self.confidentiality_lookup:
            reach &= Q(**{f"{self.confidentiality_lookup}__lte": grant.ceiling})
        return reach

    def permitted(self, user: Person, verb: str, queryset: QuerySet[M]) -> QuerySet[M]:
        """The rows of the queryset on which the person may do the verb."""
        condition = self.condition(user, verb, queryset.model)
        if condition is None:
            return queryset.none()
        if not condition:
            return queryset
        if self._repeats(queryset.model, verb):
            # A path through a to-many relation would repeat rows; a subquery of ids does not, and needs no DISTINCT.
            return queryset.filter(pk__in=queryset.model._base_manager.filter(condition).values("pk"))
        return queryset.filter(condition)

    def visible(self, user: Person, queryset: QuerySet[M]) -> QuerySet[M]:
        """The rows of the queryset that the person may see."""
        return self.permitted(user, self.view, queryset)

    def can(self, user: Person, verb: str, obj: models.Model | Scope | None = None) -> Decision:
        """May the person do the verb on this row; with a `Scope`: on a row to be made there; with None: anywhere."""
        public = verb == self.view and self.public is not None
        if not public and (user is None or not user.is_authenticated):
            return Decision(False, _("请先登录。"))
        if not public and user is not None and not user.is_active:
            return Decision(False, _("账号已停用，请联系系统管理员。"))
        grants = grants_with(user, verb)
        label = roles.verb(verb).label
        if not grants and not public:
            return Decision(False, _("您的角色没有“%(verb)s”权限。如工作需要，请向系统管理员申请。") % {"verb": label})
        if obj is None:
            return Decision(True)
        if isinstance(obj, Scope):
            allowed = any(self._covers(user, grant, obj) for grant in grants)
        else:
            allowed = self.permitted(user, verb, obj._meta.model._base_manager.filter(pk=obj.pk)).exists()
        if allowed:
            return Decision(True)
        return Decision(False, _("您的“%(verb)s”权限不包括这个单位、地区或密级的事项。") % {"verb": label})

    def _covers(self, user: Person, grant: Grant, scope: Scope) -> bool:
        if grant.own and (user is None or scope.owner is None or scope.owner.pk != user.pk):
            return False
        if grant.unit is not None and (scope.unit is None or scope.unit.pk != grant.unit):
            return False
        if scope.confidentiality > grant.ceiling:
            return False
        if grant.region is None:
            return True
        region = scope.region.pk if scope.region else scope.unit.region_id if scope.unit else None
        return region is not None and Region.objects.filter(pk=region, pk__in=subtree_ids([grant.region])).exists()

    def who_may(self, verb: str, obj: models.Model | Scope) -> QuerySet[User]:
        """The active people who may do the verb on the row by a grant (public sight is not listed)."""
        names = roles.verb(verb).roles
        places = self._places(obj, verb)
        held = Q()
        for place in places:
            held |= self._held(place)
        people = Q(pk__in=self._owners(obj)) if names & set(roles.IMPLICIT) else Q(pk__in=[])
        if places:
            grants = RoleGrant.objects.valid_on(timezone.localdate()).filter(held, role__in=names)
            people |= Q(pk__in=grants.values("user"))
        if "system_admin" in names and any(level <= SUPERUSER.ceiling for _unit, _region, level in places):
            people |= Q(is_superuser=True)
        return User.objects.filter(people, is_active=True)

    def _places(self, obj: models.Model | Scope, verb: str) -> list[tuple[int | None, int | None, int]]:
        """(unit, region, confidentiality) combinations of the row, in one query."""
        if isinstance(obj, Scope):
            region = obj.region.pk if obj.region else obj.unit.region_id if obj.unit else None
            return [(obj.unit.pk if obj.unit else None, region, obj.confidentiality)]
        unit_paths, region_paths = self.units_for(verb), self.regions_for(verb)
        paths = [*unit_paths, *region_paths]
        if self.confidentiality_lookup:
            paths.append(self.confidentiality_lookup)
        rows = obj._meta.model._base_manager.filter(pk=obj.pk)
        found: set[tuple[int | None, int | None, int]] = set()
        for row in rows.values_list(*paths) if paths else [()] * rows.count():
            values = list(row)
            units = values[: len(unit_paths)] or [None]
            regions = values[len(unit_paths) : len(unit_paths) + len(region_paths)] or [None]
            level = values[-1] if self.confidentiality_lookup else Confidentiality.PUBLIC
            if level is not None:
                found |= {(unit, region, level) for unit in units for region in regions}
        return sorted(found, key=str)

    @staticmethod
    def _held(place: tuple[int | None, int | None, int]) -> Q:
        unit, region, level = place
        by_unit = Q(unit__isnull=True) | (Q(unit=unit) if unit is not None else Q())
        by_region = Q(region__isnull=True)
        if region is not None:
            by_region |= Q(region__in=ancestor_ids([region]))
        return by_unit & by_region & Q(ceiling__gte=level)

    def _owners(self, obj: models.Model | Scope) -> list[int]:
        if isinstance(obj, Scope):
            return [obj.owner.pk] if obj.owner else []
        if not self.owner_lookup:
            return []
        rows = obj._meta.model._base_manager.filter(pk=obj.pk)
        return [pk for pk in rows.values_list(self.owner_lookup, flat=True) if pk is not None]

    def _repeats(self, model: type[models.Model], verb: str) -> bool:
        """Whether the condition joins relations with several rows; those of units alone are subqueries."""
        paths = [*self.regions_for(verb), self.owner_lookup, self.confidentiality_lookup]
        return self.public is not None or any(_to_many(model, path) for path in paths if path)


def _any(model: type[models.Model], paths: Iterable[str], suffix: str, value: Any, apart: bool) -> Q:
    """Rows with the value at the end of any of the paths; `apart`: a path to many rows becomes a subquery."""
    result = Q()
    for path in paths:
        result |= _through(model, path, suffix, value) if apart else Q(**{path + suffix: value})
    return result


def _through(model: type[models.Model], path: str, suffix: str, value: Any) -> Q:
    """`transfers__sender = 5` as `pk IN (SELECT case_id FROM transfer WHERE sender_id = 5)`: both the columns beside
    it and the subquery keep their indexes, and no row repeats."""
    here: type[models.Model] = model
    before: list[str] = []
    parts = path.split("__")
    while parts:
        part = parts.pop(0)
        if part == "pk":
            break
        relation: Any = here._meta.get_field(part)
        if relation.many_to_many:
            return Q(pk__in=model._base_manager.filter(**{path + suffix: value}).values("pk"))
        if relation.one_to_many:
            far = relation.related_model._base_manager.filter(**{("__".join(parts) or "pk") + suffix: value})
            return Q(**{"__".join([*before, "pk", "in"]): far.values(relation.field.attname)})
        before.append(part)
        if relation.related_model is None:
            break
        here = relation.related_model
    return Q(**{path + suffix: value})


def _to_many(model: type[models.Model], path: str) -> bool:
    """Whether the path goes through a relation with several rows at the far end."""
    here: type[models.Model] | None = model
    for part in path.split("__"):
        if here is None or part == "pk":
            return False
        field = here._meta.get_field(part)
        if field.one_to_many or field.many_to_many:
            return True
        here = field.related_model
    return False


# ---- the policies of all rooms

_policies: dict[type[models.Model], Policy] = {}


def register_policy(model: type[models.Model], policy: Policy) -> Policy:
    """Called when a room's app is ready. The lookups are checked at once, so that a misspelled path fails at start."""
    for path in policy.paths:
        _to_many(model, path)
    _policies[model] = policy
    return policy


def policy_of(model: type[models.Model] | models.Model) -> Policy:
    """The registered policy of a model or row.

    Raises:
        LookupError: no room registered one; without a policy nothing is shown.
    """
    kind = model if isinstance(model, type) else model._meta.model  # request.user is a lazy object
    for base in kind.__mro__:
        if base in _policies:
            return _policies[base]
    raise LookupError(f"no policy is registered for {kind.__name__}; register one in the room's AppConfig.ready()")


def policies() -> dict[type[models.Model], Policy]:
    return dict(_policies)


# A verb without a row, or with a bare Scope, needs no model: the grants alone decide.
_BARE = Policy(view="")


def can(user: Person, verb: str, obj: models.Model | Scope | None = None) -> Decision:
    return (policy_of(obj) if isinstance(obj, models.Model) else _BARE).can(user, verb, obj)


def require(user: Person, verb: str, obj: models.Model | Scope | None = None) -> None:
    """Raise unless the person may.

    Raises:
        Forbidden: (a PermissionDenied) with the reason.
    """
    decision = can(user, verb, obj)
    if not decision:
        raise Forbidden(decision, verb)


def visible(user: Person, queryset: QuerySet[M]) -> QuerySet[M]:
    return policy_of(queryset.model).visible(user, queryset)


def permitted(user: Person, verb: str, queryset: QuerySet[M]) -> QuerySet[M]:
    return policy_of(queryset.model).permitted(user, verb, queryset)


def who_may(verb: str, obj: models.Model | Scope) -> QuerySet[User]:
    return (policy_of(obj) if isinstance(obj, models.Model) else _BARE).who_may(verb, obj)


def may_anywhere(user: Person, verb: str) -> bool:
    """For menus: is there any grant with the verb."""
    return bool(can(user, verb))


__all__ = [
    "Decision",
    "Forbidden",
    "Grant",
    "Limits",
    "Person",
    "Policy",
    "Scope",
    "can",
    "forget_grants",
    "grants_of",
    "may_anywhere",
    "permitted",
    "policies",
    "policy_of",
    "register_policy",
    "require",
    "visible",
    "who_may",
]
