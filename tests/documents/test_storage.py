"""Number series without gaps, files by their content, downloads only for those who may."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import RequestFactory

from hengjian.documents import access, files
from hengjian.documents.actions import cancel_number, store_file, take_number
from hengjian.documents.models import Content, IssuedNumber, NumberSeries, StoredFile
from hengjian.documents.queries import files_of, gaps
from hengjian.documents.uploads import UploadRefused
from hengjian.documents.views import download
from hengjian.parties.verbs import ActionRefused

AGENCY = "澜质强办发"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: SimpleNamespace) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def take(subject: str = "document:1", year: int = 2026) -> IssuedNumber:
    return take_number(AGENCY, year, subject=subject, taken_by="user:1")


@pytest.mark.django_db
def test_numbers_run_by_agency_and_year() -> None:
    assert [str(take()) for _ in range(3)] == [f"{AGENCY}〔2026〕{serial}号" for serial in (1, 2, 3)]
    assert str(take(year=2027)) == f"{AGENCY}〔2027〕1号"


@pytest.mark.django_db
def test_an_undone_transaction_leaves_no_gap() -> None:
    take()
    with pytest.raises(RuntimeError), transaction.atomic():
        assert take().serial == 2
        raise RuntimeError("the document could not be written")
    assert take().serial == 2
    assert gaps(NumberSeries.objects.get()) == []


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        take()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_numbers_without_gaps() -> None:
    taken: list[int] = []

    def work() -> None:
        for round_ in range(5):
            try:
                with transaction.atomic():
                    serial = take().serial
                    if round_ == 2:
                        raise InterruptedError
                taken.append(serial)
            except InterruptedError:
                continue
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 17))
    assert gaps(NumberSeries.objects.get()) == []


@pytest.mark.django_db
def test_a_cancelled_number_stays_on_record() -> None:
    number = take()
    with pytest.raises(ActionRefused):
        cancel_number(number, reason=" ", cancelled_by="user:1")
    cancel_number(number, reason="文件未签发", cancelled_by="user:1")
    assert number.cancel_reason == "文件未签发"
    with pytest.raises(ActionRefused):
        cancel_number(number, reason="再次", cancelled_by="user:1")
    assert take().serial == 2
    assert gaps(number.series) == []


@pytest.mark.django_db
def test_a_removed_record_shows_as_a_gap_and_a_number_has_one_use() -> None:
    numbers = [take() for _ in range(3)]
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedNumber.objects.create(series=numbers[0].series, serial=2, subject="x:1", taken_by="user:1")
    numbers[1].delete()
    assert gaps(numbers[0].series) == [2]


def keep(data: bytes = b"hello", name: str = "a.txt", subject: str = "duty:1") -> StoredFile:
    return store_file(data, name, subject=subject, stored_by="user:1")


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once(media: Path) -> None:
    first, second = keep(), keep(name="b.txt", subject="duty:2")
    sha256 = hashlib.sha256(b"hello").hexdigest()
    assert (first.sha256, first.address) == (sha256, f"sha256:{sha256}")
    assert Content.objects.count() == 1
    assert [path.name for path in media.rglob("*") if path.is_file()] == [sha256]
    assert files.read(sha256) == b"hello"
    assert [file.name for file in files_of("duty:2")] == ["b.txt"]
    assert second.content == first.content


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing(media: Path) -> None:
    with pytest.raises(UploadRefused):
        keep(b"\x00\x01", "a.pdf")
    assert not StoredFile.objects.exists()
    assert not list(media.iterdir())


@pytest.mark.django_db
def test_damage_is_found_and_repaired_by_storing_again() -> None:
    kept, lost = keep(b"first"), keep(b"second")
    files.path_of(kept.sha256).write_bytes(b"first!")
    files.path_of(lost.sha256).unlink()
    stray = files.write(b"stray")
    assert {(fault.kind, fault.sha256) for fault in files.faults()} == {
        ("altered", kept.sha256), ("missing", lost.sha256), ("unrecorded", stray),
    }  # fmt: skip
    with pytest.raises(ValueError, match="altered"):
        files.read(kept.sha256)
    keep(b"first")
    assert files.read(kept.sha256) == b"first"
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.path_of("../../etc/passwd")


@pytest.fixture
def open_to_one(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    reader = SimpleNamespace(is_authenticated=True)
    monkeypatch.setitem(access._rules, "duty", lambda user, file: user is reader)
    return reader


@pytest.mark.django_db
def test_download_for_those_who_may(open_to_one: SimpleNamespace) -> None:
    file = keep(b"<script>alert(1)</script>", "报告.html")
    request = RequestFactory().get("/")
    request.user = open_to_one
    response = download(request, file.pk)
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    again = RequestFactory().get("/", headers={"If-None-Match": response["ETag"]})
    again.user = open_to_one
    assert download(again, file.pk).status_code == 304


@pytest.mark.django_db
def test_for_others_the_file_does_not_exist(open_to_one: SimpleNamespace) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for file in (keep(), keep(subject="secret:1")):
        with pytest.raises(Http404):
            download(request, file.pk)
    request.user = open_to_one
    with pytest.raises(Http404):  # no rule for this kind: closed
        download(request, keep(subject="secret:1").pk)
    gone = keep(b"gone")
    files.path_of(gone.sha256).unlink()
    with pytest.raises(Http404):
        download(request, gone.pk)
