"""The verbs of the room."""

from hengjian.credit.records.actions.ending import ShieldRecords, WithdrawRecord
from hengjian.credit.records.actions.marking import SetDispute, SetFulfilment
from hengjian.credit.records.actions.recording import CorrectRecord, RecordCredit

__all__ = ["CorrectRecord", "RecordCredit", "SetDispute", "SetFulfilment", "ShieldRecords", "WithdrawRecord"]
