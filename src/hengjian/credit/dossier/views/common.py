"""What the views share: finding an enterprise by what stands in the address, addresses of dossiers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.credit.dossier.readers import READ
from hengjian.credit.sharing import use
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_key
from hengjian.pages.errors import UserError
from hengjian.pages.limits import count_use
from hengjian.parties.policies import may_anywhere

# A family or an office shares one address; whoever reads more pages in an hour gathers data, for which there are
# open files and the interface.
SEARCHES, SUGGESTIONS, DOSSIERS, REPORTS = 600, 3000, 600, 30
OFFICERS = 5  # so many times more


def find_enterprise(ident: str) -> Enterprise:
    """The body that a code, an old code or a key means.

    Raises:
        Http404: nobody, or more than one.
    """
    found = by_key(ident) or by_code(ident)
    if found is None:
        raise Http404(_("没有找到代码为“%(code)s”的企业。请核对代码，或按名称查询。") % {"code": ident[:40]})
    return found


def ident_of(enterprise: Enterprise) -> str:
    """What stands in addresses: the unified code, or the key of a body without one."""
    return enterprise.code or enterprise.key


def public_url(enterprise: Enterprise) -> str:
    return reverse("credit_dossier:public", args=[ident_of(enterprise)])


def inside_url(enterprise: Enterprise) -> str:
    return reverse("credit_dossier:dossier", args=[ident_of(enterprise)])


def limit(request: HttpRequest, what: str, most: int) -> None:
    """Count a use: by address, or by account, from whatever addresses it comes. Who reads for an authority may do so
    more often; each look at what is not public is logged besides.

    Raises:
        UserError: too many in this hour; the refusal is noted on the page on use.
    """
    user: Any = request.user
    try:
        if not user.is_authenticated:
            count_use(request, f"dossier.{what}", most)
        else:
            most *= OFFICERS if may_anywhere(user, READ) else 1
            count_use(request, f"dossier.{what}", most, user.ref)
    except UserError:
        use.refuse(request)
        raise
