"""Claims under a liability policy: in the insured period, and within its limits per person, event and in total."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.models import Entry
from hengjian.registers.queries import find
from hengjian.systems.equipment.models import ClaimPayment
from hengjian.systems.equipment.rules import Limits, payable


def policy_of(case: Case, *, lock: bool = False) -> Entry:
    """The policy that a claim names.

    Raises:
        ActionRefused: there is none.
    """
    key = str(case.data.get("policy") or "")
    found = find("liability_policy", key)
    if not isinstance(found, Entry):
        raise ActionRefused(_("没有登记保单 %(key)s。") % {"key": key}, _("请先在登记册“责任保险保单”中登记。"))
    # Two claims assessed at once must not both take the rest of the aggregate.
    return Entry.objects.select_for_update().get(pk=found.pk) if lock else found


def in_period(context: StepContext) -> None:
    """Refuse what the policy does not insure: an event outside its period, or, for a claims-made policy (one with a
    retroactive day), a claim first made outside it or an event before that day."""
    case = context.case
    policy = policy_of(case)
    event = date.fromisoformat(case.data["event_on"])
    claimed = date.fromisoformat(case.data["claimed_on"])
    if claimed < event:
        raise ActionRefused(_("首次索赔日期早于事故日期。"), _("请先更正办件中的日期。"), status=400)
    back = policy.extras.get("retroactive_on")
    day = claimed if back else event
    assert policy.valid_from is not None and policy.valid_to is not None
    if not policy.valid_from <= day <= policy.valid_to or (back and event < date.fromisoformat(back)):
        raise ActionRefused(
            _("%(day)s 不在保单 %(policy)s 的保险期间（%(first)s 至 %(last)s）内。")
            % {"day": day, "policy": policy.key, "first": policy.valid_from, "last": policy.valid_to},
            _("请核对日期；确不在保险期间的，办理“不予赔付”。"),
        )


def limits_of(policy: Entry) -> Limits:
    """What the policy pays at most."""
    return Limits(*(Decimal(str(policy.extras[code])) for code in ("per_person", "per_event", "aggregate")))


def event_of(case: Case) -> str:
    """Claims of one event share its limit: by its number, or, without one, each claim is an event of its own."""
    return str(case.data.get("event_key") or case.number)


def used(policy: int, event: str = "", *, besides: int = 0) -> Decimal:
    """What a policy has paid or set aside, for one event or in all."""
    rows = ClaimPayment.objects.filter(policy=policy).exclude(case_id=besides)
    if event:
        rows = rows.filter(event=event)
    return rows.aggregate(total=Sum("payable"))["total"] or Decimal(0)


def assess(context: StepContext) -> None:
    """Compute what is payable and set it aside, so that the next claim sees what is left."""
    case = context.case
    policy = policy_of(case, lock=True)
    loss = Decimal(str(case.data["assessed"]))
    persons = int(case.data.get("injured") or 1)
    event = event_of(case)
    found = payable(
        loss, persons, limits_of(policy), used(policy.pk, event, besides=case.pk), used(policy.pk, besides=case.pk)
    )
    ClaimPayment.objects.update_or_create(
        case=case,
        defaults={
            "policy": policy.pk,
            "event": event,
            "persons": persons,
            "assessed": loss,
            "payable": found.amount,
            "assessed_at": context.at,
        },
    )
    case.data["payable"] = f"{found.amount:.2f}"
    case.save(update_fields=["data"])
    if context.event is not None:
        context.event.data["payable"] = {"amount": f"{found.amount:.2f}", "limited_by": found.limited_by}
        context.event.save(update_fields=["data"])


def pay(context: StepContext) -> None:
    """The amount was paid."""
    ClaimPayment.objects.filter(case=context.case).update(paid_at=context.at)


def refuse(context: StepContext) -> None:
    """Nothing is paid: what was set aside is free again."""
    ClaimPayment.objects.filter(case=context.case, paid_at=None).delete()
