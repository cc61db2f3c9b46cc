"""The schemes: how each code is built and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hengjian.methods.gs1.keys import check_digit
from hengjian.methods.statutory_codes.model import Part, Problem, StatutoryCode

_WEB = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of code.

    Attributes:
        source: the document that prescribes it.
        recognisable: whether the form of a text is evidence for the scheme.
    """

    name: str
    title_zh: str
    title_en: str
    source: str
    read: Callable[[str], StatutoryCode]
    recognisable: bool = True


def _digits_of(text: str, length: int, scheme: str) -> tuple[str, str, Problem | None]:
    """(code, web address around it, problem): the one run of `length` digits in a bare code or in a label's text.

    A run inside a longer one is none: cutting 32 digits out of 40 would be a guess. Blanks and hyphens between groups
    of a bare code, as printed on packs, are passed over.
    """
    bare = re.sub(r"[\s-]", "", text)
    if bare and not re.search(r"[^0-9]", bare):
        if len(bare) == length:
            return bare, "", None
        return "", "", Problem("length", f"应为 {length} 位，现为 {len(bare)} 位", f"{length} digits, not {len(bare)}")
    runs = [run for run in _DIGITS.findall(text) if len(run) == length]
    link = match[0] if (match := _WEB.search(text)) else ""
    if len(set(runs)) == 1:
        return runs[0], link, None
    if runs:
        return "", link, Problem("several_codes", f"含有 {len(set(runs))} 个不同的代码", "several different codes")
    if not link and len(bare) == length:
        return "", "", Problem("characters", "含有数字以外的字符", "characters other than digits")
    return "", link, Problem("no_code", f"其中没有 {length} 位数字的代码", f"no code of {length} digits in it")


# ---- pesticides: Announcement 2579 of the Ministry of Agriculture (2017), label QR codes since 2018

_REGISTRATION = {
    "1": ("农药登记（PD）", "registration (PD)"),
    "2": ("卫生用农药登记（WP）", "public-health registration (WP)"),
    "3": ("农药临时登记", "temporary registration"),
}
_PRODUCTION = {
    "1": ("登记证持有人生产", "made by the holder"),
    "2": ("委托加工", "contract processing"),
    "3": ("委托分装", "contract packing"),
}


def _pesticide(text: str) -> StatutoryCode:
    code, link, problem = _digits_of(text, 32, "pesticide")
    if problem:
        return StatutoryCode("pesticide", "", problems=(problem,), link=link)
    kind, made = _REGISTRATION.get(code[0]), _PRODUCTION.get(code[7])
    problems = []
    if kind is None:
        problems.append(
            Problem("registration_class", f"第 1 位登记类别应为 1、2 或 3，现为 {code[0]}", "digit 1 is 1, 2 or 3")
        )
    if made is None:
        problems.append(
            Problem("production_type", f"第 8 位生产类型应为 1、2 或 3，现为 {code[7]}", "digit 8 is 1, 2 or 3")
        )
    parts = (
        Part("registration_class", code[0], "登记类别", "Registration class", *(kind or ("", ""))),
        Part("registration_number", code[1:7], "登记证号后六位", "Last six digits of the certificate"),
        Part("production_type", code[7], "生产类型", "Production type", *(made or ("", ""))),
        Part("pack", code[8:11], "产品规格码", "Pack specification"),
        Part("random", code[11:], "随机码", "Random part"),
    )
    return StatutoryCode("pesticide", code, parts, tuple(problems), link)


# ---- veterinary drugs: Announcement 2210 of the Ministry of Agriculture (2015)


def _veterinary(text: str) -> StatutoryCode:
    code, link, problem = _digits_of(text, 24, "veterinary")
    if problem:
        return StatutoryCode("veterinary", "", problems=(problem,), link=link)
    problems = []
    try:
        date.fromisoformat(f"{code[:4]}-{code[4:6]}-{code[6:8]}")
    except ValueError:
        problems.append(Problem("application_date", f"第 1—8 位不是日期：{code[:8]}", "digits 1 to 8 are no date"))
    parts = (
        Part("application_date", code[:8], "申请日期", "Application date"),
        Part("enterprise", code[8:13], "企业代码", "Enterprise"),
        Part("random", code[13:], "随机码", "Random part"),
    )
    return StatutoryCode("veterinary", code, parts, tuple(problems), link)


# ---- seed: rules of the Ministry of Agriculture on QR codes of crop seed labels (2016-09-18)

