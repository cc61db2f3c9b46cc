"""Answers come in: block by block on the public form, all at once from an interviewer; and calls without an answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import Action, ActionRefused
from hengjian.surveys.actions.fielding import WaveAction
from hengjian.surveys.field import full_strata
from hengjian.surveys.models import Comment, Contact, Invitation, Response, Wave
from hengjian.surveys.rules import scrubbed

Mode, State = Response.Mode, Response.State
# A pause is no time of answering: so much counts at most for one page.
LONGEST_PAGE = 600


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def check_running(wave: Wave) -> None:
    """Raise ActionRefused unless the wave takes answers now."""
    today = timezone.localdate()
    if wave.state != Wave.State.RUNNING or today > wave.ends_on:
        raise ActionRefused(_("这次调查已经结束或尚未开始。"), _("感谢您的关注。"))
    if today < wave.starts_on:
        raise ActionRefused(_("这次调查于 %(day)s 开始。") % {"day": wave.starts_on}, _("请届时再来。"))


def begin(wave: Wave, invitation: Invitation | None) -> str:
    """Start a draft, or go on with the one of the invitation; returns the key of its address.

    Raises:
        ActionRefused: the wave takes no answers, the code was used, or there is no open link.
    """
    check_running(wave)
    if invitation is None and not wave.open_link:
        raise ActionRefused(_("这次调查只接受受邀者作答。"), _("请输入邀请函上的邀请码。"), status=403)
    key, now = secrets.token_urlsafe(18), timezone.now()
    with transaction.atomic():
        if invitation is None:
            draft = Response(wave=wave, mode=Mode.OPEN, stratum=only_stratum(wave))
        else:
            invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
            if invitation.used:
                raise ActionRefused(_("这个邀请码已经用过。"), _("每个邀请码只能作答一次，感谢您的参与。"))
            draft = invitation.draft or Response(wave=wave, mode=Mode.INVITED, stratum=invitation.stratum)
        draft.key, draft.touched_at = hashed(key), now
        draft.save()
        if invitation is not None and invitation.draft_id is None:
            invitation.draft = draft
            invitation.save(update_fields=["draft"])
    return key


def only_stratum(wave: Wave) -> str:
    return wave.strata[0]["code"] if len(wave.strata) == 1 else ""


def draft_of(key: str) -> Response | None:
    """The draft that the address opens."""
    rows = Response.objects.select_related("wave__region", "wave__unit")
    return rows.filter(key=hashed(key), state=State.DRAFT).first() if key else None


def save_page(draft: Response, given: Mapping[str, Any], now: datetime) -> None:
    """Keep what one page brought. `given`: {"items": …, "choices": …, "stratum": …, "comment": …}."""
    answers = {**draft.answers}
    for part in ("items", "choices"):
        if part in given:
            answers[part] = {**answers.get(part, {}), **given[part]}
    draft.answers = answers
    if given.get("stratum"):
        draft.stratum = given["stratum"]
    if "comment" in given:
        draft.comment = scrubbed(given["comment"])
    if draft.touched_at is not None:
        passed = max(0, int((now - draft.touched_at).total_seconds()))
        draft.seconds = (draft.seconds or 0) + min(passed, LONGEST_PAGE)
    draft.touched_at = now
    draft.save()


def _detached(draft: Response, state: str) -> None:
    """Cut what ties the answers to a person: key, moment, invitation, free text."""
    for invitation in Invitation.objects.select_for_update().filter(draft=draft):
        invitation.used, invitation.draft = True, None
        invitation.save(update_fields=["used", "draft"])
    draft.state, draft.key, draft.touched_at, draft.comment = state, "", None, ""
    draft.day = timezone.localdate()
    draft.save()


@dataclass(kw_only=True)
class SubmitAnswers(Action[Response]):
    """Hand in the draft of the public form, for good. The log says that an answer to the wave came in, not which."""

    verb = "surveys.answer"
    draft: Response

    def target(self) -> Response:
        return self.draft

    def logged(self, result: Response) -> models.Model:
        return result.wave

    def check_state(self) -> None:
        check_running(self.draft.wave)
        if self.draft.state != State.DRAFT:
            raise ActionRefused(_("这份问卷已经提交。"), _("感谢您的参与。"))
        if not self.draft.stratum:
            raise ActionRefused(_("还没有选择您所在的地区或类别。"), _("请回到第一页补选。"), status=400)
        if self.draft.mode == Mode.OPEN and self.draft.stratum in full_strata(self.draft.wave):
            raise ActionRefused(_("您所在的组人数已满，不再需要答卷。"), _("感谢您的参与。"))

    def perform(self) -> Response:
        if self.draft.comment:
            Comment.objects.create(wave=self.draft.wave, text=self.draft.comment)
        _detached(self.draft, State.COMPLETE)
        return self.draft


def turn_away(draft: Response) -> None:
    """The respondent does not belong to those asked: only that is kept."""
    with transaction.atomic():
        choices = draft.answers.get("choices", {})
        asked = {question.code for question in draft.wave.declared.filters}
        draft.answers = {"choices": {code: value for code, value in choices.items() if code in asked}}
        _detached(draft, State.SCREENED)


def ends_interview(wave: Wave, choices: Mapping[str, str]) -> bool:
    """Whether an answer to a filter says that the respondent is not meant."""
    for question in wave.declared.filters:
        option = question.option(choices.get(question.code) or "")
        if option is not None and option.ends:
            return True
    return False


@dataclass(kw_only=True)
class EnterAnswers(WaveAction):
    """An interviewer enters a whole questionnaire.

    Attributes:
        stratum: of the person called.
        given: as `save_page` takes it.
        seconds: how long the call took.
    """

    verb = "surveys.interview"

    stratum: str
    given: Mapping[str, Any] = field(default_factory=dict)
    seconds: int | None = None

    def check_state(self) -> None:
        check_running(self.wave)
        if not self.wave.telephone:
            raise ActionRefused(_("这次调查没有电话访问。"))
        if self.stratum not in {stratum.code for stratum in self.wave.layers}:
            raise ActionRefused(_("没有这个层。"), _("请重新选择。"), status=400)

    def perform(self) -> Wave:
        choices = self.given.get("choices", {})
        ended = ends_interview(self.wave, choices)
        Response.objects.create(
            wave=self.wave,
            stratum=self.stratum,
            mode=Mode.TELEPHONE,
            state=State.SCREENED if ended else State.COMPLETE,
            answers={"choices": choices} if ended else {"items": self.given.get("items", {}), "choices": choices},
            seconds=self.seconds,
            day=timezone.localdate(),
        )
        if text := scrubbed(self.given.get("comment", "")):
            Comment.objects.create(wave=self.wave, text=text)
        return self.wave


@dataclass(kw_only=True)
class RecordContact(WaveAction):
    """A call that brought no answer."""

    verb = "surveys.interview"

    stratum: str
    outcome: str

    def check_state(self) -> None:
        check_running(self.wave)
        if not self.wave.telephone:
            raise ActionRefused(_("这次调查没有电话访问。"))
        if self.stratum not in {stratum.code for stratum in self.wave.layers}:
            raise ActionRefused(_("没有这个层。"), _("请重新选择。"), status=400)
        if self.outcome not in Contact.Outcome.values:
            raise ActionRefused(_("没有这种访问结果。"), status=400)

    def perform(self) -> Wave:
        Contact.objects.create(wave=self.wave, stratum=self.stratum, outcome=self.outcome, by=self.actor)
        return self.wave
