"""Corrections by officers, and codes issued twice: the return sheet and what its answers bring about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.sheets import SheetColumn, SheetField, read_sheet, write_xlsx
from hengjian.enterprises import hooks
from hengjian.enterprises.batches import take_back
from hengjian.enterprises.linking import FEATURES, Fresh, blocking, features_of
from hengjian.enterprises.models import CodeClaim, CodeConflict, Enterprise, LinkKey, SourceRecord
from hengjian.enterprises.provenance import live
from hengjian.enterprises.reading import Reader, Row
from hengjian.enterprises.standing import Author, refresh
from hengjian.ledger import vault
from hengjian.methods import uscc
from hengjian.parties.inserting import reserve_keys
from hengjian.parties.verbs import ActionRefused

Flag = CodeClaim.Flag
COLUMNS = ("code", "key", "name", "region", "address", "source", "flag", "new_code", "note")


@dataclass(frozen=True)
class Answered:
    """What the return sheet says of one body that bears a code: the flag, and the new code where there is one."""

    flag: int
    new_code: str = ""
    note: str = ""


# ---- corrections


def correct(enterprise: Enterprise, values: Mapping[str, str], author: Author) -> SourceRecord:
    """Write a record that goes before those of all departments; the caller refreshes the body.

    Raises:
        ActionRefused: a value is wrong; all faults are told at once.
    """
    unit = author.user.unit if author.user else None
    assert unit is not None
    reader = Reader({code: code for code in values}, timezone.localdate(author.at))
    before = SourceRecord.objects.filter(live(), source=unit, identity=_identity(enterprise)).first()
    told = {**(before.raw if before else {}), **values}
    reader.columns = {code: code for code in told}
    row = reader.read(0, {code: text for code, text in told.items() if text})
    faults = [line for line in row.faults if "name" in values or line[1] != _("没有填写名称。")] + row.hints
    if faults:
        text = "；".join(f"{heading}：{what}" for heading, what in faults)
        raise ActionRefused(text, _("请改正后重新提交。"), status=400)
    record = _record(enterprise, row, author)
    if before is not None:
        before.replaced_by = record
        before.save(update_fields=["replaced_by"])
        LinkKey.objects.filter(record=before).delete()
    record.save(force_insert=True)
    LinkKey.objects.bulk_create(
        LinkKey(record=record, key=key) for key in blocking(record.features, record.code or enterprise.code)
    )
    return record


def _identity(enterprise: Enterprise) -> str:
    return f"correction:{enterprise.key}"


def _record(enterprise: Enterprise, row: Row, author: Author) -> SourceRecord:
    assert author.user is not None and author.user.unit is not None
    name = row.name or enterprise.name
    fresh = Fresh(name, row.code, row.person, row.values.get("address", ""), enterprise.region.code[:6])
    table = features_of([fresh]).table
    (pk,) = reserve_keys(SourceRecord, 1)
    return SourceRecord(
        pk=pk,
        source=author.user.unit,
        region=enterprise.region,
        enterprise=enterprise,
        identity=_identity(enterprise),
        digest=row.digest,
        code=row.code,
        name=name,
        raw=row.raw,
        values=row.values,
        features=[table[column][0].as_py() for column in FEATURES],
        sealed=vault.put(
            row.personal, owner=author.user.unit.ref, category="enterprise.person", readers=("enterprises",)
        )
        if row.personal
        else "",
        valid_from=timezone.localdate(author.at),
        received_at=author.at,
    )


# ---- codes issued twice


def settle(conflict: CodeConflict, answers: Mapping[str, Answered], author: Author) -> CodeConflict:
    """Carry out the answers about one code and close the work item.

    Raises:
        ActionRefused: a body is not answered for, two keep the code, a new code is missing, wrong or taken.
    """
    claims = list(conflict.claims.select_related("enterprise__region", "record"))
    problems = [
        problem for claim in claims for problem in _problems(claim, answers.get(claim.enterprise.key), conflict.code)
    ]
    if sum(answer.flag == Flag.KEEP for answer in answers.values()) > 1:
        problems.append(_("保留 %(code)s 的主体只能有一个。") % {"code": conflict.code})
    if problems:
        raise ActionRefused("；".join(problems), _("请补正核查单后重新导入。"), status=400)
    by_flag: dict[int, list[CodeClaim]] = {flag.value: [] for flag in Flag}
    for claim in claims:
        answer = answers[claim.enterprise.key]
        claim.flag, claim.new_code, claim.note = answer.flag, answer.new_code, answer.note[:200]
        claim.save(update_fields=["flag", "new_code", "note"])
        by_flag[answer.flag].append(claim)
    conflict.state, conflict.closed_at, conflict.closed_by = CodeConflict.State.CLOSED, author.at, author.user
    conflict.save(update_fields=["state", "closed_at", "closed_by"])
    for claim in by_flag[Flag.DELETE]:
        mine = SourceRecord.objects.filter(live(), enterprise=claim.enterprise, code=conflict.code)
        take_back(list(mine.values_list("pk", flat=True)), author)
    for claim in by_flag[Flag.NEW_CODE]:
        correct(claim.enterprise, {"code": claim.new_code}, author)
        refresh([claim.enterprise_id], author)
    refresh([claim.enterprise_id for claim in by_flag[Flag.KEEP]], author)
    hooks.tell_changed([claim.enterprise_id for claim in claims])
    return conflict


def _problems(claim: CodeClaim, answer: Answered | None, code: str) -> list[str]:
    who = {"key": claim.enterprise.key}
    if answer is None:
        return [_("%(key)s 没有填写操作标识。") % who]
    if answer.flag not in Flag.values:
        return [_("%(key)s 的操作标识应为 0、1 或 2。") % who]
    if answer.flag != Flag.NEW_CODE:
        return []
    if not uscc.examine(answer.new_code).valid or answer.new_code == code:
        return [_("%(key)s 的新代码不是有效的统一社会信用代码。") % who]
    if Enterprise.objects.filter(code=answer.new_code).exclude(pk=claim.enterprise_id).exists():
        return [_("%(key)s 的新代码已属于其他主体。") % who]
    return []


def sheet_titles() -> dict[str, str]:
    """Columns of the return sheet."""
    titles = (
        _("统一社会信用代码"), _("主体标识"), _("名称"), _("地区"), _("住所"), _("数源单位"),
        _("操作标识（0 重新赋码，1 删除，2 保留）"), _("新代码"), _("备注"),
    )  # fmt: skip
    return dict(zip(COLUMNS, titles, strict=True))


def return_sheet(conflicts: QuerySet[CodeConflict]) -> bytes:
    """The return sheet (.xlsx): one line per body that bears a code, with the flag to fill in."""
    claims = (
        CodeClaim.objects.filter(conflict__in=conflicts)
        .select_related("conflict", "enterprise__region", "record__source")
        .order_by("conflict__code", "pk")
    )
    rows = [
        [
            claim.conflict.code,
            claim.enterprise.key,
            claim.enterprise.name,
            claim.enterprise.region.name,
            claim.enterprise.address,
            claim.record.source.name,
            claim.flag,
            claim.new_code,
            claim.note,
        ]
        for claim in claims
    ]
    columns = [SheetColumn(title) for title in sheet_titles().values()]
    notes = [_("一个代码最多由一个主体保留；选 0 的须填写新代码。填好后在“重错码核查”页导入。")]
    return write_xlsx(columns, rows, title=_("重错码核查单"), notes=notes, sheet=_("重错码核查单"))


@dataclass
class Returned:
    """A returned sheet: answers per code, and what is wrong with it, row by row."""

    answers: dict[str, dict[str, Answered]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_return_sheet(data: bytes, name: str) -> Returned:
    """The answers of a returned sheet; lines without a flag are left out.

    Raises:
        UploadRefused: the file is no table.
    """
    titles = sheet_titles()
    fields: Sequence[SheetField] = [
        SheetField("code", (titles["code"],), required=True),
        SheetField("key", (titles["key"],), required=True),
        SheetField("flag", (titles["flag"], _("操作标识")), "integer"),
        SheetField("new_code", (titles["new_code"],)),
        SheetField("note", (titles["note"],)),
    ]
    sheet = read_sheet(data, name, fields)
    found = Returned(faults=[_fault(error.row, error.message) for error in sheet.errors])
    for number, cells in zip(sheet.numbers, sheet.rows, strict=True):
        if cells.get("flag") is None:
            continue
        if cells["flag"] not in Flag.values:
            found.faults.append(_fault(number, _("操作标识应为 0、1 或 2。")))
            continue
        examined = uscc.examine(cells.get("new_code") or "")
        answer = Answered(cells["flag"], examined.repaired or cells.get("new_code") or "", cells.get("note") or "")
        found.answers.setdefault(cells["code"], {})[cells["key"]] = answer
    return found


def _fault(row: int, message: str) -> str:
    return _("第 %(row)d 行：%(message)s") % {"row": row, "message": message} if row else message


def open_conflicts(codes: Iterable[str]) -> dict[str, CodeConflict]:
    """Code → its work item that is not closed."""
    rows = CodeConflict.objects.filter(code__in=list(codes)).exclude(state=CodeConflict.State.CLOSED)
    return {row.code: row for row in rows}
