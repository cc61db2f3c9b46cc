"""The applicant's side: draft, hand in, complete, report, ask for acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.cases import uploads
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import CaseEvent
from hengjian.documents.actions import store_file
from hengjian.documents.models import StoredFile
from hengjian.methods import uscc
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.programmes import screening
from hengjian.programmes.actions.base import declaration, own_units
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition
from hengjian.registers.values import clean_values

#: As the procedure names whoever filed the case.
FILER = "filer"


class ApplicationRefused(ActionRefused):
    """Fields of the application are wrong; `errors`: message by field code."""

    def __init__(self, programme: Programme, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        titles = {spec.code: spec.said(get_language() or "zh") for spec in programme.fields}
        told = "；".join(f"{titles.get(code, code)}：{message}" for code, message in errors.items())
        super().__init__(
            _("申报内容有 %(n)d 处不符合要求：%(told)s") % {"n": len(errors), "told": told},
            _("请逐项改正后再提交；草稿已保留。"),
            status=400,
        )


def plain_values(programme: Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft may keep: personal data is given only when the application is handed in, straight to the vault."""
    personal = {spec.code for spec in programme.fields if spec.personal}
    known = {spec.code for spec in programme.fields}
    return {code: value for code, value in values.items() if code in known - personal and value not in (None, "")}


@dataclass(kw_only=True)
class SaveDraft(Action[Application]):
    """Keep what has been filled in so far; nothing is checked but who and when.

    Attributes:
        application: None begins a new one.
        unit: in whose name.
        holder_region: where the holder belongs, if not where the unit does.
        files: (name, content) pairs, added to those that lie with the draft.
    """

    verb = "programmes.apply"
    edition: Edition
    unit: Unit
    values: Mapping[str, Any]
    application: Application | None = None
    holder_region: Region | None = None
    files: uploads.Given = ()

    def target(self) -> Scope | Application:
        return self.application or Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        check_window(self.edition)
        if self.actor is not None and self.unit.pk not in own_units(self.actor, self.verb):
            raise ActionRefused(_("只能以本单位的名义申报。"), _("请用申报单位的账号登录。"), status=403)
        kinds = declaration(self.edition).applicants
        is_enterprise = self.unit.kind == Unit.Kind.ENTERPRISE
        if (kinds == "enterprise") != is_enterprise:
            raise ActionRefused(
                _("本项目由企业申报。") if kinds == "enterprise" else _("本项目由机关、事业单位或社会组织申报。"),
                _("请用相应单位的账号登录。"),
                status=403,
            )
        if self.application is not None and self.application.state != Application.State.DRAFT:
            raise ActionRefused(_("申报已经提交，不能再改。"), _("需要补充材料时，请等待补正通知或联系组织单位。"))
        uploads.ready(self.files)

    def perform(self) -> Application:
        programme = declaration(self.edition)
        application = self.application or Application(edition=self.edition, unit=self.unit, created_by=self.actor)
        application.draft = plain_values(programme, self.values)
        application.region = self.holder_region or self.unit.region
        application.holder = str(application.draft.get(programme.holder_field) or "")[:200]
        code = application.draft.get(programme.holder_code_field) if programme.holder_code_field else ""
        application.holder_code = str(code or "")[:18]
        application.updated_at = timezone.now()
        application.save()
        keep_files(application, self.files, self.actor.ref if self.actor is not None else self.system)
        return application


def keep_files(application: Application, files: uploads.Given, stored_by: str) -> None:
    """Store new files with the application."""
    for file in files:
        if not isinstance(file, StoredFile):
            store_file(file[1], file[0], subject=application.ref, stored_by=stored_by)


def own_code(unit: Unit) -> str:
    """The unified social credit code of an enterprise whose unit is kept under it; empty where it is not."""
    code = uscc.normalise(unit.key)
    return code if unit.kind == Unit.Kind.ENTERPRISE and not uscc.problem(code) else ""


def check_window(edition: Edition) -> None:
    """Refuse applications outside the window of the call.

    Raises:
        ActionRefused: not yet, no longer, or not published at all.
    """
    today = timezone.localdate()
    if edition.takes_applications(today):
        return
    if edition.state == Edition.State.DRAFT:
        raise ActionRefused(_("“%(edition)s”尚未发布申报通知。") % {"edition": edition}, _("请在发布后申报。"))
    if today < edition.opens_on:
        raise ActionRefused(_("申报将于 %(day)s 开始。") % {"day": edition.opens_on}, _("请届时再来。"))
    raise ActionRefused(_("申报已于 %(day)s 截止。") % {"day": edition.closes_on}, _("请关注下一届申报通知。"))


