"""Sheets of the lines: their columns, and what every row means. All faults of a sheet are told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.actions.opening import no_procedure
from hengjian.cases.catalogue import case_type, versions
from hengjian.documents.sheets import SheetColumn, SheetError, SheetField, read_sheet, write_xlsx
from hengjian.methods import uscc
from hengjian.parties.models import Region
from hengjian.rulebook.parameters.complaints import KIND_NAMES
from hengjian.systems.complaints.actions.tickets import EARLIEST
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.routing import categories, intake_rule
from hengjian.systems.complaints.rules import KINDS, category_of

KINDS_BY_NAME = {name: kind for kind, name in KIND_NAMES.items()}
FIELDS = (
    SheetField("source_number", ("来源编号", "工单编号", "工单号", "Ticket number"), required=True),
    SheetField("received_at", ("接收时间", "来电时间", "受理时间", "Received at"), required=True),
    SheetField("content", ("内容", "诉求内容", "反映内容", "Content"), required=True),
    SheetField("category", ("类别", "诉求类别", "Category")),
    SheetField("kinds", ("办理类型", "诉求类型", "Kinds")),
    SheetField("respondent_name", ("对方名称", "被投诉人", "涉及主体", "Respondent")),
    SheetField("respondent_code", ("统一社会信用代码", "对方代码", "Unified code")),
    SheetField("respondent_address", ("对方地址", "主体地址", "Respondent address")),
    SheetField("product", ("商品或服务", "商品名称", "Goods or service")),
    SheetField("claims", ("投诉请求", "诉求请求", "Claims")),
    SheetField("amount", ("争议金额", "涉及金额", "Amount"), kind="number"),
    SheetField("occurred_on", ("发生日期", "消费日期", "Date"), kind="date"),
    SheetField("region", ("区划代码", "地区", "所属区县", "Region"), required=True),
    SheetField("address", ("详细地点", "地址", "Address")),
    SheetField("name", ("姓名", "来电人", "诉求人", "Name")),
    SheetField("phone", ("电话", "来电号码", "联系电话", "Phone")),
)
TITLES = {field.name: field.titles[0] for field in FIELDS}
MOST_CONTENT, MOST_SOURCE = 5000, 60


@dataclass
class Checked:
    """What a sheet holds: drafts by row number, faults, rows that are known already."""

    rows: int
    drafts: dict[int, Draft]
    errors: list[SheetError]
    known: int


def template() -> bytes:
    """An empty sheet with the columns and one example."""
    example = [
        "12345-202611-000123", "2026-11-20 09:35", "在某某超市买到发霉的面包，商家拒绝退款", "食品", "投诉", "某某超市",
        "",
        "柳堤路 9 号", "面包", "退款", 12.5, "2026-11-19", "990321", "", "", "",
    ]  # fmt: skip
    notes = [
        _("类别、办理类型可以留空，由系统按内容识别。投诉、举报并存的写“投诉、举报”。"),
        _("地区写区划代码或者全称；接收时间写成 2026-11-20 09:35。"),
        _("姓名和电话导入后只存于保险库。删去示例行后填写。"),
    ]
    columns = [SheetColumn(f"{TITLES[field.name]}{'*' if field.required else ''}") for field in FIELDS]
    return write_xlsx(columns, [example], title=_("热线工单导入表"), notes=notes)


def check(data: bytes, name: str, channel: str) -> Checked:
    """Read a sheet and check every row.

    Raises:
        UploadRefused: the file is no table.
    """
    read = read_sheet(data, name, FIELDS)
    errors = list(read.errors)
    drafts: dict[int, Draft] = {}
    reader = RowReader(channel)
    seen: dict[str, int] = {}
    for number, row in zip(read.numbers, read.rows, strict=True):
        found, problems = reader.read(row)
        source = str(row["source_number"] or "")
        if source in seen:
            told = _("与第 %(row)d 行的来源编号相同。") % {"row": seen[source]}
            problems.append(("source_number", told))
        else:
            seen[source] = number
        errors += [SheetError(number, TITLES[field], message) for field, message in problems]
        if found is not None and not problems:
            drafts[number] = found
    known = known_numbers(channel, [draft.source_number for draft in drafts.values()])
    fresh = {number: draft for number, draft in drafts.items() if draft.source_number not in known}
    unread = {error.row for error in read.errors if error.row}
    return Checked(len(read.rows) + len(unread), fresh, errors, len(drafts) - len(fresh))


def known_numbers(channel: str, numbers: list[str]) -> set[str]:
    """Those that the line has sent before."""
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        found |= set(
            Ticket.objects.filter(channel=channel, source_number__in=part).values_list("source_number", flat=True)
        )
    return found


class RowReader:
    """Rows of one sheet; regions, categories and claims are looked up once."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        regions = list(Region.objects.all())
        self.regions = {region.code: region.code for region in regions} | {row.name: row.code for row in regions}
        self.claims = {choice.title: choice.code for choice in case_type("complaint").field("claims").choices}
        self.claims |= {"退款": "refund", "换货": "replace", "赔偿": "damages", "维修": "repair"}
        self.now = timezone.now()
        # From this day on there is a procedure for everything that a row may become.
        self.complete_from = max(versions(kind)[0].in_force_from or date.min for kind in KINDS)

    def read(self, row: dict[str, Any]) -> tuple[Draft | None, list[tuple[str, str]]]:
        """The draft of a row, or what is wrong with it by field."""
        problems: list[tuple[str, str]] = []
        received = self._moment(str(row["received_at"]), problems)
        content = str(row["content"])
        if len(content) > MOST_CONTENT:
            problems.append(("content", _("超过 %(most)d 字。") % {"most": MOST_CONTENT}))
        source = str(row["source_number"])
        if len(source) > MOST_SOURCE:
            problems.append(("source_number", _("超过 %(most)d 字。") % {"most": MOST_SOURCE}))
        region = self.regions.get(str(row["region"]).strip())
        if region is None:
            problems.append(("region", _("没有地区“%(code)s”。") % {"code": str(row["region"])[:20]}))
        kinds = self._listed(row["kinds"], KINDS_BY_NAME, "kinds", problems)
        claims = self._listed(row["claims"], self.claims, "claims", problems)
        code = uscc.normalise(str(row["respondent_code"] or ""))
        if code and not uscc.is_valid(code):
            problems.append(("respondent_code", _("“%(code)s”不是有效的统一社会信用代码。") % {"code": code[:20]}))
        amount = row["amount"]
        if amount is not None and amount < 0:
            problems.append(("amount", _("不能小于零。")))
        if received is None:
            return None, problems
        day = timezone.localdate(received)
        category = self._category(row, day, content, problems)
        if problems or region is None:
            return None, problems
        draft = Draft(
            channel=self.channel,
            source_number=source,
            content=content,
            received_at=received,
            category=category,
            kinds=tuple(kinds),
            product=str(row["product"] or "")[:100],
            occurred_on=row["occurred_on"],
            claims=tuple(claims),
            amount=Decimal(str(amount)).quantize(Decimal("0.01")) if amount is not None else None,
            respondent_name=str(row["respondent_name"] or "")[:200],
            respondent_code=code,
            respondent_address=str(row["respondent_address"] or "")[:300],
            places={"operation": region, "act": region},
            address=str(row["address"] or "")[:300],
            identity={"name": str(row["name"] or "")[:60], "phone": str(row["phone"] or "")[:30]},
        )
        if day < self.complete_from:
            problems += self._without_procedure(draft, day)
        return draft, problems

    @staticmethod
    def _without_procedure(draft: Draft, day: date) -> list[tuple[str, str]]:
        """What the row would open that had no procedure yet on its day."""
        wanted = draft.kinds or [part.kind for part in draft.parts(intake_rule(day))]
        missing = [no_procedure(kind, day) for kind in wanted if not any(v.is_in_force(day) for v in versions(kind))]
        return [("received_at", str(refusal.message)) for refusal in missing]

    def _moment(self, text: str, problems: list[tuple[str, str]]) -> datetime | None:
        plain = text.strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", " ").strip()
        try:
            found = datetime.fromisoformat(plain)
        except ValueError:
            problems.append(("received_at", _("“%(text)s”不是时间，请写成 2026-11-20 09:35。") % {"text": text[:30]}))
            return None
        if len(plain) <= len("2026-11-20"):
            found = datetime.combine(found.date(), time(9))
        moment = timezone.make_aware(found) if timezone.is_naive(found) else found
        if moment > self.now:
            problems.append(("received_at", _("晚于现在。")))
        elif timezone.localdate(moment) < EARLIEST:
            problems.append(("received_at", _("早于 %(day)s，没有适用的规则。") % {"day": EARLIEST}))
        else:
            return moment
        return None

    def _category(self, row: dict[str, Any], day: date, content: str, problems: list[tuple[str, str]]) -> str:
        catalogue = categories(day)
        text = str(row["category"] or "").strip()
        if not text:
            return category_of(f"{row['product'] or ''} {content}", self.channel, catalogue)[0]
        for item in catalogue.categories:
            if text in (item.code, item.label, item.label_en):
                return item.code
        labels = "、".join(item.label for item in catalogue.categories)
        problems.append(
            ("category", _("没有“%(text)s”这个类别；有：%(labels)s。") % {"text": text[:20], "labels": labels})
        )
        return ""

    @staticmethod
    def _listed(cell: Any, known: dict[str, str], field: str, problems: list[tuple[str, str]]) -> list[str]:
        parts = str(cell or "").replace("，", "、").replace(",", "、").split("、")
        words = [word.strip() for word in parts if word.strip()]
        unknown = [word for word in words if word not in known]
        if unknown:
            told = {"word": unknown[0][:20], "known": "、".join(known)}
            problems.append((field, _("没有“%(word)s”；有：%(known)s。") % told))
        return [known[word] for word in words if word in known]


def report(name: str, errors: list[SheetError]) -> bytes:
    """The faults as a sheet: row, column, what is wrong."""
    columns = [SheetColumn(_("行号"), 8, "integer"), SheetColumn(_("列"), 18), SheetColumn(_("问题"), 60)]
    rows: Iterator[list[Any]] = ([error.row or "", error.column, error.message] for error in errors)
    return write_xlsx(columns, rows, title=_("%(name)s 的问题") % {"name": name})
