"""Numbering marks and label words that structure a plan; patterns run on the view."""

from __future__ import annotations

import re

from hengjian.methods.numerals import parse_chinese_number

_CN = "[一二三四五六七八九十百〇零]{1,5}"
# “3.2024年底前…” is item 3, not a decimal
_DATE = r"(?:(?:19|20)\d{2}\ ?(?:年|[—–－~-])|\d{1,2}\ ?月(?:\ ?\d|份|[底末前中上下]))"
_MARK = rf"""(?:
   第\ ?(?P<di>{_CN}|\d{{1,3}})\ ?(?P<kind>编|篇|章|节|条|部分)(?![一二三四五六七八九十款项])
 | (?P<cn>{_CN})\ ?[、.．](?![一二三四五六七八九十\d][、产级类次线期年轮])
 | （\ ?(?P<cnp>{_CN}|[—－])\ ?）\ ?[、.]?
 | （\ ?(?P<arp>\d{{1,2}})\ ?）\ ?[、.]?
 | (?!\d{{1,3}}[.．、]\ ?{_DATE})(?P<dec>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?=[\ 、.]|[\u4e00-\u9fff“《])
   (?!\ ?(?:万|亿|个|%|倍|米|公里|吨|元|平方|分))
 | (?P<ar>\d{{1,3}})\ ?[.．、](?:(?=\ ?{_DATE})|(?![\d.]|\ ?\d{{1,2}}[.、]))
 | (?P<spaced>\d{{1,2}})\ +(?=[\u4e00-\u9fff、]{{2,20}}$)
 | (?P<rp>\d{{1,2}})）
 | (?P<circ>[①-⑳])
 | (?P<word>任务|行动|工程|举措|措施|专项行动|专项)(?P<wordn>{_CN}|\d{{1,2}})[：、.\ ]
 )"""
HEADING_START = re.compile(_MARK, re.X)
HEADING_INSIDE = re.compile(
    rf"(?:(?<=[。；）〕\ ：])|(?<=[\u4e00-\u9fff”》])(?=（{_CN}）|\d{{1,3}}[.．、]))" + _MARK, re.X
)

RANKS = {
    "编": 0,
    "篇": 0,
    "部分": 0,
    "章": 1,
    "节": 2,
    "cn": 3,
    "条": 4,
    "word": 5,
    "cnp": 6,
    "ar": 7,
    "dec1": 8,
    "dec2": 9,
    "dec3": 10,
    "arp": 11,
    "rp": 12,
    "circ": 13,
}

LABEL_WORDS = (
    r"(?:(?:总|主要|第一|首要|具体|共同|主体)?(?:牵头|责任|主办|主责|承办|协办|配合|负责|参加|参与|协助|"
    r"协同|支持|实施|落实|执行|完成|督导|指导|主管|监管|承担)"
    r"(?:、|和|及|与|/)?(?:牵头|责任|主办|配合|负责|参加|参与|协助|落实|承办|实施)?的?(?:单位|部门|处室|"
    r"科室|机构|主体|股室|地区|地方|单位和部门|部门和单位|部门（单位）|单位（部门）)(?:及分工)?"
    r"|(?:牵头|配合|责任|负责|主办|协办|参与|参加)(?=[：]))"
)
TIME_WORDS = (
    r"(?:(?:完成|实施|进度|办结|整改|推进|工作|落实|起止|达成)?(?:时限|时间|期限|时间节点|时间要求|"
    r"时限要求|进度要求|年限|日期|进度安排|时间安排|时间表)(?:要求)?)"
)
OTHER_WORDS = (
    r"(?:适用范围|适用对象|实施范围|责任人|责任领导|牵头领导|分管领导|包抓领导|主管领导|联系人|联系电话|"
    r"联系方式|电话|备注|责任科室负责人|工作目标|目标任务|预期成果|成果形式|经费来源|资金来源|政策依据|"
    r"依据)"
)
LABEL = re.compile(
    rf"〔 ?(?:(?P<unitb>{LABEL_WORDS})|(?P<timeb>{TIME_WORDS})) ?〕 ?：?|"
    rf"(?P<unit>{LABEL_WORDS})(?:\ ?：\ ?|\ {{1,4}}(?=[\u4e00-\u9fff]))|(?P<time>{TIME_WORDS})\ ?：\ ?|"
    rf"(?P<other>{OTHER_WORDS})\ ?：\ ?"
)
LABEL_START = re.compile(rf"[〔（★●◆·\ ]{{0,2}}(?:{LABEL_WORDS}\ ?[：\ 〕]|{TIME_WORDS}\ ?：|{OTHER_WORDS}\ ?：)")


def mark_of(match: re.Match[str]) -> tuple[str, int]:
    """(kind, number) of a heading mark; the kind is a key of RANKS."""
    groups = match.groupdict()
    if groups["di"]:
        return groups["kind"], _number(groups["di"])
    if groups["dec"]:
        parts = groups["dec"].split(".")
        return f"dec{len(parts) - 1}", int(parts[-1])
    if groups["word"]:
        return "word", _number(groups["wordn"])
    if groups["spaced"]:  # 1 总体目标: the level above 1.1
        return "ar", int(groups["spaced"])
    for kind in ("cn", "cnp", "arp", "ar", "rp", "circ"):
        if groups[kind]:
            return kind, 1 if groups[kind] in "—－" else _number(groups[kind])
    raise AssertionError("a mark has one of the kinds")


def _number(text: str) -> int:
    value = parse_chinese_number(text)
    return int(value) if value is not None else 0
