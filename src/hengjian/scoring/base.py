"""What the actions on score sheets share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused
from hengjian.scoring.models import ScoreSheet
from hengjian.scoring.rules import WrongAnswer

SELF = "self"


def refused(error: WrongAnswer) -> ActionRefused:
    """A wrong answer as a refusal in the reader's language."""
    return ActionRefused(_(error.problem) % error.values_, _("请改正后重新保存。"), status=400)


@dataclass(kw_only=True)
class SheetAction(Action[Any]):
    """An action on a sheet that is still at work."""

    sheet: ScoreSheet

    def target(self) -> ScoreSheet:
        return self.sheet

    def check_state(self) -> None:
        if not self.sheet.at_work:
            raise ActionRefused(_("这份评分表已经定分，不能再改。"), _("确有错误的，请办理更正，形成新版本。"))
