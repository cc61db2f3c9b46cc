"""Words of the pages: conditions, stages, states, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.cases.actions.base import declaration as case_declaration
from hengjian.cases.catalogue import case_type
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.states import STATES, road
from hengjian.registers.showing import language

FINDINGS = {
    "region": gettext_lazy("申报对象在本届征集地区内"),
    "clean": gettext_lazy("近 %(years)s 年无严重违法失信记录"),
    "embargo": gettext_lazy("近 %(years)s 年未被撤销本项荣誉"),
    "rest": gettext_lazy("近 %(years)s 年未获得本项荣誉"),
}
MET = {
    True: ("green", gettext_lazy("符合")),
    False: ("red", gettext_lazy("不符合")),
    None: ("amber", gettext_lazy("待核实")),
}
HOLDERS = {
    "enterprise": gettext_lazy("企业"),
    "unit": gettext_lazy("单位"),
    "region": gettext_lazy("地区"),
    "person": gettext_lazy("个人"),
    "group": gettext_lazy("小组或班组"),
    "project": gettext_lazy("工程或项目"),
    "product": gettext_lazy("产品"),
}
EDITION_LIGHTS = {"draft": "grey", "open": "blue", "notice": "amber", "decided": "green"}


@dataclass(frozen=True)
class Condition:
    """One line of the screening table."""

    code: str
    title: str
    light: str
    word: str
    detail: str
    note: str


def conditions(application: Application) -> list[Condition]:
    """The findings of an application in words."""
    programme = declaration(application.edition)
    english = language().startswith("en")
    titles = {
        f"field:{item.field}": item.title_en if english and item.title_en else item.title
        for item in programme.eligibility.requirements
    }
    found = []
    for row in application.findings:
        values = row.get("values", {})
        title = titles.get(row["code"]) or str(FINDINGS.get(row["code"], row["code"])) % values
        detail = ""
        if "day" in values:
            detail = _("最近一次：%(day)s") % values
        elif "value" in values:
            detail = _("申报内容：%(value)s") % {"value": _said(values["value"])}
        state, word = MET[row["met"]]
        found.append(Condition(row["code"], title, state, str(word), detail, row.get("note", "")))
    return found


def _said(value: Any) -> str:
    return {"True": _("是"), "False": _("否")}.get(str(value), str(value))


def stage_word(stage: str) -> str:
    """A stage's name."""
    return STATES[stage].said(language()) if stage in STATES else stage


def state_of(application: Application, *, applicant: bool = False) -> tuple[str, str]:
    """(light, word) of an application; applicants read words of their own."""
    if application.case is None:
        return "grey", str(application.get_state_display())
    case, english = application.case, language().startswith("en")
    declared = case_declaration(case)
    state = declared.state(case.state)
    if state.end and case.outcome:
        outcome = declared.outcome(case.outcome)
        return outcome.light, outcome.said(language())
    if applicant and state.public_title:
        return state.light, state.public_title_en if english and state.public_title_en else state.public_title
    return state.light, state.said(language())


def level_word(application: Application) -> str:
    """The grade of the award."""
    programme = declaration(application.edition)
    found = next((item for item in programme.levels if item.code == application.level), None)
    return found.said(language()) if found is not None else ""


def stages(programme: Programme) -> list[str]:
    """The names of the stages in their order."""
    return [stage_word(code) for code in road(programme)]


def reached(programme: Programme, application: Application) -> int:
    """Where on the road the application stands, counted from 1, for the line of steps."""
    codes = road(programme)
    if application.case is None:
        return 0
    state = "screening" if application.case.state == "supplement" else application.case.state
    return codes.index(state) + 1 if state in codes else len(codes) + 1


def calendar_rows(edition: Edition) -> list[tuple[str, str, str]]:
    """(stage, first day, last day) of what the call announces, applications first."""
    rows = [(_("申报"), edition.opens_on.isoformat(), edition.closes_on.isoformat())]
    for code in road(declaration(edition)):
        if code in edition.calendar:
            first, last = edition.calendar[code]
            rows.append((stage_word(code), first, last))
    return rows


def state_choices(programme: Programme) -> list[tuple[str, str]]:
    """The states of an application, for a filter."""
    return [(state.code, state.said(language())) for state in case_type(programme.code).states]
