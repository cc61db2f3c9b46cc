"""The verbs of the room."""

from hengjian.returns.actions.filling import (
    CellInput,
    CommentCell,
    DeclareNoChange,
    ExplainProblem,
    RefillCells,
    SaveCells,
)
from hengjian.returns.actions.workflow import (
    CompleteReturn,
    CorrectReturn,
    ExtendReturn,
    PassStage,
    RemindReturn,
    SendBack,
    WithdrawReturn,
)

__all__ = [
    "CellInput",
    "CommentCell",
    "CompleteReturn",
    "CorrectReturn",
    "DeclareNoChange",
    "ExplainProblem",
    "ExtendReturn",
    "PassStage",
    "RefillCells",
    "RemindReturn",
    "SaveCells",
    "SendBack",
    "WithdrawReturn",
]
