"""The sections that every dossier has: which facts stand under which tab. Rooms add theirs by `register_section`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.credit.dossier.traced import events_of
from hengjian.enterprises.sections import Section, register_section

#: Kinds of facts that stand in no section: those shown as lists, grades, credit records and values, and those that tell
#: about the house-keeping of the dossier itself.
UNSHOWN = frozenset(
    {
        "credit",
        "credit_list",
        "credit_objection",
        "credit_repair",
        "credit_reversal",
        "enterprise",
        "enterprise_claim",
        "indicator",
        "ledger",
    }
)
#: The section for facts that no other claims.
OTHERS = "others"

SECTIONS = (
    Section(
        "licences",
        _("许可认证"),
        "done",
        order=30,
        kinds=("certificate", "institution", "test_report", "nqi_demand", "licence", "permit"),
        columns=("number", "organ", "until", "state"),
        empty=_("没有登记的许可、资质和认证证书。"),
    ),
    Section(
        "standards",
        _("标准与承诺"),
        "doc",
        order=40,
        kinds=("standard_declaration", "declaration_review", "metrology_commitment", "commitment"),
        columns=("on", "number", "state"),
        empty=_("没有自我声明公开的标准和承诺。"),
    ),
    Section(
        "inspections",
        _("监督抽查"),
        "flask",
        order=50,
        kinds=(
            "inspection",
            "sampling",
            "agency_check",
            "standard_check",
            "energy_label_check",
            "equipment_check",
            "metering_review",
            "checked_place",
        ),
        empty=_("没有监督抽查和检查结果。"),
    ),
    Section(
        "penalties",
        _("处罚与曝光"),
        "stop",
        order=60,
        kinds=("penalty", "exposure_bulletin", "exposure_case", "litigation_outcome", "liability", "exit_item"),
        columns=("on", "number", "organ", "until", "state"),
        empty=_("没有公示期内的行政处罚和曝光。"),
    ),
    Section(
        "recalls",
        pgettext_lazy("档案", "召回"),
        "bell",
        order=70,
        kinds=("recall", "recall_case", "accident_report"),
        columns=("on", "number", "organ", "state"),
        empty=_("没有产品召回。"),
    ),
    Section(
        "complaints",
        pgettext_lazy("档案", "投诉"),
        "chat",
        order=80,
        kinds=("complaint", "violation_report", "three_guarantees", "ip_aid"),
        disclosure="counts",
        columns=("on", "number", "organ", "state"),
        empty=_("没有登记到本企业的投诉。"),
    ),
    Section(
        "equipment",
        _("计量与设备"),
        "gauge",
        order=90,
        kinds=(
            "energy_user",
            "metrology_request",
            "instrument",
            "boiler",
            "energy_label",
            "lift",
            "special_equipment",
            "safety_duty",
            "liability_policy",
            "equipment_supervision",
            "safe_site",
            "risk_point",
            "hidden_hazard",
            "major_hazard",
        ),
        columns=("number", "organ", "until", "state"),
        empty=_("没有登记的计量器具、特种设备和隐患。"),
    ),
    Section(
        "risks",
        pgettext_lazy("档案", "风险"),
        "alert",
        order=100,
        kinds=("risk_source", "joint_enforcement", "risk"),
        disclosure="internal",
        empty=_("没有登记的风险源和联合执法。"),
    ),
    Section(
        "honours",
        pgettext_lazy("档案", "荣誉"),
        "star",
        order=110,
        kinds=(
            "honour",
            "famous_brand",
            "well_known_trademark",
            "time_honoured",
            "regional_brand",
            "brand_value",
            "innovation_body",
            "incentive_grant",
            "upgrade_project",
            "chief_quality_officer",
            "qc_group",
            "first_liability",
            "participant_body",
        ),
        columns=("on", "organ", "until", "state"),
        empty=_("没有登记的荣誉和称号。"),
    ),
    Section(
        "ratings",
        _("外部评价"),
        "scale",
        order=120,
        kinds=("sector_rating", "trade_enterprise_class", "environmental_rating", "quality_credit_report"),
        columns=("on", "organ", "until", "state"),
        empty=_("没有其他部门的评价结果和企业自行发布的报告。"),
    ),
    Section(
        "trace",
        pgettext_lazy("档案", "追溯"),
        "route",
        order=130,
        kinds=(
            "trace",
            "trace_subject",
            "trace_product",
            "production_place",
            "trace_paper",
            "conformity",
            "imported_lot",
            "farm_input",
            "food_importer",
            "source_tracing",
        ),
        lines=events_of,
        columns=("on", "number", "organ", "until", "state"),
        empty=_("没有登记的追溯产品、批次和合格证。"),
    ),
    Section(
        OTHERS,
        _("其他事实"),
        "list",
        order=190,
        empty=_("没有其他事实。"),
    ),
)


def register() -> None:
    """Called when the app is ready."""
    for section in SECTIONS:
        register_section(section)
