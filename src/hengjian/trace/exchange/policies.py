"""The verbs of the room and who may use them."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from hengjian.parties.access import EVERY_OFFICER
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.registers.policies import ENTRY_POLICY
from hengjian.trace.exchange.models import CollectedCertificate, ConformityCertificate, ExchangeBatch

CERTIFY, CHECK, EXCHANGE, REPORT = "trace.certify", "trace.check", "trace.exchange", "trace.report"


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(CERTIFY, _("登记追溯批次和合格证"), ("enterprise",), _("只为本企业登记。"), scope=True)
    register_verb(CHECK, _("核查承诺达标合格证"), ("officer", "unit_head", "inspector"), scope=True)
    register_verb(EXCHANGE, _("交换追溯数据"), ("enterprise", "officer", "unit_head", "office"), scope=True)
    register_verb(REPORT, _("查看追溯覆盖情况"), EVERY_OFFICER, scope=True)
    # Entries like all others, which whoever took them in with the goods reads as well.
    readers = (*ENTRY_POLICY.unit_lookup, "collections__unit")
    register_policy(ConformityCertificate, replace(ENTRY_POLICY, unit_lookup=readers))
    register_policy(CollectedCertificate, Policy(view=CERTIFY, unit_lookup="unit", region_lookup="unit__region"))
    register_policy(ExchangeBatch, Policy(view=EXCHANGE, unit_lookup="unit", region_lookup="region"))
