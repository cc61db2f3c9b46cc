"""What an uploaded file really is, and whether it may come in. The name only has to agree with the content."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused

MEGABYTE = 1024 * 1024
# A packed file: entries, total size when unpacked, and ratio from which a large entry counts as a bomb.
MOST_ENTRIES = 5000
MOST_UNPACKED = 300 * MEGABYTE
MOST_RATIO = 200
RATIO_FROM = 5 * MEGABYTE
LONGEST_NAME = 200

OOXML = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": OOXML + "wordprocessingml.document",
    "xlsx": OOXML + "spreadsheetml.sheet",
    "pptx": OOXML + "presentationml.presentation",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "xls": "application/vnd.ms-excel",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
    "html": "text/html",
    "htm": "text/html",
}
# What the content shows itself to be → the extensions that may carry it.
FAMILIES = {
    "pdf": {"pdf"},
    "png": {"png"},
    "jpeg": {"jpg", "jpeg"},
    "docx": {"docx"},
    "xlsx": {"xlsx"},
    "pptx": {"pptx"},
    "ofd": {"ofd"},
    "ole": {"doc", "xls", "wps"},
    "text": {"txt", "csv", "html", "htm"},
}
SIGNATURES = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    bytes.fromhex("d0cf11e0a1b11ae1"): "ole",
}
MARKERS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "OFD.xml": "ofd"}
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# A template or object that the office program would fetch when the file is opened; ordinary links are harmless.
REMOTE = re.compile(rb'(attachedTemplate|oleObject|frame|subDocument|externalLinkPath)"[^>]*TargetMode="External"')
REMOTE_TURNED = re.compile(rb'TargetMode="External"[^>]*(attachedTemplate|oleObject|frame|subDocument)"')
PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia)\b")
# Names in the directory of an old Office file; the zeros tell them from words in the text.
OLE_MACROS = tuple(name.encode("utf-16-le") + bytes(8) for name in ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"))


class UploadRefused(ActionRefused):
    """A file that may not come in; `code` says why: empty, too_large, type, mismatch, damaged, bomb, macros, entities,
    remote, active, encoding, name."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(message, next_step, status=400)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """What a file is: extension in small letters, media type, a name without folders."""

    name: str
    extension: str
    media_type: str


def size_limit() -> int:
    """The largest upload in bytes (HENGJIAN_UPLOAD_LIMIT_MB)."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def check_upload(data: bytes, name: str, allowed: frozenset[str] | None = None) -> Checked:
    """Decide by the content whether a file may come in.

    Args:
        data: the whole file.
        name: as the user's system called it.
        allowed: extensions this form takes; None takes all that are known.

    Raises:
        UploadRefused: it may not; nothing was kept.
    """
    clean = safe_name(name)
    extension = PurePosixPath(clean).suffix.lstrip(".").lower()
    known = allowed if allowed is not None else frozenset(MEDIA_TYPES)
    if extension not in known or extension not in MEDIA_TYPES:
        raise UploadRefused(
            "type",
            _("“%(name)s”的文件类型不能上传。") % {"name": clean},
            _("请转换为以下类型之一后再上传：%(types)s。") % {"types": "、".join(sorted(known))},
        )
    if not data:
        raise UploadRefused("empty", _("“%(name)s”是空文件。") % {"name": clean}, _("请检查文件内容后重新选择。"))
    if len(data) > size_limit():
        raise _too_large(clean, len(data))
    family = sniff(data, clean)
    if extension not in FAMILIES[family]:
        raise UploadRefused(
            "mismatch",
            _("“%(name)s”的内容与扩展名不符：内容是 %(family)s。") % {"name": clean, "family": family},
            _("请用原来的程序重新保存，再上传保存后的文件。"),
        )
    _check_content(data, family, clean)
    return Checked(clean, extension, MEDIA_TYPES[extension])


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes of a form's file; one that is too large is refused before it is read into memory.

    Raises:
        UploadRefused: larger than the limit.
    """
    if upload.size is not None and upload.size > size_limit():
        raise _too_large(safe_name(upload.name or ""), upload.size)
    return bytes(upload.read())


def _too_large(name: str, size: int) -> UploadRefused:
    return UploadRefused(
        "too_large",
        _("“%(name)s”有 %(size).1f MB，超过 %(limit)d MB 的上限。")
        % {"name": name, "size": size / MEGABYTE, "limit": size_limit() // MEGABYTE},
        _("请压缩图片或拆成几个文件后再上传。"),
    )


def safe_name(name: str) -> str:
    """The last part of a path, without control characters, at most 200 characters with its extension kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(char for char in last if char.isprintable()).strip(" .")
    if not printable:
        raise UploadRefused("name", _("文件没有名称。"), _("请给文件起一个名称后再上传。"))
    stem, dot, extension = printable.rpartition(".")
    if len(printable) <= LONGEST_NAME:
        return printable
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}" if dot else printable[:LONGEST_NAME]


