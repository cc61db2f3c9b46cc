"""Projections and computed figures follow from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection

from hengjian.ledger import figures, projections
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.errors import LedgerError
from hengjian.ledger.figures import FactQuery, Result
from hengjian.ledger.models import ComputedFigure, Fact
from hengjian.ledger.projections import Projection, register_projection
from hengjian.ledger.triggers import removed
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
WHO = Source(unit="unit:12")


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projections, "_projections", {})
    monkeypatch.setattr(figures, "_methods", {})


class TestProjections:
    @pytest.mark.parametrize(("history", "count"), [(False, 3), (True, 6)])
    def test_rebuild(self, history: bool, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(projections, "BATCH", 2)
        table: list[int] = [-1]
        register_projection(
            Projection(
                "test.table",
                "试表",
                ("test.inspected",),
                table.clear,
                lambda facts: table.extend(fact.leaf_index for fact in facts),
                history,
            )
        )
        facts = [append(make_draft()) for _ in range(3)]
        append(make_draft(supersedes=facts[0].id))
        retract(facts[1], "录错了", WHO)
        append(make_draft())
        seen: list[tuple[int, int]] = []
        assert projections.rebuild("test.table", lambda done, total: seen.append((done, total))) == count
        assert table == ([2, 3, 5] if not history else [0, 1, 2, 3, 4, 5])
        assert seen[-1] == (count, count)
        assert projections.rebuild("test.table") == count

    def test_unknown_and_twice(self) -> None:
        with pytest.raises(LedgerError, match="没有名为“nothing”的投影"):
            projections.rebuild("nothing")
        first = Projection("test.table", "试表", (), list, lambda facts: None)
        register_projection(first)
        register_projection(first)
        with pytest.raises(ValueError, match="registered twice"):
            register_projection(Projection("test.table", "另表", (), list, lambda facts: None))


def pass_rate(facts: Iterator[Fact], parameters: Mapping[str, Any]) -> Result:
    results = [fact.payload["conforming"] for fact in facts]
    value = f"{100 * sum(results) / len(results):.{parameters['digits']}f}" if results else "—"
    return Result(value, "%", {"sampled": len(results), "conforming": sum(results)})


class TestFigures:
    query = FactQuery(kinds=("test.inspected",), valid_on=date(2026, 12, 31), region_prefix="9902")

    @pytest.fixture
    def figure(self) -> ComputedFigure:
        figures.register_method("pass_rate/1", pass_rate)
        append_many(
            make_draft(payload={"lot": str(n), "conforming": n != 0}, region="990200" if n < 4 else "990300")
            for n in range(8)
        )
        return figures.compute(
            "产品质量合格率",
            method="pass_rate/1",
            query=self.query,
            subject="region:990200",
            region="990200",
            period="2026",
            rule="rounding@2026-01-01",
            parameters={"digits": 2},
        )

    def test_it_stores_all_that_explains_it(self, figure: ComputedFigure) -> None:
        read = ComputedFigure.objects.get(id=figure.id)
        assert (read.value, read.unit, read.facts, read.tree_size) == ("75.00", "%", 4, 8)
        assert read.parts == {"sampled": 4, "conforming": 3}
        assert [fact.payload["lot"] for fact in figures.inputs(read)] == ["0", "1", "2", "3"]
        assert figures.latest("产品质量合格率", "region:990200", "2026") == read

    def test_it_is_reproduced_at_its_checkpoint_after_the_ledger_went_on(self, figure: ComputedFigure) -> None:
        wrong = Fact.objects.get(leaf_index=0)
        append(make_draft(payload={"lot": "0", "conforming": True}, supersedes=wrong.id))
        append_many(make_draft(payload={"lot": "x", "conforming": False}) for _ in range(300))
        assert figures.reproduce(figure).passed
        again = figures.recompute(figure)
        assert (again.facts, again.tree_size, again.parts) == (304, 309, {"sampled": 304, "conforming": 4})
        assert figures.latest("产品质量合格率", "region:990200", "2026") == again

    def test_it_is_outdated_by_a_correction_a_withdrawal_or_a_new_fact(self, figure: ComputedFigure) -> None:
        assert not figures.outdated(figure)
        append(make_draft(region="990300"))
        assert not figures.outdated(figure)  # another region
        retract(Fact.objects.get(leaf_index=1), "样品混淆", WHO)
        assert figures.outdated(figure)
        figure = figures.recompute(figure)
        append(make_draft(region="990300", supersedes=Fact.objects.get(leaf_index=2).id))
        assert figures.outdated(figure)  # it moved away to another region
        figure = figures.recompute(figure)
        append(make_draft())
        assert figures.outdated(figure)
        assert not figures.outdated(figures.recompute(figure))

    def test_a_changed_log_is_noticed(self, figure: ComputedFigure) -> None:
        from hengjian.ledger.models import Tile

        with removed(connection):
            Tile.objects.filter(level=0).update(hashes=b"\1" * 32 * 8)
        outcome = figures.reproduce(figure)
        assert (outcome.same_value, outcome.same_log, outcome.passed) == (True, False, False)

    def test_methods_are_registered_once(self, figure: ComputedFigure) -> None:
        with pytest.raises(ValueError, match="registered twice"):
            figures.register_method("pass_rate/1", lambda facts, parameters: Result("1"))
        with pytest.raises(LedgerError, match="没有登记"):
            figures.compute("x", method="none/1", query=self.query, subject="region:990200")

    def test_a_query_narrows_by_everything_it_names(self) -> None:
        wanted = append(make_draft(refs={"lot": "lot:9"}))
        append_many([make_draft(), make_draft(subject="enterprise:b", refs={"lot": "lot:9"})])
        day = date(2026, 3, 1)
        query = FactQuery(
            kinds=("test.inspected",),
            valid_on=day,
            subject=wanted.subject,
            ref="lot:9",
            occurred_from=day,
            occurred_to=day,
            disclosure="public",
        )
        assert list(query.facts()) == [wanted]
        assert FactQuery.model_validate(query.model_dump(mode="json")) == query