_SEED_LINES = (
    ("variety", "品种名称", "Variety"),
    ("operator", "生产经营者或进口商名称", "Producer, dealer or importer"),
    ("unit_code", "单元识别代码", "Unit code"),
    ("link", "追溯网址", "Trace address"),
)
_SEED_LABEL = re.compile(
    r"(品种名称|生产经营者名称|生产经营者|进口商名称|生产经营者或进口商名称|单元识别代码|追溯网址)\s*[:：]\s*"
)


def _seed(text: str) -> StatutoryCode:
    lines = [_SEED_LABEL.sub("", line.strip(), count=1).strip() for line in text.splitlines()]
    if len(lines) != len(_SEED_LINES):
        told = Problem(
            "line_count", f"二维码应有四行，现有 {len(lines)} 行", f"four lines are prescribed, not {len(lines)}"
        )
        return StatutoryCode("seed", "", problems=(told,))
    problems = []
    for line, (_name, title, english) in zip(lines, _SEED_LINES, strict=True):
        if not line:
            problems.append(Problem("line_empty", f"“{title}”一行是空的", f"the line “{english}” is empty"))
    if lines[2] and not re.fullmatch(r"[0-9A-Za-z]+", lines[2]):
        problems.append(
            Problem("characters", "单元识别代码只能是数字和字母", "the unit code has digits and letters only")
        )
    if lines[3] and not re.fullmatch(r"(https?://)?[\w-]+(\.[\w-]+)+([/:?][^\s]*)?", lines[3], re.IGNORECASE):
        problems.append(Problem("web_address", "第四行不是网址", "the fourth line is no web address"))
    parts = tuple(
        Part(name, line, title, english) for line, (name, title, english) in zip(lines, _SEED_LINES, strict=True)
    )
    return StatutoryCode("seed", lines[2], parts, tuple(problems), lines[3], ("unit_code",))


# ---- drugs: NMPAB/T 1002 and 1003 (2019); GS1 codes of drugs are read as bar codes


def _drug(text: str) -> StatutoryCode:
    code, link, problem = _digits_of(text, 20, "drug")
    if problem:
        return StatutoryCode("drug", "", problems=(problem,), link=link)
    parts = (
        Part("product", code[:7], "药品标识码", "Drug identifier"),
        Part("serial", code[7:], "生产标识码和校验位", "Serial and check"),
    )
    return StatutoryCode("drug", code, parts, (), link, ("layout",))


# ---- Ecode: GB/T 31866-2023 (version, numbering system, main code)

_ECODE = {"1": (4, 20, r"[0-9]+"), "2": (4, 28, r"[0-9]+"), "3": (5, 39, r"[0-9A-Za-z]+"), "4": (5, 0, r"[!-~]+")}
"""Version → digits of the numbering system, most characters of the main code (0: no limit), its characters."""


def _ecode(text: str) -> StatutoryCode:
    code = re.sub(r"\s", "", text)
    link = ""
    if _WEB.fullmatch(code):
        link, code = code, code.rstrip("/").rpartition("/")[2]
        code = code.rpartition("=")[2]
    version = code[:1]
    if version == "0":
        told = Problem(
            "version", "V0 用于二进制存储，没有可读形式", "version 0 is for binary storage and has no written form"
        )
        return StatutoryCode("ecode", "", problems=(told,), link=link)
    if version not in _ECODE:
        told = Problem("version", "第 1 位版本应为 1 至 4", "the first character, the version, is 1 to 4")
        return StatutoryCode("ecode", "", problems=(told,), link=link)
    digits, most, characters = _ECODE[version]
    system, main = code[1 : 1 + digits], code[1 + digits :]
    problems = []
    if len(system) < digits or not system.isdigit():
        problems.append(
            Problem("system", f"编码体系标识应为 {digits} 位数字", f"the numbering system has {digits} digits")
        )
    if not main or (most and len(main) > most) or not re.fullmatch(characters, main):
        least = f"1 至 {most} 位" if most else "至少 1 位"
        problems.append(Problem("main_code", f"主码应为 {least}可用字符", "the main code has a wrong form"))
    parts = (
        Part("version", version, "版本", "Version"),
        Part("system", system, "编码体系标识", "Numbering system"),
        Part("main_code", main, "主码", "Main code"),
    )
    return StatutoryCode("ecode", code, parts, tuple(problems), link, ("layout",))


# ---- OID: GB/T 26231, ISO/IEC 9834-1


