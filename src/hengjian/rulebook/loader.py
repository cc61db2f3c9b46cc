"""Reads the YAML files. Every problem of every file is collected and told at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hengjian.rulebook.base import Family, Rule
from hengjian.rulebook.families import FAMILIES

DATA_DIR = Path(__file__).resolve().parent / "data"
MESSAGES = {"missing": "缺少该键（missing key）", "extra_forbidden": "未知的键（unknown key）"}


@dataclass(frozen=True)
class Problem:
    """What is wrong, in which file (relative to the data folder), at which key."""

    file: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.message}" if self.where else f"{self.file}: {self.message}"


class RulebookError(Exception):
    """The rulebook cannot be used; `problems` lists everything that must be corrected."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        number = len(self.problems)
        super().__init__(f"规则库有 {number} 处错误，请逐一更正（{number} problems in the rulebook）：\n{lines}")


# The reader written in C is ten times as quick; every process reads the whole rulebook once.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_Loader):  # type: ignore[misc]
    """Refuses a key that is written twice; plain YAML would keep the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value} is written twice", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def load(folder: Path = DATA_DIR) -> tuple[Rule, ...]:
    """All rules under `folder/<family>/*.yaml`, by family, variant, region and date.

    A file holds one rule or a list of rules.

    Raises:
        RulebookError: with all problems of all files.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        family = FAMILIES.get(path.relative_to(folder).parts[0])
        if family is None:
            problems.append(Problem(name, "", f"没有这个规则族（no such family）；已有：{'、'.join(FAMILIES)}"))
            continue
        rules.extend(_read(path, name, family, problems))
    problems.extend(_conflicts(rules))
    if problems:
        raise RulebookError(problems)
    return tuple(sorted(rules, key=lambda r: (list(FAMILIES).index(r.family), r.variant, r.region, r.in_force_from)))


def _read(path: Path, name: str, family: Family, problems: list[Problem]) -> Iterable[Rule]:
    try:
        # _UniqueKeyLoader is a SafeLoader: no Python objects are built from tags.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(name, "", f"不是有效的 YAML（invalid YAML）：{' '.join(str(error).split())}"))
        return
    for number, raw in enumerate(content if isinstance(content, list) else [content], start=1):
        place = str(raw.get("id") or f"#{number}") if isinstance(raw, dict) else f"#{number}"
        if not isinstance(raw, dict):
            problems.append(Problem(name, place, "应为键值表（must be a mapping）"))
            continue
        rule = _build(raw, name, place, family, problems)
        if rule is not None:
            yield rule


def _build(raw: dict[str, Any], name: str, place: str, family: Family, problems: list[Problem]) -> Rule | None:
    """One rule from its YAML mapping; the problems of header and parameters are gathered together."""
    found: list[Problem] = []
    header = {key: value for key, value in raw.items() if key not in ("parameters", "in_force")}
    in_force = raw.get("in_force")
    if isinstance(in_force, dict) and set(in_force) <= {"from", "to"} and "from" in in_force:
        header |= {"in_force_from": in_force["from"], "in_force_to": in_force.get("to")}
    else:
        found.append(Problem(name, f"{place}.in_force", "应为 {from: 日期, to: 日期}（needs from, optionally to）"))
        header |= {"in_force_from": date.min}
    for key in ("family", "file", "in_force_from", "in_force_to"):
        if key in raw:
            found.append(Problem(name, f"{place}.{key}", MESSAGES["extra_forbidden"]))
    if "parameters" not in raw:
        found.append(Problem(name, f"{place}.parameters", MESSAGES["missing"]))
    else:
        try:
            header["parameters"] = family.parameters.model_validate(raw["parameters"])
        except ValidationError as error:
            found.extend(_told(error, name, f"{place}.parameters"))
    try:
        rule = Rule.model_validate(
            header | {"family": family.key, "file": name, "parameters": header.get("parameters", _NO_PARAMETERS)}
        )
    except ValidationError as error:
        found.extend(_told(error, name, place))
        rule = None
    problems.extend(found)
    return None if found else rule


# Stands in while the header is checked although the parameters are wrong; such a rule is never returned.
_NO_PARAMETERS = FAMILIES["grades"].parameters.model_construct()


def _told(error: ValidationError, name: str, place: str) -> Iterable[Problem]:
    for item in error.errors():
        where = ".".join([place, *(str(part) for part in item["loc"])])
        yield Problem(name, where, MESSAGES.get(item["type"], item["msg"]))


def _conflicts(rules: list[Rule]) -> Iterable[Problem]:
    """Ids used twice, versions that overlap, two defaults for one region at one time."""
    by_id: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in by_id:
            yield Problem(rule.file, rule.id, f"编号重复（id already used in {by_id[rule.id].file}）")
        by_id.setdefault(rule.id, rule)
    for number, rule in enumerate(rules):
        for other in rules[number + 1 :]:
            if rule.family != other.family or not _overlap(rule, other):
                continue
            if rule.variant == other.variant and rule.region == other.region:
                yield Problem(other.file, other.id, f"与 {rule.id} 的有效期重叠（overlaps in force with {rule.id}）")
            elif rule.variant != other.variant and set(rule.defaults) & set(other.defaults):
                places = "、".join(sorted(set(rule.defaults) & set(other.defaults)))
                yield Problem(other.file, other.id, f"{places} 的默认规则已是 {rule.id}（two defaults for one region）")


def _overlap(a: Rule, b: Rule) -> bool:
    return a.in_force_from <= (b.in_force_to or date.max) and b.in_force_from <= (a.in_force_to or date.max)
