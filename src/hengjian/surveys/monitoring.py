"""The field work in rows for the pages: by stratum, by way, by question, by band."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from hengjian.surveys.actions.concluding import response_rate
from hengjian.surveys.field import complete, options_chosen, report_of, rule_for, screened, sheets
from hengjian.surveys.models import Contact, Response, Wave
from hengjian.surveys.rules import Screening
from hengjian.surveys.words import language, sector_title

# Share of a question left out, in per cent, from which on the table points at it.
NOTEWORTHY = 10


@dataclass(frozen=True)
class StratumField:
    """A stratum: what was wanted and what came; `state` is the colour of its progress."""

    name: str
    size: int
    wanted: int
    approached: int
    invited: int
    got: int
    percent: int
    state: str

    @property
    def size_words(self) -> str:
        return f"{self.size:,}"


@dataclass(frozen=True)
class ItemField:
    """A question: answers, left out, share left out in per cent."""

    name: str
    latent: str
    answered: int
    missing: int
    share: float
    high: bool

    @property
    def percent(self) -> str:
        return f"{self.share}%"


@dataclass(frozen=True)
class Band:
    """An option of a band: how many chose it, their share and the share that was wanted, in per cent."""

    name: str
    n: int
    share: float
    quota: float | None


class Field:
    """How a wave's field work stands. Numbers only; nobody's answers."""

    def __init__(self, wave: Wave) -> None:
        self.wave, self.tongue = wave, language()

    @cached_property
    def report(self) -> dict[str, Any]:
        """Now while it runs; as it was at the end afterwards."""
        return self.wave.report or report_of(self.wave)

    @cached_property
    def responses(self) -> list[Response]:
        return complete(self.wave)

    @cached_property
    def elapsed(self) -> int:
        """Share of the time that has passed, in per cent."""
        whole = (self.wave.ends_on - self.wave.starts_on).days + 1
        passed = (timezone.localdate() - self.wave.starts_on).days + 1
        return round(100 * min(max(passed / whole, 0), 1))

    @cached_property
    def strata(self) -> list[StratumField]:
        found = []
        for row, layer in zip(self.wave.strata, self.wave.layers, strict=True):
            got = self.report["strata"].get(layer.code, 0)
            percent = round(100 * got / row["answers"]) if row["answers"] else 100
            state = "green" if percent >= self.elapsed else "amber" if percent * 2 >= self.elapsed else "red"
            found.append(
                StratumField(
                    layer.said(self.tongue), layer.size, row["answers"], row["approached"],
                    self.report["invited"].get(layer.code, 0), got, percent, state,
                )
            )  # fmt: skip
        return found

    @property
    def questionnaire(self) -> list[tuple[str, list[str]]]:
        """Latent variable → its questions, in the reader's language."""
        sector = sector_title(self.wave)
        return [
            (latent.said(self.tongue), [item.said(self.tongue, sector) for item in latent.items])
            for latent in self.wave.declared.latents
        ]

    @property
    def wanted(self) -> int:
        return sum(row["answers"] for row in self.wave.strata)

    @property
    def got(self) -> int:
        return int(self.report["complete"])

    @property
    def rate(self) -> Any:
        return response_rate(self.report)

    @property
    def modes(self) -> list[tuple[str, int]]:
        return [(str(label), self.report["modes"].get(code, 0)) for code, label in Response.Mode.choices]

    @property
    def contacts(self) -> list[tuple[str, int]]:
        return [(str(label), self.report["contacts"].get(code, 0)) for code, label in Contact.Outcome.choices]

    @cached_property
    def screening(self) -> Screening:
        _rule, terms = rule_for(self.wave, timezone.localdate())
        return screened(sheets(self.wave, self.responses), terms)

    @cached_property
    def items(self) -> list[ItemField]:
        sector, n, found = sector_title(self.wave), len(self.responses), []
        for latent in self.wave.declared.latents:
            for item in latent.items:
                missing = sum(one.answers.get("items", {}).get(item.code) is None for one in self.responses)
                share = round(100 * missing / n, 1) if n else 0.0
                found.append(
                    ItemField(
                        name=item.said(self.tongue, sector),
                        latent=latent.said(self.tongue),
                        answered=n - missing,
                        missing=missing,
                        share=share,
                        high=share > NOTEWORTHY,
                    )
                )
        return found

    @cached_property
    def bands(self) -> list[tuple[str, list[Band]]]:
        chosen, sector = options_chosen(self.wave, self.responses), sector_title(self.wave)
        found = []
        for question in self.wave.declared.demographics:
            counts = chosen.get(question.code, {})
            whole = sum(counts.values())
            rows = [
                Band(
                    option.said(self.tongue),
                    counts.get(option.code, 0),
                    round(100 * counts.get(option.code, 0) / whole, 1) if whole else 0.0,
                    question.quota.get(option.code),
                )
                for option in question.options
            ]
            found.append((question.said(self.tongue, sector), rows))
        return found
