"""What stands in a report, as plain data: the same content gives the same digest and the same files.

The parts follow DB15/T 1104-2024 (format of public-credit reports of Inner Mongolia, in force since 2024-07-01): cover,
note on the report, overview of base data and public-credit information, details, annex with query code and address.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from hengjian.credit.dossier import standing
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.showing import base_pairs
from hengjian.enterprises.sections import Line
from hengjian.ledger.canonical import canonical

LANGUAGE = "zh-hans"
LAYOUT = "DB15/T 1104-2024"


def content_of(dossier: Dossier) -> dict[str, Any]:
    """The body of a report about the enterprise, for the reader of the dossier; always in Chinese."""
    with override(LANGUAGE):
        sections = [
            {
                "code": shown.section.code,
                "title": str(shown.section.title),
                "count": shown.count,
                "closed": shown.closed,
                "counts_only": shown.counts_only,
                "lines": [_line(line) for line in shown.lines],
            }
            for shown in dossier.all()
        ]
        overview = standing.overview(dossier)
        grade = overview["grade"]
        return {
            "layout": LAYOUT,
            "name": dossier.enterprise.name,
            "code": dossier.enterprise.code,
            "base": [[str(term), str(text)] for term, text in base_pairs(dossier)],
            "grade": None
            if grade is None
            else {
                "grade": grade.grade,
                "title": grade.title,
                "score": str(grade.score),
                "month": grade.month,
                "pack": grade.pack_title,
                "parts": [
                    {
                        "title": part.title,
                        "points": None if part.points is None else str(part.points),
                        "items": [
                            [item.title, item.value, "" if item.points is None else str(item.points), item.reason]
                            for item in part.features
                        ],
                    }
                    for part in overview["grade_parts"]
                ],
                "assumed": [str(text) for text in grade.assumed],
            },
            "lists": [
                [one.title, one.organ.name, one.ground, one.entered_on.isoformat(), _until(one.until)]
                for one in overview["lists"]
            ],
            "sections": sections,
        }


def _line(line: Line) -> dict[str, Any]:
    return {
        "on": line.on.isoformat(),
        "kind": str(line.kind),
        "title": line.title,
        "number": line.number,
        "organ": line.organ,
        "state": line.state,
        "until": line.until.isoformat() if line.until else "",
        "details": [[str(name), text] for name, text in line.details],
        "fact": str(line.fact) if line.fact else "",
    }


def _until(day: Any) -> str:
    return day.isoformat() if day else str(_("长期"))


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def facts_of(content: dict[str, Any]) -> list[str]:
    """The ids of the facts in a content, in its order."""
    found = [line["fact"] for section in content["sections"] for line in section["lines"] if line["fact"]]
    return list(dict.fromkeys(found))


def notes(full: bool) -> list[str]:
    """The note on the report: what it rests on and what it is not."""
    return [
        "本报告依据《公共信用信息报告格式规范》（DB15/T 1104-2024）的编排，由系统根据质量事实台账自动生成。",
        "报告中的信息由各提供单位依法记载；每条信息附有台账事实编号，可在核验页面逐条核验。",
        "已经信用修复、公示到期或者被撤销的信息不在报告中，也不得以本报告以外的方式继续使用。",
        "本报告为完整版，含部门间共享的非公开信息，仅供申请用途使用，不得公开或者转作他用。"
        if full
        else "本报告为公开版，只含依法可以公开的信息；未列入的不代表不存在。",
        "报告只反映出具时的情况。出具后信息有更新的，核验页面会提示报告已过期，请重新查询。",
        "企业对记载内容有异议的，可登录后提出异议；符合条件的，可申请信用修复。",
    ]
