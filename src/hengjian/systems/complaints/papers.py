"""The official forms of order 121 (and of the orders before it): what each says.

They go to the parties, so they name the case by its number and never the person: whoever filed it downloads them with
number and code, and the desk adds the name by hand where a paper copy must bear it.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from hengjian.cases.actions.base import declaration
from hengjian.cases.actions.steps import codes_of
from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.papers import register_paper
from hengjian.cases.values import plain
from hengjian.documents.official import Block, OfficialDocument, Paragraph, Table, TableColumn
from hengjian.systems.complaints.models import Ticket

COMPLAINANT = "投诉人（实名信息另存）"
REPORTER = "举报人（身份信息保密）"


def register() -> None:
    """Make the forms known; called when the app is ready."""
    for name, title, build, mark, for_filer in (
        ("registration", "投诉登记表", registration, "", False),
        ("report_registration", "举报登记表", registration, "", False),
        ("referral", "分送通知书", referral, "分送", False),
        ("identity_notice", "限期提供身份证明材料通知书", identity_notice, "限材", True),
        ("acceptance", "受理决定书", acceptance, "诉受", True),
        ("refusal", "不予受理决定书", refusal, "诉不受", True),
        ("mediation_call", "调解通知书", mediation_call, "诉调", True),
        ("termination", "终止调解决定书", termination, "诉终", True),
        ("agreement", "调解书", agreement, "诉解", True),
        ("report_result", "举报处理结果告知书", report_result, "举告", True),
        ("report_filed", "举报立案告知书", report_filed, "举立", True),
    ):
        register_paper(name, title, build, mark=mark, for_filer=for_filer)


# ---- parts that the forms share


def day(moment: datetime) -> str:
    """2026年6月1日, without leading zeros as GB/T 9704 wants it."""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日"


def _said(case: Case, code: str) -> str:
    """A field of the case in words; empty where it is not there or sealed."""
    specs = {spec.code: spec for spec in declaration(case).fields}
    value = case.data.get(code)
    return (
        plain(specs[code], value) if code in specs and value not in (None, "", []) and not specs[code].personal else ""
    )


def _given(event: CaseEvent, code: str) -> str:
    """A field of the step in words."""
    step = declaration(event.case).transition(event.code)
    spec = next((item for item in step.fields if item.code == code), None)
    value = event.data.get("values", {}).get(code)
    return plain(spec, value) if spec is not None and value not in (None, "", []) else ""


def _ground(case: Case, event: CaseEvent) -> str:
    """The ground that the step names, out of the code list of the case's rule day."""
    step = declaration(case).transition(event.code)
    found = next((item for item in codes_of(case, step) if item.code == event.outcome_code), None)
    return f"（{found.code}）{found.title}" if found is not None else ""


def _basis(case: Case) -> str:
    legal = declaration(case).legal[0]
    number = f"（{legal.number}）" if legal.number else ""
    return f"《{legal.document}》{number}"


def _respondent(case: Case) -> str:
    return _said(case, "respondent_name") or "被投诉人"


def _document(
    title: str, case: Case, event: CaseEvent, body: list[Block], addressees: tuple[str, ...] = (COMPLAINANT,)
) -> OfficialDocument:
    return OfficialDocument(
        title=title, date=timezone.localdate(event.occurred_at), body=tuple(body), addressees=addressees
    )


def _table(pairs: list[tuple[str, str]]) -> Table:
    return Table((TableColumn("项目", 1.0), TableColumn("内容", 3.2)), [pair for pair in pairs if pair[1]])


# ---- the forms


def registration(case: Case, event: CaseEvent) -> OfficialDocument:
    """投诉登记表、举报登记表: what was said, whom it is about, what is wanted, what was agreed to."""
    report = case.type == "report"
    ticket = Ticket.objects.filter(pk=case.origin.removeprefix("ticket:")).first() if case.origin else None
    pairs = [
        ("登记编号", case.number),
        ("登记时间", day(case.opened_at)),
        ("举报人" if report else "投诉人", REPORTER if report else COMPLAINANT),
        ("被举报人" if report else "被投诉人", _respondent(case)),
        ("统一社会信用代码", _said(case, "respondent_code")),
        ("地址", _said(case, "respondent_address")),
        ("涉嫌违法行为", _said(case, "act")),
        ("商品或服务", _said(case, "product")),
        ("交易平台", _said(case, "platform")),
        ("发生日期", _said(case, "occurred_on")),
        ("争议金额", _said(case, "amount")),
        ("事实", _said(case, "content")),
        ("投诉请求", _said(case, "claims")),
        ("同意公示投诉信息", _said(case, "publish_consent")),
        ("同意委托调解", _said(case, "entrust_consent")),
        ("渠道来源编号", ticket.source_number if ticket is not None else ""),
        ("承办单位", case.unit.name),
    ]
    return _document("举报登记表" if report else "投诉登记表", case, event, [_table(pairs)], addressees=())


