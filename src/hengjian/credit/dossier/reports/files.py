"""The files of a report: Word, Excel, JSON. The same report gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hengjian.credit.dossier.reports.content import notes
from hengjian.credit.dossier.reports.docx import Cover, build
from hengjian.documents.sheets import SheetColumn, write_xlsx

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
HEADINGS = ("部分", "日期", "类别", "事项", "编号", "登记或认定机关", "状态", "有效期止", "内容", "台账事实编号")
WIDTHS = (14, 12, 14, 36, 26, 24, 18, 12, 60, 38)


@dataclass(frozen=True)
class Issued:
    """What stands in a report besides its content.

    Attributes:
        address: where it is verified.
        extent: 公开版 or 完整版.
    """

    number: str
    code: str
    address: str
    extent: str
    full: bool
    issued_at: datetime
    digest: str
    issuer: str
    purpose: str = ""


def files_of(content: dict[str, Any], issued: Issued) -> dict[str, bytes]:
    """Extension → file."""
    return {"docx": _docx(content, issued), "xlsx": _xlsx(content, issued), "json": _json(content, issued)}


def _docx(content: dict[str, Any], issued: Issued) -> bytes:
    cover = Cover(
        number=issued.number,
        code=issued.code,
        address=issued.address,
        extent=issued.extent,
        issued_on=issued.issued_at,
        issuer=issued.issuer,
        purpose=issued.purpose,
        digest=issued.digest,
        notes=notes(issued.full),
    )
    return build(content, cover)


def _json(content: dict[str, Any], issued: Issued) -> bytes:
    whole = {
        "number": issued.number,
        "extent": "full" if issued.full else "public",
        "issued_at": issued.issued_at.isoformat(timespec="seconds"),
        "verify": issued.address,
        "sha256": issued.digest,
        "content": content,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _xlsx(content: dict[str, Any], issued: Issued) -> bytes:
    columns = [SheetColumn(title, width) for title, width in zip(HEADINGS, WIDTHS, strict=True)]
    head = [
        f"{content['name']}　{content['code']}",
        f"报告编号 {issued.number}　{issued.extent}　{issued.issued_at:%Y-%m-%d %H:%M}",
        f"核验地址 {issued.address}",
        *notes(issued.full),
    ]
    return write_xlsx(columns, _rows(content), title="企业质量信用报告", notes=head, sheet="质量信用报告")


def _rows(content: dict[str, Any]) -> Iterator[list[Any]]:
    for term, text in content["base"]:
        yield ["基本信息", "", "", term, "", "", "", "", text, ""]
    if content["grade"]:
        grade = content["grade"]
        text = f"{grade['grade']} {grade['title']}，{grade['score']} 分，{grade['pack']}"
        yield ["质量信用等级", grade["month"], "", "等级", "", "", grade["grade"], "", text, ""]
        for part in grade["parts"]:
            for title, value, points, reason in part["items"]:
                yield ["质量信用等级", "", part["title"], title, "", "", points, "", f"{value} {reason}".strip(), ""]
        for text in grade["assumed"]:
            yield ["质量信用等级", "", "说明", text, "", "", "", "", "", ""]
    for title, organ, ground, entered, until in content["lists"]:
        yield ["名单", entered, "", title, "", organ, "", until, ground, ""]
    for section in content["sections"]:
        if section["counts_only"]:
            text = f"共 {section['count']} 件，已办结 {section['closed']} 件"
            yield [section["title"], "", "", text, "", "", "", "", "", ""]
        for line in section["lines"]:
            details = "；".join(f"{name}：{text}" for name, text in line["details"])
            yield [
                section["title"],
                line["on"],
                line["kind"],
                line["title"],
                line["number"],
                line["organ"],
                line["state"],
                line["until"],
                details,
                line["fact"],
            ]
