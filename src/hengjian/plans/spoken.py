"""Records are kept in Chinese; here they are said in the reader's language.

Labels and reasons come from the rules of the region (data) and are stored with their figures filled in, so an English
page finds the rule's own words again and translates those. What no pattern knows is shown as it was recorded.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop

#: Labels and reasons of the light rules, names of reminders and urging steps; a test compares them with the rulebook.
RULE_WORDS = (
    gettext_noop("已办结"),
    gettext_noop("待办结"),
    gettext_noop("已撤回"),
    gettext_noop("暂停"),
    gettext_noop("逾期 {days_over} 天"),
    gettext_noop("严重滞后"),
    gettext_noop("临期 {days_left} 天"),
    gettext_noop("滞后"),
    gettext_noop("未启动"),
    gettext_noop("正常"),
    gettext_noop("已完成"),
    gettext_noop("不计时"),
    gettext_noop("红单"),
    gettext_noop("黄单"),
    gettext_noop("蓝单"),
    gettext_noop("连续红灯"),
    gettext_noop("未达标"),
    gettext_noop("已补进度"),
    gettext_noop("达标"),
    gettext_noop("已办结销号"),
    gettext_noop("审核通过，等待办结"),
    gettext_noop("任务已撤回"),
    gettext_noop("任务已暂停，不计时"),
    gettext_noop("到期日 {due}，已逾期 {days_over} 天"),
    gettext_noop("完成 {percent}%，序时 {scheduled}%，落后 {behind} 个百分点"),
    gettext_noop("到期日 {due}，还剩 {days_left} 天"),
    gettext_noop("尚未签收启动"),
    gettext_noop("完成 {percent}%，序时 {scheduled}%"),
    gettext_noop("任务已暂停或撤回"),
    gettext_noop("超过计划启动月 {months} 个月仍未启动"),
    gettext_noop("落后序时进度 {behind} 个百分点"),
    gettext_noop("计划当月未启动"),
    gettext_noop("符合序时进度（完成 {percent}%，序时 {scheduled}%）"),
    gettext_noop("按序时推进"),
    gettext_noop("办理质量不高，报告被退回"),
    gettext_noop("累计 {missed} 期未达标，本期仍未补上"),
    gettext_noop("本期目标未达到"),
    gettext_noop("曾有 {missed} 期未达标，现已补上"),
    gettext_noop("各期目标均已达到"),
    gettext_noop("提示"),
    gettext_noop("临期提醒"),
    gettext_noop("到期提醒"),
    gettext_noop("逾期提醒"),
    gettext_noop("催办"),
    gettext_noop("督办单"),
    gettext_noop("通报"),
    gettext_noop("约谈"),
    gettext_noop("挂牌督办"),
    gettext_noop("问责"),
    gettext_noop("蓝色督查单"),
    gettext_noop("橙色督查单"),
    gettext_noop("红色督查单"),
    gettext_noop("书面通知"),
    gettext_noop("通报批评"),
)
_PLACE = re.compile(r"\\\{(\w+)\\\}")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """(pattern, message id) of the words that hold figures."""
    return [
        (re.compile(_PLACE.sub(r"(?P<\1>[\\d.-]+)", re.escape(words))), words) for words in RULE_WORDS if "{" in words
    ]


def spoken(text: str) -> str:
    """A recorded label or reason in the language of the reader."""
    if not text or (get_language() or "").startswith("zh"):
        return text
    for pattern, words in _patterns():
        if found := pattern.fullmatch(text):
            return gettext(words).format(**found.groupdict())
    return gettext(text)
