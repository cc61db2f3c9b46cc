"""An account of one's own: for people who act for an enterprise. It can do nothing until the enterprise is claimed and
the registrar has checked the licence; officers get their accounts from their unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hengjian.pages.forms import HengjianForm
from hengjian.pages.limits import count_use
from hengjian.parties.actions import CreateUser
from hengjian.parties.models import User
from hengjian.parties.verbs import ActionRefused

SYSTEM = "registration"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class RegistrationForm(HengjianForm):
    """Who one is, and the password of one's choice."""

    display_name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        min_length=2,
        help_text=gettext_lazy("经办人本人姓名，登记机关核对委托书时使用，不公开。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=40,
        min_length=4,
        help_text=gettext_lazy("4～40 个文字、数字或 @ . + - _，登录时使用。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("我已阅读隐私与安全说明，同意为办理企业信用事项使用以上信息"),
        error_messages={"required": gettext_lazy("须同意才能注册")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = password_validation.password_validators_help_texts()
        self.fields["password"].help_text = " ".join(str(text) for text in rules)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password:
            person = User(username=data.get("username", ""), display_name=data.get("display_name", ""))
            try:
                password_validation.validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
            if "again" in data and data["again"] != password:
                self.add_error("again", _("两次输入的口令不一致。"))
        return data


def _next(request: HttpRequest) -> str:
    """Where the visitor wanted to go; the page on which an enterprise is claimed where nothing is said."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("credit_dossier:mine")


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in with it."""
    if not settings.HENGJIAN_REGISTRATIONS_PER_HOUR:
        raise Http404(_("本站不开放自行注册，请到登记机关开通企业账号。"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count_use(request, "account.register", settings.HENGJIAN_REGISTRATIONS_PER_HOUR)
        given = form.cleaned_data
        try:
            with transaction.atomic():
                make = CreateUser(
                    user=None, system=SYSTEM, username=given["username"], display_name=given["display_name"]
                )
                person = make.execute().user
                person.set_password(given["password"])
                person.save(update_fields=["password"])
        except ActionRefused as error:
            form.add_error("username", f"{error.message}{error.next_step}")
        else:
            login(request, person, backend=BACKEND)
            messages.success(request, _("账号已开通。下一步：查到本企业，提交认领申请。"))
            return HttpResponseRedirect(_next(request))
    context = {"title": _("注册企业经办人账号"), "form": form, "next": _next(request)}
    return render(request, "account/register.html", context, status=422 if form.is_bound else 200)
