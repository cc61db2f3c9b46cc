"""Checks a draft and turns it into the canonical parts that are stored and hashed. No database."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from hengjian.ledger.canonical import canonical
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.errors import InvalidFact
from hengjian.ledger.kinds import FactKind, disclosure_of, kind_of

MOST_REFS = 64
THING = re.compile(r"([a-z][a-z0-9_.-]*):[^\s\x00-\x1f\x7f\ud800-\udfff]{1,160}")
ROLE = re.compile(r"[a-z][a-z0-9_.]{0,39}")
REGION = re.compile(r"[0-9]{6,12}")
EVIDENCE = re.compile(r"(sha256|sm3):[0-9a-f]{64}")
PLAIN = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,120}")
CATALOGUE = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff]{0,80}")
# A resident identity number (GB 11643): region, birth date, sequence, check character.
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Prepared(NamedTuple):
    """A checked draft in canonical parts; ids, time and place follow when it is written."""

    kind: str
    subject: str
    region: str
    occurred_on: str
    ends_on: str | None
    source: Source
    refs: dict[str, str]
    refs_text: str
    payload: str
    evidence: str
    disclosure: str
    catalogue: str
    supersedes: str | None
    retracts: str | None


def prepare(draft: FactDraft) -> Prepared:
    """Check everything that can be known without the database.

    Raises:
        UnknownKind: the kind is not registered.
        InvalidFact: a field or the payload is not acceptable; the message names it.
    """
    kind = kind_of(draft.kind)
    subject = draft.subject
    match = THING.fullmatch(subject)
    if match is None or (kind.subject and match[1] != kind.subject):
        raise _invalid(draft, "subject", subject, _("应写成“%s:编号”，不含空格") % (kind.subject or "task"))
    if not REGION.fullmatch(draft.region):
        raise _invalid(draft, "region", draft.region, _("应为 6 至 12 位数字的行政区划代码"))
    occurred_on, ends_on = draft.occurred_on, draft.ends_on
    _check_day(draft, "occurred_on", occurred_on)
    if ends_on is not None:
        _check_day(draft, "ends_on", ends_on)
        if ends_on < occurred_on:
            raise _invalid(draft, "ends_on", ends_on, _("不能早于发生日期"))
    source = draft.source
    if not (source.unit or source.user or source.system):
        raise _invalid(draft, "source", "", _("单位、用户、系统至少填一项"))
    if not (PLAIN.fullmatch(source.unit) and PLAIN.fullmatch(source.user) and PLAIN.fullmatch(source.system)):
        raise _invalid(draft, "source", source, _("每项不超过 120 个字，且不含控制字符"))
    refs = _refs(draft)
    for item in draft.evidence:
        if not EVIDENCE.fullmatch(item):
            raise _invalid(draft, "evidence", item, _("应写成“sha256:”加 64 位十六进制摘要"))
    if not CATALOGUE.fullmatch(draft.catalogue):
        raise _invalid(draft, "catalogue", draft.catalogue, _("不超过 80 个字，且不含空格"))
    supersedes = retracts = None
    if draft.supersedes is not None or draft.retracts is not None:
        if draft.supersedes is not None and draft.retracts is not None:
            raise _invalid(draft, "retracts", draft.retracts, _("一条事实不能同时更正和撤回"))
        supersedes = _uuid(draft, "supersedes", draft.supersedes)
        retracts = _uuid(draft, "retracts", draft.retracts)
    return Prepared(
        draft.kind,
        subject,
        draft.region,
        occurred_on.isoformat(),
        None if ends_on is None else ends_on.isoformat(),
        source,
        refs,
        canonical(refs) if refs else "{}",
        payload_text(draft, kind),
        canonical(draft.evidence) if draft.evidence else "[]",
        disclosure_of(kind, draft.disclosure),
        draft.catalogue,
        supersedes,
        retracts,
    )


def payload_text(draft: FactDraft, kind: FactKind) -> str:
    """The payload, validated by the kind's model, as canonical JSON.

    Raises:
        InvalidFact: the model refuses it, a value has no canonical form, or it holds an identity number.
    """
    payload = draft.payload
    model = kind.payload
    try:
        if isinstance(payload, model):
            valid = payload
        elif isinstance(payload, BaseModel):
            raise _invalid(draft, "payload", type(payload).__name__, _("应为 %s") % model.__name__)
        else:
            valid = model.__pydantic_validator__.validate_python(payload)
        text = canonical(model.__pydantic_serializer__.to_python(valid, mode="json"))
        text.encode()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _invalid(draft, f"payload.{where}", first["input"], first["msg"]) from None
    except (ValueError, TypeError) as error:  # UnicodeEncodeError is a ValueError
        raise _invalid(draft, "payload", "", str(error)) from None
    for found in IDENTITY.finditer(text):
        if is_identity_number(found[0]):
            raise _invalid(draft, "payload", "******", _("含有居民身份证号码；个人信息应存入保险库，事实中只写引用"))
    return text


def is_identity_number(text: str) -> bool:
    """Whether 18 characters carry the check character of a resident identity number (GB 11643-1999, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def _refs(draft: FactDraft) -> dict[str, str]:
    refs = dict(draft.refs)
    if len(refs) > MOST_REFS:
        raise _invalid(draft, "refs", len(refs), _("最多 %d 项") % MOST_REFS)
    for role, ref in refs.items():
        if not ROLE.fullmatch(role) or not THING.fullmatch(ref):
            raise _invalid(draft, f"refs.{role}", ref, _("应写成“类型:编号”，不含空格"))
    return refs


def _check_day(draft: FactDraft, name: str, value: date) -> None:
    if type(value) is not date:  # a datetime would be cut silently
        shown = value.isoformat() if isinstance(value, datetime) else value
        raise _invalid(draft, name, shown, _("应为日期"))


def _uuid(draft: FactDraft, name: str, value: UUID | str | None) -> str | None:
    if value is None:
        return None
    try:
        return str(value if isinstance(value, UUID) else UUID(value))
    except ValueError:
        raise _invalid(draft, name, value, _("应为事实编号（UUID）")) from None


def _invalid(draft: FactDraft, field: str, value: object, why: str) -> InvalidFact:
    shown = str(value)
    return InvalidFact(
        _("事实“%(kind)s”（%(subject)s）的 %(field)s 不能写入：%(why)s。收到的是“%(value)s”。请更正后再提交。")
        % {
            "kind": draft.kind,
            "subject": draft.subject,
            "field": field,
            "why": why,
            "value": shown if len(shown) <= 80 else shown[:79] + "…",
        }
    )
