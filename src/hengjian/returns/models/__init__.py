"""Storage of the room: the calendar, the returns with their cells and stages, what checks of the regime found."""

from hengjian.returns.models.calendar import Opening
from hengjian.returns.models.findings import Finding, IntegrityRun
from hengjian.returns.models.returns import Approval, Cell, CellChange, Explanation, Objection, Return, StageRecord

__all__ = [
    "Approval",
    "Cell",
    "CellChange",
    "Explanation",
    "Finding",
    "IntegrityRun",
    "Objection",
    "Opening",
    "Return",
    "StageRecord",
]
