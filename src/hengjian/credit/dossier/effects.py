"""What steps of the room's procedures bring about: accounts of enterprises, marks on disputed records."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext, register_effect
from hengjian.credit.records.actions import SetDispute
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_key
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.parties.policies import forget_grants
from hengjian.parties.verbs import ActionRefused

SYSTEM = "credit_dossier"
ROLE = "enterprise"


def grant_account(context: StepContext) -> None:
    """The person who claimed the enterprise gets its account: a unit of its own, and the role in it."""
    case = context.case
    person = case.owner
    enterprise = by_key(str(case.data.get("enterprise_key", "")))
    if person is None or enterprise is None:
        raise ActionRefused(_("申请人或企业已不存在，不能开通。"), _("请写明情况后不予开通。"))
    if person.unit is not None:
        raise ActionRefused(
            _("申请人的账号已属于“%(unit)s”。") % {"unit": person.unit},
            _("一个账号只能属于一个单位，请换用本人的其他账号申请。"),
        )
    unit = account_of(enterprise)
    person.unit = unit
    person.save(update_fields=["unit"])
    give_role(person, unit)


def account_of(enterprise: Enterprise) -> Unit:
    """The unit that stands for the enterprise; made when it has none. Its key is the unified code."""
    if enterprise.account is not None:
        return enterprise.account
    unit, _made = Unit.objects.get_or_create(
        key=enterprise.code or enterprise.key,
        defaults={
            "name": enterprise.name,
            "kind": Unit.Kind.ENTERPRISE,
            "level": enterprise.region.level,
            "region": enterprise.region,
        },
    )
    enterprise.account = unit
    enterprise.save(update_fields=["account"])
    return unit


def give_role(person: User, unit: Unit) -> None:
    today = timezone.localdate()
    if not RoleGrant.objects.valid_on(today).filter(user=person, role=ROLE, unit=unit).exists():
        RoleGrant.objects.create(user=person, role=ROLE, unit=unit, valid_from=today)
    forget_grants(person)


def disputed_record(context: StepContext) -> CreditRecord | None:
    """The credit record that the objection is about, where it is about one that still stands."""
    try:
        fact = UUID(str(context.case.data.get("item_ref", "")))
    except ValueError:
        return None
    return CreditRecord.objects.filter(fact=fact).first() or CreditRecord.objects.filter(key=fact).first()


def mark_dispute(context: StepContext) -> None:
    _dispute(context, True)


def end_dispute(context: StepContext) -> None:
    _dispute(context, False)


def _dispute(context: StepContext, disputed: bool) -> None:
    record = disputed_record(context)
    if record is not None:
        SetDispute(user=None, system=SYSTEM, record=record, disputed=disputed).execute()


def register() -> None:
    """Called when the app is ready."""
    register_effect("dossier.grant_account", grant_account)
    register_effect("dossier.mark_dispute", mark_dispute)
    register_effect("dossier.end_dispute", end_dispute)
