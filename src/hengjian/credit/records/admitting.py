"""The catalogue check: what may be credit information, and what is refused, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.credit.records.models import RecordCategory
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.credit_records import CatalogueEntry, CreditCatalogue, CreditRepair


class NotInCatalogue(ActionRefused):
    """The information is outside the public-credit catalogue: it is no credit information and is not recorded."""


@dataclass(frozen=True)
class Edition:
    """The catalogue of a region on a day: the national edition and the region's supplement."""

    rules: tuple[Rule, ...]
    entries: tuple[CatalogueEntry, ...]
    person_years: int

    @property
    def name(self) -> str:
        return "+".join(rule.id for rule in self.rules)

    def entry(self, entry_id: str) -> CatalogueEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def of(self, category: str) -> tuple[CatalogueEntry, ...]:
        return tuple(entry for entry in self.entries if entry.category == category)

    def holding(self, entry_id: str) -> Rule | None:
        """The edition that has the entry."""
        return next(
            (rule for rule in self.rules if rule.typed(CreditCatalogue).entry(entry_id) is not None),
            None,
        )


def edition(region: str, on: date) -> Edition:
    """The catalogue that holds in a region on a day.

    Raises:
        NotInCatalogue: no edition holds on that day, so nothing is admitted.
    """
    found = {rule.variant: rule for rule in rulebook.variants("credit_catalogue", region, on)}
    rules = tuple(found[variant] for variant in ("national", "supplement") if variant in found)
    if not rules:
        raise NotInCatalogue(
            _("%(day)s 没有适用的公共信用信息目录，不能归集为信用信息。") % {"day": on.isoformat()},
            _("请核对决定日期；需要补充目录的请联系系统管理员。"),
            status=400,
        )
    entries = tuple(entry for rule in rules for entry in rule.typed(CreditCatalogue).entries)
    return Edition(rules, entries, min(rule.typed(CreditCatalogue).person_years for rule in rules))


def admit(held: Edition, category: str, entry_id: str = "") -> CatalogueEntry:
    """The entry under which information of a category is admitted.

    Args:
        entry_id: as the organ names it; empty takes the only entry of the category.

    Raises:
        NotInCatalogue: no entry admits it, or the entry is about something else.
    """
    if entry_id:
        entry = held.entry(entry_id)
        if entry is None:
            raise NotInCatalogue(
                _("目录条目“%(entry)s”不在 %(edition)s 中：目录以外的信息不得作为信用信息归集。")
                % {"entry": entry_id, "edition": _titles(held)},
                _("请改选目录中的条目；属于其他履职需要的信息，请留在本部门的业务系统，不要归集到信用记录。"),
                status=400,
            )
        if entry.category != category:
            raise NotInCatalogue(
                _("目录条目“%(entry)s”是“%(title)s”，与所选类别不符。") % {"entry": entry_id, "title": entry.title},
                _("请核对类别和目录条目。"),
                status=400,
            )
        return entry
    found = held.of(category)
    if len(found) == 1:
        return found[0]
    names = dict(RecordCategory.choices)
    if not found:
        raise NotInCatalogue(
            _("%(edition)s 没有“%(category)s”一类：目录以外的信息不得作为信用信息归集。")
            % {"edition": _titles(held), "category": names.get(category, category)},
            _("请核对类别；属于其他履职需要的信息，请留在本部门的业务系统。"),
            status=400,
        )
    raise NotInCatalogue(
        _("“%(category)s”有多个目录条目，请选定一个：%(entries)s。")
        % {
            "category": names.get(category, category),
            "entries": "；".join(f"{entry.id} {entry.title}" for entry in found),
        },
        _("请填写目录条目编号。"),
        status=400,
    )


def repair_rule(region: str, on: date) -> Rule:
    """The rule on publication and repair for decisions of that day."""
    return rulebook.at("credit_repair", region, on, "publication")


def repair_of(rule_id: str) -> CreditRepair:
    """The parameters that a record was dated by."""
    return rulebook.get(rule_id).typed(CreditRepair)


def _titles(held: Edition) -> str:
    return "、".join(f"{rule.title}（{rule.sources[0].number or rule.id}）" for rule in held.rules)
