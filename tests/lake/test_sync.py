"""Copying: in stretches, after kills, from several processes, with payloads that change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, create_model

from hengjian.lake import jobs, syncing
from hengjian.lake.columns import columns_of, physical_names
from hengjian.lake.errors import LakeError, MeasureError
from hengjian.lake.measures import Condition, Measure
from hengjian.lake.queries import Ask, facts_behind, tally, tally_many
from hengjian.lake.sql import run_sql
from hengjian.lake.storing import lake
from hengjian.lake.syncing import compact, rebuild, status, sync
from hengjian.lake.verifying import verify
from hengjian.ledger import kinds
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.kinds import FactKind
from hengjian.ledger.models import Fact
from tests.lake.conftest import Checked, draft, make_regions

pytestmark = pytest.mark.django_db
COUNT = Measure(kinds=("test.checked",))


@pytest.fixture
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seven facts at once instead of a hundred thousand."""
    monkeypatch.setattr(syncing, "CHUNK", 7)
    monkeypatch.setattr("hengjian.lake.verifying.CHUNK", 7)
    yield


def many(number: int) -> None:
    append_many(
        draft(
            "test.noted" if index % 3 == 0 else "test.checked",
            subject=f"enterprise:{index}",
            occurred_on=date(2026, 1 + index % 4, 1),
        )
        for index in range(number)
    )


def files() -> list[Path]:
    return sorted(lake().folder.glob("*/**/*.parquet"))


def redefine(name: str, **fields: Any) -> None:
    """Register the kind again with other fields."""
    kinds.forget_kind(name)
    payload = create_model("Redefined", __config__=ConfigDict(extra="forbid"), **fields)
    kinds.register_kind(FactKind(name, "抽查", payload, disclosure="public"))


def test_in_stretches(small_stretches: None) -> None:
    many(24)
    told: list[tuple[int, int]] = []
    assert sync(lambda done, total: told.append((done, total))) == 24
    assert told == [(7, 24), (14, 24), (21, 24), (24, 24)]
    assert sync() == 0
    many(5)
    assert sync() == 5
    found = status()
    assert (found.tree_size, found.ledger_size, found.same_ledger) == (29, 29, True)
    assert {kind: dataset.rows for kind, dataset in found.kinds.items()} == {"test.checked": 19, "test.noted": 10}
    assert verify().passed and verify().facts == 29


def test_files_are_merged_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    for _round in range(20):
        append(draft())
        sync()
    assert len(lake().manifest().datasets["test.checked"].segments) <= 4
    before, after = compact()
    assert after == 3 and before > after  # facts, regions, units
    assert tally(COUNT)[0].value == 20 and verify().passed
    assert len(files()) > after, "late readers still find what was merged away"
    monkeypatch.setattr("hengjian.lake.storing.GRACE", 0)
    append(draft())
    sync()
    append(draft())
    sync()
    assert {path.relative_to(lake().folder).as_posix() for path in files()} == lake().manifest().files()


