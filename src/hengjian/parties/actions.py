"""The verbs on people, roles and units. Tokens are in `tokens`, seeding in `seeding`, loading regions in `regions`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from hengjian.parties import roles
from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, UnitAlias, User
from hengjian.parties.models.base import valid_on
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused

# Roles that only a system administrator gives and takes: they could give themselves anything.
GUARDED = frozenset({"system_admin", "office"})
# Without characters that are read wrongly from paper.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _is_admin(user: User | None) -> bool:
    if user is None:
        return False
    held = RoleGrant.objects.valid_on(timezone.localdate()).filter(user=user, role="system_admin")
    return user.is_superuser or held.exists()


def _refuse_guarded(actor: User | None, role: str) -> None:
    if role in GUARDED and not _is_admin(actor):
        raise ActionRefused(
            _("“%(role)s”角色只能由系统管理员授予或收回。") % {"role": roles.ROLES[role].label},
            _("请联系系统管理员办理。"),
            status=403,
        )


@dataclass(kw_only=True)
class GrantRole(Action[RoleGrant]):
    """Give a person a role for a unit, a region with everything below it, or both."""

    verb = "parties.grant_role"
    person: User
    role: str
    unit: Unit | None = None
    region: Region | None = None
    ceiling: int = Confidentiality.INTERNAL
    valid_from: date | None = None
    valid_to: date | None = None

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region, confidentiality=self.ceiling)

    def check_state(self) -> None:
        if self.role not in roles.ROLES or roles.ROLES[self.role].implicit:
            raise ActionRefused(_("没有可以授予的“%(role)s”角色。") % {"role": self.role}, _("请从列表中选择。"), 400)
        if self.actor is not None and self.actor.pk == self.person.pk:
            raise ActionRefused(_("不能给自己授权。"), _("请由另一位有授权权限的人办理。"))
        _refuse_guarded(self.actor, self.role)
        if not self.person.is_active:
            raise ActionRefused(_("“%(name)s”的账号已停用。") % {"name": self.person}, _("请先启用账号。"))
        if self.role != "system_admin" and self.unit is None and self.region is None:
            raise ActionRefused(
                _("没有限定单位或地区。"), _("请选择授权适用的单位或地区，二者都选时须同时符合。"), status=400
            )
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ActionRefused(_("失效日期早于生效日期。"), _("请改正日期。"), status=400)
        same = RoleGrant.objects.filter(
            valid_on(timezone.localdate()),
            user=self.person,
            role=self.role,
            unit=self.unit,
            region=self.region,
            ceiling=self.ceiling,
        )
        if same.exists():
            raise ActionRefused(_("“%(name)s”已有同样的授权。") % {"name": self.person}, _("无需重复授予。"))

    def perform(self) -> RoleGrant:
        return RoleGrant.objects.create(
            user=self.person,
            role=self.role,
            unit=self.unit,
            region=self.region,
            ceiling=self.ceiling,
            valid_from=self.valid_from or timezone.localdate(),
            valid_to=self.valid_to,
            granted_by=self.actor,
        )


@dataclass(kw_only=True)
class RevokeRole(Action[RoleGrant]):
    """End a grant today; the row stays as history."""

    verb = "parties.grant_role"
    needs_reason = True
    grant: RoleGrant

    def target(self) -> RoleGrant:
        return self.grant

    def check_state(self) -> None:
        _refuse_guarded(self.actor, self.grant.role)
        today = timezone.localdate()
        if self.grant.valid_to is not None and self.grant.valid_to < today:
            raise ActionRefused(_("这项授权已经失效。"), _("无需再次操作。"))
        if self.grant.role == "system_admin":
            others = RoleGrant.objects.valid_on(today).filter(role="system_admin", user__is_active=True)
            if not others.exclude(user=self.grant.user_id).exists():
                raise ActionRefused(_("这是最后一位系统管理员。"), _("请先给另一人授予系统管理员角色。"))

    def perform(self) -> RoleGrant:
        last = timezone.localdate() - timedelta(days=1)
        self.grant.valid_to = last
        if self.grant.valid_from is not None and self.grant.valid_from > last:
            self.grant.valid_from = last
        self.grant.save(update_fields=["valid_from", "valid_to"])
        return self.grant


@dataclass(frozen=True)
class NewUser:
    """An account just made; the first password is not kept anywhere."""

    user: User
    password: str = field(repr=False)


@dataclass(kw_only=True)
class CreateUser(Action[NewUser]):
    """Make an account with a random first password, to be changed at the first log-in."""

    verb = "parties.edit_user"
    username: str
    display_name: str
    unit: Unit | None = None
    position: str = ""
    phone: str = ""

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def check_state(self) -> None:
        try:
            UnicodeUsernameValidator()(self.username)
        except ValidationError:
            raise ActionRefused(_("用户名只能含文字、数字和 @ . + - _。"), _("请改一个用户名。"), status=400) from None
        if not self.display_name.strip():
            raise ActionRefused(_("没有填写姓名。"), _("请填写姓名。"), status=400)
        if User.objects.filter(username__iexact=self.username).exists():
            raise ActionRefused(_("用户名“%(name)s”已被使用。") % {"name": self.username}, _("请改一个用户名。"))
        if self.unit is not None and not self.unit.is_valid_on(timezone.localdate()):
            raise ActionRefused(_("单位“%(unit)s”已撤销。") % {"unit": self.unit}, _("请选择承接单位。"))

    def perform(self) -> NewUser:
        password = get_random_string(14, PASSWORD_LETTERS)
        user = User.objects.create_user(
            username=self.username,
            password=password,
            display_name=self.display_name.strip(),
            unit=self.unit,
            position=self.position.strip(),
            phone=self.phone.strip(),
        )
        return NewUser(user, password)

    def logged(self, result: NewUser) -> User:
        return result.user


@dataclass(kw_only=True)
class EditUser(Action[User]):
    """Change the unit, name or position of a person, or close and open the account."""

    verb = "parties.edit_user"
    needs_reason = True
    person: User
    display_name: str
    unit: Unit | None
    position: str = ""
    phone: str = ""
    is_active: bool = True

    def target(self) -> User:
        return self.person

    def check_state(self) -> None:
        if not self.is_active and self.actor is not None and self.actor.pk == self.person.pk:
            raise ActionRefused(_("不能停用自己的账号。"), _("请由另一位系统管理员办理。"))

    def perform(self) -> User:
        person = self.person
        person.display_name, person.unit, person.is_active = self.display_name.strip(), self.unit, self.is_active
        person.position, person.phone = self.position.strip(), self.phone.strip()
        person.save(update_fields=["display_name", "unit", "is_active", "position", "phone"])
        return person


@dataclass(kw_only=True)
class EditProfile(Action[User]):
    """What people may change about themselves."""

    verb = "parties.edit_profile"
    position: str
    phone: str
    email: str
    email_digest: bool

    def target(self) -> User | None:
        return self.actor

    def check_state(self) -> None:
        if self.email_digest and not self.email:
            raise ActionRefused(
                _("没有邮箱地址，不能发送每日摘要。"), _("请填写邮箱，或取消每日邮件摘要。"), status=400
            )

    def perform(self) -> User:
        assert self.actor is not None
        person = self.actor
        person.position, person.phone = self.position.strip(), self.phone.strip()
        person.email, person.email_digest = self.email, self.email_digest
        person.save(update_fields=["position", "phone", "email", "email_digest"])
        return person


@dataclass(kw_only=True)
class AddAlias(Action[UnitAlias]):
    """Teach the reader another way of writing a unit."""

    verb = "parties.edit_unit"
    unit: Unit
    alias: str
    kind: str = UnitAlias.Kind.SHORT
    valid_from: date | None = None
    valid_to: date | None = None

    def target(self) -> Unit:
        return self.unit

    def check_state(self) -> None:
        if not self.alias.strip():
            raise ActionRefused(_("没有填写别名。"), _("请填写文件中出现的写法。"), status=400)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ActionRefused(_("失效日期早于生效日期。"), _("请改正日期。"), status=400)

    def perform(self) -> UnitAlias:
        try:
            with transaction.atomic():
                return UnitAlias.objects.create(
                    unit=self.unit,
                    alias=self.alias.strip(),
                    kind=self.kind,
                    valid_from=self.valid_from,
                    valid_to=self.valid_to,
                )
        except IntegrityError:
            raise ActionRefused(_("这个单位已有同样的别名。"), _("无需重复添加。")) from None

    def logged(self, result: UnitAlias) -> UnitAlias:
        return result
