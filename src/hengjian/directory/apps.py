"""Django app of the room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DirectoryConfig(AppConfig):
    name = "hengjian.directory"
    label = "directory"
    verbose_name = _("机构与用户")

    def ready(self) -> None:
        from hengjian.pages.navigation import register_navigation

        units = pgettext_lazy("导航", "单位")
        register_navigation("system", units, "directory:units", "building", verb="parties.view_unit", order=10)
        register_navigation("system", _("用户与授权"), "directory:people", "user", verb="parties.view_people", order=20)
        register_navigation("system", _("角色说明"), "directory:roles", "scale", verb="parties.view_unit", order=30)
        register_navigation("system", _("接口令牌"), "directory:tokens", "route", verb="parties.view_tokens", order=40)
        register_navigation("system", _("操作日志"), "directory:audit", "clock", verb="parties.view_audit", order=50)
        register_navigation("system", _("本人资料"), "directory:profile", "user", order=60)
