"""Hostile files at every door: the import wizard, the evidence of a report, the interface. Nothing is half-saved."""

from __future__ import annotations

import io
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hengjian.documents.uploads import safe_name
from hengjian.parties.models import ApiToken
from hengjian.plans.models import PlanImport
from tests.security.conftest import Land, rows

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
PLAN = """质量工作计划

一、提升质量

（一）开展检查。组织抽查。（市场监管局负责）

（二）加强监管。完成评估。（农业农村厅负责）
"""


def archive(**parts: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_0", "."), content)
    return output.getvalue()


def word(text: str = PLAN) -> bytes:
    file, output = docx.Document(), io.BytesIO()
    for line in text.splitlines():
        file.add_paragraph(line)
    file.save(output)
    return output.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed or added."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, change(source.read(name) if name in source.namelist() else b""))
    return output.getvalue()


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>'
XML = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body/></w:document>"


def encrypted_pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/O(" + b"x" * 32 + b")/U(" + b"y" * 32 + b")/P -4>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(b)]>>\n%%EOF"
    )


def blank_pdf() -> bytes:
    import pypdfium2

    document, output = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(output)
    return output.getvalue()


REFUSED_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "binary": ("计划.txt", lambda: bytes(range(256)) * 400),
    "executable called docx": ("计划.docx", lambda: b"MZ\x90\0" * 1000),
    "empty": ("计划.txt", lambda: b""),
    "only spaces": ("计划.txt", lambda: b" \r\n\t" * 1000),
    "too large": ("计划.txt", lambda: PLAN.encode() * (50 * MEGABYTE // len(PLAN.encode()))),
    "zip bomb": ("计划.docx", lambda: archive(word__document_0xml=b"<a>" + b" " * 250 * MEGABYTE)),
    "many small bombs": ("计划.docx", lambda: archive(
        word__document_0xml=XML, **{f"word__{n}_0xml": b" " * 4 * MEGABYTE for n in range(90)})),
    "nested archives": ("计划.docx", lambda: archive(inner_0zip=archive(inner_0zip=archive(a_0txt=b"0" * MEGABYTE)))),
    "external entity": ("计划.docx", lambda: with_part(word(), "word/document.xml", lambda xml: DOCTYPE + xml)),
    "entity in UTF-16": ("计划.docx", lambda: with_part(
        word(), "word/document.xml", lambda xml: ("\ufeff" + (DOCTYPE + XML).decode()).encode("utf-16-le"))),
    "entity in a part nobody asked for": ("计划.docx", lambda: with_part(word(), "customXml/x.xml", lambda _: DOCTYPE)),
    "remote template": ("计划.docx", lambda: with_part(
        word(), "word/_rels/settings.xml.rels",
        lambda _: b'<Relationships><Relationship Type="a/attachedTemplate" Target="http://x" TargetMode="External"/>'
                  b"</Relationships>")),
    "macros": ("计划.docx", lambda: with_part(word(), "word/vbaProject.bin", lambda _: b"x")),
    "cut off archive": ("计划.docx", lambda: word()[:4000]),
    "no headings": ("计划.txt", lambda: ("这是一段没有任何编号的文字，也没有写明由谁负责。" * 40).encode()),
    "one line of 10 MB": ("计划.txt", lambda: ("质量" * (10 * MEGABYTE // 6)).encode()),
    "encrypted pdf": ("计划.pdf", encrypted_pdf),
    "broken pdf": ("计划.pdf", lambda: b"%PDF-1.7\n" + b"\xff\x00garbage" * 500),
    "scanned pdf": ("计划.pdf", blank_pdf),
    "pdf with script": ("计划.pdf", lambda: b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(a())>>>>endobj"),
    "pdf and archive at once": ("计划.docx", lambda: b"%PDF-1.7\n" + word()),
    "picture called pdf": ("计划.pdf", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "another kind": ("计划.svg", lambda: b"<svg onload='alert(1)'/>"),
    "extension turned around": ("计划\u202etxt.exe", lambda: PLAN.encode()),
}  # fmt: skip


@pytest.fixture
def doors(land: Land) -> dict[str, Callable[[str, bytes], Any]]:
    """What comes in by each door, as a function of name and bytes."""
    office, officer = land.client(land.office), land.client(land.officer)

    def wizard(name: str, data: bytes) -> Any:
        return office.post("/plans/import/", {
            "file": SimpleUploadedFile(name, data), "pasted": "",
            "unit": land.plan.owner_id, "region": land.plan.region_id,
        })  # fmt: skip

    def interface(name: str, data: bytes) -> Any:
        return office.post("/api/v1/imports/file", {
            "file": SimpleUploadedFile(name, data), "unit": land.plan.owner.key, "region": "990000",
        })  # fmt: skip

    def evidence(name: str, data: bytes) -> Any:
        good = SimpleUploadedFile("佐证.txt", "完成检查 12 家。".encode())
        return officer.post(f"/plans/tasks/duty/{land.duty.pk}/", {
            "do": "submit", "result": "完成", "percent": 60, "version": 0,
            "uploads": [good, SimpleUploadedFile(name, data)],
        })  # fmt: skip

    return {"wizard": wizard, "interface": interface, "evidence": evidence}


def kept(folder: Any) -> set[str]:
    return {path.name for path in Path(folder).rglob("*") if path.is_file()}


#: Evidence need not be a plan: what only the reader of plans refuses is an ordinary file there.
ONLY_PLANS = {"only spaces", "no headings", "one line of 10 MB", "encrypted pdf", "broken pdf", "scanned pdf"}
CASES = [
    (door, kind)
    for door in ("wizard", "interface", "evidence")
    for kind in REFUSED_FILES
    if door != "evidence" or kind not in ONLY_PLANS
]


@pytest.mark.parametrize(("door", "kind"), CASES)
def test_a_bad_file_is_refused_and_leaves_nothing(
    doors: dict[str, Callable[[str, bytes], Any]], settings: Any, door: str, kind: str
) -> None:
    name, make = REFUSED_FILES[kind]
    data, before, files = make(), rows(without=(ApiToken,)), kept(settings.MEDIA_ROOT)
    start, peak = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    response = doors[door](name, data)
    seconds = time.monotonic() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    assert response.status_code in {400, 413, 422}, response.status_code
    text = response.content.decode()
    assert any(word in text for word in ("请", "Please")), "says what to do next"
    assert rows(without=(ApiToken,)) == before
    assert kept(settings.MEDIA_ROOT) == files
    assert seconds < 5
    assert grown < 400, f"{grown:.0f} MB more memory"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5"])
@pytest.mark.parametrize("door", ["wizard", "interface"])
def test_the_usual_encodings_are_read_or_refused_but_never_garbled(
    doors: dict[str, Callable[[str, bytes], Any]], door: str, encoding: str
) -> None:
    text = (
        PLAN
        if encoding != "big5"
        else PLAN.translate(str.maketrans("质计划组织开检监管农业厅负责", "質計劃組織開檢監管農業廳負責"))
    )
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode(encoding, "ignore")
    known = set(PlanImport.objects.values_list("pk", flat=True))
    response = doors[door]("计划.txt", data)
    if response.status_code in {201, 302}:
        draft = PlanImport.objects.exclude(pk__in=known).get()
        assert "（一）" in draft.text and ("抽查" in draft.text)
    else:
        assert response.status_code in {400, 422}
        assert set(PlanImport.objects.values_list("pk", flat=True)) == known


@pytest.mark.parametrize("name", [
    "../../etc/passwd.txt", "..\\..\\boot.txt", "a\x00b.txt", "长" * 300 + ".txt", "计划\u202etxt.txt",
    "con\r\nX: y.txt",    '"><script>.txt', "a;filename=b.txt", "计划.txt.", "%2e%2e%2fx.txt",
])  # fmt: skip
def test_names_become_plain_names(land: Land, doors: dict[str, Callable[[str, bytes], Any]], name: str) -> None:
    clean = safe_name(name)
    assert len(clean) <= 200 and clean.isprintable() and "/" not in clean and "\\" not in clean
    known = set(PlanImport.objects.values_list("pk", flat=True))
    response = doors["wizard"](name, PLAN.encode())
    assert response.status_code in {302, 422}, response.status_code
    for draft in PlanImport.objects.exclude(pk__in=known):
        assert (
            draft.filename.isprintable() and "/" not in draft.filename and ".." not in draft.filename.split(".txt")[0]
        )
        page = land.client(land.office).get(f"/plans/import/{draft.pk}/").content.decode()
        assert "<script>.txt" not in page


def test_control_characters_and_direction_marks_do_not_reach_the_rows(
    land: Land, doors: dict[str, Callable[[str, bytes], Any]]
) -> None:
    known = set(PlanImport.objects.values_list("pk", flat=True))
    hidden = PLAN.replace("组织抽查", "组织\u202e抽\u0007查\u200f")
    assert doors["interface"]("计划.txt", hidden.encode()).status_code in {201, 400}
    for draft in PlanImport.objects.exclude(pk__in=known):
        assert "\x07" not in draft.text


def test_a_report_that_is_refused_keeps_no_evidence(land: Land, settings: Any) -> None:
    """Everything in order with the file, but the report was saved elsewhere meanwhile, or lacks its text."""
    client = land.client(land.officer)
    before, files = rows(), kept(settings.MEDIA_ROOT)
    for data in ({"result": "完成", "version": 99}, {"result": "", "version": 0}):
        response = client.post(f"/plans/tasks/duty/{land.duty.pk}/", {
            "do": "submit", "percent": 60, "uploads": [SimpleUploadedFile("a.txt", b"evidence")], **data,
        })  # fmt: skip
        assert response.status_code in {400, 409, 422}
        assert rows() == before
        assert kept(settings.MEDIA_ROOT) == files


def test_a_body_beyond_all_limits_is_refused_unread(client: Any, settings: Any) -> None:
    """Before log-in, too: nobody fills the disk through the log-in form."""

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    answer = client.generic(
        "POST", "/account/login/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(6 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE), **{"wsgi.input": Endless()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "MB" in answer.content.decode()


@pytest.mark.parametrize("place", ["/search/?q=a%00b", "/plans/tasks/?q=%00", "/api/v1/units?q=%00"])
def test_no_nul_reaches_the_database(land: Land, place: str) -> None:
    client = land.client(land.office)
    assert client.get(place).status_code == 400
    assert client.post("/views/save", {"list": "plans.tasks", "name": "a\0b", "query": ""}).status_code == 400
