"""Words of the public page: business steps, papers, lights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from hengjian.pages import components
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.showing import text_of
from hengjian.trace.exchange.passport import Passport, Step

STEPS = {
    "commissioning": gettext_lazy("生产"),
    "creating_class_instance": gettext_lazy("生产"),
    "transforming": gettext_lazy("加工"),
    "packing": gettext_lazy("包装"),
    "unpacking": gettext_lazy("拆包"),
    "repackaging": gettext_lazy("重新包装"),
    "shipping": gettext_lazy("发出"),
    "departing": gettext_lazy("发出"),
    "transporting": gettext_lazy("运输"),
    "arriving": gettext_lazy("到达"),
    "receiving": gettext_lazy("收货"),
    "accepting": gettext_lazy("收货"),
    "storing": gettext_lazy("储存"),
    "inspecting": gettext_lazy("检验"),
    "sampling": gettext_lazy("抽样检验"),
    "stocking": gettext_lazy("上架"),
    "retail_selling": gettext_lazy("销售"),
    "returned": gettext_lazy("退回"),
    "holding": pgettext_lazy("business step", "封存"),
    "recalled": gettext_lazy("召回"),
    "destroying": gettext_lazy("销毁"),
    "destroyed": gettext_lazy("销毁"),
}
OTHER = pgettext_lazy("business step", "其他环节")


def step_word(code: str) -> str:
    return str(STEPS.get(code, OTHER))


def step_rows(steps: list[Step]) -> list[components.Event]:
    """The way of the goods as a timeline."""
    return [
        components.Event(
            step_word(step.code) + (_("（生产企业）") if step.maker else ""),
            step.day.isoformat(),
            step.day.isoformat(),
            step.place,
            state="red" if step.code in {"recalled", "destroyed"} else "grey",
        )
        for step in steps
    ]


@dataclass(frozen=True)
class PaperRow:
    """One paper or certificate: what, by whom, when, with a light."""

    name: str
    number: str
    issuer: str
    day: str
    light: str
    word: str
    note: str = ""


def papers_rows(found: Passport) -> list[PaperRow]:
    """Certificates of conformity first, then the other papers."""
    return [*(_certificate(row) for row in found.certificates), *(_paper(row) for row in found.papers)]


def choice_words(entry: EntryBase, code: str) -> str:
    """The words of a choice field of an entry, in the reader's language."""
    return text_of(entry, register_type(entry.register).field(code))


def _certificate(row: Any) -> PaperRow:
    status = register_type(row.register).status(row.status)
    return PaperRow(
        name=_("承诺达标合格证"),
        number=row.key,
        issuer=row.holder_name,
        day=row.issued_on.isoformat(),
        light=status.light,
        word=status.said(get_language() or "zh"),
        note=choice_words(row, "bases"),
    )


def _paper(row: EntryBase) -> PaperRow:
    passed = row.value("verdict") == "passed"
    return PaperRow(
        name=choice_words(row, "kind"),
        number=row.key,
        issuer=str(row.value("issuer") or ""),
        day=str(row.value("issued_on") or ""),
        light="green" if passed else "red",
        word=_("合格") if passed else _("不合格"),
        note=str(row.value("items") or ""),
    )
