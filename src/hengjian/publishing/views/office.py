"""The office's side of notices: list, writing, publishing, withdrawing, objections."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hengjian.ledger import vault
from hengjian.ledger.errors import VaultError
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.acting import units_acting
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, may_anywhere, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.publishing.actions import DecideObjection, EditNotice, PublishNotice, WithdrawNotice, WriteNotice
from hengjian.publishing.forms import DecisionForm, NoticeForm, PurposeForm, ReasonForm
from hengjian.publishing.models import Notice, Objection
from hengjian.publishing.words import last_day, notice_light, objection_light, term_title


def manage_url(notice: Notice) -> str:
    return reverse("publishing:manage", args=[notice.pk])


def by_state(value: str) -> Q:
    """The states as they are now: what has run out is not "on show" any more."""
    over = Q(state=Notice.State.PUBLISHED, shown_until__lte=timezone.now())
    if value == Notice.State.ENDED:
        return Q(state=Notice.State.ENDED) | over
    return Q(state=value) & ~over if value == Notice.State.PUBLISHED else Q(state=value)


NOTICES = List(
    key="publishing.notices",
    title=gettext_lazy("公示与名单"),
    columns=[
        Column("title", gettext_lazy("标题"), sort="title", head=True, card="full", link=manage_url),
        Column("kind", gettext_lazy("类型"), value=Notice.get_kind_display, width="w3", card="half"),
        Column(
            "unit", gettext_lazy("发布单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"
        ),
        Column(
            "published", gettext_lazy("发布时间"), value="published_at", sort="published_at", align="num", width="w4"
        ),
        Column("ends", gettext_lazy("公示至"), value=last_day, sort="shown_until", align="num", width="w3"),
        Column("objections", gettext_lazy("异议"), value="objection_count", align="num", width="w2"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Notice.get_state_display,
            cell=notice_light,
            sort="state",
            width="w3",
            card="state",
        ),
        Column("writer", gettext_lazy("拟稿人"), value="written_by", shown=False, card="opt"),
        Column("subject", gettext_lazy("事项"), shown=False, card="opt"),
    ],
    filters=[
        TextFilter(
            key="q", label=gettext_lazy("标题或正文"), fields=("title", "body"), placeholder=gettext_lazy("关键词")
        ),
        ChoiceFilter(key="kind", label=gettext_lazy("类型"), field="kind", choices=Notice.Kind.choices),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), when=by_state, choices=Notice.State.choices),
    ],
    order=("-written_at",),
    views=[
        BuiltInView("draft", gettext_lazy("待发布"), "state=draft"),
        BuiltInView("shown", gettext_lazy("公示中"), "state=published"),
    ],
    empty=gettext_lazy("还没有公示"),
    empty_hint=gettext_lazy("点“拟公示”写一份，由另一人发布。"),
)


class Notices(ListView):
    declaration = NOTICES
    template_name = "publishing/notices.html"

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.select_related("unit", "region", "written_by").annotate(
            objection_count=Count("objections")
        )

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        waiting = visible(user, Objection.objects.filter(state=Objection.State.FILED)).count()
        return {"may_write": may_anywhere(user, "publishing.write"), "waiting": waiting}


OBJECTIONS = List(
    key="publishing.objections",
    title=gettext_lazy("异议处理"),
    columns=[
        Column("number", gettext_lazy("异议编号"), head=True, card="no", width="w5", link=Objection.get_absolute_url),
        Column("notice", gettext_lazy("公示"), value="notice.title", card="full"),
        Column("filed", gettext_lazy("提出时间"), value="filed_at", sort="filed_at", align="num", width="w4"),
        Column("decided", gettext_lazy("处理时间"), value="decided_at", sort="decided_at", align="num", width="w4"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Objection.get_state_display,
            cell=objection_light,
            sort="state",
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("编号或公示"), fields=("number", "notice__title")),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Objection.State.choices),
    ],
    order=("-filed_at",),
    views=[BuiltInView("open", gettext_lazy("待处理"), "state=filed")],
    empty=gettext_lazy("没有异议"),
    empty_hint=gettext_lazy("公众在公示页面提出的异议会列在这里。"),
)


class Objections(ListView):
    declaration = OBJECTIONS
    template_name = "publishing/objections.html"

    def get_queryset(self) -> QuerySet[Objection]:
        return Objection.objects.select_related("notice")


def attempt(request: UserRequest, action: Action[Any], form: Form | None, done: str) -> bool:
    """Execute; a refusal becomes an error of the form, so that nothing typed is lost."""
    try:
        action.execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    messages.success(request, done)
    return True


def find_notice(request: UserRequest, pk: int) -> Notice:
    rows = visible(request.user, Notice.objects.filter(pk=pk)).select_related(
        "unit", "region", "written_by", "published_by"
    )
    notice = rows.first()
    if notice is None:
        raise Http404(_("没有这份公示，或不在您的查看范围内。"))
    return notice


@login_required
def write_page(request: UserRequest) -> HttpResponse:
    units = units_acting(request.user, "publishing.write")
    if not units:
        require(request.user, "publishing.write", None)
    region = units[0].region.code if units else "000000"
    form = NoticeForm(request.POST or None, units=units, region=region)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        unit = given.pop("unit")
        action = WriteNotice(user=request.user, unit=unit, region=unit.region, **given)
        try:
            notice = action.execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("已保存，等待另一人发布。"))
            return redirect("publishing:manage", pk=notice.pk)
    context = {
        "title": _("拟公示"),
        "lead": _("保存后由另一位有发布权限的同事核对发布。"),
        "form": form,
        "button": _("保存"),
        "back": reverse("publishing:notices"),
        "back_label": NOTICES.title,
    }
    return render(request, "pages/form_page.html", context, status=422 if form.is_bound else 200)


@login_required
def edit_page(request: UserRequest, pk: int) -> HttpResponse:
    notice = find_notice(request, pk)
    require(request.user, "publishing.write", notice)
    initial = {name: getattr(notice, name) for name in EditNotice.EDITABLE} | {"unit": notice.unit}
    units = Unit.objects.filter(pk=notice.unit_id)
    form = NoticeForm(request.POST or None, initial=initial, units=units, region=notice.region.code)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in EditNotice.EDITABLE}
        if attempt(request, EditNotice(user=request.user, notice=notice, values=values), form, _("已保存。")):
            return redirect("publishing:manage", pk=pk)
    context = {
        "title": _("修改公示"),
        "form": form,
        "button": _("保存"),
        "back": manage_url(notice),
        "back_label": notice.title,
    }
    return render(request, "pages/form_page.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def manage_page(request: UserRequest, pk: int) -> HttpResponse:
    """One notice for the office: text, period, what can be done now."""
    notice = find_notice(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "publish":
            attempt(request, PublishNotice(user=request.user, notice=notice), None, _("已发布。"))
            return redirect("publishing:manage", pk=pk)
        if do == "withdraw" and form.is_valid():
            action = WithdrawNotice(user=request.user, notice=notice, reason=form.cleaned_data["reason"])
            if attempt(request, action, form, _("已撤下，公众页面不再显示。")):
                return redirect("publishing:manage", pk=pk)
    objections = visible(request.user, notice.objections.all())
    context = {
        "title": notice.title,
        "notice": notice,
        "state": notice_light(notice),
        "last_day": last_day(notice),
        "term": term_title(notice) if notice.term else "",
        "on_show": notice.on_show(),
        "form": form,
        "may_edit": not EditNotice(user=request.user, notice=notice, values={}).refusal(),
        "publish_refusal": PublishNotice(user=request.user, notice=notice).refusal(),
        "may_withdraw": not WithdrawNotice(user=request.user, notice=notice).refusal(),
        "objections": [(item, objection_light(item)) for item in objections],
    }
    return render(request, "publishing/manage.html", context, status=422 if form.is_bound else 200)


def find_objection(request: UserRequest, pk: int) -> Objection:
    rows = visible(request.user, Objection.objects.filter(pk=pk)).select_related(
        "notice__unit", "notice__region", "decided_by"
    )
    objection = rows.first()
    if objection is None:
        raise Http404(_("没有这件异议，或不在您的查看范围内。"))
    return objection


@never_cache
@login_required
def objection_page(request: UserRequest, pk: int) -> HttpResponse:
    """One objection: read, decide."""
    objection = find_objection(request, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = DecideObjection(user=request.user, objection=objection, **form.cleaned_data)
        if attempt(request, action, form, _("已处理，提出异议的人可以查到处理意见。")):
            return redirect("publishing:objection", pk=pk)
    return _objection(request, objection, form, status=422 if form.is_bound else 200)


def _objection(request: UserRequest, objection: Objection, form: Form, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "title": objection.number,
        "objection": objection,
        "notice": objection.notice,
        "state": objection_light(objection),
        "form": form if objection.state == Objection.State.FILED else None,
        "may_decide": can(request.user, "publishing.decide", objection).allowed,
        "purpose": PurposeForm(),
        **more,
    }
    return render(request, "publishing/objection.html", context, status=status)


@never_cache
@login_required
@require_POST
def identity_page(request: UserRequest, pk: int) -> HttpResponse:
    """Who objected: with a stated purpose, logged, shown once."""
    objection = find_objection(request, pk)
    require(request.user, "publishing.decide", objection)
    purpose = PurposeForm(request.POST)
    if not purpose.is_valid() or not objection.identity:
        return _objection(request, objection, DecisionForm(), status=422, purpose=purpose)
    reader = vault.Reader(request.user.ref, objection.notice.unit.ref)
    try:
        identity = vault.reveal(objection.identity, by=reader, purpose=purpose.cleaned_data["purpose"])
    except VaultError as error:
        purpose.add_error(None, str(error))
        return _objection(request, objection, DecisionForm(), status=403, purpose=purpose)
    labels = {"name": _("姓名或单位名称"), "phone": _("联系电话"), "address": _("联系地址")}
    shown = [(labels.get(name, name), value) for name, value in identity.items()]
    return _objection(request, objection, DecisionForm(), identity=shown)
