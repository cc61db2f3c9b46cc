"""Cascade (承接): how a plan takes up the plan of the level above, sentence by sentence and unit by unit.

`align_policies(parent, child)` gives an `Alignment`; its `to_dict()` is what `hengjian policy align --json` prints.
"""

from __future__ import annotations

from hengjian.methods.policy_cascade.align import align_policies
from hengjian.methods.policy_cascade.model import Alignment, Change, MeasureRow, UnitRow
from hengjian.methods.policy_cascade.outline import Outline, outline_of

__all__ = ["Alignment", "Change", "MeasureRow", "Outline", "UnitRow", "align_policies", "outline_of"]
