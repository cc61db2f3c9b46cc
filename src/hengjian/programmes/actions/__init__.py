"""The verbs of the room."""

from __future__ import annotations

from hengjian.programmes.actions.applying import ApplicantStep, DiscardDraft, SaveDraft, SubmitApplication
from hengjian.programmes.actions.choosing import DecideEdition, NoticeOver, PutForward, RankEdition, Vote
from hengjian.programmes.actions.editions import AddMember, ChangeEdition, CreateEdition, PublishCall, RemoveMember
from hengjian.programmes.actions.holding import ProposeRevocation, StartRecheck
from hengjian.programmes.actions.reviewing import (
    AssignReviews,
    CloseStage,
    DeclareInterest,
    ReopenReview,
    SubmitReview,
)
from hengjian.programmes.actions.screening import Screen

__all__ = [
    "AddMember",
    "ApplicantStep",
    "AssignReviews",
    "ChangeEdition",
    "CloseStage",
    "CreateEdition",
    "DecideEdition",
    "DeclareInterest",
    "DiscardDraft",
    "NoticeOver",
    "ProposeRevocation",
    "PublishCall",
    "PutForward",
    "RankEdition",
    "RemoveMember",
    "ReopenReview",
    "SaveDraft",
    "Screen",
    "StartRecheck",
    "SubmitApplication",
    "SubmitReview",
    "Vote",
]
