"""Looking at who filed a case, or at another sealed value: with a purpose, logged, by those who hold the verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hengjian.cases import values
from hengjian.cases.actions.base import CaseAction
from hengjian.ledger import vault
from hengjian.parties import auditing
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import grants_of
from hengjian.parties.verbs import ActionRefused


@dataclass(kw_only=True)
class RevealIdentity(CaseAction[dict[str, Any]]):
    """Open a sealed value. Not a transaction of its own: the look is logged before anything is handed out.

    Heads of the unit may, and officers whose grant reaches personal data (named officers).

    Attributes:
        purpose: why; at least four characters, kept in the log that the person concerned may read.
        field: the sealed field; empty: who filed the case.
    """

    verb = "cases.identity"

    purpose: str
    field: str = ""

    @property
    def ref(self) -> str:
        value = self.case.data.get(self.field, "") if self.field else self.case.identity
        return value if values.is_sealed(value) else ""

    def check_state(self) -> None:
        self.check_own_unit()
        if not self.ref:
            raise ActionRefused(_("没有封存的身份信息。"), _("匿名提出的事项没有身份信息。"), status=404)
        grants = [grant for grant in grants_of(self.user) if grant.unit in (None, self.case.unit_id) and not grant.own]
        named = any(grant.ceiling >= Confidentiality.PERSONAL for grant in grants if grant.role == "officer")
        if not named and not any(grant.role == "unit_head" for grant in grants):
            raise ActionRefused(
                _("查看身份信息须经授权。"), _("请由单位负责人查看，或申请指定为可查看身份信息的人员。"), status=403
            )

    def execute(self) -> dict[str, Any]:
        self.check()
        assert self.actor is not None
        reader = vault.Reader(user=self.actor.ref, unit=self.case.unit.ref, room=values.ROOM)
        found = vault.reveal(self.ref, by=reader, purpose=self.purpose)
        auditing.record(self.verb, self.case, user=self.actor, reason=self.purpose)
        return found
