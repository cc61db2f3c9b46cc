"""What a person may see of a round: everything, the items of their unit, their own object, or the result only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hengjian.assessment.models import Entry, Reviewer, Round
from hengjian.parties.models import User
from hengjian.parties.policies import permitted


@dataclass(frozen=True)
class Sight:
    """One person's view of a round.

    Attributes:
        whole: the organising office, its superiors, the panel: every score of every object.
        manages: may lead the round.
        items: items that the person's unit scores, of all objects.
        own: ids of objects that the person answers for.
        visits: ids of objects that the person verifies on the spot.
        panel: sits on the panel.
    """

    whole: bool
    manages: bool
    items: frozenset[str]
    own: frozenset[int]
    visits: frozenset[int]
    panel: bool

    def item(self, entry: Entry, code: str) -> bool:
        """Whether anything about the item of the object may be seen."""
        return self.whole or code in self.items or entry.pk in self.own or entry.pk in self.visits

    def stages(self, entry: Entry, code: str) -> tuple[str, ...]:
        """The stages whose marks may be seen: the assessed body sees what others gave when the result is out."""
        if self.whole:
            return ("self", "department", "site", "panel")
        if entry.pk in self.own:
            return ("self", "department", "site", "panel") if entry.round.published else ("self",)
        if entry.pk in self.visits:
            return ("self", "site")
        return ("self", "department") if code in self.items else ()

    def entry(self, entry: Entry) -> bool:
        """Whether the page of an object may be opened."""
        return self.whole or entry.pk in self.own or entry.pk in self.visits


def sight_of(user: User, row: Round) -> Sight:
    """What the person may see of the round."""
    here = Round.objects.filter(pk=row.pk)
    oversees = permitted(user, "assessment.oversee", here).exists()
    manages = permitted(user, "assessment.manage", here).exists()
    roles: dict[str, set[int]] = {Reviewer.Role.SITE: set(), Reviewer.Role.PANEL: set()}
    for role, pk in Reviewer.objects.filter(entry__round=row, user=user).values_list("role", "entry"):
        roles[role].add(pk)
    items: Iterable[str] = ()
    own: set[int] = set()
    if user.unit_id is not None:
        if permitted(user, "assessment.score", here).exists():
            items = row.responsibilities.filter(unit=user.unit_id).values_list("item", flat=True)
        for entry in permitted(user, "assessment.view", row.entries.all()).select_related("unit"):
            assert user.unit is not None
            region = row.content.scheme.objects == "regions" and user.unit.region_id == entry.region_id
            if entry.unit_id == user.unit_id or region:
                own.add(entry.pk)
    panel = bool(roles[Reviewer.Role.PANEL])
    return Sight(
        oversees or panel, manages, frozenset(items), frozenset(own), frozenset(roles[Reviewer.Role.SITE]), panel
    )
