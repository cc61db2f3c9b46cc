"""Who may do what with cases: the unit that handles it, units it was sent from or to, and whoever filed it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.cases.models import Case, CaseEvent, CaseLink, Transfer
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

UNIT = ("unit_head", "officer", "inspector")
READERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst", "enterprise", "citizen")
CASE_POLICY = Policy(
    view="cases.view",
    unit_lookup=("unit", "filer", "transfers__sender", "transfers__receiver"),
    region_lookup="region",
    owner_lookup="owner",
    confidentiality_lookup="confidentiality",
)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "cases.view", _("查看办件"), READERS, _("本单位承办或转出的，授权地区的，或本人提交的办件。"), scope=True
    )
    register_verb("cases.file", _("提交事项"), ("citizen", "enterprise"), _("本人或本企业的事项。"), scope=True)
    register_verb("cases.open", _("登记办件"), ("office", *UNIT), scope=True)
    register_verb("cases.handle", _("承办办件"), UNIT, scope=True)
    register_verb("cases.approve", _("审批办件"), ("unit_head", "reviewer"), _("不得审批本人办理的步骤。"), scope=True)
    register_verb("cases.transfer", _("转办"), UNIT, scope=True)
    register_verb("cases.review", _("评审"), ("reviewer",), _("作为评审成员打分；须回避的不得评审。"), scope=True)
    register_verb("cases.oversee", _("督办办件"), ("office",), _("催办、指定承办单位。"), scope=True)
    register_policy(Case, CASE_POLICY)
    for model in (CaseEvent, Transfer):
        register_policy(model, under_case("case__"))
    register_policy(CaseLink, under_case("first__"))


def under_case(path: str) -> Policy:
    """The policy of rows that belong to a case at the end of `path`."""
    return Policy(
        view=CASE_POLICY.view,
        unit_lookup=tuple(path + lookup for lookup in CASE_POLICY.units),
        region_lookup=f"{path}region",
        owner_lookup=f"{path}owner",
        confidentiality_lookup=f"{path}confidentiality",
    )
