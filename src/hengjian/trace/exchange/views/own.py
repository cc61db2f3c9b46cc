"""Identifiers of this platform under /id/: a lot, a certificate, a trace subject, a statutory code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods import statutory_codes
from hengjian.pages.errors import UserError
from hengjian.registers.queries import entries, find
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import own_uri
from hengjian.trace.exchange.models import ConformityCertificate
from hengjian.trace.exchange.passport import count_lookup, passport
from hengjian.trace.exchange.views.passports import complain_url, page_of
from hengjian.trace.exchange.views.resolver import (
    LINKS,
    Redirect307,
    linkset_response,
    problem,
    resolving,
    targets,
    wanted,
)


@resolving
def own(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """The page of an identifier of this platform."""
    if scheme == "lot":
        return _answer(request, own_uri(host(), "lot", code))
    if scheme == "certificate":
        return certificate(request, code)
    if scheme == "node":
        subject = find("trace_subject", code)
        if subject is not None and subject.confidentiality == 0:
            return redirect("registers:public_entry", "trace_subject", subject.pk)
    if scheme in statutory_codes.SCHEMES:
        return _statutory(request, scheme, code)
    raise UserError(_("没有找到这个编号。"), _("请核对编号，或到扫码追溯页重新输入。"), status=404)


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a certificate of conformity is genuine and in force."""
    found = ConformityCertificate.objects.filter(key=number, confidentiality=0).select_related("region").first()
    if found is None:
        raise UserError(
            _("没有编号为 %(number)s 的合格证。") % {"number": number[:40]},
            _("这张合格证不是本平台开具的，请不要凭它收购，并向农业农村部门反映。"),
            status=404,
        )
    return _answer(request, found.lot, found)


def _answer(request: HttpRequest, key: str, paper: ConformityCertificate | None = None) -> HttpResponse:
    """The page itself; the list of links and single links as the resolver gives them."""
    asked = request.GET.get("linkType", "")
    found = passport([key])
    here = request.build_absolute_uri(request.path)
    kind = wanted(request, asked)
    if kind:
        if not found.known:
            return problem(request, _("没有这个编码的信息。"))
        title = found.name or key
        entry = {"anchor": here, "itemDescription": title, "description": title, **targets(here, title)}
        return linkset_response({"linkset": [entry]}, kind)
    name = asked.rpartition(":")[2].rpartition("/")[2]
    if name in LINKS:
        return Redirect307(here + LINKS[name])
    if asked and name != "defaultLink":
        return problem(request, _("没有这种链接：%(name)s。") % {"name": asked[:60]})
    return page_of(request, found, paper, linkset=here + "?linkType=linkset")


def _statutory(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    read = statutory_codes.read(code, scheme)
    english = (get_language() or "").startswith("en")
    if not read.valid:
        fault = read.problems[0]
        raise UserError(
            _("这个追溯码的写法不对：%(reason)s。") % {"reason": fault.message_en if english else fault.message_zh},
            _("请核对后重新输入。"),
            status=400,
        )
    declared = statutory_codes.SCHEMES[scheme]
    found = passport([read.uri(host())])
    goods = list(entries("farm_input").filter(extras__label_code=read.code, confidentiality=0)[:3])
    count_lookup(found, read.uri(host()))
    context = {
        "title": declared.title_en if english else declared.title_zh,
        "code": read,
        "parts": [
            (
                part.title_en if english else part.title_zh,
                part.value,
                part.meaning_en if english else part.meaning_zh,
            )
            for part in read.parts
        ],
        "unsettled": bool(read.unsettled),
        "source": declared.source,
        "goods": goods,
        "found": found,
        "complain_url": complain_url("", read.code),
    }
    return render(request, "trace_exchange/statutory.html", context)