@pytest.mark.parametrize("at", ["write_batch", "merge", "save"])
def test_killed_in_the_middle(at: str, small_stretches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a writer has done before it dies, the next one makes the same lake."""
    many(30)
    calls = 0

    def dies(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise SystemExit("killed")
        return original(*arguments, **named)

    where: Any = lake() if at == "save" else syncing
    original = getattr(where, at)
    with monkeypatch.context() as patch:
        patch.setattr(where, at, dies)
        with pytest.raises(SystemExit):
            sync()
    assert lake().manifest().tree_size == 14
    assert tally(COUNT) and sum(one.facts for one in tally(COUNT)) == 20
    assert sync() == 16
    assert verify().passed
    lost = {path.relative_to(lake().folder).as_posix() for path in files()} - lake().manifest().files()
    assert lost == set(lake().manifest().retired)


def test_another_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    many(6)
    sync()
    with monkeypatch.context() as patch:  # as after a restored backup: the leaf of that number is another one
        patch.setattr(syncing, "leaf_hash", lambda index: "ff" * 32)
        assert not status().same_ledger
        assert sync() == 6
    assert not verify().passed  # the head that was written is not this ledger's
    assert sync() == 6
    assert verify().passed


def test_damaged_manifest() -> None:
    many(3)
    sync()
    (lake().folder / "manifest.json").write_text("{")
    with pytest.raises(LakeError, match="rebuild"):
        tally(COUNT)
    assert rebuild() == 3
    assert verify().passed


def test_verify_finds_what_differs() -> None:
    many(9)
    sync()
    manifest = lake().manifest()
    path = lake().path(manifest.datasets["test.checked"].segments[0].file)
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    report = verify()
    assert len(report.findings) == 1 and "第 1 条" in report.findings[0]
    path.unlink()
    assert "rebuild" in verify().findings[0]


def test_payload_gains_a_field() -> None:
    append(draft(payload={"lots": 5}))
    sync()
    fields = {name: (field.annotation, field.default) for name, field in Checked.model_fields.items()}
    redefine("test.checked", **fields, batch=(str | None, None))
    append(draft(payload={"lots": 7, "batch": "B1"}))
    sync()
    batches = Measure(kinds=("test.checked",), sum="lots", dimensions={"batch": "batch"})
    found = {one.dimensions["batch"]: one.value for one in tally(batches, by=("batch",))}
    assert found == {None: 5, "B1": 7}
    assert [one.dimensions for one in tally(batches, by=("batch",), tree_size=1)] == [{"batch": None}]
    assert verify().passed


def test_field_changes_its_type() -> None:
    redefine("test.changing", size=(str, ...))
    for size in ("5", "large"):
        append(draft("test.changing", payload={"size": size}))
    append(draft())
    sync()
    redefine("test.changing", size=(Decimal, ...))
    sizes = Measure(kinds=("test.changing",), sum="size")
    with pytest.raises(MeasureError, match="size"):  # still text
        tally(sizes)
    append(draft("test.changing", payload={"size": "2.5"}))
    sync()
    assert status().kinds["test.changing"].columns == {"size": "decimal"}
    with pytest.raises(LakeError, match="1 条"):
        tally(sizes)
    assert sum(one.facts for one in tally(Measure(kinds=("test.changing",)))) == 3
    large = Fact.objects.get(leaf_index=1)
    append(draft("test.changing", payload={"size": "8"}, supersedes=large.id))
    assert verify().passed


def test_kind_that_nobody_registers_any_more() -> None:
    redefine("test.gone", note=(str, ...))
    append(draft("test.gone", payload={"note": "旧"}))
    kinds.forget_kind("test.gone")
    sync()
    assert run_sql("SELECT payload FROM test_gone").rows == (('{"note":"旧"}',),)
    assert tally(Measure(kinds=("test.gone",)))[0].value == 1
    with pytest.raises(MeasureError, match=r"test\.never"):
        tally(Measure(kinds=("test.never",)))


def test_snapshot_recomputes() -> None:
    """A stored figure comes out the same after corrections, withdrawals and more facts."""
    make_regions()
    made = append(draft(payload={"lots": 4}, region="990101"))
    lots = Measure(kinds=("test.checked",), sum="lots")
    sync()
    then = tally(lots, level="county", tree_size=1)
    moved = append(draft(payload={"lots": 9}, region="990201", occurred_on=date(2026, 5, 1), supersedes=made.id))
    assert [(one.region, one.period, one.value) for one in tally(lots, level="county")] == [
        ("990201", date(2026, 5, 1), Decimal(9))
    ]
    retract(moved, "撤回", Source(system="tests"))
    assert tally(lots, level="county") == []
    assert tally(lots, level="county", tree_size=1) == then
    assert [(one.region, one.value) for one in then] == [("990101", Decimal(4))]
    assert facts_behind(lots, "990101", date(2026, 3, 1), tree_size=1, level="county").facts == ((0, str(made.id)),)
    assert facts_behind(lots, "990101", date(2026, 3, 1), level="county").total == 0
    with pytest.raises(LakeError, match="99"):
        tally(lots, tree_size=99)


def test_exact_and_wide_values() -> None:
    wide = "12345678901234567890123456.123456789012"
    for amount in (wide, "0.000000000001", "1E+3"):
        append(draft(payload={"values": {"amount": amount}}))
    append(draft(payload={"decided_at": "2026-01-31T16:30:00Z"}))  # already February in Shanghai
    total = tally(Measure(kinds=("test.checked",), sum="values.amount"))[0].value
    assert total == Decimal("12345678901234567890124456.123456789013")
    decided = tally(Measure(kinds=("test.checked",), date="decided_at"))
    assert [one.period for one in decided] == [date(2026, 2, 1)]
    stored = run_sql("SELECT decided_at FROM test_checked WHERE decided_at IS NOT NULL").rows
    assert stored == ((datetime(2026, 2, 1, 0, 30),),)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sum": "result"}, "result"),
        ({"sum": "nothing"}, "nothing"),
        ({"date": "result"}, "result"),
        ({"where": (Condition(field="lots", value="viele"),)}, "lots"),
        ({"where": (Condition(field="sampled_on", value="gestern"),)}, "sampled_on"),
        ({"where": (Condition(field="urgent", value="ja"),)}, "urgent"),
        ({"where": (Condition(field="tags", value="红"),)}, "tags"),
        ({"where": (Condition(field="lots", op="contains", value=1),)}, "lots"),
    ],
)
def test_measures_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    append(draft())
    with pytest.raises(MeasureError, match=said):
        tally(Measure(kinds=("test.checked",), **changes))


def test_dimensions_that_cannot_be() -> None:
    append(draft())
    measure = Measure(kinds=("test.checked",), dimensions={"tags": "tags"})
    with pytest.raises(MeasureError, match="没有名为“other”的分组"):
        tally(measure, by=("other",))
    with pytest.raises(MeasureError, match="tags"):
        tally(measure, by=("tags",))


def test_edges() -> None:
    assert tally(COUNT) == [] and tally_many([]) == []
    assert facts_behind(COUNT, "", date(2026, 1, 1)).total == 0
    many(4)
    assert tally(COUNT, regions=[]) == []
    assert tally(COUNT, first=date(2027, 1, 1)) == []
    years = tally_many([Ask(COUNT, "year", year_start=3), Ask(COUNT, "half")], last=date(2026, 2, 28))
    assert [[(one.period, one.value) for one in found] for found in years] == [
        [(date(2025, 3, 1), 1)],
        [(date(2026, 1, 1), 1)],
    ]
    with pytest.raises(LakeError, match="flink"):
        tally(COUNT, engine="flink")


def test_disclosure() -> None:
    append(draft())
    append(draft(disclosure="internal"))
    sync()
    assert tally(COUNT, disclosure="public")[0].value == 1
    assert tally(COUNT, disclosure="internal")[0].value == 2
    assert run_sql("SELECT count(*) FROM history.test_checked", disclosure="shared").rows == ((1,),)


def test_worker() -> None:
    now = timezone.now()
    assert jobs.run_due(now) == 0
    many(3)
    assert jobs.run_due(now) == 1
    assert lake().manifest().tree_size == 3
    append(draft())
    assert jobs.run_due(now) == 0, "at most once a minute"
    assert jobs.run_due(timezone.now() + 2 * jobs.INTERVAL) == 1
    assert lake().manifest().tree_size == 4


def test_names_that_collide() -> None:
    class Inner(BaseModel):
        b: int = 0

    class Odd(BaseModel):
        model_config = ConfigDict(extra="forbid")
        kind: str = ""
        Rate: int = 0
        rate: int = 0
        a: Inner = Inner()
        a__b: int = 0

    names = physical_names(columns_of(Odd))
    assert names == {"kind": "payload__kind", "Rate": "Rate", "rate": "rate_2", "a.b": "a__b", "a__b": "a__b_2"}
    kinds.register_kind(FactKind("test.odd", "怪", Odd))
    append(draft("test.odd", payload={"kind": "k", "Rate": 1, "rate": 2, "a": {"b": 3}, "a__b": 4}))
    sync()
    row = run_sql('SELECT kind, payload__kind, "Rate", rate_2, a__b, a__b_2 FROM test_odd').rows
    assert row == (("test.odd", "k", 1, 2, 3, 4),)
    assert (
        tally(Measure(kinds=("test.odd",), sum="a__b", where=(Condition(field="payload.kind", value="k"),)))[0].value
        == 4
    )
