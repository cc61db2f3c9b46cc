"""From what people write to typed JSON values: one reader for forms, sheets, the interface and cases.

JSON values by type: text kinds, codes and references are strings; `integer` an int; `decimal`, `money` and `percent`
strings ("12.50"), so that nothing is lost in floating point; `date` "2026-07-31"; `datetime` ISO 8601 with offset;
`boolean` true or false; `multi_choice` a list of codes; `point` "longitude,latitude"; null for an empty field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods import id_card
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import Lookups, choices_of
from hengjian.registers.parsing import credit_code, parser
from hengjian.registers.written import day_of, number_of, plain_number

# A number that no real value reaches.
LARGEST = Decimal(10) ** 15
TRUE = frozenset(["是", "有", "对", "√", "✓", "true", "yes", "y", "1", "on", "t"])
FALSE = frozenset(["否", "无", "错", "×", "✗", "false", "no", "n", "0", "off", "f"])
PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}|\d{5,8}")
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
VAULT = re.compile(r"vault:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEPARATORS = re.compile(r"[、,，;；|\n]+")
# Characters that no sheet or form means to send: controls, halves of characters, direction marks.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass
class Cleaned:
    """What was read.

    Attributes:
        values: typed JSON values by field code; an empty field that was given is None, so that a change can clear it.
        errors: what is wrong, by field code, in the user's language.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What reading one value may need."""

    on: date
    lookups: Lookups
    region: str = rulebook.NATIONAL


def clean_values(
    specs: Sequence[FieldSpec],
    raw: Mapping[str, Any],
    *,
    on: date,
    partial: bool = False,
    lookups: Lookups | None = None,
    region: str = rulebook.NATIONAL,
) -> Cleaned:
    """Read raw values (texts of forms and sheets, JSON of the interface) by their declarations.

    Args:
        specs: the fields that there are; a value for any other is an error.
        raw: by field code; None, "" and [] are empty.
        on: the day whose code lists hold.
        partial: only the given fields; otherwise required ones that are missing are errors, and all others are None.
        lookups: shared by many rows of an import.
        region: whose code lists hold.
    """
    found = Cleaned()
    context = Context(on, lookups or Lookups(), region)
    known = {spec.code for spec in specs}
    for code in raw:
        if code not in known:
            found.errors[str(code)[:60]] = _("没有这个字段。")
    for spec in specs:
        if partial and spec.code not in raw:
            continue
        value = raw.get(spec.code)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "" or value == [] or value == ():
            if spec.required:
                found.errors[spec.code] = _("请填写。")
            else:
                found.values[spec.code] = None
            continue
        try:
            found.values[spec.code] = read(spec, value, context)
        except ValueError as error:
            found.errors[spec.code] = str(error)
        except rulebook.RuleNotFound:
            found.errors[spec.code] = _(
                "规则库中没有 %(day)s 适用的“%(list)s”，无法核对；请核对日期，需要补充规则的请联系系统管理员。"
            ) % {"day": on.isoformat(), "list": spec.choices_from or spec.title}
    return found


def read(spec: FieldSpec, value: Any, context: Context) -> Any:
    """One value by its declaration; ValueError says what is wrong, in the user's language."""
    if spec.personal and isinstance(value, str) and VAULT.fullmatch(value):
        return value
    result = READERS.get(spec.type, _text)(spec, value, context)
    if isinstance(result, str) and spec.type not in NUMERIC:
        return _checked_text(spec, result)
    return result


# ---- texts


