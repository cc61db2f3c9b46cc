"""The room's part of the demonstration: two sectors with a planted true model, and a wave in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.methods.periods import Frequency, Period, period_of
from hengjian.parties.models import User
from hengjian.surveys.actions import (
    ApproveResult,
    CloseWave,
    ComputeResult,
    ConfirmAnswerImport,
    CreateWave,
    MakeInvitations,
    OpenWave,
    PublishResult,
    RecordContact,
    StartAnswerImport,
)
from hengjian.surveys.actions.answering import SubmitAnswers, begin, draft_of, save_page
from hengjian.surveys.demonstration_story import AGES, COMMENTS, PRODUCTS, SERVICES, SHIFTS, STRATA
from hengjian.surveys.models import Contact, Evaluated, Invitation, Wave
from hengjian.surveys.planting import Planted, draw_answers
from hengjian.surveys.rules import Design, Stratum
from hengjian.surveys.words import titles_of

ORDER = 60
OFFICER, HEAD = "market", "market-head"
DESIGN = Design(margin=0.05, response=0.6, least=30)


class Player:
    """One build, at one moment."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now, self.random = now, random
        self.people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, HEAD))}
        self.today = timezone.localdate(now)

    @property
    def ready(self) -> bool:
        return len(self.people) == 2

    @property
    def officer(self) -> User:
        return self.people[OFFICER]

    @property
    def head(self) -> User:
        return self.people[HEAD]

    def period(self, frequency: Frequency) -> Period:
        return period_of(self.today, frequency)

    def wave(
        self,
        survey: str,
        sector: str,
        period: Period,
        days: int,
        *,
        strata: Sequence[Stratum] = STRATA,
        design: Design = DESIGN,
        **more: Any,
    ) -> Wave:
        """Plan a wave of 30 days that began so many days ago."""
        unit = self.officer.unit
        assert unit is not None
        title, title_en = titles_of(survey, sector, unit.region, period)
        first = self.today - timedelta(days=days)
        return CreateWave(
            user=self.officer,
            unit=unit,
            region=unit.region,
            survey=survey,
            sector=sector,
            period=period.code,
            title=title,
            title_en=title_en,
            starts_on=first,
            ends_on=first + timedelta(days=29),
            strata=strata,
            design=design,
            sizes_source="常住人口抽样调查推算的成年人口",
            sizes_assumed=True,
            **more,
        ).execute()

    def rows(self, wave: Wave, planted: Planted, places: Sequence[str], first: date) -> list[dict[str, Any]]:
        """Answers as a call centre would deliver them; a few in haste, a few the same throughout."""
        codes = [item.code for item in wave.declared.items]
        answers = draw_answers(planted, places, SHIFTS, self.random.randrange(2**31))
        said = COMMENTS.get(wave.sector, ())
        found = []
        for number, (place, row) in enumerate(zip(places, answers, strict=True)):
            straight = number % 61 == 7
            found.append(
                {
                    "stratum": place,
                    "items": dict(zip(codes, [8] * len(codes) if straight else row, strict=True)),
                    "choices": self.choices(wave),
                    "seconds": self.random.randint(25, 45) if number % 53 == 5 else self.random.randint(150, 420),
                    "day": (first + timedelta(days=self.random.randrange(28))).isoformat(),
                    "comment": said[number // 9 % len(said)] if said and number % 9 == 4 else "",
                }
            )
        return found

    def choices(self, wave: Wave) -> dict[str, str]:
        """Bands and filters as people would choose them."""
        filters = {one.code: one.options[self.random.random() < 0.4].code for one in wave.declared.filters}
        bands = {
            one.code: self.random.choice(AGES) if one.code == "age" else self.random.choice(one.options).code
            for one in wave.declared.demographics
        }
        return filters | bands

    def answered(self, wave: Wave, planted: Planted, places: Sequence[str]) -> None:
        """Enter the answers of the call centre's file."""
        rows = self.rows(wave, planted, places, wave.starts_on)
        batch = StartAnswerImport(
            user=self.officer,
            wave=wave,
            name=f"{wave.declared.sector(wave.sector).title}答卷汇总.xlsx",
            rows=rows,
            approached=round(len(rows) / 0.58),
        ).execute()
        ConfirmAnswerImport(user=self.officer, batch=batch).execute()

    def wanted(self, wave: Wave) -> list[str]:
        """The stratum of each respondent, as the design asks for them."""
        return [row["code"] for row in wave.strata for _one in range(row["answers"])]

    def closed(self, survey: str, sector: str, period: Period, planted: Planted, **more: Any) -> Wave:
        """A wave whose field work is over."""
        wave = self.wave(survey, sector, period, 29, **more)
        OpenWave(user=self.officer, wave=wave).execute()
        self.answered(wave, planted, self.wanted(wave))
        return CloseWave(user=self.officer, wave=wave).execute()

    def concluded(self, survey: str, sector: str, period: Period, planted: Planted) -> Wave:
        """A wave whose result everybody may read."""
        wave = self.closed(survey, sector, period, planted)
        ComputeResult(user=self.officer, wave=wave).execute()
        result = wave.results.get(state=Evaluated.State.DRAFT)
        ApproveResult(user=self.head, result=result).execute()
        wave.refresh_from_db()
        return PublishResult(user=self.head, wave=wave).execute()

    def running(self) -> None:
        """A wave under way: invitations, the open link, calls; some forms half filled in."""
        wave = self.wave("service_satisfaction", "transit", self.period("half"), 12, open_link=True, telephone=True)
        counts = {row["code"]: row["approached"] // 4 for row in wave.strata}
        MakeInvitations(user=self.officer, wave=wave, counts=counts).execute()
        OpenWave(user=self.officer, wave=wave).execute()
        self.answered(wave, SERVICES, self.wanted(wave)[::4])
        invitations = list(wave.invitations.order_by("number"))
        self.random.shuffle(invitations)
        places = [one.stratum for one in invitations[:14]] + ["s1", "s3"]
        answers = draw_answers(SERVICES, places, SHIFTS, self.random.randrange(2**31))
        for number, (place, row) in enumerate(zip(places, answers, strict=True)):
            self.fill_in(wave, invitations[number] if number < 14 else None, place, row, whole=number % 6 != 5)
        for outcome in (Contact.Outcome.NO_CONTACT,) * 5 + (Contact.Outcome.REFUSED,) * 3:
            RecordContact(user=self.officer, wave=wave, stratum="s2", outcome=outcome).execute()

    def fill_in(
        self, wave: Wave, invitation: Invitation | None, place: str, row: Sequence[int | None], *, whole: bool
    ) -> None:
        """Answer on the public form, page by page; `whole`: to the end."""
        draft = draft_of(begin(wave, invitation))
        assert draft is not None
        moment, answers = self.now, iter(row)
        for latent in wave.declared.latents:
            given: dict[str, Any] = {"items": {item.code: next(answers) for item in latent.items}, "stratum": place}
            moment += timedelta(seconds=self.random.randint(18, 55))
            save_page(draft, given, moment)
            if not whole and latent.code == "quality":
                return
        said = COMMENTS["transit"]
        save_page(draft, {"choices": self.choices(wave), "comment": self.random.choice(said)}, moment)
        SubmitAnswers(user=None, system="survey form", draft=draft).execute()


def last_year(now: datetime, random: Random) -> None:
    """Medical care a year ago."""
    player = Player(now, random)
    if player.ready:
        below = replace(SERVICES, means={name: mean - 0.3 for name, mean in SERVICES.means.items()})
        player.concluded("service_satisfaction", "medical", player.period("half"), below)


def lately(now: datetime, random: Random) -> None:
    """Medical care again, and household appliances."""
    player = Player(now, random)
    if player.ready:
        player.concluded("service_satisfaction", "medical", player.period("half"), SERVICES)
        player.concluded("product_satisfaction", "household_appliances", player.period("year"), PRODUCTS)


# Results of earlier months, told on the days on which they came about.
EARLIER = ((372, last_year), (34, lately))


def build(now: datetime, random: Random) -> None:
    """What is under way: a wave in the field, one to be evaluated, one that nobody can conclude, one being planned."""
    player = Player(now, random)
    if not player.ready:
        return
    player.running()
    player.closed("service_satisfaction", "government", player.period("half"), SERVICES)
    few = Design(margin=0.15, response=0.6)
    sparse = player.closed(
        "service_satisfaction", "elderly_care", player.period("half"), SERVICES, strata=STRATA[:3], design=few
    )
    ComputeResult(user=player.officer, wave=sparse, note="样本不足，拟与下一期合并测评。").execute()
    planned = player.wave("service_satisfaction", "heating", player.period("half"), -20, open_link=True, telephone=True)
    MakeInvitations(user=player.officer, wave=planned, counts={"s1": 40, "s3": 20}).execute()
