"""Imports with preview and undo, targets and their light, definitions by the office, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.indicators import sheets, tracking
from hengjian.indicators.actions import (
    ApproveValues,
    ConfirmImport,
    DecideDefinition,
    ImportValues,
    ProposeDefinition,
    SetTarget,
    UndoImport,
)
from hengjian.indicators.catalogue import definition
from hengjian.indicators.models import Batch, DefinitionVersion, Observation, Target
from hengjian.indicators.queries import SYSTEM, observations, value
from hengjian.indicators.versions import body_of
from hengjian.ledger.models import Fact
from hengjian.methods.periods import parse_period
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.indicators.conftest import World, declared
from tests.places import queries_of

Row = dict[str, str]


def row(period: str = "2025", part: str = "937", whole: str = "1000", **more: str) -> Row:
    given = {"indicator": "test.rate", "region": "990000", "period": period, "numerator": part, "denominator": whole}
    return given | more


@pytest.fixture
def imported(world: World) -> World:
    declared(source={"kind": "import"}, frequency="year")
    return world


def bring_in(world: World, *rows: Row) -> Batch:
    batch = ImportValues(user=world.analyst, unit=world.place.market, rows=rows).execute()
    return ConfirmImport(user=world.analyst, batch=batch).execute()


def current(region: str = "990000", period: str = "2025") -> Observation:
    found = value("test.rate", region, period, reader=SYSTEM)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"numerator": "1e99999999"}, "不是数字"),
        ({"numerator": "-inf", "denominator": "nan"}, "不是数字"),
        ({"numerator": "9" * 40}, "不是数字"),
        ({"period": "0001"}, "无法识别"),
        ({"period": "9999"}, "无法识别"),
        ({"period": "99999999999-Q9"}, "无法识别"),
        ({"dimensions": "field==;=;a=b"}, "无法识别"),
        ({"region": "990000\x1b"}, "没有区划代码"),
    ],
)
def test_hostile_cells_are_mistakes_of_their_row(imported: World, given: Row, told: str) -> None:
    (found,) = sheets.judge([(2, row() | given)])
    assert any(told in error for error in found.errors)


def test_a_number_with_endless_digits_is_kept_short(imported: World) -> None:
    (tiny,) = sheets.judge([(2, row(part="1e-99999999"))])
    assert not tiny.errors and len(str(tiny.as_json())) < 400
    assert sheets.number_of("0.30000000000000004") == Decimal("0.3")
    assert sheets.number_of("93.65%") == Decimal("93.65")


@pytest.mark.parametrize("period", ["0001", "9999"])
def test_targets_and_locks_know_no_far_years(imported: World, client: Client, period: str) -> None:
    client.force_login(imported.office)
    for name in ("new_target", "periods"):
        given = {"period": period, "do": "lock", "indicator": "test.rate", "value": "90"}
        assert client.post(reverse(f"indicators:{name}"), given).status_code == 422


class TestImport:
    def test_all_mistakes_of_all_rows_are_told_at_once(self, imported: World) -> None:
        rows = [
            row(),
            row(),
            row("2025-13"),
            row("2024", value="0.937"),
            row("2023", part="x"),
            row("2022", region="123456"),
            row("2021", indicator="no.such"),
            row("2020", dimensions="colour=red"),
            row("2019", part="1200"),
        ]
        batch = ImportValues(user=imported.analyst, unit=imported.place.market, rows=rows).execute()
        wrong = [one["number"] for one in batch.rows if one["errors"]]
        assert wrong == [2, 3, 4, 5, 6, 7, 8, 9]
        with pytest.raises(ActionRefused):
            ConfirmImport(user=imported.analyst, batch=batch).execute()
        assert not Observation.objects.exists()

    def test_values_wait_for_another_person(self, imported: World) -> None:
        bring_in(imported, row())
        held = current()
        assert (held.value, held.status) == (Decimal("93.7"), "provisional")
        with pytest.raises((ActionRefused, Forbidden)):
            ApproveValues(user=imported.analyst, values=[held]).execute()
        ApproveValues(user=imported.office, values=[held]).execute()
        fact = Fact.objects.get(kind="indicator.observed")
        assert fact.payload["numerator"] == "937"
        assert fact.disclosure == "public"

    def test_undo_brings_back_what_was_before(self, imported: World) -> None:
        bring_in(imported, row())
        second = bring_in(imported, row(part="940"))
        assert current().numerator == 940
        UndoImport(user=imported.analyst, batch=second, reason="文件有误").execute()
        assert current().numerator == 937

    def test_sums_of_some_regions_say_so(self, imported: World) -> None:
        from hengjian.indicators.actions import ComputeIndicators

        bring_in(imported, row(region="990101", part="9", whole="10"))
        ComputeIndicators(user=None, system="test", indicators=["test.rate"]).execute()
        top = current()
        assert (top.numerator, top.denominator) == (9, 10)
        assert [mark["what"] for mark in top.assumptions] == ["coverage"]

    def test_a_file_in_another_encoding(self, imported: World, client: Client) -> None:
        client.force_login(imported.analyst)
        text = "指标编号,区划代码,期间,分子,分母,数值\ntest.rate,990000,2025,937,1000,93.7%\n"
        file = SimpleUploadedFile("值.csv", text.encode("gb18030"))
        answer = client.post("/indicators/import/", {"file": file, "unit": imported.place.market.pk})
        batch = Batch.objects.get()
        assert answer["Location"] == f"/indicators/import/{batch.pk}/"
        assert client.get(answer["Location"]).status_code == 200
        client.post(answer["Location"], {"do": "confirm"})
        assert current().value == Decimal("93.7")

    @pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", "没有,表头\n1,2\n".encode()])
    def test_bad_files(self, imported: World, client: Client, data: bytes) -> None:
        client.force_login(imported.analyst)
        file = SimpleUploadedFile("bad.csv", data)
        answer = client.post("/indicators/import/", {"file": file, "unit": imported.place.market.pk})
        assert answer.status_code in (200, 302, 422)
        assert not Observation.objects.exists()


class TestTargets:
    def set(self, world: World, **more: object) -> Target:
        given = {
            "indicator": "test.rate",
            "region": world.place.region,
            "period": parse_period("2026"),
            "operator": "at_least",
            "value": Decimal(95),
        }
        return SetTarget(user=world.office, **(given | more)).execute()  # type: ignore[arg-type]

    def test_gap_pace_forecast_and_light(self, imported: World) -> None:
        target = self.set(imported)
        bring_in(imported, *(row(str(year), part=str(900 + 9 * n)) for n, year in enumerate(range(2021, 2026))))
        (found,) = tracking.standings([target])
        assert found.tracking is not None
        assert round(found.tracking.gap, 3) == 1.4
        assert found.tracking.forecast is not None
        assert found.tracking.forecast.low is not None
        assert found.light.colour in ("green", "amber", "orange", "red")
        assert not found.reached
        # Within a year the gap is all there is to say; a pace per year would be larger than the gap itself.
        assert tracking.sentence(found) == "差 1.40 个百分点，须在 2026-12-31 前补上。"
        (later,) = tracking.standings([self.set(imported, period=parse_period("2027"))])
        assert tracking.sentence(later) == "差 1.40 个百分点，每年需改善 0.70 个百分点。"  # 1.4 in two years

    def test_a_change_needs_a_reason_and_supersedes_the_fact(self, imported: World) -> None:
        first = self.set(imported)
        with pytest.raises(ActionRefused):
            self.set(imported, value=Decimal(96))
        second = self.set(imported, value=Decimal(96), reason="上级调整")
        first.refresh_from_db()
        assert first.state == "replaced"
        assert Fact.objects.get(id=second.fact).supersedes == first.fact

    @pytest.mark.parametrize("value", [Decimal("0.95") * 200, Decimal(-1)])
    def test_impossible_targets_are_refused(self, imported: World, value: Decimal) -> None:
        with pytest.raises(ActionRefused):
            self.set(imported, value=value)

    def test_a_target_is_for_its_own_frequency(self, imported: World) -> None:
        with pytest.raises(ActionRefused):
            self.set(imported, period=parse_period("2026-03"))


class TestDefinitions:
    def test_a_second_person_decides_and_old_values_keep_their_meaning(self, imported: World) -> None:
        bring_in(imported, row())
        old = current().definition
        body = body_of(definition("test.rate")) | {"note": "自 2026 年起含网络抽样"}
        made = ProposeDefinition(
            user=imported.analyst, unit=imported.place.market, body=body, reason="口径补充"
        ).execute()
        assert definition("test.rate").note == ""
        with pytest.raises((ActionRefused, Forbidden)):
            DecideDefinition(user=imported.analyst, version=made, accepts=True).execute()
        DecideDefinition(user=imported.office, version=made, accepts=True).execute()
        assert definition("test.rate").note
        bring_in(imported, row("2026"))
        assert current("990000", "2026").definition_id == made.pk
        assert current().definition == old
        assert DefinitionVersion.objects.filter(indicator="test.rate").count() == 2

    def test_scale_and_family_cannot_change(self, imported: World) -> None:
        body = body_of(definition("test.rate")) | {"family": "test.other"}
        with pytest.raises(ActionRefused):
            ProposeDefinition(user=imported.analyst, unit=imported.place.market, body=body, reason="x").execute()


class TestWhoSeesWhat:
    @pytest.fixture
    def values(self, imported: World) -> World:
        bring_in(imported, row(), row("2024"))
        ApproveValues(user=imported.office, values=[current("990000", "2024")]).execute()
        return imported

    def test_rows_do_not_leak(self, values: World) -> None:
        def seen(user: object) -> set[str]:
            return {one.period for one in observations(user).filter(indicator="test.rate")}  # type: ignore[arg-type]

        place = values.place
        assert seen(values.office) == {"2024", "2025"}
        assert seen(place.officer) == {"2024", "2025"}  # the unit that answers for it
        for user in (place.other, place.county_officer, place.citizen, None):
            assert seen(user) == {"2024"}

    def test_pages(self, values: World, client: Client) -> None:
        waiting, public = current(), current("990000", "2024")
        open_pages = ["/indicators/", "/indicators/i/test.rate/", "/indicators/i/test.rate/versions/"]
        open_pages += ["/indicators/i/test.rate/data.csv", "/indicators/i/test.rate/data.json"]
        inner = ["values/", "targets/", "targets/new/", "targets/link/", "import/", "periods/", "define/", "proposals/"]
        for user in (None, values.place.citizen, values.place.other, values.place.county_officer):
            client.logout()
            if user is not None:
                client.force_login(user)
            assert client.get(public.get_absolute_url()).status_code == 200
            assert client.get(waiting.get_absolute_url()).status_code == 404
            for path in open_pages:
                assert client.get(path).status_code == 200, path
            assert "93.7" not in client.get("/indicators/i/test.rate/data.csv?region=990303").content.decode()
        client.logout()
        for path in inner:
            assert client.get(f"/indicators/{path}").status_code == 302, path
        client.force_login(values.place.citizen)
        for path in inner:
            assert client.get(f"/indicators/{path}").status_code == 403, path
        client.force_login(values.office)
        for path in ("values/", "targets/", "targets/new/", "targets/link/", "periods/", "define/", "proposals/"):
            assert client.get(f"/indicators/{path}").status_code == 200, path
        assert client.get(waiting.get_absolute_url()).status_code == 200

    def test_approving_and_correcting_on_the_page(self, values: World, client: Client) -> None:
        client.force_login(values.office)
        page = current().get_absolute_url()
        client.post(page, {"do": "approve"})
        assert current().status == "approved"
        form = {"do": "correct", "numerator": "9x", "denominator": "1000", "reason": "复核"}
        assert client.post(page, form).status_code == 422
        client.post(page, form | {"numerator": "930"})
        assert Observation.objects.get(pending=True).numerator == 930
        assert current().numerator == 937

    def test_lists_ask_as_often_for_many_rows_as_for_few(self, values: World, client: Client) -> None:
        client.force_login(values.office)
        before = queries_of(client, "/indicators/values/"), queries_of(client, "/indicators/i/test.rate/")
        bring_in(values, *(row(str(year)) for year in range(2010, 2022)))
        assert queries_of(client, "/indicators/values/") == before[0]
        assert queries_of(client, "/indicators/i/test.rate/") <= before[1] + 1

    def test_interface(self, values: World, client: Client) -> None:
        answer = client.get("/api/v1/indicators/test.rate/values").json()
        assert [one["TIME_PERIOD"] for one in answer["items"]] == ["2024"]
        assert answer["items"][0]["NUMERATOR"] == "937"
        assert client.get("/api/v1/indicators/test.rate").json()["scale"] == "percent"
        assert client.get("/api/v1/indicators/no.such").status_code == 404
        assert client.get("/api/v1/indicators/targets").status_code == 401
        assert client.get("/api/v1/indicators/test.rate/values?first=nonsense").status_code == 422


def test_marks_go_to_every_table_and_file(imported: World, client: Client, tell: Callable[..., Fact]) -> None:
    declared(
        source={"kind": "import"},
        frequency="year",
        official=False,
        assumptions=[{"what": "weight", "title": "等权为假定", "title_en": "Equal weights are assumed"}],
    )
    bring_in(imported, row(), row("2024"))
    ApproveValues(user=imported.office, values=[current(), current("990000", "2024")]).execute()
    for path in ("/indicators/i/test.rate/", "/indicators/i/test.rate/data.csv", current().get_absolute_url()):
        assert "等权为假定" in client.get(path).content.decode(), path
    assert "等权为假定" in client.get("/indicators/i/test.rate/data.json").json()["values"][0]["ASSUMPTIONS"]
