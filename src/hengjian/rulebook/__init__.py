"""Dated, region-scoped rules as data, each with its legal source (docs/rulebook.md)."""

from __future__ import annotations

from hengjian.rulebook.base import NATIONAL, Family, LegalSource, Rule, Sentence, Status
from hengjian.rulebook.explaining import Difference, diff, explain, side_by_side
from hengjian.rulebook.loader import Problem, RulebookError, load
from hengjian.rulebook.lookup import RuleNotFound, all_rules, at, families, get, variants, versions

__all__ = [
    "NATIONAL",
    "Difference",
    "Family",
    "LegalSource",
    "Problem",
    "Rule",
    "RuleNotFound",
    "RulebookError",
    "Sentence",
    "Status",
    "all_rules",
    "at",
    "diff",
    "explain",
    "families",
    "get",
    "load",
    "side_by_side",
    "variants",
    "versions",
]
