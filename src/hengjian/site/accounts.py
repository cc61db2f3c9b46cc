"""Log-in with account, password and second factor: allauth's flows with our words and stricter rules."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthMFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

#: Pages an official may use before the second factor is set up.
ENROLMENT_PREFIXES = ("/account/", "/static/", "/health", "/language/", "/public/")


def must_enrol(request: HttpRequest) -> bool:
    """Whether this request comes from an official (a user with a unit) without a second factor, to a protected page."""
    user: Any = request.user
    if not user.is_authenticated or getattr(user, "unit_id", None) is None:
        return False
    if request.path_info.startswith(ENROLMENT_PREFIXES):
        return False
    # The answer only changes from no to yes while someone is logged in, so "yes" is kept in the session.
    if request.session.get("second_factor"):
        return False
    if is_mfa_enabled(user):
        request.session["second_factor"] = True
        return False
    return True


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own sign-up is closed: a unit's administrator makes accounts, or `registration` for enterprises."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或口令不正确。忘记口令的，请联系本单位管理员重置。"),
        "too_many_login_attempts": _("登录失败次数过多，请 5 分钟后再试。"),
        "incorrect_password": _("口令不正确。"),
        "enter_current_password": _("请输入当前口令。"),
        "rate_limited": _("操作过于频繁，请稍后再试。"),
    }

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Who has just logged in is not asked again, as when the second factor is set up on the first day."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Officials have no mailbox on record here; what happened to an account is in the audit log."""


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of the second factor encrypted at rest."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不正确。请核对手机时间，并输入最新的 6 位数字。"),
        "cannot_delete_authenticator": _("工作人员不能停用第二重验证。更换手机的，请联系本单位管理员。"),
        "cannot_generate_recovery_codes": _("请先启用第二重验证，再生成备用码。"),
    }

    @staticmethod
    def _cipher() -> Fernet:
        key = hashlib.sha256(b"hengjian second factor" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not (settings.HENGJIAN_REQUIRE_SECOND_FACTOR and authenticator.user.unit_id is not None)


def _plain(field: Any, label: Any, hint: Any = "") -> None:
    """Our label and hint, no placeholder: a placeholder vanishes just when it is needed."""
    field.label = label
    field.help_text = hint
    field.widget.attrs.pop("placeholder", None)


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("账号"), _("单位统一分配的账号，形如 姓名拼音@单位简称"))
        _plain(self.fields["password"], _("口令"))
        self.fields["login"].widget.attrs["autofocus"] = True


class ChangePasswordForm(AllauthChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("当前口令"))
        rules = " ".join(str(text) for text in password_validation.password_validators_help_texts())
        _plain(self.fields["password1"], _("新口令"), rules)
        _plain(self.fields["password2"], _("再输一次新口令"))


class ReauthenticateForm(AllauthReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], _("口令"))


class _CodeForm:
    """The one field of the second factor."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("动态验证码"), _("验证器应用显示的 6 位数字；手机不在身边时可输入一个备用码"))
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "autofocus": True})


class SecondFactorForm(_CodeForm, AllauthAuthenticateForm):
    """After the password."""


class SecondFactorReauthenticateForm(_CodeForm, AllauthMFAReauthenticateForm):
    """Before a sensitive change."""


class ActivateSecondFactorForm(_CodeForm, ActivateTOTPForm):
    """The first code proves that the app was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("扫码后，验证器应用显示的 6 位数字")
