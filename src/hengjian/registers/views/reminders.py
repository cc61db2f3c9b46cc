"""What draws near in the registers of the reader's unit."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, DateRangeFilter, List, TextFilter
from hengjian.parties.policies import may_anywhere, visible
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.models import Reminder
from hengjian.registers.showing import language


def waiting(user: Any) -> int:
    """How many reminders stand for the reader; at most a hundred are counted, more are simply many."""
    if not may_anywhere(user, "registers.view") or user.unit_id is None:
        return 0
    return visible(user, Reminder.objects.filter(unit=user.unit_id) | Reminder.objects.filter(filer=user.unit_id))[
        :100
    ].count()


def matter_word(reminder: Reminder) -> str:
    if reminder.matter == Reminder.EXPIRY:
        return _("有效期届满")
    if reminder.matter == Reminder.RENEWAL:
        return _("申请延续的最后一天")
    try:
        declared = register_type(reminder.register)
        return next(item for item in declared.recurrences if item.code == reminder.matter).said(language())
    except (KeyError, StopIteration):
        return reminder.matter


def register_word(reminder: Reminder) -> str:
    try:
        return register_type(reminder.register).said(language())
    except KeyError:
        return reminder.register


def day_light(reminder: Reminder) -> tuple[str, str]:
    """(colour, words) of how near the day is."""
    left = (reminder.due_on - timezone.localdate()).days
    if left < 0:
        return "red", _("已过 %(n)d 天") % {"n": -left}
    if left == 0:
        return "orange", _("今天")
    return ("amber" if left <= 7 else "blue"), _("还有 %(n)d 天") % {"n": left}


def _link(reminder: Reminder) -> str:
    return reverse("registers:entry", args=[reminder.register, reminder.entry])


def reminder_list() -> List:
    return List(
        key="registers.reminders",
        title=_("到期提醒"),
        columns=[
            Column("title", _("登记项"), sort="title", head=True, card="full", link=_link),
            Column("key", _("编号"), sort="key", card="half"),
            Column("register", _("登记册"), value=register_word, sort="register", card="half"),
            Column("matter", _("事项"), value=matter_word, sort="matter"),
            Column("due_on", _("到期日"), sort="due_on", align="num", width="w4"),
            Column(
                "left",
                _("剩余"),
                value=lambda row: day_light(row)[1],
                cell=lambda row: light(*day_light(row)),
                sort="due_on",
                width="w4",
                card="state",
            ),
            Column("unit", _("登记单位"), value="unit.name", css="units", shown=False, card="opt"),
        ],
        filters=[
            TextFilter(key="q", label=_("名称或编号"), fields=("title", "key")),
            ChoiceFilter(
                key="register",
                label=_("登记册"),
                field="register",
                choices=[(declared.code, declared.said(language())) for declared in register_types()],
            ),
            DateRangeFilter(key="due", label=_("到期日"), field="due_on"),
        ],
        order=("due_on",),
        views=[BuiltInView("late", _("已过期"), f"due_to={timezone.localdate().isoformat()}")],
        row_class=lambda row: "is-late" if day_light(row)[0] == "red" else "",
        empty=_("近期没有到期事项"),
        empty_hint=_("登记项的有效期和周期事项临近时会自动列在这里，办妥后自动消失。"),
    )


class ReminderList(ListView):
    """Reminders of the entries that the reader may see."""

    template_name = "registers/plain_list.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.declaration = reminder_list()  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return Reminder.objects.select_related("unit")
