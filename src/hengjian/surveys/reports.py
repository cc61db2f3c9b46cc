"""The result as files: workbook, official document, anonymous answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengjian.documents.charts import ChartUnavailable, chart_png
from hengjian.documents.official import (
    Block,
    Figure,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    render_docx,
)
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.methods.charts import META_KEY
from hengjian.surveys.field import answer_of, complete
from hengjian.surveys.models import Evaluated, Wave
from hengjian.surveys.results import Reading
from hengjian.surveys.words import language, sector_title

Row = tuple[str, str, str, Decimal | int | None, Decimal | None, Decimal | None, int | None]


def rows_of(reading: Reading) -> list[Row]:
    """All figures, one per line: table, what, measure, value, bounds, answers."""
    n = reading.result.n
    found: list[Row] = []
    for latent in reading.latents:
        table = _("评价要素")
        found.append((table, latent.name, _("指数"), latent.index, latent.low, latent.high, n))
        found.append((table, latent.name, _("加权均值"), latent.weighted, latent.weighted_low, latent.weighted_high, n))
        for label, value in (
            (_("重要性"), latent.importance),
            (_("克隆巴赫 α"), latent.alpha),
            (_("组合信度 ρ"), latent.rho),
            (_("平均提取方差"), latent.ave),
            (_("决定系数 R²"), latent.r2),
        ):
            found.append((table, latent.name, label, value, None, None, n))
    for path in reading.paths:
        pair = f"{path.cause} → {path.effect}"
        found.append((_("路径"), pair, _("直接效应"), path.value, path.low, path.high, n))
        found.append((_("路径"), pair, _("总效应"), path.total, None, None, n))
    for item in reading.items:
        for label, amount in (
            (_("平均分"), item.mean),
            (_("权重"), item.weight),
            (_("载荷"), item.loading),
            (_("重要性"), item.importance),
            (_("漏答"), Decimal(item.missing)),
        ):
            found.append((_("题目"), item.name, label, amount, None, None, n - item.missing))
    for stratum in reading.strata:
        found.append((_("分层"), stratum.name, _("满意度均值"), stratum.index, stratum.low, stratum.high, stratum.n))
    for question, options in reading.bands:
        found += [(question, option, _("人数"), count, None, None, None) for option, count in options]
    for first, second, value, _high in reading.htmt:
        found.append((_("异质单质比"), f"{first} – {second}", "HTMT", value, None, None, n))
    return found


def notes_of(reading: Reading) -> list[str]:
    """What every export carries: variant, interval, validity, marks."""
    result = reading.result
    notes = [
        f"{reading.sector} · {reading.period} · {reading.wave.unit.name}",
        _("模型：%(variant)s；区间为 %(level)s 重抽样区间（%(n)s 次，种子 %(seed)s）")
        % {
            "variant": reading.variant,
            "level": reading.confidence,
            "n": reading.figures["replications"],
            "seed": result.seed,
        },
        _("有效答卷 %(n)s 份；回收率 %(rate)s") % {"n": result.n, "rate": reading.rate_words},
        _("指数 = %(formula)s") % {"formula": reading.formula},
    ]
    if not result.valid:
        notes.append(_("解无效：%(reasons)s") % {"reasons": "；".join(reading.reasons)})
    notes += [_("提示：%(words)s") % {"words": words} for words in reading.cautions]
    notes += [f"※ {mark}" for mark in reading.marks]
    if reading.public:
        notes.append(_("少于 %(n)s 人的组和可由此推算的组不显示。") % {"n": reading.terms.small_cell})
    return notes


def workbook(reading: Reading) -> bytes:
    columns = [
        SheetColumn(_("表"), 14),
        SheetColumn(_("对象"), 46),
        SheetColumn(_("量"), 18),
        SheetColumn(_("数值"), 12),
        SheetColumn(_("下限"), 12),
        SheetColumn(_("上限"), 12),
        SheetColumn(_("答卷数"), 10),
    ]
    return write_xlsx(columns, rows_of(reading), title=reading.title, notes=notes_of(reading))


def answers_sheet(wave: Wave) -> bytes:
    """The anonymous answers, one per line, for other programs; without free texts and days."""
    declared, tongue = wave.declared, language()
    layers = {layer.code: layer.said(tongue) for layer in wave.layers}
    columns = [_("分层"), _("方式"), _("用时（秒）"), *(item.code for item in declared.items)]
    columns += [question.code for question in declared.questions]
    rows: list[list[Any]] = [
        [
            layers.get(one.stratum, one.stratum),
            one.get_mode_display(),
            one.seconds,
            *(answer_of(one, item.code) for item in declared.items),
            *(one.answers.get("choices", {}).get(question.code) for question in declared.questions),
        ]
        for one in complete(wave)
    ]
    texts = [f"{item.code}：{item.said(tongue, sector_title(wave))}" for item in declared.items]
    return write_xlsx(columns, rows, title=wave.said(tongue), notes=texts)


def _figures(reading: Reading) -> list[Block]:
    found: list[Block] = []
    for spec in reading.charts:
        told = spec["usermeta"][META_KEY]
        try:
            png = chart_png(spec)
        except ChartUnavailable:
            continue  # the table beside it says the same
        found.append(Figure(png, f"{told['title']}（{told['unit']}）", told["summary"]))
    return found


def document(result: Evaluated) -> bytes:
    """The report as .docx after GB/T 9704-2012, always in Chinese, as official documents are."""
    with translation.override("zh-hans"):
        return render_docx(_document(Reading(result)))


def _document(reading: Reading) -> OfficialDocument:
    result, wave, outcome = reading.result, reading.wave, reading.outcome
    body: list[Block] = [Heading(1, _("结论"))]
    if result.valid:
        body.append(
            Paragraph(
                _("%(period)s%(region)s%(sector)s满意度指数为 %(index)s（%(level)s区间 %(low)s～%(high)s），"
                  "按各层总体加权的均值为 %(weighted)s。有效答卷 %(n)s 份，回收率 %(rate)s。")
                % {
                    "period": reading.period,
                    "region": wave.region.name,
                    "sector": reading.sector,
                    "index": result.index,
                    "level": reading.confidence,
                    "low": result.low,
                    "high": result.high,
                    "weighted": outcome.weighted if outcome.weighted is not None else "—",
                    "n": result.n,
                    "rate": reading.rate_words,
                }
            )
        )  # fmt: skip
    else:
        body.append(
            Paragraph(_("本次测评的解无效，不发布指数：%(reasons)s。") % {"reasons": "；".join(reading.reasons)})
        )
    if reading.cautions:
        body.append(Paragraph(_("使用时请注意：%(words)s。") % {"words": "；".join(reading.cautions)}))
    if reading.marks:
        body.append(Paragraph("※ " + "；".join(reading.marks) + "。"))
    body += _figures(reading)
    body += [Heading(1, _("各要素")), _latent_table(reading), Heading(1, _("影响路径")), _path_table(reading)]
    body += [Heading(1, _("分层结果")), _stratum_table(reading)]
    body += [Heading(1, _("方法")), *(Paragraph(note + "。") for note in notes_of(reading)[1:4])]
    body.append(
        Paragraph(_("数据摘要 %(hash)s；评价规则 %(rule)s。") % {"hash": result.data_hash, "rule": result.rule_id})
    )
    return OfficialDocument(
        title=_("%(title)s测评报告") % {"title": wave.title},
        date=timezone.localdate(result.decided_at or result.computed_at),
        body=body,
        signature=wave.unit.name,
    )


def _latent_table(reading: Reading) -> Table:
    columns = [TableColumn(_("评价要素"), 2)]
    columns += [
        TableColumn(title, 1, "right")
        for title in (_("指数"), _("下限"), _("上限"), _("加权均值"), "α", "AVE", "R²", _("重要性"))
    ]
    rows = [
        (row.name, row.index, row.low, row.high, row.weighted, row.alpha, row.ave, row.r2, row.importance)
        for row in reading.latents
    ]
    return Table(columns, rows, unit=_("单位：分（0～100）"))


def _path_table(reading: Reading) -> Table:
    columns = [TableColumn(_("影响因素"), 2), TableColumn(_("受影响的要素"), 2)]
    columns += [TableColumn(title, 1, "right") for title in (_("直接效应"), _("下限"), _("上限"), _("总效应"))]
    return Table(columns, [(row.cause, row.effect, row.value, row.low, row.high, row.total) for row in reading.paths])


def _stratum_table(reading: Reading) -> Table:
    columns = [TableColumn(_("分层"), 2)]
    columns += [
        TableColumn(title, 1, "right") for title in (_("总体数"), _("答卷数"), _("满意度均值"), _("下限"), _("上限"))
    ]
    return Table(columns, [(row.name, row.size, row.n, row.index, row.low, row.high) for row in reading.strata])
