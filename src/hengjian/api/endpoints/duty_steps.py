"""The steps of a duty, on the router of duties: each endpoint builds one action of the plans room and executes it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import File, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.endpoints.duties import (
    DutyOut,
    ExtensionOut,
    FileOut,
    ReportOut,
    UrgeOut,
    duty_out,
    extension_out,
    file_out,
    report_out,
    router,
    urge_out,
)
from hengjian.api.lists import Strict
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Note, Percent, Reason, UnitKey, unit_by_key
from hengjian.documents.actions import store_file
from hengjian.documents.queries import files_of
from hengjian.plans import queries
from hengjian.plans.actions.adjust import ChooseUnit, WithdrawDuty
from hengjian.plans.actions.extensions import DecideExtension, RequestExtension
from hengjian.plans.actions.follow import CloseDuty, ReopenDuty, ReplyUrge, SuspendDuty, UrgeDuty
from hengjian.plans.actions.reports import (
    ReportContent,
    ReviewReport,
    SaveReport,
    SubmitReport,
    WithdrawReport,
)
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.models import Duty
from hengjian.plans.views.duty import find_duty


class EvidenceIn(Strict):
    """One of the files of the duty, or one of the facts that `prefill` offers."""

    kind: Literal["file", "fact"]
    ref: str = Field(max_length=80, description="`sha256:…` of a file, or the id of a fact.")


class ReportIn(Strict):
    """A report on the present period."""

    version: int = Field(0, ge=0, description="Version of the draft that was looked at; 0: none. Another one: 409.")
    no_change: bool = Field(False, description="Nothing new this period; needs no text, keeps the percentage.")
    result: str = Field("", max_length=2000, description="What was achieved.", examples=["完成12部老旧电梯安全评估"])
    percent: Percent = Field(description="Progress since the beginning, percent 0 to 100.")
    figure_label: str = Field("", max_length=100, description="A figure that can be verified.", examples=["评估台数"])
    figure_value: Decimal | None = Field(None, max_digits=18, decimal_places=4, examples=["12"])
    figure_unit: str = Field("", max_length=20, description="Unit of the figure.", examples=["部"])
    problems: str = Field("", max_length=1000, description="Needed when the percentage goes down.")
    next_step: str = Field("", max_length=1000)
    evidence: list[EvidenceIn] = Field([], max_length=50)


class ReviewIn(Strict):
    accept: bool
    note: Note = Field("", description="Required when the report is returned.")


class ExtensionIn(Strict):
    to_due: date = Field(description="The due date asked for; later than the present one.")
    reason: Note = Field(description="Required.")
    progress_so_far: Note = Field(description="Required.")
    head_consents: bool = Field(description="The unit's head has agreed; must be true.")


class DecisionIn(Strict):
    grant: bool
    note: Note = Field("", description="Required when it is refused.")


class UrgeIn(Strict):
    message: Note = Field(description="What is asked for, by when.")
    step: str = Field("", max_length=30, description="Code of a step of the region's ladder; empty: the next one.")


class ReplyIn(Strict):
    reply: Note


class UnitIn(Strict):
    unit: UnitKey
    everywhere: bool = Field(True, description="Settle the same written name in the whole plan.")


class ChosenOut(Schema):
    duty: DutyOut | None = Field(description="Null when the unit already had this task under its usual name.")


def _content(duty: Duty, body: ReportIn) -> ReportContent:
    known = {(kind, ref): label for kind, ref, label in queries.offered_evidence(duty)}
    known |= {("file", file.address): file.name for file in files_of(duty.ref)}
    evidence: list[tuple[str, str, str]] = []
    errors: list[dict[str, str]] = []
    for place, line in enumerate(body.evidence):
        label = known.get((line.kind, line.ref))
        if label is None:
            sentence = _("不是这项任务的附件，也不是台账里可引用的事实。")
            errors.append({"field": f"body.evidence.{place}", "message": sentence, "code": "unknown_evidence"})
        else:
            evidence.append((line.kind, line.ref, label))
    if errors:
        raise Problem(
            422, "validation", _("佐证材料不符合要求。"), _("请先上传附件，或从 prefill 给出的事实中选择。"), errors
        )
    return ReportContent(**body.model_dump(exclude={"version", "evidence"}), evidence=evidence)


@router.post("/{int:duty_id}/sign", response=DutyOut, auth=needs("plans.sign"), summary="Sign for a duty")
def sign_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """签收: the unit takes the duty."""
    SignDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/files", response={201: FileOut}, auth=needs("plans.report"), summary="Upload evidence")
def upload_evidence(request: Any, duty_id: int, file: File[UploadedFile]) -> Any:
    """Keeps a file with the duty; a report then names its address. No classified material."""
    duty = find_duty(request, duty_id)
    # Permission and state first: nobody else's upload is stored.
    SaveReport(user=request.user, duty=duty, content=ReportContent()).check()
    kept = store_file(file.read(), file.name or "", subject=duty.ref, stored_by=request.user.ref)
    return Status(201, file_out(kept))


@router.put("/{int:duty_id}/report", response=ReportOut, auth=needs("plans.report"), summary="Save a draft report")
def save_report(request: Any, duty_id: int, body: ReportIn) -> Any:
    """Keeps the draft, whatever is still missing."""
    duty = find_duty(request, duty_id)
    action = SaveReport(user=request.user, duty=duty, content=_content(duty, body), version=body.version)
    return report_out(action.execute())


@router.post("/{int:duty_id}/report/submit", response=ReportOut, auth=needs("plans.report"), summary="Submit a report")
def submit_report(request: Any, duty_id: int, body: ReportIn) -> Any:
    """Saves and hands in for review; what is missing is named in `errors` (code `report_incomplete`)."""
    duty = find_duty(request, duty_id)
    action = SubmitReport(user=request.user, duty=duty, content=_content(duty, body), version=body.version)
    return report_out(action.execute())


@router.post(
    "/{int:duty_id}/report/withdraw", response=ReportOut, auth=needs("plans.report"), summary="Withdraw a report"
)
def withdraw_report(request: Any, duty_id: int, body: Reason) -> Any:
    """Takes the submitted report back before anybody has reviewed it; it is a draft again."""
    duty = find_duty(request, duty_id)
    return report_out(WithdrawReport(user=request.user, duty=duty, reason=body.reason).execute())


@router.post("/{int:duty_id}/report/review", response=ReportOut, auth=needs("plans.review"), summary="Review a report")
def review_report(request: Any, duty_id: int, body: ReviewIn) -> Any:
    """Accepts, or returns with a reason. Nobody reviews what they submitted."""
    duty = find_duty(request, duty_id)
    return report_out(ReviewReport(user=request.user, duty=duty, accept=body.accept, note=body.note).execute())


@router.post(
    "/{int:duty_id}/extensions",
    response={201: ExtensionOut},
    auth=needs("plans.request_extension"),
    summary="Ask for an extension",
)
def request_extension(request: Any, duty_id: int, body: ExtensionIn) -> Any:
    """Before the due date has passed, with progress and the head's consent."""
    duty = find_duty(request, duty_id)
    return Status(201, extension_out(RequestExtension(user=request.user, duty=duty, **body.model_dump()).execute()))


