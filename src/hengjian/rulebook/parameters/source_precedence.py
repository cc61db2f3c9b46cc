"""Which source counts where departments say different things about one enterprise."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from hengjian.rulebook.base import Parameters, Sentence, Strict


class Department(Strict):
    """A function of government, whatever its level."""

    family: str = Field(title="职能族", min_length=1)
    title: str = Field(title="名称", min_length=1)


class FieldOrder(Strict):
    """Another order for some fields."""

    fields: tuple[str, ...] = Field(title="字段", min_length=1)
    title: str = Field(title="名称", min_length=1)
    order: tuple[Department, ...] = Field(title="次序", min_length=1)


class SourcePrecedence(Parameters):
    """Departments in the order in which they count; those that are not named come last, all alike."""

    order: tuple[Department, ...] = Field(title="次序", min_length=1)
    exceptions: tuple[FieldOrder, ...] = Field((), title="例外")

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        """Field ("" for all others) → family → place."""
        orders = {"": self.order} | {field: one.order for one in self.exceptions for field in one.fields}
        return {field: {item.family: place for place, item in enumerate(order)} for field, order in orders.items()}

    def rank(self, family: str, field: str) -> int:
        """The place of a unit's family for a field; 0 goes first."""
        places = self._places.get(field) or self._places[""]
        return places.get(family, len(places))

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "各部门说法不一时，依次以 %(names)s 的为准，其余部门排在其后。",
                {"names": "、".join(item.title for item in self.order)},
            )
        ]
        told += [
            Sentence(
                "“%(title)s”依次以 %(names)s 的为准。",
                {"title": one.title, "names": "、".join(item.title for item in one.order)},
            )
            for one in self.exceptions
        ]
        return told
