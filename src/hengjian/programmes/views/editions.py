"""One edition: its call, calendar, panel, applications, ranking and result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.pages.components import light
from hengjian.pages.listing import Table
from hengjian.pages.lists import Column, List, MultiChoiceFilter, TextFilter
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes import publicity
from hengjian.programmes.actions import (
    AddMember,
    ChangeEdition,
    CreateEdition,
    DecideEdition,
    NoticeOver,
    PublishCall,
    PutForward,
    RankEdition,
    RemoveMember,
    Vote,
)
from hengjian.programmes.actions.base import declaration, own_units
from hengjian.programmes.actions.choosing import candidates, choice
from hengjian.programmes.forms import DecideForm, EditionForm, MemberForm, ReasonForm, VoteForm
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.states import STATES
from hengjian.programmes.views.common import attempt, find_edition, find_programme, organises
from hengjian.programmes.words import EDITION_LIGHTS, calendar_rows, level_word, stage_word, state_of
from hengjian.publishing.models import Notice
from hengjian.registers.showing import language


def state_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, state.said(language())) for code, state in STATES.items()]


def state_cell(row: Application) -> str:
    return light(*state_of(row))


def means(row: Application) -> str:
    """The means of the stages, in their order."""
    return "、".join(f"{stage_word(item.stage)} {item.mean:f}" for item in row.results.all())


APPLICATIONS = List(
    key="programmes.applications",
    title=gettext_lazy("申报"),
    columns=[
        Column("rank", gettext_lazy("名次"), sort="rank", align="num", width="w2"),
        Column(
            "holder",
            gettext_lazy("申报对象"),
            sort="holder",
            head=True,
            card="full",
            link=lambda row: reverse("programmes:application", args=[row.pk]),
        ),
        Column(
            "unit", gettext_lazy("申报单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"
        ),
        Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", shown=False, card="opt"),
        Column("number", gettext_lazy("编号"), value="case.number", sort="case__number", shown=False, card="opt"),
        Column("means", gettext_lazy("阶段得分"), value=means, width="w6", card="half"),
        Column("total", gettext_lazy("总分"), sort="total", align="num", width="w3"),
        Column("level", gettext_lazy("等次"), value=level_word, width="w3"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: state_of(row)[1],
            cell=state_cell,
            sort="case__state",
            width="w5",
            card="state",
        ),
        Column(
            "due", gettext_lazy("期限"), value="case.due_at", sort="case__due_at", align="num", shown=False, card="opt"
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("申报对象或单位"),
            fields=("holder", "unit__name", "case__number"),
            placeholder=gettext_lazy("名称或编号"),
        ),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="case__state", choices=state_choices),
    ],
    order=("rank", "submitted_at"),
    row_class=lambda row: "is-chosen" if row.chosen else "",
    empty=gettext_lazy("还没有申报"),
    empty_hint=gettext_lazy("申报单位提交后在这里办理。"),
    note=gettext_lazy("总分按各阶段权重合计；同分的依次比较后一阶段得分，仍相同的由评审组表决。"),
)


def shown_applications(edition: Edition) -> QuerySet[Application]:
    """What the organisers see: everything that was handed in."""
    rows = edition.applications.filter(state=Application.State.SUBMITTED)
    return rows.select_related("unit", "region", "case", "edition").prefetch_related("results")


@dataclass
class Step:
    """A form of the page: how it is made and what its clean data does."""

    label: str
    form: Callable[..., Form]
    action: Callable[[UserRequest, Edition, Any], Action[Any]]
    done: str


def steps(edition: Edition) -> dict[str, Step]:
    """The verbs of the page, by the value of their button."""
    programme = declaration(edition)
    return {
        "publish": Step(
            _("发布申报通知"), Form, lambda r, e, f: PublishCall(user=r.user, edition=e), _("申报通知已发布。")
        ),
        "rank": Step(_("汇总排序"), Form, lambda r, e, f: RankEdition(user=r.user, edition=e), _("已汇总排序。")),
        "vote": Step(
            _("登记表决名次"),
            lambda *args: VoteForm(tied(edition), *args),
            lambda r, e, f: Vote(user=r.user, edition=e, order=f.order(), reason=f.cleaned_data["reason"]),
            _("表决名次已登记，请重新汇总排序。"),
        ),
        "put_forward": Step(_("发布公示"), Form, lambda r, e, f: PutForward(user=r.user, edition=e), _("公示已发布。")),
        "notice_over": Step(
            _("公示结束，提请审定"), Form, lambda r, e, f: NoticeOver(user=r.user, edition=e), _("已提请审定。")
        ),
        "decide": Step(
            _("审定"),
            DecideForm,
            lambda r, e, f: DecideEdition(
                user=r.user, edition=e, decision=f.cleaned_data["decision"], reason=f.cleaned_data["reason"]
            ),
            _("已审定。"),
        ),
        "member": Step(
            _("加入评审组"),
            lambda *args: MemberForm(programme, *args),
            lambda r, e, f: AddMember(
                user=r.user,
                edition=e,
                member=f.cleaned_data["username"],
                stage=f.cleaned_data["stage"],
                chair=f.cleaned_data["chair"],
                field=f.cleaned_data["field"],
            ),
            _("已加入评审组。"),
        ),
    }


def tied(edition: Edition) -> list[Application]:
    """Those between whom a vote must decide."""
    return [row for row in candidates(edition) if row.chosen is None and row.rank is not None]


@login_required
def edition_page(request: UserRequest, pk: int) -> HttpResponse:
    """The page and its forms; a form with mistakes comes back with what was typed."""
    edition = find_edition(request, pk)
    failed: dict[str, Form] = {}
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "remove":
            return _remove(request, edition)
        step = steps(edition).get(do)
        if step is None:
            raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
        form = step.form(request.POST)
        if form.is_valid() and attempt(request, step.action(request, edition, form), step.done, form) is None:
            return redirect("programmes:edition", pk=pk)
        failed[do] = form
        edition = find_edition(request, pk)
    return render(request, "programmes/edition.html", _context(request, edition, failed), status=422 if failed else 200)


def _remove(request: UserRequest, edition: Edition) -> HttpResponse:
    member = edition.panel.filter(pk=whole(request.POST.get("member")) or 0).first()
    if member is not None:
        attempt(request, RemoveMember(user=request.user, edition=edition, member=member), _("已移出评审组。"))
    return redirect("programmes:edition", pk=edition.pk)


def _context(request: UserRequest, edition: Edition, failed: dict[str, Form]) -> dict[str, Any]:
    user, programme = request.user, declaration(edition)
    inside = organises(user, edition) or bool(can(user, "programmes.reviews", edition))
    mine = visible(user, edition.applications.filter(unit__in=own_units(user, "programmes.apply")))
    forms = _forms(request, edition, failed)
    rows = candidates(edition) if inside and edition.state == Edition.State.OPEN else []
    context: dict[str, Any] = {
        "title": f"{programme.said(language())} {edition.title}",
        "edition": edition,
        "programme": programme,
        "programme_title": programme.said(language()),
        "light": EDITION_LIGHTS[edition.state],
        "calendar": calendar_rows(edition),
        "forms": forms,
        "inside": inside,
        "mine": mine.select_related("case", "edition").order_by("-updated_at")[:20] if not inside else [],
        "panel": edition.panel.select_related("user", "user__unit") if inside else [],
        "may_apply": may_apply(request, edition),
        "today": timezone.localdate(),
        "result": choice(edition, rows) if rows and edition.ranked_at else None,
        "chosen": [row for row in rows if row.chosen] if edition.ranked_at else [],
        "notice": Notice.objects.filter(pk=edition.notice).first() if edition.notice else None,
        "objections": publicity.open_objections(edition.notice) if edition.notice and inside else 0,
        "awarded": edition.applications.filter(case__outcome="awarded").count(),
        "waiting": edition.applications.filter(case__state="approval").count() if inside else 0,
    }
    context["mine_rows"] = [(row, *state_of(row, applicant=True)) for row in context["mine"]]
    if inside:
        context["table"] = Table(APPLICATIONS, request, shown_applications(edition))
    return context


def _forms(request: UserRequest, edition: Edition, failed: dict[str, Form]) -> dict[str, Any]:
    """The forms that this person can use now."""
    user = request.user
    found: dict[str, Any] = {}
    blank: dict[str, Action[Any]] = {
        "publish": PublishCall(user=user, edition=edition),
        "rank": RankEdition(user=user, edition=edition),
        "put_forward": PutForward(user=user, edition=edition),
        "notice_over": NoticeOver(user=user, edition=edition),
        "decide": DecideEdition(user=user, edition=edition, decision="…"),
    }
    possible = {name for name, action in blank.items() if not action.refusal()}
    if organises(user, edition) and can(user, "programmes.organise", edition):
        if edition.state in (Edition.State.DRAFT, Edition.State.OPEN) and declaration(edition).reviews:
            possible.add("member")
        if edition.state == Edition.State.OPEN and tied(edition):
            possible.add("vote")
        if edition.state in (Edition.State.DRAFT, Edition.State.OPEN):
            found["change"] = True
    if edition.state != Edition.State.NOTICE or not edition.applications.filter(case__state="public_notice").exists():
        possible.discard("notice_over")
    for name, step in steps(edition).items():
        if name in possible or name in failed:
            found[name] = failed.get(name) or step.form()
    return found


def may_apply(request: HttpRequest, edition: Edition) -> bool:
    """Whether the reader's unit may begin an application here and now."""
    user = request.user
    if not user.is_authenticated or not edition.takes_applications(timezone.localdate()):
        return False
    kind = declaration(edition).applicants
    rows = Unit.objects.filter(pk__in=own_units(user, "programmes.apply"))
    fitting = (
        rows.filter(kind=Unit.Kind.ENTERPRISE) if kind == "enterprise" else rows.exclude(kind=Unit.Kind.ENTERPRISE)
    )
    return fitting.exclude(pk=edition.unit_id if kind == "enterprise" else 0).exists()


