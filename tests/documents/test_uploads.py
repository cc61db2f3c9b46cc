"""What may come in and what may not: each hostile file is made here, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from hengjian.documents.sheets import write_xlsx
from hengjian.documents.uploads import UploadRefused, check_upload, read_upload, safe_name

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word() -> bytes:
    output = io.BytesIO()
    file = docx.Document()
    file.add_paragraph("正文")
    file.save(output)
    return output.getvalue()


def changed(data: bytes, **parts: bytes) -> bytes:
    """The archive with parts added or replaced; a name's "__" stands for "/" and "_0" for "."."""
    output = io.BytesIO()
    wanted = {name.replace("__", "/").replace("_0", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in wanted:
                target.writestr(name, source.read(name))
        for name, content in wanted.items():
            target.writestr(name, content)
    return output.getvalue()


def relationship(kind: str, external: bool = True) -> bytes:
    mode = ' TargetMode="External"' if external else ""
    return (
        f'<Relationships><Relationship Type="{RELATIONSHIPS}/{kind}" Target="http://x"{mode}/></Relationships>'.encode()
    )


def code(data: bytes, name: str, **options: frozenset[str]) -> str:
    with pytest.raises(UploadRefused) as caught:
        check_upload(data, name, **options)
    assert caught.value.message
    assert caught.value.next_step
    assert caught.value.status == 400
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (word(), "计划.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (write_xlsx(["a"], [[1]]), "表.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"%PDF-1.7\n...", "a.pdf", "application/pdf"),
        (PNG, "a.png", "image/png"),
        ("质量,1\n".encode("gb18030"), "a.csv", "text/csv"),
        ("\ufeff质量".encode(), "a.txt", "text/plain"),
        ("质量".encode("utf-16"), "a.txt", "text/plain"),
    ],
)
def test_ordinary_files_come_in(data: bytes, name: str, media_type: str) -> None:
    assert check_upload(data, name).media_type == media_type


def test_content_decides_not_the_name() -> None:
    assert code(PNG, "a.pdf") == "mismatch"
    assert code(word(), "a.xlsx") == "mismatch"
    assert code(b"MZ\x90\0\x03\0\0\0", "a.docx") == "type"
    assert code(b"<svg/>", "a.svg") == "type"
    assert code(b"x", "a.exe") == "type"
    assert code(b"a\0b", "a.txt") == "type"


def test_empty_large_nameless() -> None:
    assert code(b"", "a.txt") == "empty"
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert code(b"x" * 11, "a.txt") == "too_large"
    assert code(b"x", "../") == "name"


def test_a_large_upload_is_refused_before_it_is_read() -> None:
    upload = SimpleUploadedFile("a.txt", b"x" * 11)
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10), pytest.raises(UploadRefused) as caught:
        read_upload(upload)
    assert caught.value.code == "too_large"
    assert upload.tell() == 0
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=11):
        assert read_upload(upload) == b"x" * 11


def test_a_form_can_take_fewer_kinds() -> None:
    assert code(b"%PDF-1.7", "a.pdf", allowed=frozenset({"docx"})) == "type"


def test_zip_bomb() -> None:
    bomb = changed(word(), word__media__0=b"\0" * (40 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert code(bomb, "a.docx") == "bomb"
    many = changed(word(), **{f"word__x{number}": b"" for number in range(5001)})
    assert code(many, "a.docx") == "bomb"


def test_an_archive_that_lies_about_its_sizes() -> None:
    data = bytearray(changed(word(), word__document_0xml=b"<a>" + b" " * 4_000_000 + b"</a>"))
    at = data.index(b"PK\x01\x02")
    while data[at : at + 4] == b"PK\x01\x02":  # walk the directory to the entry
        name_length, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        if data[at + 46 : at + 46 + name_length] == b"word/document.xml":
            struct.pack_into("<I", data, at + 24, 10)
        at += 46 + name_length + extra + comment
    assert code(bytes(data), "a.docx") == "damaged"


def test_macros() -> None:
    assert code(changed(word(), word__vbaProject_0bin=b"x"), "a.docx") == "macros"
    assert code(changed(word(), **{"[Content_Types]_0xml": b"<Types macroEnabled='1'/>"}), "a.docx") == "macros"
    old = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100
    assert check_upload(old, "a.doc").media_type == "application/msword"
    assert check_upload(old + "Macros in words".encode("utf-16-le"), "a.doc").extension == "doc"
    assert code(old + "_VBA_PROJECT".encode("utf-16-le") + bytes(40), "a.xls") == "macros"


def test_entities_remote_parts_and_active_pdf() -> None:
    entity = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert code(changed(word(), word__document_0xml=entity), "a.docx") == "entities"
    wide = b"\xff\xfe" + entity.decode().encode("utf-16-le")
    assert code(changed(word(), word__document_0xml=wide), "a.docx") == "entities"
    assert (
        code(changed(word(), word___rels__settings_0xml_0rels=relationship("attachedTemplate")), "a.docx") == "remote"
    )
    link = changed(word(), word___rels__settings_0xml_0rels=relationship("hyperlink"))
    assert check_upload(link, "a.docx").extension == "docx"
    assert code(b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert) >>", "a.pdf") == "active"


def test_damaged_archives() -> None:
    assert code(word()[:-200], "a.docx") == "damaged"
    broken = bytearray(word())
    broken[60:90] = b"\0" * 30
    assert code(bytes(broken), "a.docx") == "damaged"


def test_names_lose_folders_and_control_characters() -> None:
    assert safe_name("C:\\a\\计划.docx") == "计划.docx"
    assert safe_name("../../etc/x.txt") == "x.txt"
    assert safe_name("a\r\nb\u202e.txt") == "ab.txt"
    long = safe_name("长" * 300 + ".docx")
    assert len(long) == 200
    assert long.endswith("长.docx")
