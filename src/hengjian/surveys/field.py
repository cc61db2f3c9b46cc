"""How the field work stands: answers by stratum and way, response rate, what was left out, who answered in haste."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q

from hengjian import rulebook
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.survey_evaluation import SurveyEvaluation
from hengjian.surveys.models import AnswerBatch, Contact, Response, Wave
from hengjian.surveys.rules import Screening, Sheet, screen, shares

Mode, State = Response.Mode, Response.State
#: Ways in which people were chosen and approached, so that there is a response rate.
APPROACHED = (Mode.INVITED, Mode.TELEPHONE, Mode.FILE)


def rule_for(wave: Wave, on: date) -> tuple[Rule, SurveyEvaluation]:
    """The rule by which a wave is judged."""
    rule: Any = rulebook.at("survey_evaluation", wave.region.code, on)
    return rule, rule.typed(SurveyEvaluation)


def answer_of(response: Response, item: str) -> int | None:
    value = response.answers.get("items", {}).get(item)
    return value if isinstance(value, int) else None


def complete(wave: Wave) -> list[Response]:
    """The submitted answers, in no order that would tell anything."""
    return list(wave.responses.filter(state=State.COMPLETE).order_by("pk").defer("comment"))


def sheets(wave: Wave, responses: list[Response]) -> list[Sheet]:
    """The answers in an order that follows from themselves, so that the same data give the same bootstrap anywhere."""
    items = [item.code for item in wave.declared.items]
    found = [Sheet(tuple(answer_of(one, item) for item in items), one.stratum, one.seconds) for one in responses]
    return sorted(found, key=lambda one: (one.stratum, one.seconds or 0, tuple(value or 0 for value in one.answers)))


def screened(given: list[Sheet], terms: SurveyEvaluation) -> Screening:
    return screen(given, float(terms.most_missing) / 100, float(terms.speeder) / 100)


def _approached(wave: Wave, counts: dict[str, int], contacts: dict[str, int]) -> tuple[int, int]:
    """(answered, approached) among those who were chosen; the ineligible belong to neither."""
    invited = wave.invitations.count()
    by_code = counts.get(Mode.INVITED, 0)
    screened_codes = wave.responses.filter(mode=Mode.INVITED, state=State.SCREENED).count()
    phone = counts.get(Mode.TELEPHONE, 0)
    calls = contacts.get(Contact.Outcome.NO_CONTACT, 0) + contacts.get(Contact.Outcome.REFUSED, 0)
    answered, approached = by_code + phone, max(invited - screened_codes, 0) + phone + calls
    batches = wave.batches.filter(state=AnswerBatch.State.APPLIED, approached__isnull=False)
    for batch in batches:
        answered += batch.count
        approached += batch.approached or 0
    return answered, approached


def report_of(wave: Wave) -> dict[str, Any]:
    """Numbers of the field work; no answer of anybody."""
    rows = wave.responses.values("state", "mode", "stratum").annotate(n=Count("pk"))
    by_state: dict[str, int] = {}
    by_mode: dict[str, int] = {}
    by_stratum: dict[str, int] = {}
    for row in rows:
        by_state[row["state"]] = by_state.get(row["state"], 0) + row["n"]
        if row["state"] == State.COMPLETE:
            by_mode[row["mode"]] = by_mode.get(row["mode"], 0) + row["n"]
            by_stratum[row["stratum"]] = by_stratum.get(row["stratum"], 0) + row["n"]
    contacts = dict(wave.contacts.values_list("outcome").annotate(n=Count("pk")))
    answered, approached = _approached(wave, by_mode, contacts)
    invitations = wave.invitations.values("stratum").annotate(n=Count("pk"), used=Count("pk", filter=Q(used=True)))
    return {
        "complete": by_state.get(State.COMPLETE, 0),
        "drafts": by_state.get(State.DRAFT, 0),
        "screened": by_state.get(State.SCREENED, 0),
        "modes": by_mode,
        "strata": by_stratum,
        "contacts": contacts,
        "invited": {row["stratum"]: row["n"] for row in invitations},
        "used": {row["stratum"]: row["used"] for row in invitations},
        "choices": options_chosen(wave, complete(wave)),
        "answered": answered if approached else None,
        "approached": approached or None,
    }


def options_chosen(wave: Wave, responses: list[Response]) -> dict[str, dict[str, int]]:
    """Question → option → how often it was chosen, of the questions of choice."""
    return {
        question.code: shares(one.answers.get("choices", {}).get(question.code) for one in responses)
        for question in wave.declared.questions
    }


def full_strata(wave: Wave) -> frozenset[str]:
    """Strata that have their answers already, where the wave then takes no more."""
    if not wave.close_full:
        return frozenset()
    rows = wave.responses.filter(state=State.COMPLETE).values_list("stratum").annotate(n=Count("pk"))
    counts = dict(rows)
    return frozenset(row["code"] for row in wave.strata if counts.get(row["code"], 0) >= row["answers"])
