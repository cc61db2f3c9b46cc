"""Who may do what with entries. An entry belongs to the unit that keeps it, and to the enterprise that filed it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.registers.models import Entry, EntryBase, ImportBatch, ImportRow, Reminder

UNIT = ("unit_head", "officer", "inspector")
READERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst", "enterprise")
ENTRY_POLICY = Policy(
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