def _oid(text: str) -> StatutoryCode:
    code = re.sub(r"(?i)^(urn:oid:|oid[.:]\s*)", "", text).strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)+", code):
        told = Problem(
            "characters", "应为以点分隔的数字，至少两段", "numbers with dots between them, two arcs at least"
        )
        return StatutoryCode("oid", "", problems=(told,))
    arcs = code.split(".")
    problems = []
    if any(len(arc) > 1 and arc.startswith("0") for arc in arcs):
        problems.append(Problem("leading_zero", "各段不能以 0 开头", "no arc has a leading zero"))
    if arcs[0] not in {"0", "1", "2"}:
        problems.append(Problem("first_arc", "第一段应为 0、1 或 2", "the first arc is 0, 1 or 2"))
    elif arcs[0] in {"0", "1"} and int(arcs[1]) > 39:
        problems.append(
            Problem("second_arc", "第一段为 0 或 1 时，第二段不大于 39", "the second arc is at most 39 under 0 and 1")
        )
    parts = (
        Part(
            "root",
            ".".join(arcs[:3]),
            "根",
            "Root",
            *(("中国", "China") if arcs[:3] == ["1", "2", "156"] else ("", "")),
        ),
        Part("rest", ".".join(arcs[3:]), "以下各段", "Arcs below"),
    )
    return StatutoryCode("oid", code, parts, tuple(problems))


# ---- retail bar codes: GB 12904 (EAN-13, EAN-8), GB/T 16830 (GTIN-14), UPC-A as GTIN-12

_EAN_LENGTHS = (8, 12, 13, 14)
# GS1 General Specifications 1.4.2 and 1.4.4: prefixes that a shop or a region uses as it likes.
_RESTRICTED, _RESTRICTED_8 = ("02", "04", "2"), ("0", "2")


def _ean(text: str) -> StatutoryCode:
    code = re.sub(r"[\s-]", "", text)
    if not code.isascii() or not code.isdigit():
        return StatutoryCode(
            "ean", "", problems=(Problem("characters", "商品条码只有数字", "bar codes of goods have digits only"),)
        )
    if len(code) not in _EAN_LENGTHS:
        told = Problem(
            "length", f"应为 8、12、13 或 14 位，现为 {len(code)} 位", f"8, 12, 13 or 14 digits, not {len(code)}"
        )
        return StatutoryCode("ean", "", problems=(told,))
    right = check_digit(code[:-1])
    problems: tuple[Problem, ...] = ()
    if right != code[-1]:
        problems = (Problem("check_digit", f"校验位应为 {right}，现为 {code[-1]}", f"the check digit is {right}"),)
    plain = code if len(code) == 8 else code.zfill(13)[-13:]
    meaning = ("", "")
    if plain.startswith(_RESTRICTED_8 if len(code) == 8 else _RESTRICTED):
        meaning = ("店内或区域内使用，不是全国唯一", "restricted circulation, not unique")
    elif "690" <= plain[:3] <= "699":
        meaning = ("中国物品编码中心", "GS1 China")
    parts = (
        Part("prefix", plain[:3], "前缀码", "Prefix", *meaning),
        Part("item", code[:-1], "不含校验位的代码", "Code without check digit"),
        Part("check_digit", code[-1], "校验位", "Check digit"),
    )
    return StatutoryCode("ean", code, parts, problems, gs1=f"/01/{code.zfill(14)}", unsettled=("prefix",))


# ---- gas cylinders: TSG 23-2021, GB/T 38059-2019: a tag number for the cylinder's life


def _cylinder(text: str) -> StatutoryCode:
    code = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[0-9A-Z]+(-[0-9A-Z]+)*", code):
        told = Problem("characters", "标签号只有字母、数字和连字符", "tag numbers have letters, digits and hyphens")
        return StatutoryCode("cylinder", "", problems=(told,), unsettled=("layout",))
    return StatutoryCode("cylinder", code, (Part("tag", code, "标签号", "Tag number"),), unsettled=("layout",))


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("pesticide", "农药标签二维码", "Pesticide label code", "农业部公告第2579号", _pesticide),
        Scheme("veterinary", "兽药二维码", "Veterinary drug code", "农业部公告第2210号", _veterinary),
        Scheme("seed", "农作物种子标签二维码", "Seed label code", "农作物种子标签二维码编码规则（2016）", _seed),
        Scheme("drug", "药品追溯码（20 位）", "Drug trace code (20 digits)", "NMPAB/T 1002-2019", _drug),
        Scheme("ean", "商品条码", "Retail bar code", "GB 12904", _ean),
        Scheme("ecode", "物联网统一标识 Ecode", "Ecode", "GB/T 31866-2023", _ecode),
        Scheme("oid", "对象标识符 OID", "Object identifier", "GB/T 26231", _oid),
        Scheme("cylinder", "气瓶标签", "Gas cylinder tag", "TSG 23-2021", _cylinder, recognisable=False),
    )
}
