"""The view of a declared list, and the two verbs on saved views."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST

from hengjian.pages.errors import UserError
from hengjian.pages.exporters import exporter
from hengjian.pages.listing import Table, normalised
from hengjian.pages.lists import List
from hengjian.pages.models import SavedView
from hengjian.pages.numbers import whole
from hengjian.parties.models import User
from hengjian.parties.policies import Policy, policy_of

MOST_VIEWS = 30


class ListView(View):
    """A page with one declared list.

    Subclasses name `declaration` and give `get_queryset`; the policy is applied to whatever they return.
    `?export=<suffix>` gives the sheet. A POST with `action` runs a bulk action on the `selected` rows (or on all rows
    of the filter, with `everything=1`), limited to those on which the user holds the action's verb.
    """

    declaration: ClassVar[List]
    policy: ClassVar[Policy | None] = None
    template_name = "pages/list.html"
    public = False

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_context(self) -> dict[str, Any]:
        """More variables for the template of a room."""
        return {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    def table(self) -> Table:
        return Table(self.declaration, self.request, self.get_queryset(), self.policy)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        table = self.table()
        if suffix := request.GET.get("export"):
            return export(table, suffix)
        # htmx replaces the list alone; a restored history entry gets the whole page again.
        htmx = getattr(request, "htmx", None)
        partial = bool(htmx and htmx.target == "list" and not htmx.history_restore_request)
        context = {"title": self.declaration.title, "table": table, "partial": partial, **self.get_context()}
        response = render(request, "pages/list_body.html" if partial else self.template_name, context)
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("action", "")
        action = next((item for item in self.declaration.actions if item.key == key), None)
        if action is None:
            raise UserError(_("没有“%(key)s”这个操作。") % {"key": key[:40]}, _("请返回列表重新选择。"))
        table = self.table()
        if request.POST.get("everything") == "1":
            chosen = table.filtered
        else:
            selected = [value for value in request.POST.getlist("selected") if value]
            if not selected:
                raise UserError(
                    _("没有选中任何一行。"), _("请先勾选要办理的行，再点“%(label)s”。") % {"label": action.label}
                )
            try:
                chosen = table.scoped.filter(pk__in=selected).order_by("pk")
            except (ValueError, TypeError) as error:
                raise UserError(_("选中的行无法识别。"), _("请刷新列表后重新勾选。")) from error
        asked = chosen.count()
        rule = self.policy or policy_of(chosen.model)
        allowed = rule.permitted(request.user, action.verb, chosen)
        left_out = asked - allowed.count()
        if asked and left_out == asked:
            raise UserError(
                _("对选中的行没有“%(label)s”的权限。") % {"label": action.label},
                _("请只勾选由您负责的行。"),
                status=403,
            )
        response = action.run(request, allowed, left_out)
        return response or HttpResponseRedirect(request.get_full_path())


def export(table: Table, suffix: str) -> HttpResponse:
    """The sheet of the current filter.

    Raises:
        UserError: no writer for that kind of file.
    """
    writer = exporter(suffix)
    if writer is None:
        raise UserError(_("不能导出为 %(suffix)s。") % {"suffix": suffix[:20]}, _("请选择 xlsx 或 csv。"), status=404)
    titles, rows = table.sheet()
    response = HttpResponse(
        writer.write(titles, rows, str(table.declaration.title), table.sheet_notes()), content_type=writer.content_type
    )
    name = f"{table.declaration.title}-{timezone.localdate():%Y%m%d}.{writer.suffix}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _back(request: HttpRequest, query: str | None = None) -> HttpResponse:
    """To the list one came from, never to another host."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(f"{target}?{query}" if query else target)


@require_POST
@login_required
@transaction.atomic
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the current filter under a name; the same name replaces the older view."""
    user = cast(User, request.user)
    key = request.POST.get("list", "")[:80]
    name = request.POST.get("name", "").strip()[:40]
    if not name:
        raise UserError(_("视图没有名称。"), _("请返回列表，填写名称后再保存。"), status=422)
    query = QueryDict(request.POST.get("query", "")[:2000]).urlencode()
    mine = SavedView.objects.filter(owner=user, list_key=key)
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        raise UserError(_("保存的视图已有 %(n)d 个。") % {"n": MOST_VIEWS}, _("请先删除不用的视图。"), status=422)
    shared = request.POST.get("shared") == "1" and user.unit_id is not None
    SavedView.objects.update_or_create(
        owner=user, list_key=key, name=name, defaults={"query": query, "unit": user.unit if shared else None}
    )
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": name})
    return _back(request, query)


@require_POST
@login_required
def delete_view(request: HttpRequest) -> HttpResponse:
    """Only one's own views; a foreign one does not exist."""
    view = get_object_or_404(SavedView, pk=whole(request.POST.get("view")) or 0, owner=request.user)
    view.delete()
    messages.success(request, _("已删除视图“%(name)s”。") % {"name": view.name})
    return _back(request)


__all__ = ["ListView", "delete_view", "export", "normalised", "save_view"]
