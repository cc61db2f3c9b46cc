"""/capture and its jobs; POST /events."""

from __future__ import annotations

import tempfile
from typing import Any, BinaryIO, ClassVar, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.methods.epcis import Problem, ReadError, read, tolerated
from hengjian.parties.policies import visible
from hengjian.trace.events.capture import INLINE, NotCaptured, add_events, capture_document
from hengjian.trace.events.interface.base import (
    ApiRequest,
    Resource,
    answer,
    body_of,
    file_limit,
    media_of,
    party_of,
)
from hengjian.trace.events.interface.paging import cut
from hengjian.trace.events.interface.problems import Refusal, shown
from hengjian.trace.events.jobs import hand_in
from hengjian.trace.events.models import CaptureJob
from hengjian.trace.events.output import moment_text
from hengjian.trace.events.policies import CAPTURE, VIEW

_CHUNK = 1 << 16


class Captures(Resource):
    """Jobs of the caller's unit; POST hands a document in."""

    verbs: ClassVar[dict[str, str]] = {"GET": VIEW, "POST": CAPTURE}

    def get(self, request: ApiRequest) -> HttpResponse:
        rows = visible(request.user, CaptureJob.objects.order_by("-created_at", "pk"))
        return cut(request, rows, job_of)

    def post(self, request: ApiRequest) -> HttpResponse:
        media_of(request)
        behaviour = request.headers.get("GS1-Capture-Error-Behaviour") or "rollback"
        if behaviour not in CaptureJob.Behaviour.values:
            raise Refusal("Validation", _("GS1-Capture-Error-Behaviour 可以是 rollback 或 proceed。"))
        party = party_of(request)
        with tempfile.SpooledTemporaryFile(max_size=INLINE) as spool:
            size = _receive(request, cast(BinaryIO, spool))
            if size == 0:
                raise Refusal("Validation", _("请求没有正文。"))
            take = capture_document if size <= INLINE else hand_in
            job = take(cast(BinaryIO, spool), party, request.user, behaviour=behaviour)
        response = HttpResponse(status=202)
        response["Location"] = request.build_absolute_uri(reverse("trace_events:capture_job", args=[job.pk]))
        response["GS1-Capture-Error-Behaviour"] = behaviour
        return response


class Capture(Resource):
    """What became of a document."""

    def get(self, request: ApiRequest, job: Any) -> HttpResponse:
        found = visible(request.user, CaptureJob.objects.all()).filter(pk=job).first()
        if found is None:
            raise Refusal("NoSuchResource", _("没有这个采集任务。"))
        return answer(job_of(found))


def job_of(job: CaptureJob) -> dict[str, Any]:
    """The job as the standard shows it, with our own counts."""
    done = job.state == CaptureJob.State.DONE
    found: dict[str, Any] = {
        "captureID": str(job.pk),
        "createdAt": moment_text(job.created_at),
        "running": not done,
        "success": True if job.success is None else job.success,
        "captureErrorBehaviour": job.behaviour,
        "errors": [
            {"type": "epcisException:ValidationException", "title": item["reason"], **shown(Problem(**item))}
            for item in job.errors
        ],
        "hengjian:added": job.added,
        "hengjian:already": job.already,
        "hengjian:rejected": job.rejected,
    }
    if job.finished_at:
        found["finishedAt"] = moment_text(job.finished_at)
    return found


def _receive(request: HttpRequest, spool: BinaryIO) -> int:
    """Read the body into a file, in pieces; returns its size."""
    limit = file_limit()
    too_large = Refusal("CaptureLimitExceeded", _("文件超过 %(n)s 字节的上限，请分批提交。") % {"n": limit})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > limit:
        raise too_large
    size = 0
    while part := request.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise too_large
        spool.write(part)
    spool.seek(0)
    return size


def capture_one(request: ApiRequest) -> HttpResponse:
    """POST /events: one event; 201 with its address, 409 where its content or its eventID is known."""
    media_of(request)
    party = party_of(request)
    try:
        document = read(body_of(request))
    except ReadError as error:
        raise Refusal(
            "Validation",
            error.message_zh,
            faults=[Problem(error.reason, "", error.message_zh, error.message_en)],
        ) from error
    if document.kind == "query" or len(document.events) != 1:
        raise Refusal("Validation", _("这里只接受一个事件；多个事件请提交到 /capture。"))
    if document.syntax == "json" and not document.head.get("@context"):
        raise Refusal("Validation", _("事件缺少 @context。"))
    try:
        done = add_events(
            document.events,
            party,
            request.user,
            context=document.context,
            ignore=document.ignore,
            tolerate=tolerated(document),
        )
    except NotCaptured as error:
        kind = "ResourceAlreadyExists" if error.problems[0].reason == "event_id_taken" else "Validation"
        raise Refusal(kind, str(error.message), str(error.next_step), faults=error.problems) from error
    if not done.ids:
        raise Refusal("ResourceAlreadyExists", _("这个事件已经采集。"))
    stored = done.added[0]
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(reverse("trace_events:event", args=[stored.identity]))
    return response