@dataclass(kw_only=True)
class SubmitApplication(Action[Application]):
    """Hand the draft in: it becomes a case, its conditions are checked.

    Attributes:
        personal: the fields that a draft does not keep.
    """

    verb = "programmes.apply"
    application: Application
    personal: Mapping[str, Any] = field(default_factory=dict)
    cleaned: dict[str, Any] = field(init=False, default_factory=dict)

    def target(self) -> Application:
        return self.application

    def check_state(self) -> None:
        application, edition = self.application, self.application.edition
        if application.state != Application.State.DRAFT:
            raise ActionRefused(_("申报已经提交。"), _("请在“我的申报”中查看进展。"))
        check_window(edition)
        if self.actor is not None and application.unit_id not in own_units(self.actor, self.verb):
            raise ActionRefused(_("只能以本单位的名义申报。"), _("请用申报单位的账号登录。"), status=403)
        programme = declaration(edition)
        raw = {**application.draft, **self.personal}
        found = clean_values(programme.fields, raw, on=timezone.localdate(), region=application.region.code)
        errors = dict(found.errors)
        code = found.values.get(programme.holder_code_field) if programme.holder_code_field else None
        name = found.values.get(programme.holder_field)
        same = Application.objects.filter(edition=edition, state=Application.State.SUBMITTED).exclude(pk=application.pk)
        same = same.exclude(case__outcome="withdrawn")
        own = own_code(application.unit)
        if code and own and code != own:
            errors[programme.holder_code_field] = _("与申报企业的代码 %(code)s 不一致。") % {"code": own}
        if programme.holder in ("enterprise", "unit", "region"):
            if code and same.filter(holder_code=code).exists():
                errors[programme.holder_code_field] = _("该主体本届已经申报。")
            elif not code and name and same.filter(holder=name).exists():
                errors[programme.holder_field] = _("该对象本届已经申报。")
        if errors:
            raise ApplicationRefused(programme, errors)
        self.cleaned = found.values

    def perform(self) -> Application:
        application, edition = self.application, self.application.edition
        programme = declaration(edition)
        values = {
            **{code: value for code, value in self.cleaned.items() if value is not None},
            "edition": edition.title,
        }
        opened = OpenCase(
            user=None,
            system=FILER,
            type=programme.code,
            values=values,
            unit=edition.unit,
            region=application.region,
            filer=application.unit,
            rules_on=edition.opens_on if edition.programme_version > 1 else None,
            origin=edition.ref,
            files=list(StoredFile.objects.filter(subject=application.ref)),
            token=f"{application.ref}",
        ).execute()
        application.case = opened.case
        application.state = Application.State.SUBMITTED
        application.submitted_at = application.updated_at = timezone.now()
        application.holder = str(self.cleaned.get(programme.holder_field) or application.holder)[:200]
        code = self.cleaned.get(programme.holder_code_field) if programme.holder_code_field else ""
        application.holder_code = str(code or "")
        application.findings = screening.findings(application)
        application.save()
        return application


@dataclass(kw_only=True)
class DiscardDraft(Action[None]):
    """Throw a draft away."""

    verb = "programmes.apply"
    application: Application

    def target(self) -> Application:
        return self.application

    def check_state(self) -> None:
        if self.application.state != Application.State.DRAFT:
            raise ActionRefused(_("申报已经提交，不能删除。"), _("不再申报的，请撤回。"))

    def perform(self) -> None:
        self.application.delete()

    def logged(self, result: None) -> None:
        return None


@dataclass(kw_only=True)
class ApplicantStep(Action[CaseEvent]):
    """A step that is the applicant's: complete the papers, report, apply for acceptance."""

    verb = "programmes.apply"
    application: Application
    step: str
    note: str = ""
    files: uploads.Given = ()

    def target(self) -> Application:
        return self.application

    def check_state(self) -> None:
        if self.application.case is None:
            raise ActionRefused(_("这份申报还没有提交。"), _("提交后才能办理。"))
        if self.actor is not None and self.application.unit_id not in own_units(self.actor, self.verb):
            raise ActionRefused(_("这一步由申报单位办理。"), _("请用申报单位的账号登录。"), status=403)

    def perform(self) -> CaseEvent:
        assert self.application.case is not None
        return TakeStep(
            user=None, system=FILER, case=self.application.case, step=self.step, note=self.note, files=self.files
        ).execute()
