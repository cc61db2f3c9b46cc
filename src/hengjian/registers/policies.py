"""Who may do what with entries. An entry belongs to the unit that keeps it, and to the enterprise that filed it.

An entry of which the ledger has facts under a seal (a repaired penalty) is the file of that unit and nobody else's:
neither a grant for the whole region nor a token reaches it, whatever its ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.parties.grants import Grant, Person
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.registers.models import OWN_FILE, Entry, EntryBase, ImportBatch, ImportRow, Reminder

UNIT = ("unit_head", "officer", "inspector")
READERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst", "enterprise")


@dataclass(frozen=True)
class EntryPolicy(Policy):
    """Row scope of entries: sealed ones for people who hold the verb in the unit itself, and for nobody else."""

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        program = user is not None and getattr(user, "limits", None) is not None
        ceiling = min(grant.ceiling, Confidentiality.INTERNAL)
        if grant.unit is not None and ceiling == Confidentiality.INTERNAL and not program:
            ceiling = OWN_FILE
        return super()._reach(user, replace(grant, ceiling=ceiling), verb, model)

    @staticmethod
    def _held(place: tuple[int | None, int | None, int]) -> Q:
        unit, region, level = place
        if level < OWN_FILE:
            return Policy._held(place)
        own = Q(pk__in=[]) if unit is None else Q(unit=unit)
        return own & Policy._held((unit, region, Confidentiality.INTERNAL))


ENTRY_POLICY = EntryPolicy(
    view="registers.view",
    unit_lookup=("unit", "filer"),
    region_lookup="region",
    confidentiality_lookup="confidentiality",
)


def register_entry_policy(model: type[EntryBase]) -> None:
    """The policy of entries for a register's own table."""
    register_policy(model, ENTRY_POLICY)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("registers.view", _("查看登记册"), READERS, _("本单位登记的，或授权地区的全部登记项。"), scope=True)
    register_verb("registers.edit", _("登记与变更"), UNIT, scope=True)
    register_verb("registers.file", _("企业自行登记"), ("enterprise",), _("本企业自行声明公开的内容。"), scope=True)
    register_verb(
        "registers.approve", _("审核登记"), ("unit_head", "reviewer"), _("不得审核本人登记的内容。"), scope=True
    )
    register_verb("registers.import", _("批量导入登记"), ("unit_head", "officer"), scope=True)
    register_entry_policy(Entry)
    register_policy(ImportBatch, Policy(view="registers.import", unit_lookup="unit", region_lookup="region"))
    register_policy(
        ImportRow, Policy(view="registers.import", unit_lookup="batch__unit", region_lookup="batch__region")
    )
    register_policy(Reminder, ENTRY_POLICY)
