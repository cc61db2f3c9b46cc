"""Download of stored files."""

from __future__ import annotations

import io
import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents import files
from hengjian.documents.access import may_read
from hengjian.documents.models import StoredFile

log = logging.getLogger(__name__)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as a download, never shown inside the site; to those who may not read it, it does not exist."""
    file = get_object_or_404(StoredFile.objects.select_related("content"), pk=pk)
    if not may_read(request.user, file):
        raise Http404(_("没有这个文件，或者您无权查看。"))
    etag = f'"{file.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    try:
        # Evidence that was altered on disk is not handed out as evidence.
        data = files.read(file.sha256)
    except (FileNotFoundError, ValueError) as error:
        log.error("stored file %s: %s", file.pk, error)
        raise Http404(_("文件内容不在存储中或已被改动，请联系系统管理员核对备份。")) from None
    response = FileResponse(io.BytesIO(data), as_attachment=True, filename=file.name)
    response["Content-Type"] = file.content.media_type
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
