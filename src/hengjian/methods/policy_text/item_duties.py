"""Responsibility clauses of an item and of the groups above it → the duties of the item."""

from __future__ import annotations

from dataclasses import replace

from hengjian.methods.policy_text.duties import Responsibility
from hengjian.methods.policy_text.model import Item
from hengjian.methods.policy_text.reasons import because


def add_duties(item: Item, own: list[Responsibility], inherited: list[Responsibility]) -> None:
    """Duties of an item: its own brackets in order; a group's list where it has none, a group's lead where it
    names none."""
    given = [entry for entry in inherited if entry.duties]
    reason = because("from_heading")
    if own:
        has_lead = any(entry.has_lead for entry in own)
        leads = [
            replace(duty, reason=duty.reason or reason, confidence=min(duty.confidence, 0.85))
            for entry in given
            for duty in entry.duties
            if duty.role == "lead"
        ]
        for number, entry in enumerate(own, 1):
            for duty in entry.duties:
                duty.bracket = number if len(own) > 1 else None
                item.duties.append(duty)
        if leads and not has_lead:
            for duty in item.duties:
                duty.role = "support"
            names = {duty.name for duty in item.duties}
            item.duties = [duty for duty in leads if duty.name not in names] + item.duties
            has_lead = True
        same_list = own[-1].start - own[0].end < 8 or all(entry.kind == "label" for entry in own)
        if has_lead and same_list:  # labels on lines of their own are one statement
            for duty in item.duties:
                if duty.role == "joint":
                    duty.role = "support"
        if same_list and all(entry.kind == "label" for entry in own):
            for duty in item.duties:
                duty.bracket = None
            _settle_labels(item)
        item.open_list = any(entry.open_list for entry in own)
        item.duty_mode = "lead_support" if has_lead or any(duty.role == "support" for duty in item.duties) else "joint"
    elif given:
        last = given[-1]
        entries = [
            entry
            for entry in given
            if last.start - entry.end < 60 and (entry is last or entry.kind == last.kind == "label")
        ]
        item.duties = [
            replace(duty, reason=duty.reason or reason, confidence=min(duty.confidence, 0.85))
            for entry in entries
            for duty in entry.duties
        ]
        if any(entry.has_lead for entry in entries):
            for duty in item.duties:
                duty.role = "support" if duty.role == "joint" else duty.role
        item.open_list = any(entry.open_list for entry in entries)
        item.duty_mode = "lead_support" if any(duty.role != "joint" for duty in item.duties) else "joint"


def _settle_labels(item: Item) -> None:
    """责任单位： and 配合单位： on two lines: the first leads, as it would in one bracket."""
    roles = {duty.role for duty in item.duties}
    if "support" in roles and "lead" not in roles and "joint" in roles:
        for duty in item.duties:
            if duty.role == "joint":
                duty.role, duty.confidence, duty.reason = (
                    "lead",
                    min(duty.confidence, 0.7),
                    duty.reason or because("taken_as_lead"),
                )
