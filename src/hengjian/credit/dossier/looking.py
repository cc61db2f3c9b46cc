"""Looks at non-public data: every one is logged with its purpose, and the enterprise reads the log."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import override

from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.purposes import Purpose
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.records.looks import log_look, looks_at
from hengjian.credit.records.models import Look
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.sections import section

PER_PAGE = 50
WHOLE = "zh-hans"


def note_look(enterprise: Enterprise, reader: Reader, purpose: Purpose | None, what: str) -> None:
    """Log the look of an officer; the enterprise's own people look at themselves. The log is written in Chinese,
    whatever the officer's page is in."""
    if reader.officer and purpose is not None:
        with override(WHOLE):
            log_look(reader.user, enterprise, purpose.text, _("质量信用档案：%(part)s") % {"part": _part(what)})


def _part(code: str) -> str:
    found = section(code)
    if found is not None:
        return str(found.title)
    names = {"identity": _("登记信息"), "timeline": _("时间轴"), "looks": _("查看记录"), "all": _("全部内容")}
    names["report"] = _("质量信用报告")
    return str(names.get(code, _("概况") if not code or code == "overview" else code))


def looks(dossier: Dossier, page: Any) -> Page[Look]:
    """The log of looks, newest first. An officer sees those of the own unit, the enterprise all."""
    rows = looks_at(dossier.enterprise)
    if dossier.reader.officer and dossier.reader.user is not None:
        rows = rows.filter(unit=dossier.reader.user.unit)
    return Paginator(rows, PER_PAGE).get_page(page)
