"""How often somebody who is not signed in may file or try codes. Counted in the shared cache, per address."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hengjian.pages.errors import UserError

HOUR = 3600
# Not too few: an office or a family shares one address.
LIMITS = {"file": "HENGJIAN_FILINGS_PER_HOUR", "track": "HENGJIAN_TRACKINGS_PER_HOUR"}


def address_of(request: HttpRequest) -> str:
    """The caller's address, behind the trusted proxies."""
    return str(get_adapter().get_client_ip(request))


def count(request: HttpRequest, what: str) -> None:
    """Count one attempt.

    Raises:
        UserError: too many in this hour.
    """
    most = int(getattr(settings, LIMITS[what]))
    # Only a keyed mark of the address is kept, for an hour.
    mark = salted_hmac(f"cases.{what}", address_of(request), algorithm="sha256").hexdigest()[:24]
    key = f"cases:{what}:{mark}"
    cache.add(key, 0, HOUR)
    try:
        tried = cache.incr(key)
    except ValueError:  # it expired in between
        cache.set(key, 1, HOUR)
        tried = 1
    if tried > most:
        raise UserError(_("操作过于频繁。"), _("请一小时后再试，或拨打咨询电话。"), status=429)
