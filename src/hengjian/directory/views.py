"""Pages of the room: thin; every change is an action of `parties`."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from hengjian.directory import forms
from hengjian.directory.lists import role_names, validity
from hengjian.parties import roles
from hengjian.parties.actions import CreateUser, EditProfile, EditUser, GrantRole, RevokeRole
from hengjian.parties.models import ApiToken, RoleGrant, User
from hengjian.parties.policies import can, require, visible
from hengjian.parties.tokens import CreateToken, RevokeToken
from hengjian.parties.verbs import Action, ActionRefused

R = TypeVar("R")


def attempt(action: Action[R], form: Form) -> R | None:
    """Execute; a refusal becomes an error of the form (and None), so that nothing typed is lost."""
    try:
        return action.execute()
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return None


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; the views here are for people who are logged in."""
    assert isinstance(request.user, User)
    return request.user


def form_page(request: HttpRequest, form: Form, title: str, back: str, button: str, lead: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "button": button, "lead": lead}
    return render(request, "directory/form.html", context, status=422 if form.is_bound else 200)


# ---- people and roles


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.user, User.objects.select_related("unit")), pk=pk)
    grants = visible(
        request.user, row.grants.select_related("unit", "region", "granted_by").order_by("valid_to", "role")
    )
    today = timezone.localdate()
    context = {
        "title": str(row),
        "person": row,
        "facts": [
            (_("用户名"), row.username),
            (_("单位"), row.unit.name if row.unit else ""),
            (_("职务"), row.position),
            (_("办公电话"), row.phone),
            (_("账号"), pgettext("账号", "启用") if row.is_active else pgettext("账号", "停用")),
        ],
        "grants": [
            {
                "grant": grant,
                "role": role_names([grant])[0],
                "validity": validity(grant),
                "live": grant.is_valid_on(today),
                "may_revoke": grant.is_valid_on(today) and not RevokeRole(user=request.user, grant=grant).refusal(),
            }
            for grant in grants
        ],
        "may_grant": can(request.user, "parties.grant_role").allowed and row.pk != request.user.pk,
        "may_edit": can(request.user, "parties.edit_user", row).allowed,
    }
    return render(request, "directory/person.html", context)


@login_required
@never_cache
def new_person(request: HttpRequest) -> HttpResponse:
    require(request.user, "parties.edit_user")
    form = forms.NewPersonForm(signed_in(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(CreateUser(user=request.user, **form.cleaned_data), form)
        if made is not None:
            context = {"title": _("账号已建立"), "person": made.user, "secret": made.password, "kind": "password"}
            return render(request, "directory/secret.html", context)
    return form_page(request, form, _("新建用户"), reverse("directory:people"), _("建立账号"))


@login_required
def edit_person(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.user, User.objects.all()), pk=pk)
    require(request.user, "parties.edit_user", row)
    names = ("display_name", "unit", "position", "phone", "is_active")
    form = forms.EditPersonForm(
        signed_in(request), request.POST or None, initial={name: getattr(row, name) for name in names}
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(EditUser(user=request.user, person=row, **form.cleaned_data), form) is not None
    ):
        messages.success(request, _("已保存“%(name)s”的资料。") % {"name": row})
        return redirect("directory:person", pk=pk)
    return form_page(
        request, form, _("修改用户：%(name)s") % {"name": row}, reverse("directory:person", args=[pk]), _("保存")
    )


@login_required
def grant_role(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.user, User.objects.all()), pk=pk)
    require(request.user, "parties.grant_role")
    form = forms.GrantForm(signed_in(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        grant = attempt(GrantRole(user=request.user, person=row, **form.cleaned_data), form)
        if grant is not None:
            label = role_names([grant])[0]
            messages.success(request, _("已授予“%(name)s”%(role)s角色。") % {"name": row, "role": label})
            return redirect("directory:person", pk=pk)
    lead = _("编辑、审核、发布是不同的权限，请按岗位授予；同一事项的填报与审核不能由同一人办理。")
    return form_page(
        request,
        form,
        _("授予角色：%(name)s") % {"name": row},
        reverse("directory:person", args=[pk]),
        _("授予角色"),
        lead,
    )


@login_required
def revoke_role(request: HttpRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(visible(request.user, RoleGrant.objects.select_related("user", "unit", "region")), pk=pk)
    form = forms.ReasonForm(request.POST or None)
    require(request.user, "parties.grant_role", grant)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(RevokeRole(user=request.user, grant=grant, reason=form.cleaned_data["reason"]), form) is not None
    ):
        messages.success(request, _("已收回授权。"))
        return redirect("directory:person", pk=grant.user_id)
    title = _("收回“%(name)s”的%(role)s角色") % {"name": grant.user, "role": role_names([grant])[0]}
    return form_page(request, form, title, reverse("directory:person", args=[grant.user_id]), _("收回授权"))


@login_required
def role_page(request: HttpRequest) -> HttpResponse:
    """What each role may do, from the registered verbs."""
    require(request.user, "parties.view_unit")
    shown = [(role, roles.verbs_of(role.name)) for role in roles.ROLES.values()]
    return render(request, "directory/roles.html", {"title": _("角色说明"), "roles": shown})


# ---- tokens


@login_required
@never_cache
def new_token(request: HttpRequest) -> HttpResponse:
    require(request.user, "parties.create_token")
    form = forms.TokenForm(signed_in(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = dict(form.cleaned_data)
        day = values.pop("expires_on")
        values["expires_at"] = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
        made = attempt(CreateToken(user=request.user, **values), form)
        if made is not None:
            context = {"title": _("令牌已签发"), "token": made.token, "secret": made.secret, "kind": "token"}
            return render(request, "directory/secret.html", context)
    lead = _("令牌以签发人的权限为上限；签发人停用账号或失去权限时，令牌随之失效。")
    return form_page(request, form, _("签发令牌"), reverse("directory:tokens"), _("签发令牌"), lead)


@login_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(visible(request.user, ApiToken.objects.select_related("unit")), pk=pk)
    require(request.user, "parties.revoke_token", token)
    form = forms.ConfirmForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(RevokeToken(user=request.user, token=token, **form.cleaned_data), form) is not None
    ):
        messages.success(request, _("已吊销令牌“%(name)s”。") % {"name": token.name})
        return redirect("directory:tokens")
    title = _("吊销令牌：%(name)s") % {"name": token.name}
    lead = _("吊销后，使用这个令牌的系统立即不能再调用接口，且不能恢复。")
    return form_page(request, form, title, reverse("directory:tokens"), _("吊销令牌"), lead)


# ---- oneself


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    names = ("position", "phone", "email", "email_digest")
    form = forms.ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in names})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(EditProfile(user=user, **form.cleaned_data), form) is not None
    ):
        messages.success(request, _("已保存本人资料。"))
        return redirect("directory:profile")
    today = timezone.localdate()
    grants = [grant for grant in user.grants.select_related("unit", "region") if grant.is_valid_on(today)]
    context = {
        "title": _("本人资料"),
        "form": form,
        "facts": [
            (_("姓名"), str(user)),
            (_("用户名"), user.username),
            (_("单位"), user.unit.name if user.unit else ""),
        ],
        "grants": [(grant, role_names([grant])[0], validity(grant)) for grant in grants],
    }
    return render(request, "directory/profile.html", context, status=422 if form.is_bound else 200)
