"""Names written out: what departments shorten, and what they add behind a name. Pure."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

from hengjian.methods.company_names.comparing_regions import is_place
from hengjian.methods.company_names.normalise import fold_name

# What registers add behind a name: the state of the body, the kind of its owner, its earlier name.
_NOTE = re.compile(
    "（(?:个体工商户|个体|个人独资|自然人独资|法人独资|国有独资|存续|在业|开业|在营|注销|已注销|吊销|已吊销|迁出|筹|筹建|上市|本部|总部"
    "|(?:原|原名|曾用名|简称)[^（）]{2,30})）$"
)
# 一中, 第二小, 三幼: how numbered schools are called.
_SCHOOL = re.compile(r"第?([一二三四五六七八九十百零〇\d]+)(小|中|幼)$")
_SCHOOLS = {"小": "小学", "中": "中学", "幼": "幼儿园"}
_ATTACHED = re.compile("附(中|小)$")
# 人民 is left out before these.
_PEOPLES = re.compile("(?<!人民)(?=(?:政府|检察院|法院)$)")
# 兵团八师143团场: divisions of the corps are numbered with 第, its regiments need no 场.
_CORPS = re.compile("^(?:新疆)?(?:生产建设)?兵团")
_DIVISION = re.compile("(?<=兵团)(?=[一二三四五六七八九十\\d]+师)")
_REGIMENT = re.compile("(?<=[〇零一二三四五六七八九十\\d]团)场")
# How the branches of banks and insurers end.
_OFFICE = re.compile("(?:[分支]行|营业部|营业厅|营业所|分理处|储蓄所|[分支]公司)$")
_PLACE_BEHIND = re.compile("^(.+公司)（([^（）]{2,10})）$")


@lru_cache(maxsize=16_384)
def write_out(name: str) -> str:
    """The name folded, without notes of the register, with what clerks shorten written out, the place in front.

    >>> write_out("赤峰市疾控中心（筹）"), write_out("通辽市五中"), write_out("伊利实业有限公司（内蒙古）")
    ('赤峰市疾病预防控制中心', '通辽市第五中学', '内蒙古伊利实业有限公司')
    """
    name = _NOTE.sub("", fold_name(name))
    if (found := _PLACE_BEHIND.match(name)) is not None and is_place(found[2]):
        name = found[2] + found[1]
    if "团" in name:
        name = _REGIMENT.sub("", _DIVISION.sub("第", _CORPS.sub("新疆生产建设兵团", name)))
    name = _SCHOOL.sub(lambda found: f"第{found[1]}{_SCHOOLS[found[2]]}", name)
    name = _ATTACHED.sub(lambda found: f"附属{_SCHOOLS[found[1]]}", name)
    name = _whole_form(name)
    pattern, heads, long = _abbreviations()
    if _OFFICE.search(name) is not None:
        name = heads.sub(lambda found: long[found[0]], name)
    return _PEOPLES.sub("人民", pattern.sub(lambda found: long[found[0]], name))


def _whole_form(name: str) -> str:
    """The name with its form as it must be, where one character of it is misread or missing.

    >>> _whole_form("郑州四通纺织机械有限公可"), _whole_form("郑州四通纺织机械有限责任")
    ('郑州四通纺织机械有限公司', '郑州四通纺织机械有限责任公司')
    """
    if len(name) < 8 or name.endswith(("有限公司", "有限责任公司")):
        return name
    if name.endswith(("有限", "有限责任")):
        return name + "公司"
    for form in ("有限责任公司", "有限公司"):
        tail = name[-len(form) :]
        if sum(left != right for left, right in zip(tail, form, strict=True)) == 1 and "无" not in tail:
            return name[: -len(form)] + form
    return name


@cache
def _abbreviations() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """(what is written out in any name, what in front of the branches of banks and insurers, short → long)."""
    text = Path(__file__).with_name("abbreviations.yaml").read_text(encoding="utf-8")
    rows: dict[str, str] = yaml.safe_load(text)
    longest = sorted(rows, key=len, reverse=True)
    pattern = "|".join(short[:-1] + "$" if short.endswith("$") else short for short in longest if short[0] != "^")
    heads = "|".join(short[1:] for short in longest if short[0] == "^")
    return re.compile(pattern), re.compile(f"^(?:{heads})"), {short.strip("^$"): long for short, long in rows.items()}