@login_required
def new(request: UserRequest, code: str) -> HttpResponse:
    """Draft the call of a new edition."""
    programme = find_programme(code)
    unit = request.user.unit
    if unit is None or unit.pk not in own_units(request.user, "programmes.organise"):
        raise ActionRefused(_("届次由有组织职责的单位拟定。"), _("如工作需要，请向系统管理员申请。"), status=403)
    today = timezone.localdate()
    initial = {"year": today.year, "quota": programme.quota, "line": programme.line}
    form = EditionForm(programme, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        action = CreateEdition(user=request.user, programme=code, unit=unit, region=unit.region, content=form.content())
        if attempt(request, action, _("届次已建立，请核对后由他人发布。"), form) is None:
            made = Edition.objects.get(programme=code, unit=unit, title=form.cleaned_data["title"].strip())
            return redirect("programmes:edition", pk=made.pk)
    context = {
        "title": _("拟定届次"),
        "programme": programme,
        "programme_title": programme.said(language()),
        "form": form,
    }
    return render(request, "programmes/edition_form.html", context, status=422 if form.errors else 200)


@login_required
def change(request: UserRequest, pk: int) -> HttpResponse:
    """Change a call."""
    edition = find_edition(request, pk)
    programme = declaration(edition)
    form = EditionForm(programme, request.POST or None, initial=EditionForm.initial_of(edition))
    published = edition.state != Edition.State.DRAFT
    if published:
        form.fields["reason"] = ReasonForm(label=_("变更说明"), required=True).fields["reason"]
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data.get("reason", "")
        action = ChangeEdition(user=request.user, edition=edition, content=form.content(), reason=reason)
        if attempt(request, action, _("已保存。"), form) is None:
            return redirect("programmes:edition", pk=pk)
    context = {
        "title": _("修改届次"),
        "programme": programme,
        "programme_title": programme.said(language()),
        "edition": edition,
        "form": form,
        "published": published,
    }
    return render(request, "programmes/edition_form.html", context, status=422 if form.errors else 200)
