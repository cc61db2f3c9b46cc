"""Sheets of labels: common sizes of label paper, and how many labels go on which sheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Layout:
    """A kind of label paper; its millimetres stand in labels.css under the same code.

    Attributes:
        full: room for all that a certificate has to say; else code, product, lot and maker only.
    """

    code: str
    title: str | Promise
    columns: int
    rows: int
    full: bool

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


LAYOUTS: dict[str, Layout] = {
    one.code: one
    for one in (
        Layout("a4-8", _("A4，8 张（105×74 毫米）"), 2, 4, full=True),
        Layout("roll-100", _("标签卷，100×70 毫米"), 1, 1, full=True),
        Layout("a4-14", _("A4，14 张（99.1×38.1 毫米），只印追溯码"), 2, 7, full=False),
        Layout("a4-24", _("A4，24 张（70×37 毫米），只印追溯码"), 3, 8, full=False),
        Layout("roll-60", _("标签卷，60×40 毫米，只印追溯码"), 1, 1, full=False),
    )
}
DEFAULT = "a4-8"


def sheets(layout: Layout, number: int, first: int = 1) -> list[Sequence[bool]]:
    """For every sheet its places in order, True where a label is printed.

    `first`: the first free place of a sheet that was begun before, from 1.

    >>> sheets(LAYOUTS["a4-8"], 3, 7)
    [[False, False, False, False, False, False, True, True], [True]]
    """
    places = [False] * (min(max(first, 1), layout.per_sheet) - 1) + [True] * number
    return [places[start : start + layout.per_sheet] for start in range(0, len(places), layout.per_sheet)]
