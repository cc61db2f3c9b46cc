"""Levels of an incident: what makes it grave, how soon it must be told, who commands."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Span, Strict

#: What is counted of an incident; yes-or-no facts are 0 and 1.
FACTS: dict[str, str] = {
    "deaths": "死亡人数",
    "harmed": "受伤害人数",
    "provinces": "涉及省份",
    "cities": "涉及地级市",
    "counties": "涉及县",
    "townships": "涉及乡镇",
    "loss": "直接损失（万元）",
    "school": "发生在学校",
    "major_event": "发生在重大活动期间",
    "spreading": "有扩散趋势",
}


class Condition(Strict):
    """All of these must hold; facts that are not named do not matter."""

    all_of: dict[str, Span] = Field(title="同时满足", min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Condition:
        if unknown := self.all_of.keys() - FACTS.keys():
            raise ValueError(f"no fact {', '.join(sorted(unknown))}; there are {', '.join(FACTS)}")
        return self

    def holds(self, facts: Mapping[str, float]) -> bool:
        return all(span.contains(facts.get(name, 0)) for name, span in self.all_of.items())

    def sentence(self) -> Sentence:
        """`死亡人数 ≥ 10；受伤害人数 ≥ 100`."""
        return Sentence("%(what)s", {"what": "，且".join(f"{FACTS[n]} {s.text()}" for n, s in self.all_of.items())})


class Level(Strict):
    """One level, given when any of its conditions holds."""

    code: str = Field(title="级别", pattern=r"^[a-z0-9]{1,10}$")
    title: str = Field(title="名称", min_length=1, max_length=20)
    any_of: tuple[Condition, ...] = Field((), title="情形")
    report_minutes: int = Field(title="报告时限（分钟）", ge=1)
    command: str = Field(title="指挥层级", min_length=1)


class IncidentLevels(Parameters):
    """Levels from the gravest down; the last has no condition and takes every other incident."""

    levels: tuple[Level, ...] = Field(title="级别", min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> IncidentLevels:
        if self.levels[-1].any_of or not all(level.any_of for level in self.levels[:-1]):
            raise ValueError("only the last level is without conditions")
        codes = [level.code for level in self.levels]
        if len(set(codes)) != len(codes):
            raise ValueError("level codes must differ")
        return self

    def level(self, facts: Mapping[str, float]) -> tuple[Level, Sentence | None]:
        """The gravest level whose condition holds, with that condition; None for the last.

        Args:
            facts: of FACTS; what is missing counts as 0.
        """
        for level in self.levels:
            for condition in level.any_of:
                if condition.holds(facts):
                    return level, condition.sentence()
        return self.levels[-1], None

    def sentences(self) -> list[Sentence]:
        told = []
        for level in self.levels:
            values: dict[str, object] = {
                "level": level.title,
                "command": level.command,
                "minutes": level.report_minutes,
            }
            if level.any_of:
                values["what"] = "；或 ".join(condition.sentence().text() for condition in level.any_of)
                told.append(Sentence("%(level)s：%(what)s。%(command)s指挥，%(minutes)s 分钟内报告。", values))
            else:
                told.append(Sentence("%(level)s：其余情形。%(command)s指挥，%(minutes)s 分钟内报告。", values))
        return told
