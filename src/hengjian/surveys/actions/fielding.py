"""The verbs on a wave until its field work ends: create, design, invite, open, extend, close."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.methods.periods import parse_period
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.surveys.catalogue import survey
from hengjian.surveys.codes import code_of, digest_of
from hengjian.surveys.field import report_of
from hengjian.surveys.models import Invitation, Response, Wave
from hengjian.surveys.rules import Design, DesignImpossible, Stratum, sample_of

State = Wave.State
MOST_INVITATIONS = 20_000


def designed(design: Design, strata: Sequence[Stratum]) -> list[dict[str, Any]]:
    """The strata with their sample, as a wave stores them; a refusal says what is impossible."""
    try:
        sample = sample_of(design, strata)
    except DesignImpossible as error:
        raise ActionRefused(_(error.problem) % error.values_, _("请修改样本设计后重试。"), status=400) from None
    return [
        {
            **asdict(stratum),
            "answers": sample.answers[stratum.code],
            "approached": sample.approached[stratum.code],
        }
        for stratum in strata
    ]


@dataclass(kw_only=True)
class CreateWave(Action[Wave]):
    """Plan a wave: what is asked about, when, of whom, how precisely.

    Attributes:
        survey, sector, period: what is asked about and for which statistical period ("2026-H1").
        strata: parts of the population with their sizes.
        sizes_source: where the sizes come from; `sizes_assumed` when they are nobody's official figure.
    """

    verb = "surveys.run"

    unit: Unit
    region: Region
    survey: str
    sector: str
    period: str
    title: str
    starts_on: date
    ends_on: date
    strata: Sequence[Stratum]
    design: Design
    title_en: str = ""
    sizes_source: str = ""
    sizes_assumed: bool = False
    open_link: bool = False
    telephone: bool = False
    close_full: bool = False

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        try:
            survey(self.survey).sector(self.sector)
            parse_period(self.period)
        except (KeyError, ValueError):
            raise ActionRefused(_("没有这项调查、这个行业或这个统计期。"), _("请重新选择。"), status=400) from None
        check_dates(self.starts_on, self.ends_on)

    def perform(self) -> Wave:
        return Wave.objects.create(
            survey=self.survey,
            version=survey(self.survey).version,
            sector=self.sector,
            period=self.period,
            title=self.title,
            title_en=self.title_en,
            unit=self.unit,
            region=self.region,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            strata=designed(self.design, self.strata),
            design=asdict(self.design),
            sizes_source=self.sizes_source,
            sizes_assumed=self.sizes_assumed,
            open_link=self.open_link,
            telephone=self.telephone,
            close_full=self.close_full,
            token=secrets.token_urlsafe(12),
            created_by=self.actor,
        )


def check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise ActionRefused(_("截止日期早于开始日期。"), _("请修改日期。"), status=400)


@dataclass(kw_only=True)
class WaveAction(Action[Wave]):
    """A verb on a wave."""

    verb = "surveys.run"
    wave: Wave

    def target(self) -> Wave:
        return self.wave

    def in_state(self, *states: str) -> None:
        if self.wave.state not in states:
            raise ActionRefused(
                _("这次调查目前是“%(state)s”，不能做这一步。") % {"state": self.wave.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )


@dataclass(kw_only=True)
class ReviseDesign(WaveAction):
    """Change what was planned, before the wave begins and before anybody was invited."""

    title: str
    starts_on: date
    ends_on: date
    strata: Sequence[Stratum]
    design: Design
    title_en: str = ""
    sizes_source: str = ""
    sizes_assumed: bool = False
    open_link: bool = False
    telephone: bool = False
    close_full: bool = False

    def check_state(self) -> None:
        self.in_state(State.PREPARED)
        if self.wave.invitations.exists():
            raise ActionRefused(_("已经生成邀请码，不能再改设计。"), _("请放弃这次调查，另建一次。"))
        check_dates(self.starts_on, self.ends_on)

    def perform(self) -> Wave:
        wave = self.wave
        for name in (
            "title", "title_en", "starts_on", "ends_on", "sizes_source", "sizes_assumed", "open_link", "telephone",
            "close_full",
        ):  # fmt: skip
            setattr(wave, name, getattr(self, name))
        wave.strata, wave.design = designed(self.design, self.strata), asdict(self.design)
        wave.save()
        return wave


@dataclass(kw_only=True)
class DropWave(WaveAction):
    """Delete a wave that never began."""

    needs_reason = True

    def check_state(self) -> None:
        self.in_state(State.PREPARED)

    def perform(self) -> Wave:
        self.wave.delete()
        return self.wave


@dataclass(kw_only=True)
class MakeInvitations(WaveAction):
    """Make codes, so many per stratum; those made before stay valid."""

    counts: Mapping[str, int]

    def check_state(self) -> None:
        self.in_state(State.PREPARED, State.RUNNING)
        known = {stratum.code for stratum in self.wave.layers}
        if not self.counts or set(self.counts) - known or any(count < 0 for count in self.counts.values()):
            raise ActionRefused(_("请为各层填写不小于 0 的邀请数。"), status=400)
        made, more = self.wave.invitations.count(), sum(self.counts.values())
        if not more:
            raise ActionRefused(_("没有要生成的邀请码。"), _("请填写各层的邀请数。"), status=400)
        if made + more > MOST_INVITATIONS:
            raise ActionRefused(_("一次调查最多 %(n)d 个邀请码。") % {"n": MOST_INVITATIONS}, status=400)

    def perform(self) -> Wave:
        last = self.wave.invitations.order_by("-number").values_list("number", flat=True).first() or 0
        rows = []
        for stratum, count in self.counts.items():
            for _one in range(count):
                last += 1
                digest = digest_of(code_of(self.wave, last))
                rows.append(Invitation(wave=self.wave, number=last, stratum=stratum, digest=digest))
        Invitation.objects.bulk_create(rows, batch_size=500)
        return self.wave


@dataclass(kw_only=True)
class OpenWave(WaveAction):
    """Begin to take answers."""

    def check_state(self) -> None:
        self.in_state(State.PREPARED)
        if self.wave.ends_on < timezone.localdate():
            raise ActionRefused(_("截止日期已过。"), _("请先修改日期。"))

    def perform(self) -> Wave:
        self.wave.state, self.wave.opened_at = State.RUNNING, timezone.now()
        self.wave.save(update_fields=["state", "opened_at"])
        return self.wave


@dataclass(kw_only=True)
class ExtendWave(WaveAction):
    """Put the last day off; the reason stays in the log."""

    needs_reason = True
    ends_on: date

    def check_state(self) -> None:
        self.in_state(State.RUNNING)
        if self.ends_on <= self.wave.ends_on:
            raise ActionRefused(_("新的截止日期应晚于原来的。"), status=400)

    def perform(self) -> Wave:
        self.wave.ends_on = self.ends_on
        self.wave.save(update_fields=["ends_on"])
        return self.wave


@dataclass(kw_only=True)
class CloseWave(WaveAction):
    """Take no more answers. Drafts that nobody submitted are deleted: they were never given."""

    def check_state(self) -> None:
        self.in_state(State.RUNNING)

    def perform(self) -> Wave:
        wave = self.wave
        wave.report = report_of(wave)
        wave.responses.filter(state=Response.State.DRAFT).delete()
        wave.state, wave.closed_at = State.CLOSED, timezone.now()
        wave.save(update_fields=["state", "closed_at", "report"])
        return wave
