"""What the dispatch desk says to whom at each step (response messages); shown ready to be read out or sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.systems.equipment.models import Dispatch, Rescue


@dataclass(frozen=True)
class Reply:
    """A message: to whom, and its words."""

    to: str
    text: str


def replies(rescue: Rescue, state: str, last: Dispatch | None) -> list[Reply]:
    """The messages that fit the state of a rescue; `last` is the newest dispatch."""
    place = str(rescue.case.data.get("place") or "")
    found: list[Reply] = []
    if state in ("received", "dispatched"):
        found.append(
            Reply(
                _("致被困人员"),
                _("请保持镇静，不要扒门、不要跳动，轿厢内空气充足。我们正在派人救援，请保持通话畅通。"),
            )
        )
    if state == "dispatched" and last is not None:
        found.append(
            Reply(
                last.name,
                _("96333 派单：%(place)s 电梯困人，被困 %(people)s 人，请立即应答并出发。")
                % {"place": place, "people": rescue.people or _("不详")}
                + _("识别码 %(code)s，工单 %(number)s。")
                % {"code": rescue.case.data.get("lift_code") or _("不详"), "number": rescue.case.number},
            )
        )
    if state == "on_way" and last is not None:
        due = rescue.case.due_at
        by = timezone.localtime(due).strftime("%H:%M") if due else "—"
        found.append(
            Reply(
                _("致被困人员"),
                _("%(name)s 已出发，最迟 %(by)s 到场。请勿自行脱困，耐心等待。") % {"name": last.name, "by": by},
            )
        )
    if state == "on_site":
        found.append(Reply(_("致被困人员"), _("救援人员已到场，请听从现场人员指挥。")))
    if state in ("released", "self_freed") and rescue.lift is not None:
        found.append(
            Reply(
                rescue.lift.use_unit,
                _("%(place)s 电梯困人已处置完毕。查明原因、确认安全前，请停止使用并做好警示。") % {"place": place},
            )
        )
    return found
