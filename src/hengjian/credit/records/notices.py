"""Documents of the room: decisions on repair, and the notice that is served with every penalty (两书同达)."""

from __future__ import annotations

from django.utils import timezone

from hengjian.cases.models import Case, CaseEvent
from hengjian.credit.records.admitting import repair_of
from hengjian.credit.records.models import CreditRecord
from hengjian.documents.official import OfficialDocument, Paragraph, Table, TableColumn
from hengjian.rulebook.parameters.credit_records import SEVERITIES


def repair_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    """The decision to repair; it names the record by number only."""
    values = case.data
    return OfficialDocument(
        title="信用修复决定书",
        addressees=(f"{values.get('enterprise_name', '')}：",),
        body=(
            Paragraph(
                f"你单位关于信用记录 {values.get('record_number', '')} 的修复申请（{case.number}），"
                "经核实符合信用修复条件，决定准予修复。"
            ),
            Paragraph(
                "自本决定作出时起，停止公示、共享和使用该条信息，解除据此采取的失信惩戒措施，重新计算信用评价结果，"
                "并通知已获取该信息的单位同步更新。"
            ),
            Paragraph("修复后再次发生失信行为，或者查实申请时弄虚作假的，依法恢复公示并不再适用信用修复便利。"),
        ),
        date=timezone.localdate(event.occurred_at),
    )


def refusal_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    """The refusal with its reason."""
    values = case.data
    return OfficialDocument(
        title="不予信用修复决定书",
        addressees=(f"{values.get('enterprise_name', '')}：",),
        body=(
            Paragraph(
                f"你单位关于信用记录 {values.get('record_number', '')} 的修复申请（{case.number}），决定不予修复。"
            ),
            Paragraph(f"理由：{event.note}"),
            Paragraph("条件具备后可以再次申请。对本决定有异议的，可以向本机关或者通过“信用中国”网站提出。"),
        ),
        date=timezone.localdate(event.occurred_at),
    )


def served_notice(record: CreditRecord) -> OfficialDocument:
    """The repair notice that goes with the decision on a penalty: how long it is published, when, where and how repair
    can be asked for (State Council Office 2025 no. 22, 两书同达).

    Raises:
        ValueError: the record does not speak against the body.
    """
    if record.decided_on is None or record.min_until is None or record.max_until is None:
        raise ValueError("only adverse records are repaired")
    rule = repair_of(record.rule)
    rows = (
        ("决定文书", record.document or "—"),
        ("决定日期", record.decided_on.isoformat()),
        ("失信程度", SEVERITIES.get(record.severity, "—")),
        ("是否公示", "公示" if record.published_from else "不公示，仅供部门间共享"),
        ("最短公示期届满", record.min_until.isoformat()),
        ("最长公示期届满", record.max_until.isoformat()),
        ("认定单位（修复受理单位）", record.organ.name),
    )
    return OfficialDocument(
        title="信用修复告知书",
        addressees=(f"{record.enterprise.name}：",),
        body=(
            Paragraph("现将与本决定有关的信用修复事项一并告知如下。"),
            Table(columns=(TableColumn("事项"), TableColumn("内容")), rows=rows),
            Paragraph(
                f"自 {record.min_until.isoformat()} 起，同时满足下列条件的，可以申请修复："
                f"{'；'.join(rule.conditions)}。"
            ),
            *((Paragraph(f"申请时提交：{'；'.join(rule.materials)}。"),) if rule.materials else ()),
            Paragraph(
                "可以用企业账号在线申请，也可以向认定单位提交书面申请，或者通过“信用中国”网站申请。修复不收取费用。"
            ),
            Paragraph(
                f"到 {record.max_until.isoformat()} 仍未申请修复的，届时自动停止公示、共享和使用"
                + ("；义务尚未履行的，继续公示到履行为止。" if rule.unfulfilled == "continue" else "。")
            ),
            Paragraph("认为信息有误的，可以随时提出异议，核查期间该信息将标注“异议处理中”。"),
        ),
        signature=record.organ.name,
        date=timezone.localdate(),
    )
