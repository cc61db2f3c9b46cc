"""Documents issued in a case: made of a template, numbered, stored as .docx, delivered.

    register_paper("acceptance_notice", "受理决定书", build, mark="消投受", for_filer=True)

`build(case, event) -> OfficialDocument` says what it says; number and signature are put on here where it leaves them
out. A template that no room registered still gives a proper letter: what was decided in which case, why, by which unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone, translation

from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case, CaseEvent, IssuedPaper
from hengjian.cases.values import plain
from hengjian.documents.actions import store_file, take_number
from hengjian.documents.official import OfficialDocument, Paragraph, Table, TableColumn, render_docx
from hengjian.parties.models import Confidentiality, User
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choice_of

Build = Callable[[Case, CaseEvent], OfficialDocument]


@dataclass(frozen=True)
class PaperTemplate:
    """A kind of document.

    Attributes:
        mark: 机关代字 behind the unit's short name ("消投受"); empty: the document bears the case's number only.
        for_filer: meant for whoever filed the case, who may download it.
    """

    name: str
    title: str
    build: Build
    mark: str = ""
    for_filer: bool = True


_templates: dict[str, PaperTemplate] = {}


def register_paper(name: str, title: str, build: Build, *, mark: str = "", for_filer: bool = True) -> None:
    """Make a template known under the name that steps give in `documents`; the last call with a name wins."""
    _templates[name] = PaperTemplate(name, title, build, mark, for_filer)


def template(name: str, event: CaseEvent) -> PaperTemplate:
    """The registered template, or a plain letter headed with the step's title."""
    if name in _templates:
        return _templates[name]
    declared = case_type(event.case.type, event.case.type_version)
    title = next((step.title for step in declared.transitions if step.code == event.code), declared.title)
    return PaperTemplate(name, f"{title}通知书", letter)


def issue(case: Case, event: CaseEvent, name: str, *, user: User | None, system: str = "") -> IssuedPaper:
    """Make, number and store a document, inside the transaction of the step that it belongs to."""
    by = user.ref if user is not None else system
    kind = template(name, event)
    day = timezone.localdate(event.occurred_at)
    number = ""
    with translation.override("zh-hans"):
        document = kind.build(case, event)
        if kind.mark:
            taken = take_number(f"{case.unit}{kind.mark}", day.year, subject=case.ref, taken_by=by)
            number = str(taken)
        document = replace(
            document,
            number=document.number or number,
            signature=document.signature or case.unit.name,
        )
        data = render_docx(document)
    file = store_file(data, f"{kind.title}-{case.number}.docx", subject=case.ref, stored_by=by or "hengjian")
    paper = IssuedPaper.objects.create(
        case=case,
        event=event,
        template=name,
        title=kind.title,
        number=number,
        file=file.pk,
        address=file.address,
        issued_on=day,
        issued_by=user,
        for_filer=kind.for_filer,
    )
    return paper


def letter(case: Case, event: CaseEvent) -> OfficialDocument:
    """A plain letter: the case, what was decided, the code it rests on, the values and the note of the step."""
    declared = case_type(case.type, case.type_version)
    step = next((item for item in declared.transitions if item.code == event.code), None)
    heading = step.title if step is not None else declared.title
    lines: list[Any] = [
        Paragraph(
            f"你（单位）提出的“{_matter(case, declared.title)}”（编号：{case.number}），"
            f"本单位于{timezone.localdate(event.occurred_at):%Y年%-m月%-d日}作出如下处理：{heading}。"
        )
    ]
    if step is not None and event.outcome_code:
        spec = FieldSpec(code="outcome_code", title=heading, type="choice", choices_from=step.codes)
        if (ground := choice_of(spec, event.outcome_code)) is not None:
            lines.append(Paragraph(f"处理依据：{ground.title}。"))
    if event.note:
        lines.append(Paragraph(event.note))
    sealed = event.data.get("values", {})
    shown = [
        (spec.title, plain(spec, sealed[spec.code]))
        for spec in (step.fields if step is not None else ())
        if spec.code in sealed and not spec.internal and not spec.personal
    ]
    if shown:
        lines.append(Table((TableColumn("事项", 1.0), TableColumn("内容", 3.0)), shown))
    if declared.legal:
        basis = "、".join(f"{legal.document}{legal.article}" for legal in declared.legal[:3])
        lines.append(Paragraph(f"依据：{basis}。"))
    return OfficialDocument(title=f"{heading}通知书", date=timezone.localdate(event.occurred_at), body=tuple(lines))


def _matter(case: Case, title: str) -> str:
    """The matter as a letter may name it; of a sensitive case only its kind."""
    return title if case.confidentiality >= Confidentiality.SENSITIVE else case.title
