"""The office's pages: every state renders; strangers see nothing; the road from design to publication."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hengjian.demo import clock
from hengjian.documents.sheets import write_xlsx
from hengjian.documents.sheets_in import read_table
from hengjian.parties.models import RoleGrant
from hengjian.surveys.models import Evaluated, Response, Wave
from hengjian.surveys.sheets import read_answers
from tests.places import Place, queries_of
from tests.surveys.conftest import MONDAY, at, made, rows_of

PAGES = ("", "field/", "comments/", "result/", "import/", "invitations/", "invitations/letters/", "interview/")


def client_of(user: Any, language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_while_it_runs_and_after(place: Place, concluded: Evaluated, language: str) -> None:
    client = client_of(place.officer, language)
    for path in ("/surveys/", "/surveys/new/", *(f"/surveys/{concluded.wave_id}/{page}" for page in PAGES)):
        assert client.get(path).status_code == 200, path
    for name in ("figures.xlsx", "report.docx", "answers.xlsx"):
        assert client.get(f"/surveys/{concluded.wave_id}/result/{name}").status_code == 200, name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_before_and_while_it_runs(place: Place, running: Wave, language: str) -> None:
    with clock.at(at(MONDAY)):
        client = client_of(place.officer, language)
        for page in (*PAGES, "design/", "import/template.xlsx", "invitations/codes.xlsx"):
            assert client.get(f"/surveys/{running.pk}/{page}").status_code == 200, page


def sheet(name: str, headings: list[str], *rows: tuple[Any, ...]) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, write_xlsx(headings, rows))


@pytest.mark.parametrize("name", ["other", "county_officer", "citizen", None])
def test_strangers_see_nothing(place: Place, concluded: Evaluated, name: str | None) -> None:
    client = client_of(getattr(place, name) if name else None)
    pk = concluded.wave_id
    assert concluded.wave.title not in client.get("/surveys/").content.decode()
    for page in (*PAGES, "design/", "result/figures.xlsx", "result/report.docx", "result/answers.xlsx"):
        answer = client.get(f"/surveys/{pk}/{page}")
        assert "意见0" not in answer.content.decode(errors="ignore") if not answer.streaming else True
        assert answer.status_code in (302, 403, 404), page
        assert client.post(f"/surveys/{pk}/{page}", {"do": "close"}).status_code in (302, 403, 404, 405, 400), page


def test_comments_are_for_the_running_unit_only(place: Place, concluded: Evaluated) -> None:
    path = f"/surveys/{concluded.wave_id}/comments/"
    assert "意见40" in client_of(place.officer).get(path).content.decode()
    RoleGrant.objects.create(user=place.other, role="officer", region=place.region)
    watcher = client_of(place.other)
    assert watcher.get(f"/surveys/{concluded.wave_id}/").status_code == 200
    assert watcher.get(path).status_code == 404
    assert watcher.get(f"/surveys/{concluded.wave_id}/result/answers.xlsx").status_code == 404


def test_from_design_to_publication_in_the_browser(place: Place, quick: None) -> None:
    officer, head = client_of(place.officer), client_of(place.head)
    with clock.at(at(MONDAY)):
        form = {
            "unit": place.market.pk, "what": "service_satisfaction.medical", "period": "2026-H2",
            "starts_on": "2026-09-01", "ends_on": "2026-09-30", "strata": "望澜市，600000\n朔安市，400000",
            "sizes_source": "人口普查", "margin": "10", "confidence": "95", "deff": "1", "response": "50",
            "least": "10",
        }  # fmt: skip
        assert officer.post("/surveys/new/", {**form, "strata": "望澜市"}).status_code == 422
        assert officer.post("/surveys/new/", form).status_code == 302
        wave = Wave.objects.get()
        assert wave.title == f"{place.region.name}2026年下半年医疗服务满意度调查" and "Medical care" in wave.title_en
        base = f"/surveys/{wave.pk}/"
        assert officer.post(f"{base}design/", {**form, "title": "医疗满意度", "margin": "5"}).status_code == 302
        assert officer.post(f"{base}invitations/", {"s1": "3", "s2": "0"}).status_code == 302
        assert officer.post(base, {"do": "open"}).status_code == 302
        rows = rows_of(wave, ["s1"] * 75 + ["s2"] * 45)
        codes = [item.code for item in wave.declared.items]
        table = [
            ("望澜市" if row["stratum"] == "s1" else "朔安市", *(row["items"][code] for code in codes)) for row in rows
        ]
        upload = sheet("答卷.xlsx", ["分层", *codes], *table)
        started = officer.post(f"{base}import/", {"file": upload, "approached": "200"})
        assert started.status_code == 302 and officer.get(started["Location"]).status_code == 200
        assert officer.post(started["Location"], {"do": "confirm"}).status_code == 302
        assert officer.get(started["Location"]).status_code == 200
        assert officer.post(base, {"do": "extend", "ends_on": "2026-09-02", "reason": "x"}).status_code == 422
        assert officer.post(base, {"do": "extend", "ends_on": "2026-10-02", "reason": "x"}).status_code == 302
        assert officer.post(base, {"do": "close"}).status_code == 302
        variant = {"do": "compute", "scheme": "factorial", "scaled": "yes", "missing": "listwise", "drop_fast": "on"}
        assert officer.post(f"{base}result/", {**variant, "scheme": "best"}).status_code == 422
        assert officer.post(f"{base}result/", variant).status_code == 302
        assert officer.post(f"{base}result/", {"do": "approve"}).status_code == 403
        assert head.post(f"{base}result/", {"do": "return", "reason": ""}).status_code == 422
        assert head.post(f"{base}result/", {"do": "return", "reason": "请用路径法"}).status_code == 302
        assert officer.post(f"{base}result/", {**variant, "scheme": "path"}).status_code == 302
        assert head.post(f"{base}result/", {"do": "approve"}).status_code == 302
        assert head.post(f"{base}result/", {"do": "publish"}).status_code == 302
        page = head.get(f"{base}result/").content.decode()
        assert "台账记录" in page and "请用路径法" in page
        assert head.get(f"{base}result/?version=1").status_code == 200
        assert head.get(f"{base}result/?version=9").status_code == 404
        assert Client().get(f"/surveys/public/{wave.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("x.xlsx", b"not a table"), "x.xlsx"),
        (("分层", "image_overall"), "“11”不是 1 到 10 的整数"),
        (("image_overall",), "分层"),
        (("分层", "other"), "没有一列是问卷的题目"),
    ],
)
def test_a_bad_file_is_told_and_counts_nothing(place: Place, running: Wave, upload: Any, said: str) -> None:
    if isinstance(upload, tuple):
        upload = sheet("x.xlsx", list(upload), *[("望澜市", 11)[: len(upload)], ("天上", 3.5)[: len(upload)]])
    with clock.at(at(MONDAY)):
        client = client_of(place.officer)
        answer = client.post(f"/surveys/{running.pk}/import/", {"file": upload})
        if answer.status_code == 302:
            page = answer["Location"]
            answer = client.get(page)
            assert client.post(page, {"do": "confirm"}).status_code in (400, 409)
    assert said in answer.content.decode()
    assert not Response.objects.exists()


def test_every_fault_of_a_file_is_told_with_its_row(place: Place, running: Wave) -> None:
    upload = sheet(
        "x.xlsx", ["分层", "image_overall", "image_trust", "age", "用时（秒）", "意见"],
        ("望澜市", 8, "不了解", "18～29 岁", 200, "电话13800001111"),
        ("天上", 0, 5, "老", -1, ""), ("s2", "", "", "", "", ""),
    )  # fmt: skip
    with upload.open() as file:
        found = read_answers(running, file.read(), "x.xlsx")
    (row,) = found.rows
    assert (row["stratum"], row["items"]["image_overall"], row["items"]["image_trust"]) == ("s1", 8, None)
    assert (row["choices"], row["seconds"], row["comment"]) == ({"age": "a18"}, 200, "电话＊＊＊")
    assert [error["row"] for error in found.errors] == [0, 3, 3, 3, 3, 4]


def test_interviews_are_entered_on_one_page(place: Place, running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client, path = client_of(place.inspector), f"/surveys/{running.pk}/interview/"
        whole = {item.code: "7" for item in running.declared.items} | {"stratum": "s1", "used": "often", "minutes": "6"}
        assert client.post(path, {**whole, "image_trust": ""}).status_code == 422
        assert client.post(path, whole).status_code == 302
        assert client.post(path, {"stratum": "s2", "used": "never"}).status_code == 302  # nothing else is asked
        assert client.post(path, {"do": "contact", "stratum": "s1", "outcome": "refused"}).status_code == 302
        assert client.post(path, {"do": "contact", "stratum": "s1"}).status_code == 422
    assert sorted(Response.objects.values_list("state", "seconds")) == [("complete", 360), ("screened", None)]


def test_the_list_asks_the_same_number_of_questions_for_more_rows(place: Place, concluded: Evaluated) -> None:
    client = client_of(place.officer)
    client.get("/surveys/")
    few = queries_of(client, "/surveys/")
    for number in range(8):
        made(place, title=f"第 {number} 次")
    assert queries_of(client, "/surveys/") <= few


def test_files_carry_the_variant_and_the_marks(place: Place, concluded: Evaluated) -> None:
    client = client_of(place.officer)
    data = client.get(f"/surveys/{concluded.wave_id}/result/figures.xlsx").content
    cells = [str(cell) for row in read_table(data, "x.xlsx") for cell in row]
    text = "\n".join(cells)
    assert "路径法" in text and "种子" in text and "※" in text and "满意度" in text
    document = client.get(f"/surveys/{concluded.wave_id}/result/report.docx").content
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        body = archive.read("word/document.xml").decode()
    assert str(concluded.index) in body and "※" in body and concluded.data_hash in body
    answers = client.get(f"/surveys/{concluded.wave_id}/result/answers.xlsx").content
    assert "意见0" not in "".join(str(cell) for row in read_table(answers, "x.xlsx") for cell in row)