@router.post(
    "/{int:duty_id}/extensions/decide",
    response=ExtensionOut,
    auth=needs("plans.decide_extension"),
    summary="Decide on an extension",
)
def decide_extension(request: Any, duty_id: int, body: DecisionIn) -> Any:
    """Decides on the one open request; a refusal gives its reason."""
    duty = find_duty(request, duty_id)
    return extension_out(DecideExtension(user=request.user, duty=duty, grant=body.grant, note=body.note).execute())


@router.post("/{int:duty_id}/urges", response={201: UrgeOut}, auth=needs("plans.urge"), summary="Urge a unit")
def urge_duty(request: Any, duty_id: int, body: UrgeIn) -> Any:
    """Sends a step of the region's ladder; each step goes out once per due date."""
    duty = find_duty(request, duty_id)
    return Status(201, urge_out(UrgeDuty(user=request.user, duty=duty, message=body.message, step=body.step).execute()))


@router.post(
    "/{int:duty_id}/urges/{int:urge_id}/reply", response=UrgeOut, auth=needs("plans.reply"), summary="Reply to an urge"
)
def reply_to_urge(request: Any, duty_id: int, urge_id: int, body: ReplyIn) -> Any:
    urge = find_duty(request, duty_id).urges.filter(pk=urge_id).first()
    if urge is None:
        raise not_found(_("没有这次催办。"))
    return urge_out(ReplyUrge(user=request.user, urge=urge, reply=body.reply).execute())


@router.post("/{int:duty_id}/close", response=DutyOut, auth=needs("plans.close"), summary="Close a duty")
def close_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """办结: another person than the reporter confirms completion."""
    CloseDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/reopen", response=DutyOut, auth=needs("plans.close"), summary="Reopen a duty")
def reopen_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """重办; the reason is required, the completion date is cleared."""
    ReopenDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/suspend", response=DutyOut, auth=needs("plans.adjust"), summary="Suspend a duty")
def suspend_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """The reason is required."""
    SuspendDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/resume", response=DutyOut, auth=needs("plans.adjust"), summary="Resume a duty")
def resume_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """The reason is required."""
    SuspendDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason, resume=True).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/withdraw", response=DutyOut, auth=needs("plans.adjust"), summary="Withdraw a duty")
def withdraw_duty(request: Any, duty_id: int, body: Reason) -> Any:
    """Takes the duty back from the unit; the reason is required, what was reported stays readable."""
    WithdrawDuty(user=request.user, duty=find_duty(request, duty_id), reason=body.reason).execute()
    return duty_out(request, duty_id)


@router.post("/{int:duty_id}/unit", response=ChosenOut, auth=needs("plans.assign"), summary="Choose the unit")
def choose_unit(request: Any, duty_id: int, body: UnitIn) -> Any:
    """Says which unit the written name means."""
    duty, unit = find_duty(request, duty_id), unit_by_key(body.unit)
    ChooseUnit(user=request.user, duty=duty, unit=unit, everywhere=body.everywhere).execute()
    return {"duty": duty_out(request, duty_id) if Duty.objects.filter(pk=duty_id).exists() else None}
