"""Benchmarks of capturing and querying traceability events, on SQLite in a folder of its own.

quartet_epcis 4.1.5 (GPL) captures the same events in a process and an environment of its own where HENGJIAN_BENCH_PEERS
allows it (`_peers.py`). The query is measured among a million events with the real tables and indexes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._peers import NotAvailable, PeerFailed, run_python

EVENTS = 20_000
PEER_EVENTS = 1_000
LARGE = 1_000_000
LOOKUPS = 500
TARGET = 5_000


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_trace", str(result)], env=environment, check=True)
        measured: dict[str, float] = json.loads(result.read_text())
    rows = []
    for things in (2, 10):
        name = f"capture, SQLite, {things} EPCs per event: read, checked, hashed, stored with indexes"
        rows.append(row(name, measured[f"capture_{things}"], "events/s per core", TARGET))
        rows.append(row(f"the same, wall time, {things} EPCs", measured[f"wall_{things}"], "events/s"))
        own, peer = measured[f"xml_{things}"], _peer(console, things)
        rows.append(row(f"the same from the XML 1.2 document of the peer, {things} EPCs", own, "events/s per core"))
        if peer is not None:
            name = f"quartet_epcis 4.1.5 on that document, {things} EPCs per event, parsed and stored"
            rows.append(row(name, peer, "events/s per core"))
            rows.append(row(f"times as fast as quartet_epcis, {things} EPCs per event", own / peer, "×"))
    rows += [
        row(f"MATCH_anyEPC, a page among {LARGE:,} events, p99", measured["match"], "ms", 5, "less"),
        row(f"EQ_bizStep and EQ_disposition, first page among {LARGE:,}, p99", measured["step"], "ms", 50, "less"),
        row("size of one event of 2 EPCs on disk, with indexes", measured["bytes"], "bytes"),
    ]
    return rows


def _peer(console: Console, things: int) -> float | None:
    try:
        answer = run_python("quartet_epcis", QUARTET, {"xml": xml_document(PEER_EVENTS, things)})
    except (NotAvailable, PeerFailed) as error:
        console.print(f"quartet_epcis: {error}", style="dim")
        return None
    if answer["events"] != PEER_EVENTS:
        raise SystemExit(f"quartet_epcis stored {answer['events']} of {PEER_EVENTS} events")
    return PEER_EVENTS / float(answer["seconds"])


def events(number: int, things: int, start: int = 0) -> Iterator[dict[str, Any]]:
    """Commissioning events with serial numbers that never repeat."""
    for index in range(start, start + number):
        clock = f"{index % 24:02}:{index // 24 % 60:02}:{index // 7 % 60:02}"
        yield {
            "type": "ObjectEvent",
            "action": "ADD",
            "eventTime": f"2026-09-{index % 28 + 1:02}T{clock}+08:00",
            "eventTimeZoneOffset": "+08:00",
            "epcList": [f"urn:epc:id:sgtin:4012345.011111.{index * things + place}" for place in range(things)],
            "bizStep": "commissioning",
            "disposition": "active",
            "readPoint": {"id": "urn:epc:id:sgln:4012345.00000.0"},
            "bizLocation": {"id": "urn:epc:id:sgln:4012345.00001.0"},
        }


def json_document(number: int, things: int, start: int = 0) -> bytes:
    """A document of such events."""
    return json.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-09-30T00:00:00Z",
            "epcisBody": {"eventList": list(events(number, things, start))},
        }
    ).encode()


def xml_document(number: int, things: int, start: int = 0) -> str:
    """The same events in XML 1.2, which the peer reads."""
    members = "".join(
        f"<ObjectEvent><eventTime>{event['eventTime']}</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
        f"<epcList>{''.join(f'<epc>{epc}</epc>' for epc in event['epcList'])}</epcList><action>ADD</action>"
        "<bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep><disposition>urn:epcglobal:cbv:disp:active"
        f"</disposition><readPoint><id>{event['readPoint']['id']}</id></readPoint><bizLocation>"
        f"<id>{event['bizLocation']['id']}</id></bizLocation></ObjectEvent>"
        for event in events(number, things, start)
    )
    return (
        '<?xml version="1.0"?><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" '
        f'creationDate="2026-09-30T00:00:00Z"><EPCISBody><EventList>{members}</EventList></EPCISBody>'
        "</epcis:EPCISDocument>"
    )


def main(result: Path) -> None:
    """Measure everything in this process and write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from hengjian.parties.models import Region, Unit
    from hengjian.trace.events.capture import capture_document

    region = Region.objects.create(code="990000", name="澜川自治区", level=Region.Level.PROVINCIAL)
    party = Unit.objects.create(key="bench", name="bench", region=region, level=region.level)
    measured: dict[str, float] = {}
    capture_document(json_document(500, 2, 10**9), party, None, system="bench")  # imports and caches
    path = Path(str(connection.settings_dict["NAME"]))
    for things in (10, 2):
        data = json_document(EVENTS, things, things * 10**7)
        _truncate(connection)
        size = path.stat().st_size
        wall, cpu = time.perf_counter(), time.process_time()
        job = capture_document(data, party, None, system="bench")
        measured[f"wall_{things}"] = EVENTS / (time.perf_counter() - wall)
        measured[f"capture_{things}"] = EVENTS / (time.process_time() - cpu)
        if job.added != EVENTS:
            raise SystemExit(f"{job.added} of {EVENTS} events were captured: {job.errors[:1]}")
        _truncate(connection)
        measured["bytes"] = (path.stat().st_size - size) / EVENTS
        document = xml_document(PEER_EVENTS, things).encode()
        cpu = time.process_time()
        job = capture_document(document, party, None, system="bench")
        measured[f"xml_{things}"] = PEER_EVENTS / (time.process_time() - cpu)
        if job.added != PEER_EVENTS:
            raise SystemExit(f"{job.added} of {PEER_EVENTS} events of the XML document were captured: {job.errors[:1]}")
    _enlarge()
    random = Random(2026)
    keys = [f"urn:epc:id:sgtin:4012345.011111.{2 * 10**7 * 2 + random.randrange(EVENTS * 2)}" for _ in range(LOOKUPS)]
    measured["match"] = _p99([{"MATCH_anyEPC": [key]} for key in keys])
    measured["step"] = _p99([{"EQ_bizStep": ["commissioning"], "EQ_disposition": ["active"]}] * 100)
    result.write_text(json.dumps(measured))


