"""How things are called and drawn: names told by other rooms, folding of wide graphs, whom to call."""

from __future__ import annotations

from django.test import Client

from hengjian.parties.models import User
from hengjian.trace.chain.contacts import contacts
from hengjian.trace.chain.index import UNIT
from hengjian.trace.chain.rules import picture
from tests.trace.chain.conftest import CANS, CASE, Chain, key, lot


def test_a_wide_column_is_folded_and_keeps_its_lines() -> None:
    depths = {"s": 0} | {f"n{number}": 1 for number in range(500)} | {"end": 2}
    edges = [("s", f"n{number}") for number in range(500)] + [("n499", "end")]
    plan = picture(depths, {"s": "source"}, edges, 60)
    more = [box for box in plan.boxes if box.kind == "more"]
    assert (plan.columns, plan.rows, plan.left_out) == (3, 13, 488)
    assert [(box.column, box.row, box.count) for box in more] == [(1, 12, 488)]
    fold, end = plan.boxes.index(more[0]), next(n for n, box in enumerate(plan.boxes) if box.name == "end")
    assert (fold, end) in plan.lines and len(plan.lines) == 14


def test_what_lies_beyond_the_picture_is_counted_in_its_column() -> None:
    depths = {f"d{number}": number for number in range(-40, 41)}  # 81 columns; the 60 nearest and one on each side
    plan = picture(depths, {}, [], 60)
    folded = sum(box.count for box in plan.boxes if box.kind == "more")
    assert (plan.columns, folded, plan.left_out) == (62, 21, 21)


def test_processes_have_their_time_and_containers_are_no_origin(chain: Chain, client: Client) -> None:
    client.force_login(chain.officer)
    page = client.get("/trace/thing/", {"key": key(CANS[0])}).content.decode()
    assert "装运单元" in page and "2026-05-03" in page
    assert 'fill-opacity="0.07"' in page and key(CASE).rpartition("/")[2][-8:] in page
    assert "table--sticky" not in page
    assert lot("P1")


def test_office_telephones_are_shown_to_those_who_may_see_people(chain: Chain) -> None:
    User.objects.filter(pk=chain.seller.pk).update(phone="0990-12345678", display_name="苏北平")
    party = UNIT + chain.shop.key
    assert contacts(chain.seller, [party])[party].phones == ()
    assert contacts(chain.officer, ["https://id.gs1.org/414/1"]) == {}
    told = contacts(User.objects.create_superuser("root"), [party])[party]
    assert told.phones in ((), (("苏*平", "0990-12345678"),))
