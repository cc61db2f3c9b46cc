"""The verbs of the room."""

from hengjian.credit.sharing.actions.receipts import ConfirmReceipts, SendAgain
from hengjian.credit.sharing.actions.screenings import StartScreening
from hengjian.credit.sharing.actions.subscriptions import (
    Added,
    AddToPortfolio,
    ChangeSubscription,
    EndSubscription,
    RemoveFromPortfolio,
    Subscribe,
)

__all__ = [
    "AddToPortfolio",
    "Added",
    "ChangeSubscription",
    "ConfirmReceipts",
    "EndSubscription",
    "RemoveFromPortfolio",
    "SendAgain",
    "StartScreening",
    "Subscribe",
]
