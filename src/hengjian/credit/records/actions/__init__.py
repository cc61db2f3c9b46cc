"""The verbs of the room."""

from hengjian.credit.records.actions.correcting import CorrectRecord
from hengjian.credit.records.actions.delivering import (
    ApplyDelivery,
    DropDelivery,
    MapDelivery,
    UndoDelivery,
    UploadDelivery,
)
from hengjian.credit.records.actions.ending import ShieldRecords, WithdrawRecord
from hengjian.credit.records.actions.marking import SetDispute, SetFulfilment
from hengjian.credit.records.actions.recording import RecordCredit
from hengjian.credit.records.actions.repairing import ApplyForRepair, ApplyForRepairs, RevokeRepair
from hengjian.credit.records.actions.reversing import ReportReversal

__all__ = [
    "ApplyDelivery",
    "ApplyForRepair",
    "ApplyForRepairs",
    "CorrectRecord",
    "DropDelivery",
    "MapDelivery",
    "RecordCredit",
    "ReportReversal",
    "RevokeRepair",
    "SetDispute",
    "SetFulfilment",
    "ShieldRecords",
    "UndoDelivery",
    "UploadDelivery",
    "WithdrawRecord",
]
