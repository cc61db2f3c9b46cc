"""Why a value is in doubt or a passage was left out: one table of codes with the Chinese and the English wording."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "no_text": ("编号后没有文字", "no text follows the number"),
    "page_number": ("页码", "page number"),
    "page_furniture": ("网页或版面元素", "part of the page, not of the text"),
    "before_plan": ("正文之前，未识别", "stands before the plan and was not recognised"),
    "annex_note": ("附件中的说明", "explanation in an annex"),
    "annex_end": ("附件结尾", "end of an annex"),
    "annex_unread": ("附件，没有责任单位，未拆分", "annex without responsible bodies, not divided"),
    "box": ("专栏中的内容，不属于任务", "text of a box, not of a task"),
    "duty_without_task": ("责任单位没有对应的任务", "responsible bodies without a task"),
    "not_a_body_field": ("责任栏中的其他内容，不是单位", "other text in the list of bodies"),
    "empty_duty_field": ("责任栏没有内容", "the list of bodies is empty"),
    "table_unread": ("表格内容，没有可识别的责任单位或时限栏", "table without a column for bodies or time limits"),
    "unlike_a_body": ("名称不像机构名称，请核对", "does not look like the name of a body; please check"),
    "taken_as_lead": (
        "未写“牵头”，因另有配合单位，视为牵头",
        "taken as lead, because others support and nobody is said to lead",
    ),
    "from_heading": (
        "责任写在上一级标题，适用于本组各项",
        "stated once at the heading above, for all tasks of the group",
    ),
    "bodies_only": ("括号内只有机构名称，未写“负责”", "the bracket holds only names, without a word of responsibility"),
    "in_sentence": ("责任写在句中", "stated in running text"),
    "branch_office": ("{}是国家机关的派出机构，应为{}", "branch of a national body; the name was corrected"),
    "misprint": ("疑为“{}”之误", "probably a misprint; the name was corrected"),
    "relative_date": ("相对期限，没有写明起算日", "relative time limit without a starting day"),
    "figure_of_year": ("年份后接量化目标，视为当年年底", "a year before a figure is taken as the end of that year"),
    "period_end": ("时间段以最后一天为准", "the last day of a period counts"),
    "not_a_date": ("未能换算为日期", "could not be turned into a date"),
    "short_indicator": ("指标名称不完整", "the name of the indicator is incomplete"),
}


class Reason(str):
    """The Chinese wording, with the code that pages translate by."""

    code: str

    def __new__(cls, text: str, code: str) -> Reason:
        made = super().__new__(cls, text)
        made.code = code
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.code


def because(code: str, *names: str) -> Reason:
    """The reason of the table, with the names that its wording asks for."""
    return Reason(REASONS[code][0].format(*names), code)
