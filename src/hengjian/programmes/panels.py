"""Reads about panels: who sits on them, what has been said, what is lacking."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hengjian.parties.models import User
from hengjian.programmes import rules
from hengjian.programmes.declarations import StageReview
from hengjian.programmes.models import Application, Edition, PanelMember, Review
from hengjian.scoring import queries as scoring
from hengjian.scoring.models import ScoreSheet
from hengjian.scoring.rules import score_panel


def members(edition: Edition, stage: str) -> QuerySet[PanelMember]:
    """The members who sit in a stage."""
    return edition.panel.filter(Q(stage="") | Q(stage=stage)).select_related("user", "user__unit")


def sheet_of(application: Application, stage: str) -> ScoreSheet | None:
    """The score sheet of a stage, where it has one and it was opened."""
    return scoring.sheets_of(application.ref, stage).last()


def totals(application: Application, stage: str) -> list[Decimal]:
    """The totals of the opinions that are in."""
    rows = application.reviews.filter(stage=stage, state=Review.State.SUBMITTED, total__isnull=False)
    return [total for total in rows.order_by("pk").values_list("total", flat=True) if total is not None]


def lacking(application: Application, spec: StageReview) -> str:
    """What a stage still waits for, in the reader's language; empty: nothing."""
    rows = application.reviews.filter(stage=spec.stage)
    waiting = rows.filter(state=Review.State.ASSIGNED).count()
    given = rows.filter(state=Review.State.SUBMITTED).count()
    if given < spec.reviewers:
        return _("评审意见还差 %(n)d 份（须 %(wanted)d 份）。") % {
            "n": spec.reviewers - given,
            "wanted": spec.reviewers,
        }
    if waiting:
        return _("还有 %(n)d 名评审员没有提交意见。") % {"n": waiting}
    return ""


def unsettled(sheet: ScoreSheet) -> bool:
    """Whether members of the sheet differ too far on an item that they have not settled."""
    return bool(scoring.differing(sheet))


def own_total(sheet: ScoreSheet, user: User) -> Decimal:
    """What one member's marks alone amount to."""
    answers = scoring.answers_of(sheet.marks.filter(reviewer=user))
    return score_panel(sheet.sheet, answers, {}).total.quantize(rules.HUNDREDTH)