def referral(case: Case, event: CaseEvent) -> OfficialDocument:
    """分送通知书: to the authority that is competent; of a report without anything about the reporter."""
    receiver = _given(event, "receiver") or case.data.get("receiver") or "有处理权限的机关"
    matter = declaration(case).title
    body: list[Block] = [
        Paragraph(f"我单位于{day(case.opened_at)}收到一件{matter}（编号：{case.number}），涉及{_respondent(case)}。"),
        Paragraph(f"经审查，该事项属于你单位职责，现予分送，请依法处理，并将处理情况反馈我单位。{event.note}"),
    ]
    if case.type == "report":
        body.append(Paragraph("请对举报线索和举报人身份严格保密。"))
    return _document("分送通知书", case, event, body, addressees=(str(receiver),))


def identity_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    until = f"请于{day(case.due_at)}前提供" if case.due_at is not None else "请提供"
    body: list[Block] = [
        Paragraph(f"你提出的投诉（编号：{case.number}）已收到。根据{_basis(case)}，{until}身份证明材料。"),
        Paragraph(event.note),
        Paragraph(
            "逾期不提供或者拒绝配合身份核验的，依法不予受理。可以凭编号和查询码在网上补充，也可以到我单位窗口提交。"
        ),
    ]
    return _document("限期提供身份证明材料通知书", case, event, body)


def acceptance(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        Paragraph(
            f"你于{day(case.opened_at)}提出的对{_respondent(case)}的投诉（编号：{case.number}），经审查符合受理条件。"
        ),
        Paragraph(f"根据{_basis(case)}，我单位决定受理，并将组织调解。调解以自愿为原则，不收取费用。"),
    ]
    if case.due_at is not None:
        body.append(Paragraph(f"调解期限至{day(case.due_at)}；检定、检验、检测、鉴定所需时间依法不计入的，另行告知。"))
    return _document("受理决定书", case, event, body)


def refusal(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        Paragraph(
            f"你于{day(case.opened_at)}提出的对{_respondent(case)}的投诉（编号：{case.number}），经审查属于下列情形："
        ),
        Paragraph(f"{_ground(case, event)}。"),
        Paragraph(event.note),
        Paragraph(f"根据{_basis(case)}，我单位决定不予受理。你可以依法通过仲裁、诉讼等途径解决争议。"),
    ]
    return _document("不予受理决定书", case, event, body)


def mediation_call(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        Paragraph(f"关于编号{case.number}的投诉，我单位定于下列时间、地点组织调解，请按时参加。"),
        _table(
            [
                ("时间", _given(event, "session_at")),
                ("地点", _given(event, "place")),
                ("投诉请求", _said(case, "claims")),
            ]
        ),
        Paragraph("委托代理人参加的，请携带授权委托书。无正当理由不参加调解的，依法终止调解。"),
    ]
    if event.note:
        body.append(Paragraph(event.note))
    return _document("调解通知书", case, event, body, addressees=(COMPLAINANT, _respondent(case)))


def termination(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        Paragraph(f"编号{case.number}的投诉，在调解中出现下列情形："),
        Paragraph(f"{_ground(case, event)}。"),
        Paragraph(event.note),
        Paragraph(f"根据{_basis(case)}，我单位决定终止调解。双方可以依法通过仲裁、诉讼等途径解决争议。"),
    ]
    return _document("终止调解决定书", case, event, body, addressees=(COMPLAINANT, _respondent(case)))


def agreement(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        _table([
            ("投诉编号", case.number),
            ("投诉人", COMPLAINANT),
            ("被投诉人", _respondent(case)),
            ("争议事项", _said(case, "product")),
            ("投诉请求", _said(case, "claims")),
        ]),
        Paragraph("经我单位主持调解，双方自愿达成如下协议："),
        Paragraph(str(event.data.get("values", {}).get("agreement", ""))),
        _table([("履行期限", _given(event, "perform_by")), ("挽回损失", _given(event, "settled_amount"))]),
        Paragraph("本调解书一式三份，双方当事人各执一份，我单位留存一份。"),
        Paragraph("投诉人（签名）：　　　　　　被投诉人（签名、盖章）："),
    ]  # fmt: skip
    return _document("调解书", case, event, body, addressees=())


def report_result(case: Case, event: CaseEvent) -> OfficialDocument:
    declared = declaration(case)
    ended = declared.outcome(case.outcome).title if case.outcome else declared.state(case.state).title
    ground = _last_ground(case)
    body: list[Block] = [
        Paragraph(f"你于{day(case.opened_at)}提供的线索（编号：{case.number}）已办理完毕，现将处理结果告知如下："),
        Paragraph(f"处理结果：{ended}。{f'情形：{ground}。' if ground else ''}"),
    ]
    if event.note:
        body.append(Paragraph(event.note))
    body.append(Paragraph("本告知书只告知处理结果，不涉及当事人的商业秘密和个人信息。"))
    return _document("举报处理结果告知书", case, event, body, addressees=(REPORTER,))


def _last_ground(case: Case) -> str:
    """The ground of the decision before this letter."""
    event = case.events.exclude(outcome_code="").order_by("-number").select_related("case").first()
    return _ground(case, event) if event is not None else ""


def report_filed(case: Case, event: CaseEvent) -> OfficialDocument:
    body: list[Block] = [
        Paragraph(f"你于{day(case.opened_at)}提供的线索（编号：{case.number}），经核查，我单位已决定立案。"),
        Paragraph("处理结果将另行告知。感谢你对市场监管工作的支持。"),
    ]
    return _document("举报立案告知书", case, event, body, addressees=(REPORTER,))
