"""The written forms of dates and periods, and the last day of each."""

from __future__ import annotations

import calendar
import re
from datetime import date

from hengjian.methods.numerals import parse_chinese_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
YEAR_FORM = r"(?:(?:20|19)\d{2}\ ?年|[二一][〇九0][〇一二三四五六七八九]{2}\ ?年)"
_S = r"\ ?"
_REACH = r"(?:到|至|截至|截止到?|争取到|力争到|在)"
_BEFORE = r"(?:之前|以前|前|止)"
_THIS = rf"(?:(?:{YEAR_FORM}|今年|明年|次年|当年|本年度?|同年){_S})?"
_DAY = rf"{_N}{_S}[日号]"
_TO = r"(?:—+|－|-|–|~|～|至|到)"
# one alternative per form, the longer ones first
PHRASE = re.compile(
    rf"""
   (?P<range>(?:{YEAR_FORM}{_S})?(?:{_N}{_S}月(?:{_DAY}|[上中下]旬|初|底)?)?{_S}{_TO}{_S}
     (?P<ry>{YEAR_FORM}{_S})?(?P<rm>{_N}){_S}月(?P<rd>{_DAY}|[上中下]旬|底|末)?{_BEFORE}?)
 | (?P<day>(?P<dreach>{_REACH}{_S})?(?P<dy>{YEAR_FORM}{_S})?
     (?P<dm>{_N}){_S}月{_S}(?P<dd>{_N}){_S}[日号]{_S}(?P<dbefore>{_BEFORE}|以内|内)?)
 | (?P<month>(?P<mreach>{_REACH}{_S})?(?P<my>{_THIS})(?P<mm>{_N}){_S}月(?:份)?{_S}
     (?P<mpart>[上中下]旬|底|末|初)?{_S}(?P<mbefore>{_BEFORE}|以内|内)?)
 | (?P<quarter>(?P<qreach>{_REACH}{_S})?(?P<qy>{_THIS})(?P<qlead>第|前|[^每各个按]?)
     (?P<qn>[一二三四1234]){_S}个?{_S}季度{_S}(?:末|底|内|结束)?{_S}(?P<qbefore>{_BEFORE})?)
 | (?P<half>(?P<hreach>{_REACH}{_S})?(?P<hy>{_THIS})
     (?P<hn>[上下])半年(?:底|末|内)?{_S}(?P<hbefore>{_BEFORE})?)
 | (?P<year>(?P<yreach>{_REACH}{_S})?(?P<yy>{YEAR_FORM}|今年|明年|本年度?){_S}
     (?P<yend>年?[底末初中]|年底|内|全年)?{_S}(?P<ybefore>{_BEFORE})?)
 | (?P<plan>(?P<preach>{_REACH}{_S})?[“"]?(?P<pn>十[二三四五六七])五[”"]?(?:规划)?
     (?P<pend>末|期末|收官|结束|期间|时期|以来){_BEFORE}?)
 | (?P<bare>(?P<breach>{_REACH}{_S})?(?:当年|今年|本年|同年|每年)?
     (?P<bword>年底|年末|年内|年中|本年度|本年|岁末){_S}(?P<bbefore>{_BEFORE}|内)?)
 | (?P<whole>全年)
 | (?P<relative>(?P<rn>\d{{1,2}}|[一二三四五六七八九十两半]{{1,2}}){_S}
     (?P<ru>年|个月){_S}(?:左右)?(?P<rend>内|以内|之内))
""",
    re.X,
)


def to_year(written: str | None) -> int | None:
    """2023年, 二〇二三年 → 2023."""
    if not written:
        return None
    digits = re.match(r"[\d〇一二三四五六七八九]+", written)
    value = parse_chinese_number(digits[0]) if digits else None
    return int(value) if value else None


def last_day(year: int | None, month: int | str | None) -> str | None:
    """ISO date of the last day of a month."""
    if year is None or not month:
        return None
    number = int(month)
    if not 1 <= number <= 12 or not 1 <= year <= 9999:
        return None
    return date(year, number, calendar.monthrange(year, number)[1]).isoformat()


def due_date(year: int | None, month: str | None, day: str | None = None, early: bool = False) -> str | None:
    """The day, or the last of the month (the tenth for 初), as ISO date; None where it is no date."""
    value = parse_chinese_number(month or "")
    if year is None or value is None or not 1 <= value <= 12 or not 1 <= year <= 9999:
        return None
    last = calendar.monthrange(year, int(value))[1]
    number = parse_chinese_number(re.sub(r"[日号 ]", "", day)) if day else (10 if early else None)
    return date(year, int(value), min(int(number), last) if number else last).isoformat()


def value_due(text: str, plan_year: int | None) -> str | None:
    """2023年12月, 2023.12.31, 2023-2025年, 12月, 2023年, 全年."""
    match = re.search(r"(\d{4})[.\-/年] ?(\d{1,2})[.\-/月] ?(\d{1,2})日?$", text)
    if match:
        return due_date(int(match[1]), match[2], match[3])
    match = re.search(r"(\d{4}) ?[年.] ?(\d{1,2}) ?月?(?:底|末)?(?:前|完成)?$", text)
    if match and int(match[2]) <= 12:
        return due_date(int(match[1]), match[2], None)
    match = re.search(r"(?:^|[^\d])(\d{1,2}) ?月(?:份|底|末)?(?:前|完成)?$", text)
    if match:
        year = re.match(r"(\d{4}) ?年", text)
        return due_date(int(year[1]) if year else plan_year, match[1], None)
    match = re.search(r"(\d{4}) ?年?(?:底|末|度)?(?:前|完成)?$", text)
    if match and 1990 <= int(match[1]) <= 2100:
        return f"{match[1]}-12-31"
    if re.match(r"全年|年底|本年度?|当年", text) and plan_year:
        return f"{plan_year}-12-31"
    return None
