"""What comes with a request: places, attributes, dates. Every mistake is collected, none is guessed away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from hengjian.parties.models import Region
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.open311.services import Service, definition

LONGEST = 4000
WINDOW = timedelta(days=90)
MOST = 1000
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_]+)\](\[\d*\])?")


class Refused(Exception):
    """The call cannot be answered; `errors` are (code, description) pairs, the first gives the HTTP status."""

    def __init__(self, *errors: tuple[int, str]) -> None:
        super().__init__("; ".join(text for _code, text in errors))
        self.errors = errors


@dataclass
class Problems:
    """Mistakes found so far."""

    found: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.found.append(text)

    def raise_any(self) -> None:
        if self.found:
            raise Refused(*((400, text) for text in self.found))


def jurisdiction(given: Mapping[str, str], own: str) -> Region | None:
    """The region that a call is limited to; None: everything. A jurisdiction is a region code, or the site's own name.

    Raises:
        Refused: 404, no such jurisdiction.
    """
    wanted = given.get("jurisdiction_id", "").strip()
    if not wanted or wanted == own:
        return None
    region = Region.objects.filter(code=wanted).first()
    if region is None:
        raise Refused((404, _("jurisdiction_id “%(id)s”不存在。") % {"id": wanted[:60]}))
    return region


def attributes(given: QueryDict) -> dict[str, list[str]]:
    """`attribute[code]=…` and `attribute[code][]=…` as lists by code."""
    found: dict[str, list[str]] = {}
    for name, values in given.lists():
        match = _ATTRIBUTE.fullmatch(name)
        if match:
            found.setdefault(match[1], []).extend(value.strip() for value in values if value.strip())
    return found


def _coordinate(given: Mapping[str, str], name: str, most: int, problems: Problems) -> Decimal | None:
    raw = given.get(name, "").strip()
    if not raw:
        return None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        problems.add(_("%(name)s 应为十进制度数。") % {"name": name})
        return None
    if not value.is_finite() or abs(value) > most:
        problems.add(_("%(name)s 应在 -%(most)d 至 %(most)d 之间。") % {"name": name, "most": most})
        return None
    return value.quantize(Decimal("0.000001"))


def _place_of(text: str) -> str:
    """The code of the lowest region whose name occurs in an address."""
    order: list[str] = [Region.Level.COUNTY, Region.Level.PREFECTURE, Region.Level.PROVINCIAL]
    found = [row for row in Region.objects.filter(level__in=order) if row.name in text or _short(row.name) in text]
    best = min(found, key=lambda row: (order.index(row.level), -len(row.name)), default=None)
    return best.code if best is not None else ""


def _short(name: str) -> str:
    """A county's own name where the city stands before it: 朔安市城北区 → 城北区."""
    return name.split("市", 1)[1] if "市" in name[:-1] else name


def draft(given: QueryDict, item: Service, *, limited: Region | None, now: datetime) -> Draft:
    """The intake that a POST means.

    Raises:
        Refused: 400 with every mistake.
    """
    problems = Problems()
    extra = attributes(given)
    latitude, longitude = _coordinate(given, "lat", 90, problems), _coordinate(given, "long", 180, problems)
    address, address_id = given.get("address_string", "").strip()[:300], given.get("address_id", "").strip()
    if (latitude is None) != (longitude is None) and not problems.found:
        problems.add(_("lat 和 long 须同时提供。"))
    if latitude is None and not address and not address_id and not problems.found:
        problems.add(_("没有提供位置：请给出 lat 和 long，或者 address_string，或者 address_id。"))
    description = given.get("description", "").strip()
    if len(description) > LONGEST:
        problems.add(_("description 超过 %(most)d 个字符。") % {"most": LONGEST})
    if not description:
        problems.add(_("没有提供 description。"))
    for attribute in definition(item)["attributes"]:
        _check(attribute, extra.get(attribute["code"], []), problems)
    region = (
        (extra.get("region") or [""])[0] or address_id[:6] or _place_of(address) or (limited.code if limited else "")
    )
    if region and not Region.objects.filter(code=region).exists():
        problems.add(_("没有地区“%(code)s”。") % {"code": region[:12]})
    problems.raise_any()
    media = given.get("media_url", "").strip()[:500]
    person = {
        "name": f"{given.get('last_name', '').strip()}{given.get('first_name', '').strip()}"[:60],
        "phone": given.get("phone", "").strip()[:30],
        "email": given.get("email", "").strip()[:120],
    }

    def one(code: str) -> str:
        return (extra.get(code) or [""])[0]

    return Draft(
        channel="open311",
        content=f"{description}\n{_('附件地址')}：{media}" if media else description,
        received_at=now,
        category=item.category,
        kinds=() if item.kind == "complaint" else (item.kind,),
        product=one("product")[:100],
        occurred_on=_day(one("occurred_on")),
        claims=tuple(extra.get("claims", ())),
        amount=Decimal(one("amount")) if one("amount") else None,
        respondent_name=one("respondent_name")[:200],
        platform=one("platform")[:100],
        places={"operation": region, "act": region} if region else {},
        address=address,
        longitude=longitude,
        latitude=latitude,
        publish_consent=one("publish_consent") == "true",
        identity=person,
    )