def sniff(data: bytes, name: str) -> str:
    """The family of the content (a key of `FAMILIES`)."""
    for signature, family in SIGNATURES.items():
        if data.startswith(signature):
            return family
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise _damaged(name) from None
        for marker, family in MARKERS.items():
            if marker in names:
                return family
    elif is_text(data):
        return "text"
    raise UploadRefused(
        "type", _("认不出“%(name)s”是什么文件。") % {"name": name}, _("请另存为 PDF、Word、Excel、图片或文本后再上传。")
    )


def is_text(data: bytes) -> bool:
    """Whether the bytes are text in UTF-8, UTF-16 with BOM, or GB18030, without control characters."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(char < " " and char not in "\t\r\n\f" for char in text)
    return False


def _damaged(name: str) -> UploadRefused:
    return UploadRefused(
        "damaged", _("“%(name)s”已损坏，无法打开。") % {"name": name}, _("请用原来的程序打开并重新保存后再上传。")
    )


def _check_content(data: bytes, family: str, name: str) -> None:
    if family in ("docx", "xlsx", "pptx", "ofd"):
        _check_archive(data, name)
    elif family == "ole" and any(marker in data for marker in OLE_MACROS):
        raise _macros(name)
    elif family == "pdf" and PDF_ACTIVE.search(data):
        raise UploadRefused(
            "active",
            _("“%(name)s”含有会自动运行的内容。") % {"name": name},
            _("请重新导出为普通 PDF（如“打印为 PDF”）后再上传。"),
        )


def _macros(name: str) -> UploadRefused:
    return UploadRefused(
        "macros", _("“%(name)s”含有宏。") % {"name": name}, _("请另存为不含宏的 .docx 或 .xlsx 后再上传。")
    )


def _check_archive(data: bytes, name: str) -> None:
    """Size when unpacked first, from the directory and bounded while reading; then macros, entities, remote parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ENTRIES or total > MOST_UNPACKED or any(map(_is_bomb, entries)):
                raise UploadRefused(
                    "bomb",
                    _("“%(name)s”解压后过大。") % {"name": name},
                    _("请删去文件中不需要的图片和空白行列后重新保存，再上传。"),
                )
            for entry in entries:
                if entry.filename.lower().endswith("vbaproject.bin"):
                    raise _macros(name)
                if entry.filename.lower().endswith((".xml", ".rels")):
                    # zipfile stops at the size that the directory states and checks the sum.
                    _check_part(archive.read(entry), entry.filename, name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _damaged(name) from None


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size)


def _check_part(part: bytes, part_name: str, name: str) -> None:
    if part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        part = part.decode("utf-16", errors="replace").encode()
    if ENTITY.search(part):
        raise UploadRefused(
            "entities",
            _("“%(name)s”的 %(part)s 含有外部实体定义。") % {"name": name, "part": part_name},
            _("请用办公软件打开并重新保存后再上传。"),
        )
    if part_name == "[Content_Types].xml" and b"macroEnabled" in part:
        raise _macros(name)
    if part_name.endswith(".rels") and (REMOTE.search(part) or REMOTE_TURNED.search(part)):
        raise UploadRefused(
            "remote",
            _("“%(name)s”打开时会从网上取模板或对象。") % {"name": name},
            _("请断开外部模板和链接对象，重新保存后再上传。"),
        )
