"""The lists of the room: records of a department or enterprise, repairs, looks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengjian.cases.models import Case
from hengjian.credit.records.models import CreditRecord, Delivery, Look, RecordCategory, RecordSeverity
from hengjian.credit.records.showing import case_light, severity_light, state_light
from hengjian.ledger.models import Level
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    List,
    MultiChoiceFilter,
    TextFilter,
)


def _severity(record: CreditRecord) -> SafeString | str:
    return severity_light(record) if record.severity else "—"


RECORDS = List(
    key="credit_records.records",
    title=_("信用记录"),
    columns=[
        Column(
            "number",
            _("记录编号"),
            value="number",
            width="w4",
            css="nowrap",
            card="no",
            link=CreditRecord.get_absolute_url,
        ),
        Column("enterprise", _("主体"), value="enterprise.name", sort="enterprise__name", head=True, card="full"),
        Column(
            "category", _("类别"), value=CreditRecord.get_category_display, sort="category", width="w3", card="half"
        ),
        Column("title", _("事项"), value="title", card="full"),
        Column("document", _("文书号"), value="document", sort="document", shown=False),
        Column("organ", _("认定单位"), value="organ.name", sort="organ__name", css="units", width="w4", card="half"),
        Column(
            "decided_on", _("决定日期"), value="decided_on", sort="decided_on", align="num", width="w3", card="half"
        ),
        Column(
            "severity",
            pgettext_lazy("信用记录", "失信程度"),
            value=CreditRecord.get_severity_display,
            cell=_severity,
            sort="severity",
            width="w2",
            card="half",
        ),
        Column("min_until", _("可修复起"), value="min_until", sort="min_until", align="num", width="w3", shown=False),
        Column("max_until", _("公示期满"), value="max_until", sort="max_until", align="num", width="w3", card="half"),
        Column("disclosure", _("公开属性"), value=CreditRecord.get_disclosure_display, sort="disclosure", shown=False),
        Column(
            "state",
            _("状态"),
            value=CreditRecord.get_state_display,
            cell=state_light,
            sort="state",
            width="w3",
            card="state",
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=_("主体、文书号或事项"),
            fields=("enterprise__name", "document", "title"),
            placeholder=_("名称、文号或关键词"),
        ),
        ChoiceFilter(key="category", label=_("类别"), field="category", choices=RecordCategory.choices),
        MultiChoiceFilter(
            key="severity",
            label=pgettext_lazy("信用记录", "失信程度"),
            field="severity",
            choices=RecordSeverity.choices,
        ),
        ChoiceFilter(key="disclosure", label=_("公开属性"), field="disclosure", choices=Level.choices),
        DateRangeFilter(key="decided", label=_("决定日期"), field="decided_on"),
        DateRangeFilter(key="ends", label=_("公示期满"), field="max_until"),
        BooleanFilter(key="disputed", label=_("只看异议中"), when=Q(disputed_since__isnull=False)),
        BooleanFilter(key="unfulfilled", label=_("只看义务未履行"), when=Q(unfulfilled=True)),
    ],
    order=("-decided_on",),
    views=[
        BuiltInView("penalties", _("行政处罚"), "category=penalty"),
        BuiltInView("permits", _("行政许可"), "category=permit"),
        BuiltInView("disputed", _("异议中"), "disputed=1"),
    ],
    empty=_("没有信用记录"),
    empty_hint=_("可以逐条登记，或按模板批量归集；目录以外的信息不会被接收。"),
    note=_("已修复、到期、撤销或屏蔽的记录不再列出。"),
)


def _value(name: str) -> Any:
    return lambda case: case.data.get(name) or ""


REPAIRS = List(
    key="credit_records.repairs",
    title=_("信用修复办理"),
    columns=[
        Column(
            "number", _("办件编号"), value="number", sort="number", width="w4", card="no", link=Case.get_absolute_url
        ),
        Column("enterprise", _("主体"), value=_value("enterprise_name"), head=True, card="full"),
        Column("record", _("记录编号"), value=_value("record_number"), width="w4", css="nowrap", card="half"),
        Column("unit", _("认定单位"), value="unit.name", sort="unit__name", css="units", width="w4", card="half"),
        Column("opened", _("申请时间"), value="opened_at", sort="opened_at", align="num", width="w4", card="half"),
        Column("fulfilled", _("义务履行日期"), value=_value("fulfilled_on"), align="num", width="w3", card="half"),
        Column(
            "state", _("状态"), value=lambda case: case.state, cell=case_light, sort="state", width="w3", card="state"
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("办件或主体"), fields=("number", "title"), placeholder=_("编号或名称")),
        BooleanFilter(key="open", label=_("只看在办"), when=Q(closed_at__isnull=True)),
        DateRangeFilter(key="opened", label=_("申请时间"), field="opened_at"),
    ],
    order=("-opened_at",),
    views=[BuiltInView("open", _("在办"), "open=1")],
    empty=_("没有修复申请"),
    empty_hint=_("企业可在记录页面申请；纸面申请由认定单位在记录页面代为登记。"),
)


def _person(look: Look) -> str:
    return look.user.display_name if look.user is not None else _t("系统")


LOOKS = List(
    key="credit_records.looks",
    title=_("查询留痕"),
    columns=[
        Column("at", _("时间"), value="at", sort="at", align="num", width="w4", card="no"),
        Column("enterprise", _("被查主体"), value="enterprise.name", sort="enterprise__name", head=True, card="full"),
        Column("unit", _("查询单位"), value=lambda look: look.unit.name if look.unit else "", css="units", card="half"),
        Column("user", _("查询人"), value=_person, width="w3", card="half"),
        Column("what", _("查看内容"), value="what", card="half"),
        Column("purpose", _("目的"), value="purpose", card="full"),
    ],
    filters=[
        TextFilter(key="q", label=_("主体、目的或内容"), fields=("enterprise__name", "purpose", "what")),
        DateRangeFilter(key="at", label=_("时间"), field="at"),
    ],
    order=("-at",),
    empty=_("没有查询记录"),
    empty_hint=_("查看非公开信用信息时须写明目的，每次查看都会记在这里，被查主体同样看得到。"),
    note=_("每小时把新增留痕的哈希写入台账总账，事后改动会被发现。"),
)

DELIVERIES = List(
    key="credit_records.deliveries",
    title=_("批量归集"),
    columns=[
        Column("name", _("文件名"), value="name", head=True, card="full", link=Delivery.get_absolute_url),
        Column("category", _("类别"), value=Delivery.get_category_display, sort="category", width="w3", card="half"),
        Column("unit", _("数源单位"), value="unit.name", css="units", width="w5", card="half"),
        Column("total", _("行数"), value="total", align="num", width="w2", card="half"),
        Column("good", _("可归集"), value="good", align="num", width="w2", card="half"),
        Column("wrong", _("有误"), value="wrong", align="num", width="w2", card="half"),
        Column("created", _("上传时间"), value="created_at", sort="created_at", align="num", width="w4", card="half"),
        Column("state", _("状态"), value=Delivery.get_state_display, cell=state_light, width="w3", card="state"),
    ],
    order=("-created_at",),
    empty=_("还没有批量归集"),
    empty_hint=_("下载模板填好，或直接上传本部门的表格并对应列名。"),
)
