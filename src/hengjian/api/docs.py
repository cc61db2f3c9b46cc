"""The documentation page: Swagger UI as django-ninja bundles it, from this server alone, under the strict policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"title": _("接口文档"), "address": reverse("api:openapi-json")})
