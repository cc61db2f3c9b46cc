"""Tokens of units: making, checking, revoking. The secret is shown once; the database keeps its SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties import roles
from hengjian.parties.models import ApiToken, Unit, User
from hengjian.parties.policies import Limits, can
from hengjian.parties.policies import Scope as Place
from hengjian.parties.verbs import Action, ActionRefused

MARK = "hj"
_FORM = re.compile(rf"{MARK}_(?P<prefix>[0-9a-f]{{8}})_[A-Za-z0-9_-]{{43}}")
LONGEST_LIFE = timedelta(days=366)


class RateLimited(Exception):
    """The token has used up its window."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class TokenAuth:
    """A valid token. `user` is its creator, limited to the scopes and, unless the token is wide, to the unit."""

    token: ApiToken
    user: User
    unit: Unit
    scopes: frozenset[str]


@dataclass(frozen=True)
class NewToken:
    """A token just made; `secret` is not kept anywhere."""

    token: ApiToken
    secret: str = field(repr=False)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def authenticate_token(raw: str) -> TokenAuth | None:
    """The token that a caller presents (`hj_<prefix>_<secret>`), or None when it is unknown, expired or revoked.

    One read and one write. A token lives only while its creator's account is active, and never allows more than the
    creator may do at that moment.

    Raises:
        RateLimited: the window is used up; `.retry_after` in seconds.
    """
    form = _FORM.fullmatch(raw.strip())
    if form is None:
        return None
    token = ApiToken.objects.select_related("unit", "created_by").filter(prefix=form["prefix"]).first()
    if token is None or not hmac.compare_digest(token.digest, digest_of(raw.strip())):
        return None
    now = timezone.now()
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    user = token.created_by
    if not user.is_active or not token.unit.is_valid_on(timezone.localdate()):
        return None
    _count(token, now)
    scopes = frozenset(token.scopes)
    user.limits = Limits(scopes, None if token.wide else token.unit_id)
    user.acting_system = f"token:{token.prefix}"
    return TokenAuth(token, user, token.unit, scopes)


def _count(token: ApiToken, now: datetime) -> None:
    """Count the call in a fixed window; one conditional update, so that two workers cannot both take the last one."""
    opened = now - timedelta(seconds=token.rate_window)
    over = Q(window_start__isnull=True) | Q(window_start__lte=opened)
    taken = ApiToken.objects.filter(Q(pk=token.pk) & (over | Q(window_count__lt=F("rate_limit")))).update(
        window_count=Case(When(over, then=Value(1)), default=F("window_count") + 1),
        window_start=Case(When(over, then=Value(now)), default=F("window_start")),
        last_used_at=now,
    )
    if not taken:
        start = ApiToken.objects.values_list("window_start", flat=True).get(pk=token.pk) or now
        left = start + timedelta(seconds=token.rate_window) - now
        raise RateLimited(max(1, int(left.total_seconds() + 0.999)))


def possible_scopes(user: User, unit: Unit) -> list[roles.Verb]:
    """The verbs that a token made by this person for this unit could carry."""
    return [verb for verb in roles.verbs() if verb.scope and can(user, verb.name, Place(unit=unit))]


@dataclass(kw_only=True)
class CreateToken(Action[NewToken]):
    """Make a token for a unit; its scopes must be verbs that the person has there."""

    verb = "parties.create_token"
    unit: Unit
    name: str
    scopes: Iterable[str]
    expires_at: datetime | None = None
    wide: bool = False
    rate_limit: int = 600

    def target(self) -> Place:
        return Place(unit=self.unit)

    def check_state(self) -> None:
        wanted = set(self.scopes)
        if not self.name.strip():
            raise ActionRefused(_("没有写令牌的用途。"), _("请写明由哪个系统使用，便于以后清理。"), status=400)
        if not wanted:
            raise ActionRefused(_("没有选择权限范围。"), _("请至少选择一项。"), status=400)
        actor = self.actor
        allowed = {verb.name for verb in possible_scopes(actor, self.unit)} if actor else set()
        if wanted - allowed:
            raise ActionRefused(
                _("您在“%(unit)s”没有这些权限，不能授给令牌：%(verbs)s。")
                % {"unit": self.unit, "verbs": "、".join(sorted(wanted - allowed))},
                _("请去掉这些权限范围，或请有权限的人签发。"),
                status=400,
            )
        now = timezone.now()
        if self.expires_at is None or not now < self.expires_at <= now + LONGEST_LIFE:
            raise ActionRefused(
                _("令牌的到期时间应在一年以内。"), _("请选择今后一年内的日期；到期前可再签发新令牌。"), status=400
            )

    def perform(self) -> NewToken:
        assert self.actor is not None
        prefix = secrets.token_hex(4)
        secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
        token = ApiToken.objects.create(
            unit=self.unit,
            name=self.name.strip(),
            prefix=prefix,
            digest=digest_of(secret),
            scopes=sorted(set(self.scopes)),
            wide=self.wide,
            rate_limit=self.rate_limit,
            created_by=self.actor,
            expires_at=self.expires_at,
        )
        return NewToken(token, secret)

    def logged(self, result: NewToken) -> ApiToken:
        return result.token


@dataclass(kw_only=True)
class RevokeToken(Action[ApiToken]):
    """End a token at once."""

    verb = "parties.revoke_token"
    token: ApiToken

    def target(self) -> ApiToken:
        return self.token

    def check_state(self) -> None:
        if self.token.revoked_at is not None:
            raise ActionRefused(_("这个令牌已经吊销。"), _("无需再次操作。"))

    def perform(self) -> ApiToken:
        self.token.revoked_at = timezone.now()
        self.token.save(update_fields=["revoked_at"])
        return self.token
