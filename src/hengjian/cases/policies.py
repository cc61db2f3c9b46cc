"""Who may do what with cases: the unit that handles it, units it was sent from or to, and whoever filed it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from hengjian.cases.models import Case, CaseEvent, CaseLink, IssuedPaper, Transfer
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

UNIT = ("unit_head", "officer", "inspector")
INSIDE = ("office", *UNIT, "reviewer", "viewer", "analyst")
# Done by the unit that answers for the case now; units that it was sent from or to only read.
ACTING = (
    "cases.open",
    "cases.handle",
    "cases.approve",
    "cases.transfer",
    "cases.review",
    "cases.oversee",
    "cases.identity",
)
READERS = (*INSIDE, "enterprise", "citizen")
CASE_POLICY = Policy(
    view="cases.view",
    unit_lookup=("unit", "filer", "transfers__sender", "transfers__receiver"),
    region_lookup="region",
    owner_lookup="owner",
    confidentiality_lookup="confidentiality",
    verb_units={
        **dict.fromkeys(ACTING, "unit"),
        "cases.inside": ("unit", "transfers__sender", "transfers__receiver"),
        "cases.file": "filer",
    },
)
# Lists of those inside. Without the rows of owners and filers, who have pages of their own, the indexes of unit and
# region serve.
INSIDE_POLICY = Policy(
    view="cases.inside",
    unit_lookup=("unit", "transfers__sender", "transfers__receiver"),
    region_lookup="region",
    confidentiality_lookup="confidentiality",
    verb_units=dict.fromkeys(ACTING, "unit"),
)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "cases.view", _("查看办件"), READERS, _("本单位承办或转出的，授权地区的，或本人提交的办件。"), scope=True
    )
    register_verb("cases.inside", _("查看办理过程"), INSIDE, _("办件的内部记录、材料和文书。"), scope=True)
    register_verb("cases.file", _("提交事项"), ("citizen", "enterprise"), _("本人或本企业的事项。"), scope=True)
    register_verb("cases.open", _("登记办件"), ("office", *UNIT), scope=True)
    register_verb("cases.handle", _("承办办件"), UNIT, scope=True)
    register_verb("cases.approve", _("审批办件"), ("unit_head", "reviewer"), _("不得审批本人办理的步骤。"), scope=True)
    register_verb("cases.transfer", _("转办"), UNIT, scope=True)
    register_verb("cases.review", _("评审"), ("reviewer",), _("作为评审成员打分；须回避的不得评审。"), scope=True)
    register_verb("cases.oversee", _("督办办件"), ("office",), _("催办、指定承办单位。"), scope=True)
    register_verb(
        "cases.identity",
        _("查看申请人身份"),
        ("unit_head", "officer"),
        _("须写明目的，逐次记录；经办人还须经授权（密级上限为个人信息）。"),
    )
    register_policy(Case, CASE_POLICY)
    for model in (CaseEvent, IssuedPaper):
        register_policy(model, under_case("case__", "cases.inside"))
    # A unit answers for what was sent to it.
    register_policy(Transfer, under_case("case__", "cases.inside", {"cases.transfer": "receiver"}))
    register_policy(CaseLink, under_case("first__", "cases.inside"))


def under_case(path: str, view: str, verb_units: Mapping[str, str | tuple[str, ...]] | None = None) -> Policy:
    """The policy of rows that belong to a case at the end of `path` and are shown with the verb `view`."""
    return Policy(
        view=view,
        unit_lookup=tuple(path + lookup for lookup in CASE_POLICY.units_for(view)),
        region_lookup=f"{path}region",
        confidentiality_lookup=f"{path}confidentiality",
        verb_units=verb_units or {},
    )
