"""The readable summary of `hengjian policy parse`."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hengjian.methods.policy_text.model import Deadline, Duty, Item, PolicyDocument, Target

ROLES = {"lead": "牵头", "support": "配合", "joint": "分工"}
OPERATORS = {
    "=": "",
    ">=": "≥",
    "<=": "≤",
    ">": "＞",
    "<": "＜",
    "≈": "约",
    "increase": "提高 ",
    "decrease": "降低 ",
    "grade>=": "不低于 ",
}


def print_summary(document: PolicyDocument) -> None:
    """Header, one table per section, then doubts and what was not read."""
    console = Console()
    header = document.header
    for label, value in (
        ("标题", header.title),
        ("方案", header.plan_title),
        ("文号", header.number),
        ("发文机关", header.issuer),
        ("成文日期", header.issued_on),
        ("发布日期", header.published_on),
        ("主送", header.addressees),
        ("抄送", header.copy_to),
    ):
        if value:
            console.print(f"[bold]{label}[/bold]  {escape('；'.join(value) if isinstance(value, list) else value)}")
    for section in document.sections:
        name = f"{section.number or ''} {section.title or ''}".strip()
        table = Table(title=escape(name) or None, title_justify="left", expand=True, show_lines=True)
        for column, ratio in (("号", 1), ("任务", 6), ("责任单位", 6), ("时限", 3), ("目标", 4), ("举措", 1)):
            table.add_column(column, ratio=ratio, overflow="fold")
        for item in section.items:
            table.add_row(
                str(item.number or item.sequence),
                escape(item.title),
                escape(_duties(item)),
                escape("\n".join(map(_deadline, item.deadlines))),
                escape("\n".join(map(_target, item.targets))),
                str(len(item.measures)),
            )
        if section.items:
            console.print(table)
        elif name:
            console.print(f"[bold]{escape(name)}[/bold]  （文字说明，没有任务）")
    items = document.items
    console.print(
        f"共 {len(document.sections)} 章 {len(items)} 项任务，{sum(len(i.duties) for i in items)} 条责任，"
        f"{sum(len(i.measures) for i in items)} 条举措，"
        f"{sum(len(i.deadlines) for i in items)} 个时限，{sum(len(i.targets) for i in items)} 个目标，"
        f"{len(document.citations)} 份引用文件"
    )
    _doubts(console, document)


def _duties(item: Item) -> str:
    lines = []
    for role, label in ROLES.items():
        names = [duty.name for duty in item.duties if duty.role == role]
        if names:
            lines.append(f"{label}：{'、'.join(names)}" + ("等" if item.open_list and role != "lead" else ""))
    return "\n".join(lines)


def _deadline(deadline: Deadline) -> str:
    return f"{deadline.phrase} → {deadline.due or '无日期'}" + ("（力争）" if deadline.strength == "力争" else "")


def _target(target: Target) -> str:
    if target.operator == "within_quota":
        return f"{target.indicator} 控制在下达指标内"
    value = "～".join(map(str, target.value)) if isinstance(target.value, list) else str(target.value)
    return f"{target.indicator} {OPERATORS.get(target.operator, '')}{value}{target.unit or ''}" + (
        "（力争）" if target.strength == "力争" else ""
    )


def _doubts(console: Console, document: PolicyDocument) -> None:
    doubts: list[str] = [warning.message_zh for warning in document.warnings]
    for item in document.items:
        unsure: list[Duty | Deadline | Target] = [*item.duties, *item.deadlines, *item.targets]
        for entry in unsure:
            name = getattr(entry, "organisation", "") or getattr(entry, "phrase", "") or getattr(entry, "indicator", "")
            if entry.reason:
                doubts.append(f"第 {item.sequence} 项 {name}：{entry.reason}")
    doubts.extend(f"未归入任务（{passage.reason}）：{passage.text[:40]}" for passage in document.unread)
    if doubts:
        console.print(f"[bold yellow]待核对 {len(doubts)} 处[/bold yellow]")
        for doubt in doubts:
            console.print("  · " + escape(doubt))
