"""Documents of the procedure: prior notice with facts, basis and rights; decision with term and remedies."""

from __future__ import annotations

from django.utils import timezone

from hengjian import rulebook
from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.papers import register_paper
from hengjian.credit.lists.catalogue import list_kind
from hengjian.documents.official import Heading, OfficialDocument, Paragraph
from hengjian.rulebook.parameters.terms import Terms


def register() -> None:
    """Make the templates known."""
    register_paper("list_prior_notice", "列入失信名单告知书", prior_notice, mark="信告", for_filer=False)
    register_paper("list_decision", "列入失信名单决定书", decision, mark="信决", for_filer=False)


def _parts(case: Case) -> tuple[str, str, str, str]:
    """List, circumstance, basis, penalty."""
    code, _sep, criterion = str(case.data.get("criterion") or "").partition(".")
    kind = list_kind(code)
    named = kind.criterion(criterion)
    legal = kind.legal[0]
    basis = f"《{legal.document}》" + (f"（{legal.number}）" if legal.number else "") + named.basis
    return kind.title, named.title, basis, str(case.data.get("penalty") or "")


def prior_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    """Facts, basis, consequence, and the right to answer and to be heard."""
    title, circumstance, basis, penalty = _parts(case)
    term = rulebook.at("terms", case.region.code, case.rules_on, "list-defence").typed(Terms).term
    assert term is not None
    grounds = f"你单位因{penalty}被给予行政处罚，" if penalty else "你单位"
    return OfficialDocument(
        title="列入失信名单告知书",
        date=timezone.localdate(event.occurred_at),
        addressees=(str(case.data.get("enterprise_name") or ""),),
        body=(
            Paragraph(f"{grounds}存在“{circumstance}”情形，拟列入{title}。"),
            Heading(1, "一、事实和理由"),
            Paragraph(str(case.data.get("facts_found") or "")),
            Heading(1, "二、依据"),
            Paragraph(f"{basis}。"),
            Heading(1, "三、你单位的权利"),
            Paragraph(
                f"对上述事实、理由和依据，你单位有权在收到本告知书之日起{term.sentence().text()}内提出陈述、申辩或者申请听证；"
                "有证据足以证明没有主观故意的，请一并提交。逾期未提出的，视为放弃。"
            ),
        ),
    )


def decision(case: Case, event: CaseEvent) -> OfficialDocument:
    """The decision, how long it is published, repair, and remedies at law; served together with the repair notice."""
    title, circumstance, basis, _penalty = _parts(case)
    return OfficialDocument(
        title="列入失信名单决定书",
        date=timezone.localdate(event.occurred_at),
        addressees=(str(case.data.get("enterprise_name") or ""),),
        body=(
            Paragraph(f"你单位存在“{circumstance}”情形。依据{basis}，决定将你单位列入{title}，自即日起公布。"),
            Paragraph(str(case.data.get("facts_found") or "")),
            Heading(1, "信用修复告知"),
            Paragraph(
                "达到最短公示期、纠正失信行为、履行法定义务并作出信用承诺后，可以通过“信用中国”网站申请信用修复。"
                "修复后停止公示、共享和使用，解除联合措施。"
            ),
            Heading(1, "救济途径"),
            Paragraph("不服本决定的，可以依法申请行政复议或者提起行政诉讼。"),
        ),
    )
