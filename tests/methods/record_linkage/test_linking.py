"""Linking of invented registers whose truth is known, and what must never happen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hengjian.cli.main import app
from hengjian.methods.record_linkage import assign, extend, link, prepare
from hengjian.methods.record_linkage.clustering import components
from tests.methods.record_linkage.registers import precision_and_recall, registers

ONE, OTHER = "91440300708461136T", "91110000600037341L"


@pytest.fixture(scope="module")
def answer():  # type: ignore[no-untyped-def]
    records, truth = registers(1500)
    ready = prepare(records)
    return records, truth, ready, link(ready)


def test_two_registers_are_linked(answer) -> None:  # type: ignore[no-untyped-def]
    _records, truth, _ready, found = answer
    precision, recall = precision_and_recall(found.clusters.tolist(), truth)
    assert precision >= 0.999
    assert recall >= 0.975


def test_two_valid_codes_are_never_joined(answer) -> None:  # type: ignore[no-untyped-def]
    _records, _truth, ready, found = answer
    codes = ready.table["code"].to_pylist()
    held: dict[int, set[str]] = {}
    for cluster, code in zip(found.clusters.tolist(), codes, strict=True):
        if code:
            held.setdefault(cluster, set()).add(code)
    assert all(len(those) == 1 for those in held.values())


def test_new_records_find_their_bodies_and_ids_last(answer) -> None:  # type: ignore[no-untyped-def]
    records, truth, _ready, whole = answer
    late = [number for number in range(len(truth)) if number % 10 == 1]
    early = [number for number in range(len(truth)) if number % 10 != 1]
    old = prepare(records.take(early))
    before = link(old, model=whole.model)
    ids = assign(old.ids.to_pylist(), before.clusters.tolist())
    found = extend(old, before.clusters, records.take(late), whole.model)
    precision, recall = precision_and_recall(found.clusters.tolist(), [truth[number] for number in early + late])
    assert precision >= 0.999
    assert recall >= 0.97
    names = [records["record_id"][number].as_py() for number in early + late]
    after = assign(names, found.clusters.tolist(), ids.entity)
    assert all(after.entity[record] == ids.entity[record] for record in ids.entity)
    assert not after.split
    assert not after.merged


def test_a_new_record_between_two_known_bodies_makes_a_task_and_no_merge() -> None:
    rows = [
        {"record_id": "1", "name": "包头市鑫达商贸有限公司", "representative": "王伟", "address": ""},
        {"record_id": "2", "name": "鑫达商贸有限公司", "representative": "", "address": "包头市青山区民主路8号"},
        {"record_id": "3", "name": "包头市鑫达商贸有限公司", "representative": "王伟", "address": "包头市民主路8号"},
    ]
    records = pa.Table.from_pylist([{"code": "", **row} for row in rows])
    old = prepare(records.slice(0, 2))
    before = np.array([0, 1], dtype=np.int32)
    model = link(old).model
    found = extend(old, before, records.slice(2), model)
    assert found.clusters.tolist()[:2] == [0, 1]
    assert found.clusters.tolist()[2] in (0, 1)
    assert "bodies_may_be_one" in {row["reason"] for row in found.review.to_pylist()}
    bridged = extend(old, before, records.slice(2), model, bridge=True)
    assert len(set(bridged.clusters.tolist())) == 1


def test_one_code_on_a_body_and_its_branch_is_told() -> None:
    rows = [
        {"record_id": "1", "name": "包头市鑫达商贸有限公司", "code": ONE, "representative": "王伟"},
        {"record_id": "2", "name": "包头市鑫达商贸有限公司赤峰分公司", "code": ONE, "representative": "李娜"},
    ]
    found = link(pa.Table.from_pylist(rows))
    assert len(set(found.clusters.tolist())) == 2
    assert [row["reason"] for row in found.review.to_pylist()] == ["code_issued_twice"]


def test_bodies_without_a_name_of_their_own_go_by_their_place_or_branch() -> None:
    names = ["汉中市物贸汽车修配有限公司", "陕西省汉中市物贸汽车修配有限公司", "中国银行股份有限公司文水支行"]
    rows = prepare(pa.table({"record_id": ["1", "2", "3"], "name": names})).table.to_pylist()
    assert [row["brand"] for row in rows] == ["汉中", "汉中", "中国"]
    assert [row["place"] for row in rows] == ["6107", "6107", "141121"]


def test_equal_names_with_two_codes_stay_apart_and_one_code_on_two_bodies_is_told() -> None:
    rows = [
        {"record_id": "1", "name": "包头市鑫达商贸有限公司", "code": ONE, "representative": "王伟"},
        {"record_id": "2", "name": "包头市鑫达商贸有限公司", "code": OTHER, "representative": "王伟"},
        {"record_id": "3", "name": "银川市隆盛化工有限公司", "code": ONE, "representative": "李娜"},
    ]
    found = link(pa.Table.from_pylist(rows))
    assert len(set(found.clusters.tolist())) == 3
    assert [row["reason"] for row in found.review.to_pylist()] == ["code_issued_twice"]


def test_parent_and_branch_are_two_bodies() -> None:
    rows = [
        {"record_id": "1", "name": "包头市鑫达商贸有限公司", "code": "", "representative": "王伟"},
        {"record_id": "2", "name": "包头市鑫达商贸有限公司赤峰分公司", "code": "", "representative": "王伟"},
    ]
    assert len(set(link(pa.Table.from_pylist(rows)).clusters.tolist())) == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"name": "甲"}], "record_id"),
        ([{"record_id": "1", "name": "甲"}, {"record_id": "1", "name": "乙"}], "twice"),
        ([{"record_id": None, "name": "甲"}], "empty"),
    ],
)
def test_records_that_cannot_be_linked_are_refused(rows: list[dict[str, str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        link(pa.Table.from_pylist(rows))


def test_no_records_are_no_bodies() -> None:
    assert (
        link(pa.table({"record_id": pa.array([], pa.string()), "name": pa.array([], pa.string())})).clusters.size == 0
    )


@given(
    st.lists(st.integers(-1, 3), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
)
def test_components_hold_one_code_each(codes: list[int], pairs: list[tuple[int, int]]) -> None:
    usable = [pair for pair in pairs if max(pair) < len(codes)]
    first = np.array([pair[0] for pair in usable], dtype=np.int32)
    second = np.array([pair[1] for pair in usable], dtype=np.int32)
    found, refused = components(len(codes), np.array(codes, dtype=np.int32), first, second)
    for root in set(found.tolist()):
        held = {codes[node] for node in range(len(codes)) if found[node] == root} - {-1}
        assert len(held) <= 1
        assert found[root] == root
    for pair, no in zip(usable, refused.tolist(), strict=True):
        assert no or found[pair[0]] == found[pair[1]]


records_and_clusters = st.lists(st.integers(0, 4), min_size=1, max_size=15)


@given(records_and_clusters, records_and_clusters)
def test_an_id_never_names_two_bodies(before: list[int], after: list[int]) -> None:
    numbers = iter(range(1000))
    first = assign([f"r{n}" for n in range(len(before))], before, new_id=lambda: f"e{next(numbers)}")
    records = [f"r{n}" for n in range(len(after))]
    second = assign(records, after, first.entity, new_id=lambda: f"e{next(numbers)}")
    by_cluster: dict[int, set[str]] = {}
    for record, cluster in zip(records, after, strict=True):
        by_cluster.setdefault(cluster, set()).add(second.entity[record])
    assert all(len(those) == 1 for those in by_cluster.values())
    assert len({those.copy().pop() for those in by_cluster.values()}) == len(by_cluster)
    # Nothing that did not change gets another id.
    if after[: len(before)] == before[: len(after)] and len(after) >= len(before):
        assert all(second.entity[record] == first.entity[record] for record in first.entity)


def test_the_command_reads_headings_of_departments(tmp_path: Path) -> None:
    source, out, review = tmp_path / "r.csv", tmp_path / "c.csv", tmp_path / "review.csv"
    source.write_text(
        "\ufeff编号,企业名称,统一社会信用代码,法定代表人\n"
        f"01,包头市鑫达商贸有限公司,{ONE},王伟\n02,内蒙古包头市鑫达商贸有限责任公司,{ONE},王伟\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["link", str(source), "--out", str(out), "--review", str(review)])
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").splitlines() == ["record_id,cluster_id", "01,01", "02,01"]
    bad = CliRunner().invoke(app, ["link", str(tmp_path / "none.csv"), "--out", str(out)])
    assert bad.exit_code == 2


def test_the_command_keeps_the_ids_of_an_earlier_answer(tmp_path: Path) -> None:
    source, out, known = tmp_path / "r.csv", tmp_path / "c.csv", tmp_path / "before.csv"
    source.write_text(
        "record_id,name,code,representative\n"
        f"1,包头市鑫达商贸有限公司,{ONE},王伟\n2,银川市隆盛化工有限公司,,李娜\n"
        f"3,包头市鑫达商贸有限责任公司,{ONE},王伟\n4,赤峰市宏远食品有限公司,,\n",
        encoding="gb18030",
    )
    known.write_text("record_id,cluster_id\n1,body-7\n2,4\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["link", str(source), "--out", str(out), "--known", str(known)])
    assert result.exit_code == 0, result.output
    rows = out.read_text(encoding="utf-8").splitlines()
    assert rows == ["record_id,cluster_id", "1,body-7", "2,4", "3,body-7", "4,4-1"]
    wrong = CliRunner().invoke(app, ["link", str(source), "--out", str(out), "--known", str(source)])
    assert wrong.exit_code == 2