def as_text(spec: FieldSpec, value: Any) -> str:
    """The value as text in normal form C, on one line unless the field is a long text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | date):
        raise ValueError(_("应填写文字。"))
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # spreadsheets keep 1020 as 1020.0
    text = unicodedata.normalize("NFC", str(value)).strip()
    if UNWANTED.search(text):
        raise ValueError(_("含有不能使用的控制字符，请删去后重填。"))
    if spec.type == "long_text":
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return " ".join(text.split())


def _text(spec: FieldSpec, value: Any, context: Context) -> str:
    return as_text(spec, value)


def _checked_text(spec: FieldSpec, text: str) -> str:
    """Normalised by the declared parser, then held against length and pattern."""
    if spec.parser:
        text = parser(spec.parser)(text)
    if len(text) > spec.max_length and spec.type in ("text", "long_text", "person_name", "address", "url"):
        raise ValueError(_("最多 %(most)d 个字，现有 %(n)d 个。") % {"most": spec.max_length, "n": len(text)})
    if spec.pattern and re.fullmatch(spec.pattern, text) is None:
        raise ValueError(_("“%(value)s”的写法不对。") % {"value": text[:60]} + hint_of(spec))
    return text


def hint_of(spec: FieldSpec) -> str:
    """The declared help as the second half of a message."""
    from django.utils.translation import get_language

    help_text = spec.help_en if (get_language() or "").startswith("en") and spec.help_en else spec.help
    return f" {help_text}" if help_text else ""


def _phone(spec: FieldSpec, value: Any, context: Context) -> str:
    text = re.sub(r"[\s()（）]", "", as_text(spec, value)).replace("—", "-").replace("－", "-").removeprefix("+86")
    if PHONE.fullmatch(text) is None:
        raise ValueError(_("“%(value)s”不是电话号码，请写成 13800001234 或 0991-8881234。") % {"value": text[:30]})
    return text


def _email(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError(_("“%(value)s”不是电子邮箱地址。") % {"value": text[:60]}) from None
    return text


def _id_card(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value).replace(" ", "").upper()
    if not id_card.is_valid(text):
        # The number itself must not stand in messages, which enter logs and reports.
        raise ValueError(_("居民身份证号码不对：应为 18 位，出生日期和校验位须相符。"))
    return text


def _url(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(_("“%(value)s”不是网址，请以 https:// 开头。") % {"value": text[:60]})
    return text


def _file(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    if SHA256.fullmatch(text) is None:
        raise ValueError(_("文件应写成“sha256:”加 64 位十六进制摘要。"))
    return text


# ---- numbers


def _within(spec: FieldSpec, number: Decimal) -> Decimal:
    least, most = spec.minimum, spec.maximum
    if least is not None and number < Decimal(str(least)):
        raise ValueError(_("不能小于 %(least)s。") % {"least": plain_number(least)})
    if most is not None and number > Decimal(str(most)):
        raise ValueError(_("不能大于 %(most)s。") % {"most": plain_number(most)})
    if abs(number) >= LARGEST:
        raise ValueError(_("数值过大，请核对计量单位。"))
    return number


def _integer(spec: FieldSpec, value: Any, context: Context) -> int:
    number = number_of(value)
    if number != number.to_integral_value():
        raise ValueError(_("应为整数。"))
    return int(_within(spec, number))


def _decimal(spec: FieldSpec, value: Any, context: Context) -> str:
    number = _within(spec, number_of(value))
    places = Decimal(1).scaleb(-spec.decimals)
    rounded = number.quantize(places, ROUND_HALF_UP)
    if rounded != number:
        raise ValueError(_("最多保留 %(n)d 位小数。") % {"n": spec.decimals})
    if spec.type == "money":
        return f"{rounded:f}"
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---- days, yes and no


def _date(spec: FieldSpec, value: Any, context: Context) -> str:
    return day_of(value).isoformat()


def _datetime(spec: FieldSpec, value: Any, context: Context) -> str:
    moment = value
    if not isinstance(value, datetime):
        text = str(value).strip()
        try:
            moment = parse_datetime(text.replace("/", "-"))
        except ValueError:
            moment = None
        if moment is None:
            day = day_of(text)
            moment = datetime(day.year, day.month, day.day)
    day_of(moment.date())
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return timezone.localtime(moment).isoformat()


def _boolean(spec: FieldSpec, value: Any, context: Context) -> bool:
    if isinstance(value, bool):
        return value
    word = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip().casefold()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueError(_("“%(value)s”不明确，请填“是”或“否”。") % {"value": word[:20]})


# ---- choices and references


def _choice(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    code = context.lookups.choices(spec, context.on, context.region).get(text.casefold())
    if code is None:
        raise ValueError(_not_among(spec, text, context))
    return code


def _not_among(spec: FieldSpec, text: str, context: Context) -> str:
    words = [choice.title for choice in choices_of(spec, context.on, context.region)]
    shown = "、".join(words[:12]) + ("……" if len(words) > 12 else "")
    return _("“%(value)s”不在可选范围内：%(choices)s。") % {"value": text[:40], "choices": shown}


def _multi_choice(spec: FieldSpec, value: Any, context: Context) -> list[str]:
    parts = SEPARATORS.split(value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError(_("应填写一个或几个可选值，用“、”隔开。"))
    chosen = {_choice(spec, part, context) for part in parts if str(part).strip()}
    order = choices_of(spec, context.on, context.region)
    return [choice.code for choice in order if choice.code in chosen]


def _region(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    region = context.lookups.region(text, context.on)
    if region is None:
        if len(context.lookups.regions_named(text)) > 1:
            raise ValueError(_("有几个地区叫“%(value)s”，请改填区划代码。") % {"value": text[:40]})
        raise ValueError(_("没有地区“%(value)s”，请填区划代码或全称。") % {"value": text[:40]})
    return region.code


def _unit(spec: FieldSpec, value: Any, context: Context) -> str:
    text = as_text(spec, value)
    unit = context.lookups.unit(text)
    if unit is None:
        raise ValueError(_("没有登记过单位“%(value)s”，请填单位全称或标识。") % {"value": text[:60]})
    return unit.key


def _enterprise(spec: FieldSpec, value: Any, context: Context) -> str:
    return credit_code(as_text(spec, value))


def _entry(spec: FieldSpec, value: Any, context: Context) -> str:
    from hengjian.registers.catalogue import register_type

    key = as_text(spec, value)
    other = register_type(spec.of)
    if other.key.parser:
        key = parser(other.key.parser)(key)
    if not context.lookups.has_entry(spec.of, key):
        raise ValueError(
            _("《%(register)s》中没有“%(key)s”，请先登记或核对编号。") % {"register": other.title, "key": key[:60]}
        )
    return key


def _point(spec: FieldSpec, value: Any, context: Context) -> str:
    parts = SEPARATORS.split(value) if isinstance(value, str) else value
    try:
        longitude, latitude = (number_of(part) for part in parts)
    except (TypeError, ValueError):
        raise ValueError(_("坐标请写成“经度,纬度”，如 87.6168,43.8256。")) from None
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError(_("经度应在 ±180、纬度应在 ±90 之间，请检查先后顺序。"))
    # Six decimals are a decimetre.
    return ",".join(f"{part.quantize(Decimal('0.000001')).normalize():f}" for part in (longitude, latitude))


NUMERIC = frozenset({"integer", "decimal", "money", "percent", "date", "datetime", "point", "choice", "file"})
READERS: dict[str, Callable[[FieldSpec, Any, Context], Any]] = {
    "integer": _integer,
    "decimal": _decimal,
    "money": _decimal,
    "percent": _decimal,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
    "choice": _choice,
    "multi_choice": _multi_choice,
    "region": _region,
    "unit": _unit,
    "enterprise": _enterprise,
    "entry": _entry,
    "phone": _phone,
    "email": _email,
    "id_card": _id_card,
    "url": _url,
    "file": _file,
    "point": _point,
}
