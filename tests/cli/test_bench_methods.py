"""Comparing with originals: what is missing is named, what breaks off does not take the others with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rich.console import Console

from hengjian.cli import _peers, bench_methods
from hengjian.cli._asem import Asem
from hengjian.cli._peers import NotAvailable, PeerFailed, data_folder, python_with, run_python, run_r
from hengjian.methods.composite.building import build
from hengjian.methods.statistics.path_modelling import estimate


@pytest.fixture
def rscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An R that answers with two figures and fails when it is told to."""
    script = tmp_path / "Rscript"
    script.write_text(
        '#!/bin/sh\ncase "$2" in *fail*) echo "no such thing" >&2; exit 1;; esac\necho a 1.5\necho b -2e-3\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return script


def test_what_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in (_peers.PEERS, _peers.DATA):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotAvailable, match="r-cran-survey"):
        run_r("survey", "")
    with pytest.raises(NotAvailable, match="HENGJIAN_BENCH_PEERS"):
        python_with("plspm")
    monkeypatch.setenv(_peers.DATA, str(tmp_path / "nowhere"))
    with pytest.raises(NotAvailable, match="HENGJIAN_BENCH_DATA"):
        data_folder()


def test_figures_come_back(rscript: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_r("survey", "figures") == {"a": 1.5, "b": -0.002}
    with pytest.raises(PeerFailed, match="no such thing"):
        run_r("survey", "fail")
    monkeypatch.setattr(_peers, "python_with", lambda package: Path(sys.executable))
    echo = "import json, sys; print('noise'); print(json.dumps({'n': json.load(sys.stdin)['n'] + 1}))"
    assert run_python("SALib", echo, {"n": 4}) == {"n": 5}
    with pytest.raises(PeerFailed, match="ZeroDivisionError"):
        run_python("SALib", "1 / 0", {})


def test_one_failure_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(folder: Path) -> list[bench_methods.Comparison]:
        raise NotAvailable("install it")

    def failing(folder: Path) -> list[bench_methods.Comparison]:
        raise PeerFailed("out of memory")

    good = bench_methods.Comparison("X", "sums", 3, 1e-12, 1e-9, 0.2, 0.1)
    monkeypatch.setattr(bench_methods, "ORIGINALS", (("A", missing), ("B", failing), ("C", lambda folder: [good])))
    monkeypatch.setattr(bench_methods, "seconds", lambda work: 0.1)
    console = Console(record=True, width=160)
    rows = {row.name: row for row in bench_methods.run(console)}
    said = console.export_text()
    assert "not compared with A: install it" in said and "B failed: out of memory" in said and "× 2" in said
    assert rows["B could be run"].ok is False and rows["X: sums, speed ratio"].value == 2


def test_the_made_up_examples_hold() -> None:
    data, model = bench_methods.survey_answers()
    assert data.shape == (250, 24) and estimate(data, model, scale=(1, 10)).valid
    values, recipe = bench_methods.composite_table()
    assert values.shape == (51, 49) and build(values, recipe).kept.all()


def test_an_example_in_the_form_of_coinr(tmp_path: Path) -> None:
    (tmp_path / "ASEM_iData.csv").write_text(
        '"uName","uCode","EurAsia_group","People","Road","Air"\n"A","AAA","Europe",2,10,1\n"B","BBB","Europe",4,8,NA\n'
        '"C","CCC","Asia",5,30,3\n',
        encoding="utf-8",
    )
    (tmp_path / "ASEM_iMeta.csv").write_text(
        '"Level","iCode","Direction","Weight","Denominator","Parent","Type"\n1,"Road",1,1,"People","Pillar","Indicator"\n'
        '1,"Air",-1,1,NA,"Pillar","Indicator"\n2,"Pillar",1,1,NA,"Half","Aggregate"\n3,"Half",1,1,NA,"Index","Aggregate"\n'
        '4,"Index",1,1,NA,NA,"Aggregate"\nNA,"People",NA,NA,NA,NA,"Denominator"\n',
        encoding="utf-8",
    )
    asem = Asem(tmp_path)
    assert asem.values[:, 0].tolist() == [5, 2, 6]
    found = build(asem.values, asem.recipe)
    assert found.missing == 1 and found.index == pytest.approx([(75 + 100) / 2, (0 + 100) / 2, (100 + 0) / 2])