def _day(raw: str) -> date | None:
    found = parse_datetime(raw) if "T" in raw else None
    return (
        timezone.localdate(found)
        if found and timezone.is_aware(found)
        else date.fromisoformat(raw[:10])
        if raw
        else None
    )


def _check(attribute: dict[str, Any], values: list[str], problems: Problems) -> None:
    """One attribute against its definition."""
    code, told = attribute["code"], {"code": attribute["code"]}
    if attribute["required"] and not values:
        problems.add(_("没有提供 attribute[%(code)s]。") % told)
    if attribute["datatype"] != "multivaluelist" and len(values) > 1:
        problems.add(_("attribute[%(code)s] 只能有一个值。") % told)
    known = {item["key"] for item in attribute.get("values", ())}
    for value in values:
        if known and value not in known:
            problems.add(_("attribute[%(code)s] 没有“%(value)s”这个选项。") % {"code": code, "value": value[:40]})
        if attribute["datatype"] == "number" and not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", value):
            problems.add(_("attribute[%(code)s] 应为数字。") % told)
        if attribute["datatype"] == "datetime":
            try:
                _day(value)
            except ValueError:
                problems.add(_("attribute[%(code)s] 应为 ISO 8601 日期。") % told)


def window(given: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """From and to of a query; 90 days where nothing is said, never more.

    Raises:
        Refused: 400, unreadable, without offset, in the wrong order or too long.
    """
    first, last = _moment(given, "start_date"), _moment(given, "end_date")
    if first is None and last is None:
        return now - WINDOW, now
    last = last or min(now, (first or now) + WINDOW)
    first = first or last - WINDOW
    if first > last:
        raise Refused((400, _("start_date 晚于 end_date。")))
    if last - first > WINDOW:
        raise Refused((400, _("start_date 与 end_date 相距不能超过 90 天。")))
    return first, last


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    raw = given.get(name, "").strip().replace(" ", "+")
    if not raw:
        return None
    try:
        found = parse_datetime(raw)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Refused((400, _("%(name)s 应为带时区的 W3C 时间，如 2026-01-01T00:00:00+08:00。") % {"name": name}))
    return found


def page(given: Mapping[str, str]) -> tuple[int, int]:
    """(offset, size) of `page` and `page_size`; the first 1000 where nothing is said.

    Raises:
        Refused: 400, no positive numbers.
    """
    numbers = []
    for name, usual in (("page", 1), ("page_size", MOST)):
        raw = given.get(name, "").strip()
        if raw and (not raw.isascii() or not raw.isdigit() or not 0 < int(raw) <= 1_000_000):
            raise Refused((400, _("%(name)s 应为正整数。") % {"name": name}))
        numbers.append(int(raw) if raw else usual)
    size = min(numbers[1], MOST)
    return (numbers[0] - 1) * size, size


def listed(given: Mapping[str, str], name: str, most: int = 100) -> list[str]:
    """A comma-delimited parameter as a list."""
    return [part.strip() for part in given.get(name, "").split(",") if part.strip()][:most]
