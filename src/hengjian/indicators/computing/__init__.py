"""From definitions to figures: each source of values in its own module, `computing` puts them together."""

from __future__ import annotations

from hengjian.indicators.computing.run import compute
from hengjian.indicators.computing.task import Computed, NotComputable, Task

__all__ = ["Computed", "NotComputable", "Task", "compute"]
