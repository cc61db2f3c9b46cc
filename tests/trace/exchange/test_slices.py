"""Large files: read as streams, worked on in slices that can be stopped, killed and taken up again."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.documents.uploads import UploadRefused
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import batches, jobs, tables, taking
from hengjian.trace.exchange import rows as rows_
from hengjian.trace.exchange.intake import DropBatch, HandIn, TakeBatch, UndoBatch
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.rows import Rows
from tests.trace.exchange.conftest import TraceWorld
from tests.trace.exchange.test_intake import at, faults_of, finished, handed_in, jsonl, taken


def harvests(trace: TraceWorld, number: int, first: int = 0) -> list[dict[str, Any]]:
    line = {"goods_name": "番茄", "quantity": "3"}
    return [
        {"kind": "production", "node": trace.farm.key, "at": at(5), "lines": [{**line, "batch": f"T{n}"}]}
        for n in range(first, first + number)
    ]


def waiting(trace: TraceWorld, rows: list[dict[str, Any]]) -> ExchangeBatch:
    return HandIn(user=trace.farmer, unit=trace.farm, file=io.BytesIO(jsonl(rows)), name="a.jsonl").execute()


def step(batch: ExchangeBatch) -> ExchangeBatch:
    """One slice."""
    assert batches.advance(batch, 0) == 1
    return batch


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SLICE", 10)


def test_a_file_is_worked_on_by_the_worker_slice_by_slice(trace: TraceWorld, client: Client) -> None:
    batch = waiting(trace, [*harvests(trace, 34), {"kind": "arrival"}])
    client.force_login(trace.farmer)
    page = reverse("trace_exchange:batch", args=[batch.pk])
    step(batch)
    assert (batch.state, batch.rows, batch.checked) == ("checking", 10, False)
    assert "正在核对" in client.get(page).content.decode()
    assert client.get(page + "state/").status_code == 200
    assert jobs.run_files() == 3
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.good, batch.wrong) == ("preview", 35, 34, 1)
    assert {row for row, *_ in faults_of(batch)} == {35}
    TakeBatch(user=trace.farmer, batch=batch).execute()
    step(batch)
    assert (batch.added, Event.objects.count()) == (10, 10)
    with pytest.raises(ActionRefused):
        DropBatch(user=trace.farmer, batch=batch).execute()
    finished(batch)
    assert (batch.state, batch.added, Event.objects.count()) == ("done", 34, 34)
    assert client.get(page + "state/")["HX-Redirect"] == page
    assert not batches.file_of(batch).exists()


def test_a_slice_that_breaks_off_is_done_again_and_adds_nothing_twice(
    trace: TraceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = step(waiting(trace, harvests(trace, 35)))
    original, broken = taking.add_events, []

    def fails(*given: Any, **named: Any) -> Any:
        done = original(*given, **named)
        broken.append(1)
        if len(broken) == 2:
            raise KeyboardInterrupt
        return done

    finished(batch)
    TakeBatch(user=trace.farmer, batch=batch).execute()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(taking, "add_events", fails)
        batches.advance(batch, 60)
    batches._close(*batches._open)  # another process has nothing open
    batch.refresh_from_db()
    assert (batch.state, batch.done, Event.objects.count()) == ("taking", 10, 10)
    finished(batch)
    assert (batch.added, batch.already, Event.objects.count()) == (35, 0, 35)


def test_what_is_being_taken_in_can_be_stopped_and_undone(trace: TraceWorld) -> None:
    batch = finished(waiting(trace, harvests(trace, 35)))
    step(TakeBatch(user=trace.farmer, batch=batch).execute())
    seen_by_the_worker = ExchangeBatch.objects.get(pk=batch.pk)
    UndoBatch(user=trace.farmer, batch=batch, reason="传错了").execute()
    batches._take(seen_by_the_worker)  # it was in the middle of a slice
    assert (seen_by_the_worker.state, Event.objects.count()) == ("undoing", 10)
    finished(batch)
    assert batch.state == "undone"
    assert Event.objects.exclude(declaration="").count() == 10
    with pytest.raises(ActionRefused):
        UndoBatch(user=trace.farmer, batch=batch, reason="再来").execute()


def test_undone_rows_come_in_again_with_a_corrected_file(trace: TraceWorld) -> None:
    """Whoever undoes a file, corrects a row and uploads it again means all of its rows."""
    rows = harvests(trace, 12)
    first = taken(trace.farmer, handed_in(trace.farmer, trace.farm, jsonl(rows), "a.jsonl"))
    finished(UndoBatch(user=trace.farmer, batch=first, reason="有一行写错").execute())
    rows[3]["lines"][0]["quantity"] = "4"
    second = taken(trace.farmer, handed_in(trace.farmer, trace.farm, jsonl(rows), "a.jsonl"))
    assert (second.added, second.already) == (12, 0)
    third = taken(trace.farmer, handed_in(trace.farmer, trace.farm, jsonl(rows), "a.jsonl"))
    assert (third.added, third.already) == (0, 12)
    finished(UndoBatch(user=trace.farmer, batch=second, reason="还是错").execute())
    fourth = taken(trace.farmer, handed_in(trace.farmer, trace.farm, jsonl(rows), "a.jsonl"))
    assert (fourth.added, fourth.already) == (12, 0)


def test_a_file_that_turns_out_too_long_fails_and_can_be_dropped(
    trace: TraceWorld, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 15)
    batch = finished(waiting(trace, harvests(trace, 25)))
    assert (batch.state, batch.added) == ("failed", 0)
    assert "超过 15 条" in batch.message
    with pytest.raises(ActionRefused):
        TakeBatch(user=trace.farmer, batch=batch).execute()
    client.force_login(trace.farmer)
    page = reverse("trace_exchange:batch", args=[batch.pk])
    assert batch.message in client.get(page).content.decode()
    client.post(page, {"do": "drop"})
    jobs.run_files()
    batch.refresh_from_db()
    assert (batch.state, batches.file_of(batch).exists()) == ("dropped", False)


def test_every_fault_can_be_downloaded(trace: TraceWorld, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from hengjian.trace.exchange.views import files

    batch = finished(waiting(trace, [{"kind": "=1+1"}] * 31))
    client.force_login(trace.farmer)
    address = reverse("trace_exchange:faults", args=[batch.pk])
    assert client.get(address).getvalue()[:2] == b"PK"
    monkeypatch.setattr(files, "MOST_SHEET", 5)
    lines = client.get(address).getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["行", *map(str, range(1, 32))]
    client.force_login(trace.keeper)
    assert client.get(address).status_code == 404


def read(data: bytes, name: str) -> list[tuple[int, Any]]:
    return list(Rows(io.BytesIO(data), name))


def test_packed_files_are_read_and_bombs_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = b'{"kind":"a"}\n{"kind":"b"}\n'
    assert read(gzip.compress(plain), "a.jsonl.gz") == read(plain, "a.jsonl")
    for broken in (gzip.compress(plain)[:-4], b"no gzip", gzip.compress(plain)[:12] + b"x"):
        with pytest.raises(UploadRefused):
            read(broken, "a.jsonl.gz")
    monkeypatch.setattr(rows_, "MOST_UNPACKED", 10_000)
    with pytest.raises(UploadRefused):
        read(gzip.compress(b"{}\n" * 10_000), "a.jsonl.gz")


def test_arrays_and_odd_lines_of_json() -> None:
    members = [{"n": n, "text": "]["} for n in range(5)]
    assert read(json.dumps(members, indent=1).encode("utf-16"), "a.json") == list(enumerate(members, 1))
    assert [number for number, _ in read(b"[1]\n\n[2]\n", "a.json")] == [1, 3]
    assert [type(row) for _, row in read('"a"\n{"x": "\u2028"}\n'.encode(), "a.json")] == [str, dict]
    with pytest.raises(UploadRefused):
        read(b"{" + b" " * rows_.MOST_LINE + b"}", "a.json")


def test_rows_of_one_message_may_lie_apart_but_not_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "信息类型,节点编号,时间,商品名称,批次号,重量,问题\n"
    lines = [f"生产批,F-000{n % 3},2026-03-01 08:00,番茄,T{n},5,以前的问题\n" for n in range(9)]
    found = read((head + "".join(lines)).encode(), "a.csv")
    assert [(number, [line["batch"] for line in row["lines"]]) for number, row in found] == [
        (2, ["T0", "T3", "T6"]),
        (3, ["T1", "T4", "T7"]),
        (4, ["T2", "T5", "T8"]),
    ]
    monkeypatch.setattr(tables, "MOST_KEPT", 5)
    with pytest.raises(UploadRefused):
        read((head + "".join(lines)).encode(), "a.csv")


def test_lines_of_long_xml_files_are_counted_and_no_message_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from hengjian.trace.exchange import xml_files

    text = "<t>" + "\n<message kind='subject'><number>1</number></message>" * 70_000 + "<!-- end --></t>"
    found = read(text.encode(), "a.xml")
    assert len(found) == 70_000
    assert found[-1] == (70_001, {"kind": "subject", "number": "1"})
    monkeypatch.setattr(xml_files, "MOST_ELEMENTS", 10)
    with pytest.raises(UploadRefused):
        read(b"<t><message kind='trade'>" + b"<a/>" * 20 + b"</message></t>", "a.xml")
