"""The order in which indicators can be computed: first what others are made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from hengjian.indicators.declarations import Definition, FromIndicators


class Circle(ValueError):
    """Indicators that are made of each other; `codes` names them in turn."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(" → ".join(codes))
        self.codes = codes


def inputs_of(declared: Definition) -> tuple[str, ...]:
    """Codes of the indicators that one is made of or weighted by."""
    made = tuple(declared.source.inputs.values()) if isinstance(declared.source, FromIndicators) else ()
    return (*made, *([declared.weights] if declared.weights else []))


def in_order(declared: Iterable[Definition]) -> list[Definition]:
    """The same, inputs before what is made of them.

    Raises:
        Circle: some are made of each other.
    """
    known = {item.code: item for item in declared}
    found: dict[str, Definition] = {}
    path: list[str] = []

    def visit(code: str) -> None:
        if code in found or code not in known:
            return
        if code in path:
            raise Circle([*path[path.index(code) :], code])
        path.append(code)
        for one in inputs_of(known[code]):
            visit(one)
        path.pop()
        found[code] = known[code]

    for code in known:
        visit(code)
    return list(found.values())
