"""Several people at once, random orders of steps, and a procedure that exists as YAML only."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.cases import catalogue
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.cases.photos import without_metadata
from hengjian.clocks.models import Deadline
from hengjian.ledger.models import Fact
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import ConfigurationError
from tests.cases.conftest import TIP, VALUES, World, open_case


def at_once(*work: Any) -> list[Any]:
    """Run functions in threads that start together; what each returned or raised."""
    gate, found = threading.Barrier(len(work)), [None] * len(work)

    def run(place: int, act: Any) -> None:
        gate.wait()
        try:
            found[place] = act()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_take_the_step_once(world: World, petition: CaseType) -> None:
    pk = open_case(world).pk

    def take(user: Any) -> Any:
        return lambda: TakeStep(user=user, case=Case.objects.get(pk=pk), step="accept").execute()

    found = at_once(take(world.officer), take(world.officer_two))
    assert sum(isinstance(item, ActionRefused) for item in found) == 1, found
    case = Case.objects.get(pk=pk)
    assert case.state == "working" and case.events.filter(code="accept").count() == 1
    assert Deadline.objects.filter(owner=case.ref, purpose="petition.decide").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_people_filing_at_once_lose_and_double_nothing(world: World, petition: CaseType) -> None:
    """Each form is sent twice at the same moment, by many people together."""

    def file(number: int) -> Any:
        return lambda: OpenCase(
            user=None, system="filer", type="petition", values={**VALUES, "product": f"商品{number}"},
            unit=world.market, region=world.region, token=f"form-{number}", identity={"name": "苏和平"},
        ).execute()  # fmt: skip

    people = 12
    found = at_once(*(file(number) for number in range(people) for _twice in range(2)))
    assert not [item for item in found if isinstance(item, Exception)], found
    assert Case.objects.count() == people
    assert len(set(Case.objects.values_list("number", flat=True))) == people
    assert sorted(Case.objects.values_list("number", flat=True))[-1].endswith(f"{people:05d}")  # no gap
    assert Fact.objects.filter(kind="petition.opened").count() == people


STEPS = ["accept", "refuse", "test", "tested", "propose", "approve", "back", "add", "expire"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["officer", "officer_two", "head"])), max_size=12))
def test_whatever_is_tried_the_case_stays_sound(world: World, petition: CaseType, tried: list[tuple[str, str]]) -> None:
    """Any order of steps by anybody: refused or done as a whole, never in between."""
    case = open_case(world)
    for step, who in tried:
        before = (case.state, case.events.count())
        given_values = {"verdict": "pass"} if step == "tested" else {}
        files = [("a.pdf", b"%PDF-1.4\n%%EOF\n")] if step == "test" else []
        action = TakeStep(
            user=getattr(world, who), case=case, step=step, note="说明", values=given_values, files=files,
            outcome_code="1" if step == "refuse" else "",
        )  # fmt: skip
        try:
            action.execute()
        except (ActionRefused, Forbidden):
            case.refresh_from_db()
            assert (case.state, case.events.count()) == before
        declared_state = petition.state(case.state)
        running = Deadline.objects.filter(owner=case.ref, state__in=("open", "paused")).count()
        if declared_state.end:
            assert case.closed_at is not None and case.outcome and running == 0 and case.due_at is None
        else:
            assert case.closed_at is None and running == 1 and case.clock
            assert case.paused == (case.state == "testing")
    numbers = list(case.events.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)) and case.version == numbers[-1]


def test_a_procedure_from_yaml_alone_is_live(world: World, tmp_path: Path) -> None:
    """List, desk, page, public form, following, interface, facts and clocks, without a migration or a line of code."""
    text = TIP.replace("case: tip", "case: lost_seal").replace("prefix: tip", "prefix: lost_seal")
    text = text.replace("secrecy: sensitive", "secrecy: internal").replace('"JB{year}', '"LS{year}')
    (tmp_path / "lost_seal.yaml").write_text(text, encoding="utf-8")
    tables = set(connection.introspection.table_names())
    (declared,) = catalogue.load(tmp_path)
    try:
        client = Client()
        client.force_login(world.officer)
        made = client.post(reverse("cases:new", args=["lost_seal"]), {"lead": "封条破损", "token": "x" * 20})
        assert made.status_code == 302
        case = Case.objects.get(type="lost_seal")
        for name, args in (("list", ["lost_seal"]), ("case", [case.pk]), ("inbox", [])):
            assert "封条破损" in client.get(reverse(f"cases:{name}", args=args)).content.decode()
        assert client.get(reverse("cases:list", args=["lost_seal"]) + "?export=csv").status_code == 200
        page = Client().get(reverse("cases:public_new", args=["lost_seal"])).content.decode()
        assert declared.field("lead").title in page
        assert Client().get(reverse("cases:public_index")).content.decode().count("/public/lost_seal/") == 1
        TakeStep(user=world.officer, case=case, step="finish").execute()
        assert set(Fact.objects.values_list("kind", flat=True)) == {"lost_seal.opened", "lost_seal.closed"}
        assert set(connection.introspection.table_names()) == tables
    finally:
        catalogue.forget("lost_seal")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("to: done", "to: nowhere"), "nowhere"),
        (("outcome: checked}", "note: may}"), "without an outcome"),
        (("states: [received]}]", "states: [done]}]"), "waits without a clock"),
        (("{seq:06d}", ""), "no {seq}"),
        (("area: complaints", "area: moon"), "moon"),
        (("title: 线索举报\n", ""), "title"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    text = TIP.replace("case: tip", "case: wrong").replace("prefix: tip", "prefix: wrong").replace(*change)
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        catalogue.load(tmp_path)
    catalogue.forget("wrong")


def test_photos_lose_place_and_device_but_not_their_orientation() -> None:
    exif = b"Exif\0\0MM\0*" + bytes.fromhex("00000008000101120003000000010006000000000000") + b"GPS 87.6,43.8"
    app1 = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    comment = b"\xff\xfe\x00\x0bpersonal!"
    picture = b"\xff\xdb\x00\x04\x00\x01" + b"\xff\xda\x00\x02" + b"pixels" + b"\xff\xd9"
    cleaned = without_metadata(b"\xff\xd8" + app1 + comment + picture + b"second picture")
    assert b"GPS" not in cleaned and b"personal" not in cleaned and b"second" not in cleaned
    assert cleaned.endswith(picture) and b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in cleaned
    assert without_metadata(cleaned) == cleaned
    chunk = (3).to_bytes(4, "big") + b"tEXt" + b"abc" + b"\0\0\0\0"
    end = (0).to_bytes(4, "big") + b"IEND" + b"\0\0\0\0"
    assert without_metadata(b"\x89PNG\r\n\x1a\n" + chunk + end) == b"\x89PNG\r\n\x1a\n" + end
    for odd in (b"", b"\xff\xd8\xff", b"%PDF", b"\x89PNG\r\n\x1a\n\x00"):
        assert without_metadata(odd) == odd
