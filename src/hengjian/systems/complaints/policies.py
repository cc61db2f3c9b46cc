"""Who may do what with tickets: the unit that handles one, the desk that took it, whoever filed it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.systems.complaints.models import Ticket, TicketBatch

DESK = ("office", "unit_head", "officer", "inspector")
READERS = (*DESK, "reviewer", "viewer", "analyst")
TICKET_POLICY = Policy(
    view="complaints.view",
    unit_lookup=("unit", "desk"),
    region_lookup="region",
    confidentiality_lookup="confidentiality",
)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "complaints.view", _("查看诉求工单"), READERS, _("本单位承办、登记的，或授权地区的工单。"), scope=True
    )
    register_verb("complaints.register", _("登记诉求"), DESK, _("来电、来信、来访和其他渠道的诉求。"), scope=True)
    register_verb("complaints.route", _("拆分、并入和改派工单"), DESK, _("须写明理由。"), scope=True)
    register_verb("complaints.import", _("导入各条热线的工单"), DESK, scope=True)
    register_policy(Ticket, TICKET_POLICY)
    register_policy(TicketBatch, Policy(view="complaints.view", unit_lookup="unit"))
