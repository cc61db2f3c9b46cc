"""How often one address, or one account, may use what is open to everybody. Counted in the cache, for an hour."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hengjian.pages.errors import UserError

HOUR = 3600


def count_use(request: HttpRequest, what: str, most: int, caller: str = "") -> None:
    """Count one use of `what`; an office or a family shares one address, so `most` is generous.

    Args:
        caller: who it was where an account is known (`user:5`), whatever the address.

    Raises:
        UserError: more than `most` in this hour.
    """
    # Only a keyed mark of the address is kept.
    who = caller or str(get_adapter().get_client_ip(request))
    mark = salted_hmac(f"limit.{what}", who, algorithm="sha256").hexdigest()[:24]
    key = f"limit:{what}:{mark}"
    cache.add(key, 0, HOUR)
    try:
        used = cache.incr(key)
    except ValueError:  # it expired in between
        cache.set(key, 1, HOUR)
        used = 1
    if used > most:
        raise UserError(_("操作过于频繁。"), _("请一小时后再试，或拨打咨询电话。"), status=429)