def _truncate(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _enlarge() -> None:
    """Copy events with other identifiers until there are LARGE; only what queries read is copied."""
    from django.db import connection, transaction

    from hengjian.trace.events.models import Event

    columns = [str(item.column) for item in Event._meta.concrete_fields]
    with Progress() as bar, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trace_events_event_no_replace")
        cursor.execute("SELECT max(id) FROM trace_events_event")
        own = have = int(cursor.fetchone()[0])
        task = bar.add_task("enlarge", total=LARGE, completed=have)
        while have < LARGE:
            replaced = {"id": f"id + {have}", "hash": "lower(hex(randomblob(32)))", "document": "'{}'"}
            chosen = ", ".join(replaced.get(name, f'"{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.cursor.execute(
                f"INSERT INTO trace_events_event ({names}) SELECT {chosen} FROM trace_events_event WHERE id <= {own}"
            )
            cursor.cursor.execute(
                "INSERT INTO trace_events_eventthing (event_id, role, key, is_class, quantity, uom) "
                f"SELECT event_id + {have}, role, key || '-{have}', is_class, quantity, uom "
                f"FROM trace_events_eventthing WHERE event_id <= {own}"
            )
            have += own
            bar.update(task, completed=have)


def _p99(queries: list[dict[str, Any]]) -> float:
    """The 99th percentile of the wall times of first pages, in ms, on a fresh connection."""
    from django.db import connection

    from hengjian.trace.events.queries import SYSTEM, run_query

    connection.close()
    run_query(queries[0], reader=SYSTEM)
    taken = []
    for query in queries:
        start = time.perf_counter()
        page = run_query(query, reader=SYSTEM)
        taken.append(time.perf_counter() - start)
        if not page.events:
            raise SystemExit(f"nothing found: {query}")
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


QUARTET = """
import io, json, sys, tempfile, time
import django
from django.conf import settings
given = json.load(sys.stdin)
folder = tempfile.mkdtemp()
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/q.sqlite3"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "quartet_capture", "quartet_masterdata",
                    "quartet_epcis"],
    USE_TZ=True, SECRET_KEY="x", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from quartet_epcis.parsing.parser import QuartetParser
from quartet_epcis.models import events
from django.db import transaction
start = time.process_time()
with transaction.atomic():  # one commit for all, as here
    QuartetParser(io.BytesIO(given["xml"].encode())).parse()
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "events": events.Event.objects.count()}))
"""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
