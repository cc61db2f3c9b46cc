"""The verbs on surveys."""

from hengjian.surveys.actions.answering import EnterAnswers, RecordContact
from hengjian.surveys.actions.concluding import ApproveResult, ComputeResult, PublishResult, ReturnResult
from hengjian.surveys.actions.fielding import (
    CloseWave,
    CreateWave,
    DropWave,
    ExtendWave,
    MakeInvitations,
    OpenWave,
    ReviseDesign,
)
from hengjian.surveys.actions.importing import (
    ConfirmAnswerImport,
    DropAnswerImport,
    StartAnswerImport,
    UndoAnswerImport,
)

__all__ = [
    "ApproveResult",
    "CloseWave",
    "ComputeResult",
    "ConfirmAnswerImport",
    "CreateWave",
    "DropAnswerImport",
    "DropWave",
    "EnterAnswers",
    "ExtendWave",
    "MakeInvitations",
    "OpenWave",
    "PublishResult",
    "RecordContact",
    "ReturnResult",
    "ReviseDesign",
    "StartAnswerImport",
    "UndoAnswerImport",
]
