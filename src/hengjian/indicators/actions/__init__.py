"""The verbs of the room."""

from hengjian.indicators.actions.compute import ComputeIndicators
from hengjian.indicators.actions.decide import ApproveValues, CorrectValue, WithdrawValue
from hengjian.indicators.actions.defining import DecideDefinition, ProposeDefinition
from hengjian.indicators.actions.importing import ConfirmImport, ImportValues, UndoImport
from hengjian.indicators.actions.locks import LiftLock, LockPeriod
from hengjian.indicators.actions.targets import LinkTarget, SetTarget, WithdrawTarget

__all__ = [
    "ApproveValues",
    "ComputeIndicators",
    "ConfirmImport",
    "CorrectValue",
    "DecideDefinition",
    "ImportValues",
    "LiftLock",
    "LinkTarget",
    "LockPeriod",
    "ProposeDefinition",
    "SetTarget",
    "UndoImport",
    "WithdrawTarget",
    "WithdrawValue",
]
