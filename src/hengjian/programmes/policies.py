"""Who may do what with programmes. An edition belongs to the unit that calls it; an application to whoever filed it and
to the unit of its edition; an opinion to the member who gives it and to the organisers, never to the applicant."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.programmes.models import Application, Edition, PanelMember, Review, StageResult

ORGANISERS = ("office", "unit_head", "officer")
READERS = (*ORGANISERS, "inspector", "reviewer", "viewer", "analyst", "enterprise")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "programmes.view",
        _("查看评选与创建"),
        READERS,
        _("本单位组织的届次、本单位的申报，或授权地区的全部。"),
        scope=True,
    )
    register_verb(
        "programmes.organise", _("组织评选"), ORGANISERS, _("拟定届次、组建评审组、审查、汇总排序。"), scope=True
    )
    register_verb(
        "programmes.publish",
        _("发布申报通知与公示"),
        ("unit_head", "reviewer", "office"),
        _("不得发布本人拟稿的内容。"),
        scope=True,
    )
    register_verb(
        "programmes.approve", _("审定入选名单"), ("unit_head", "reviewer"), _("不得审定本人提出的名单。"), scope=True
    )
    register_verb(
        "programmes.apply", _("申报"), ("enterprise", "unit_head", "officer"), _("以本单位名义。"), scope=True
    )
    # Whoever sits on a panel, whatever the account's role; only the opinions that were asked of that person.
    register_verb("programmes.review", _("提交评审意见"), ("citizen",), _("仅限分配给本人的申报；须回避的不得评审。"))
    register_verb("programmes.reviews", _("查看评审意见"), (*ORGANISERS, "reviewer", "citizen"), scope=True)

    register_policy(
        Edition,
        Policy(
            view="programmes.view",
            unit_lookup="unit",
            region_lookup="region",
            public=~Q(state=Edition.State.DRAFT),
        ),
    )
    register_policy(
        PanelMember,
        Policy(view="programmes.reviews", unit_lookup="edition__unit", region_lookup="edition__region"),
    )
    register_policy(
        Application,
        Policy(
            view="programmes.view",
            unit_lookup=("unit", "edition__unit"),
            verb_units={"programmes.organise": ("edition__unit",), "programmes.apply": ("unit",)},
            region_lookup="region",
        ),
    )
    for model in (Review, StageResult):
        register_policy(
            model,
            Policy(
                view="programmes.reviews",
                unit_lookup="application__edition__unit",
                region_lookup="application__edition__region",
                owner_lookup="user" if model is Review else "",
            ),
        )
