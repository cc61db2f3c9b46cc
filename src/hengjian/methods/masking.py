"""How personal data is shown to readers who need not know it: enough to recognise, too little to identify. Pure."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["name", "phone", "id_card", "address", "email", "hidden"]
KINDS: tuple[str, ...] = ("name", "phone", "id_card", "address", "email", "hidden")
COVER = "*"
HIDDEN = "******"
# Surnames of two characters that are still borne by many; the rest of the name is covered.
_DOUBLE = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容"}
    | {"令狐", "宇文", "长孙", "司徒", "夏侯", "端木", "百里", "南宫", "独孤"}
)
# An address is shown down to its street; number, building, flat stay covered.
_STREET = re.compile(r"^(.*?(?:大道|大街|街道|路|街|巷|胡同|镇|乡|苏木|村|社区|团场|道))(.+)$")
_AREA = re.compile(r"^(.*?(?:自治县|自治旗|新区|市辖区|县|区|旗|市|州|省))(.+)$")


def mask(kind: str, text: str) -> str:
    """The text with what identifies a person covered; "" stays "".

    Args:
        kind: name, phone, id_card, address, email; anything else is hidden altogether.
        text: as entered.

    >>> mask("name", "张三丰"), mask("phone", "13800001234"), mask("id_card", "110101199001011234")
    ('张**', '138****1234', '110101********1234')
    >>> mask("address", "望澜市澜东区银杏路12号3单元"), mask("email", "zhang.san@example.cn")
    ('望澜市澜东区银杏路****', 'z***@example.cn')
    """
    text = text.strip()
    if not text:
        return ""
    if kind == "name":
        return mask_name(text)
    if kind == "phone":
        return mask_phone(text)
    if kind == "id_card":
        return f"{text[:6]}{COVER * max(4, len(text) - 10)}{text[-4:]}" if len(text) >= 15 else HIDDEN
    if kind == "address":
        return mask_address(text)
    if kind == "email" and "@" in text:
        local, _at, host = text.rpartition("@")
        return f"{local[:1]}***@{host}"
    return HIDDEN


def mask_name(name: str) -> str:
    """A person's name with only the surname left: 张三丰 → 张**, 欧阳若谷 → 欧阳**, 买买提·艾力 → 买***.

    Names in Latin letters keep their first letter.
    """
    if len(name) < 2:
        return COVER
    if name[:2] in _DOUBLE and len(name) > 2:
        return name[:2] + COVER * (len(name) - 2)
    return name[0] + COVER * min(len(name) - 1, 3)


def mask_phone(number: str) -> str:
    """A telephone number with its middle covered: 138****1234, 0991-****321; short service numbers are no secret."""
    digits = re.sub(r"\D", "", number)
    if len(digits) <= 6:
        return number
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return f"{digits[:3]}****{digits[-3:]}"


def mask_address(address: str) -> str:
    """An address down to its street; where no street can be told, down to its county; else hidden."""
    for pattern in (_STREET, _AREA):
        found = pattern.match(address)
        if found is not None:
            return found[1] + COVER * 4
    # Nothing follows the street or county, so there is nothing to cover.
    if re.search(r"(?:大道|大街|路|街|巷|镇|乡|村|县|区|旗|市|州|省)$", address):
        return address
    return HIDDEN
