"""Storage of the room."""

from hengjian.indicators.models.definitions import DefinitionVersion
from hengjian.indicators.models.observations import Batch, Computation, Observation, PeriodLock
from hengjian.indicators.models.targets import Target

__all__ = ["Batch", "Computation", "DefinitionVersion", "Observation", "PeriodLock", "Target"]
