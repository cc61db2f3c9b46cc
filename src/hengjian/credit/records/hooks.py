"""What other rooms do when a record comes or ends: grades are computed again, measures lifted, subscribers told.

register_recorded(act)   # (records) -> None, in the transaction that records them
register_sealed(act)     # (records) -> None, in the transaction that seals them; their content is gone already
register_restored(act)   # (records) -> None, when a shield has ended or a repair was revoked
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hengjian.credit.records.models import CreditRecord

Act = Callable[[Sequence[CreditRecord]], None]
_recorded: list[Act] = []
_sealed: list[Act] = []
_restored: list[Act] = []


def register_recorded(act: Act) -> None:
    _add(_recorded, act)


def register_sealed(act: Act) -> None:
    _add(_sealed, act)


def register_restored(act: Act) -> None:
    _add(_restored, act)


def _add(acts: list[Act], act: Act) -> None:
    if act not in acts:
        acts.append(act)


def recorded(records: Sequence[CreditRecord]) -> None:
    """Tell the rooms that registered; whatever one raises undoes the whole."""
    _run(_recorded, records)


def sealed(records: Sequence[CreditRecord]) -> None:
    _run(_sealed, records)


def restored(records: Sequence[CreditRecord]) -> None:
    _run(_restored, records)


def _run(acts: Sequence[Act], records: Sequence[CreditRecord]) -> None:
    if records:
        for act in acts:
            act(records)
