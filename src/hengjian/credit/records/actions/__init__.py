"""The verbs of the room."""

from hengjian.credit.records.actions.ending import ShieldRecords, WithdrawRecord
from hengjian.credit.records.actions.marking import SetDispute, SetFulfilment
from hengjian.credit.records.actions.recording import CorrectRecord, RecordCredit
from hengjian.credit.records.actions.repairing import ApplyForRepair, RevokeRepair

__all__ = [
    "ApplyForRepair",
    "CorrectRecord",
    "RecordCredit",
    "RevokeRepair",
    "SetDispute",
    "SetFulfilment",
    "ShieldRecords",
    "WithdrawRecord",
]
