"""Reports: ask for one, take its files, verify one by its query code."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.credit.dossier import looking
from hengjian.credit.dossier.forms import CheckForm, VerifyForm
from hengjian.credit.dossier.models import Report
from hengjian.credit.dossier.purposes import Purpose, purpose_of
from hengjian.credit.dossier.readers import Reader, reader_of
from hengjian.credit.dossier.reports.files import TYPES
from hengjian.credit.dossier.reports.issuing import IssueReport, again, is_outdated, report_of
from hengjian.credit.dossier.views.common import REPORTS, find_enterprise, inside_url, limit, public_url
from hengjian.documents.qr import qr_svg
from hengjian.pages.errors import UserError
from hengjian.parties.requests import UserRequest

#: The public reports that a browser session asked for; nobody else takes their files.
SESSION, KEPT = "dossier.reports", 20


def verify_address(request: HttpRequest) -> str:
    """Where a report is verified, with `{code}` in it."""
    return request.build_absolute_uri(reverse("credit_dossier:report", args=["CODE"])).replace("CODE", "{code}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def public_new(request: HttpRequest, ident: str) -> HttpResponse:
    """The public report, for everybody."""
    enterprise = find_enterprise(ident)
    if request.method == "POST":
        limit(request, "report", REPORTS)
        handed = IssueReport(
            user=request.user, enterprise=enterprise, reader=Reader("public"), address=verify_address(request)
        ).execute()
        request.session[SESSION] = [*request.session.get(SESSION, []), handed.report.code][-KEPT:]
        return redirect(handed.report)
    context = {"title": _("质量信用报告"), "enterprise": enterprise, "back": public_url(enterprise), "full": False}
    return render(request, "credit_dossier/report_new.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: UserRequest, ident: str) -> HttpResponse:
    """The full report: for the enterprise itself, and for officers who said why they look."""
    enterprise = find_enterprise(ident)
    reader = reader_of(request.user, enterprise)
    if reader.side == "public":
        return redirect("credit_dossier:public_report", ident=ident)
    purpose = purpose_of(request, enterprise)
    if reader.officer and purpose is None:
        return redirect(inside_url(enterprise))
    if request.method == "POST":
        given = purpose or Purpose("own", "")
        text = given.text if reader.officer else _("本企业使用")
        handed = IssueReport(
            user=request.user, enterprise=enterprise, reader=reader, address=verify_address(request), purpose=text
        ).execute()
        looking.note_look(enterprise, reader, purpose, "report")
        return redirect(handed.report)
    context = {
        "title": _("质量信用报告"),
        "enterprise": enterprise,
        "back": inside_url(enterprise),
        "full": True,
        "purpose": purpose if reader.officer else None,
        "issued": Report.objects.filter(enterprise=enterprise, asked_by=request.user)[:10],
    }
    return render(request, "credit_dossier/report_new.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """By the query code on the report to its page."""
    form = VerifyForm(request.GET or None)
    if form.is_bound and form.is_valid():
        limit(request, "verify", REPORTS * 10)
        found = report_of(form.cleaned_data["code"])
        if found is not None:
            return redirect(found)
        form.add_error("code", _("没有这个查询码。请核对报告附件中的查询码。"))
    return render(request, "credit_dossier/verify.html", {"title": _("核验质量信用报告"), "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Who issued what about whom and when, whether it still holds; a file can be compared with it."""
    limit(request, "verify", REPORTS * 10)
    found = report_of(code)
    if found is None:
        raise Http404(_("没有这个查询码。请核对报告附件中的查询码。"))
    form = CheckForm(request.POST or None, request.FILES or None)
    same = None
    if request.method == "POST" and form.is_valid():
        same = hashlib.sha256(form.cleaned_data["data"]).hexdigest() in found.files.values()
    address = verify_address(request).format(code=found.code)
    context: dict[str, Any] = {
        "title": _("质量信用报告核验"),
        "report": found,
        "outdated": is_outdated(found),
        "form": form,
        "same": same,
        "takes": reader_for(request, found) is not None,
        "formats": list(TYPES),
        "qr": qr_svg(address),
        "address": address,
    }
    return render(request, "credit_dossier/report.html", context, status=422 if form.errors else 200)


def reader_for(request: HttpRequest, found: Report) -> Reader | None:
    """As whom the visitor may take the files; None: not at all. A full report is for whoever asked for it, as long as
    the person still reads the dossier as whom it was issued."""
    if not found.is_full:
        return Reader("public") if found.code in request.session.get(SESSION, []) else None
    if not request.user.is_authenticated or request.user.pk != found.asked_by_id:
        return None
    reader = reader_of(request.user, found.enterprise)
    return reader if reader.side == found.side else None


@never_cache
@require_safe
def file(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """A file of a report, as long as everything in it holds."""
    found = report_of(code)
    if found is None or extension not in TYPES:
        raise Http404(_("没有这个查询码。请核对报告附件中的查询码。"))
    reader = reader_for(request, found)
    if reader is None:
        raise Http404(_("没有这个文件，或者您无权查看。"))
    files = again(found, reader, verify_address(request))
    if files is None:
        raise UserError(
            _("报告出具后信息有更新，原报告不再提供。"),
            _("请重新出具报告。"),
            status=409,
            url=reverse(
                "credit_dossier:report_new" if found.is_full else "credit_dossier:public_report",
                args=[found.enterprise.code or found.enterprise.key],
            ),
            url_label=_("重新出具"),
        )
    response = HttpResponse(files[extension], content_type=TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="quality-credit-{found.code}.{extension}"'
    return response
