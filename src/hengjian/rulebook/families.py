"""The families of rules that exist."""

from __future__ import annotations

from hengjian.rulebook.base import Family
from hengjian.rulebook.parameters.calendar import CalendarYear
from hengjian.rulebook.parameters.escalation import Escalation
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.reporting import Reporting
from hengjian.rulebook.parameters.terms import Terms
from hengjian.rulebook.parameters.traffic_lights import TrafficLights

FAMILIES: dict[str, Family] = {
    family.key: family
    for family in (
        Family("traffic_lights", "亮灯规则", "按状态、时限和序时进度判定红黄绿灯", TrafficLights),
        Family("escalation", "催办阶梯", "到期前提醒和逾期后逐级督促", Escalation),
        Family("reporting", "报送周期", "进展多久报一次、何时报", Reporting),
        Family("calendar", "工作日历", "各年度放假和调休上班", CalendarYear),
        Family("grades", "考核等级", "得分、名次与等级的对应", Grades),
        Family("terms", "法定期限", "办件的法定期限、中止和延长", Terms),
    )
}
