"""The pages and verbs: who sees what, the whole way from a lot to a recall, anomalies, samples."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from hengjian.cases.queries import cases
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from hengjian.trace.chain.actions import EndRecall
from hengjian.trace.chain.detecting import detect
from hengjian.trace.chain.models import Anomaly, RecallOrder, Scenario
from hengjian.trace.chain.recalls import recall_state
from hengjian.trace.chain.rules import Question, compare, neighbours, picture
from hengjian.trace.chain.searching import find_things
from tests.methods.trace_graph.story import PLANT, SHOP, made, seen
from tests.places import queries_of
from tests.trace.chain.conftest import CANS, CASE, SCOPE, Chain, capture, key, lot

pytestmark = pytest.mark.django_db
PAGES = ("/trace/", "/trace/simulate/", "/trace/anomalies/", "/trace/recalls/", "/trace/scenarios/", "/trace/source/")


def signed(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def thing(uri: str, page: str = "thing") -> str:
    return f"/trace/{page}/?key={quote(key(uri))}"


def test_officers_see_the_chain_and_nobody_else(chain: Chain) -> None:
    for path in (*PAGES, thing(lot("M1")), thing(lot("P1"), "balance")):
        assert signed(chain.officer).get(path).status_code == 200, path
        assert signed(chain.county_officer).get(path).status_code == 200, path
        for user in (chain.seller, chain.citizen):
            response = signed(user).get(path)
            assert response.status_code == 403 or b"<tbody" not in response.content.replace(b"<tbody></tbody>", b""), (
                path
            )
        assert Client().get(path).status_code == 302, path


def test_a_thing_shows_graph_and_table(chain: Chain) -> None:
    body = signed(chain.officer).get(thing(lot("P1"))).content.decode()
    assert body.count("<a href=") >= 5 and "<svg" in body
    for shown in ("配方乳粉", "来源", "去向"):
        assert shown in body
    assert signed(chain.officer).get(thing("urn:x:unheard")).status_code == 404
    assert "去向" in signed(chain.officer).get(thing(lot("P1")) + "&until=2026-05-02").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        key(CANS[0]),
        CANS[0],
        "(01){gtin}(21)1",
        "{gtin} 1",
    ],
)
def test_things_are_found_however_they_are_written(chain: Chain, text: str) -> None:
    gtin = key(CANS[0]).split("/01/")[1].split("/")[0]
    assert find_things(text.replace("{gtin}", gtin)) == [key(CANS[0])]


def test_products_lead_to_their_lots(chain: Chain) -> None:
    gtin = key(CANS[0]).split("/01/")[1].split("/")[0]
    assert set(find_things(gtin)) == set(find_things("配方乳")) == {key(can) for can in CANS}
    assert find_things("没有的产品") == []
    response = signed(chain.officer).get("/trace/", {"q": CASE})
    assert response.status_code == 302


def test_from_the_lot_to_the_recall(chain: Chain) -> None:
    """Find the scope, keep it, download it, order the recall, see it lifted from the consumer's page."""
    client = signed(chain.officer)
    question = {"keys": key(lot("M1")), "sites": "", "since": "", "until": ""}
    answer = client.get("/trace/simulate/", question)
    assert answer.context["answer"]["count"] == len(SCOPE)
    kept = client.post("/trace/simulate/", question | {"title": "问题乳", "unit": chain.market.pk})
    scenario = Scenario.objects.get()
    assert kept.status_code == 302
    sheet = client.get(f"/trace/scenarios/{scenario.pk}/scope.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    cells = {str(cell) for row in rows for cell in row}
    assert cells >= SCOPE
    assert client.get(f"/trace/scenarios/{scenario.pk}/scope.docx").content[:2] == b"PK"
    form = {"unit": chain.market.pk, "product": "配方乳粉", "maker_name": "远岫乳业", "maker": "", "regime": "food_1"}
    form |= {"learned_on": timezone.localdate().isoformat(), "defect": "检出致病菌", "advice": "请勿食用"}
    ordered = client.post(f"/trace/scenarios/{scenario.pk}/order/", form)
    order = RecallOrder.objects.get()
    assert ordered.status_code == 302
    assert (int(order.shipped or 0), order.unit_code) == (4, "H87")
    assert set(order.lots.values_list("key", flat=True)) == SCOPE
    case = cases("product_recall").get()
    assert (case.number, order.case) == (order.number, case.ref)
    assert Fact.objects.filter(kind="trace.recall_ordered").count() == 1
    state = recall_state(key(CANS[1]))
    assert state is not None and (state.advice, state.running) == ("请勿食用", True)
    assert recall_state(key(lot("M2"))) is None
    page = client.get(order.get_absolute_url())
    assert page.context["effect"]["percent"] == 0
    twice = client.post(f"/trace/scenarios/{scenario.pk}/order/", form)
    assert twice.status_code == 422 and order.number in twice.content.decode()
    EndRecall(user=chain.officer, order=order, lifted=True, reason="检验结果更正").execute()
    assert recall_state(key(CANS[1])) is None
    assert client.post(f"/trace/scenarios/{scenario.pk}/order/", form).status_code == 302


def test_what_is_asked_wrongly_is_said(chain: Chain) -> None:
    client = signed(chain.officer)
    for question in ({"keys": ""}, {"keys": "没有的批号"}, {"keys": "x", "since": "2026-05-02", "until": "2026-05-01"}):
        assert client.get("/trace/simulate/", question).status_code == 422
    assert client.get("/trace/thing/").status_code == 404


def test_scenarios_belong_to_their_unit(chain: Chain) -> None:
    client = signed(chain.officer)
    for title, uri in (("一", lot("M1")), ("二", lot("M2"))):
        client.post("/trace/simulate/", {"keys": key(uri), "sites": "", "title": title, "unit": chain.market.pk})
    first, second = Scenario.objects.order_by("pk")
    compared = client.get(first.get_absolute_url(), {"other": second.pk}).context["compared"]
    assert (compared["both"], compared["first_count"], compared["second_count"]) == (5, 1, 1)
    for user in (chain.other, chain.county_officer):
        assert signed(user).get(first.get_absolute_url()).status_code == 404
        assert signed(user).get(f"/trace/scenarios/{first.pk}/scope.xlsx").status_code == 404


def anomalous(chain: Chain) -> Anomaly:
    capture(chain.plant, made("07T08", PLANT, {"P1": 10}, {"P9": 30}))
    while detect(timezone.now()):
        pass
    return Anomaly.objects.get(code="quantity_above_input")


def test_anomalies_are_entered_once_and_settled(chain: Chain) -> None:
    anomaly = anomalous(chain)
    assert (anomaly.unit, anomaly.region) == (chain.county_market, chain.county)
    capture(chain.shop, seen("09T08", SHOP, "storing", [CANS[3]]))
    assert detect(timezone.now()) == 1
    assert Anomaly.objects.filter(code="quantity_above_input").count() == 1
    client = signed(chain.county_officer)
    assert client.post(anomaly.get_absolute_url(), {"do": "explain", "reason": ""}).status_code == 422
    assert client.post(anomaly.get_absolute_url(), {"do": "hand", "reason": "产出超过投入"}).status_code == 302
    anomaly.refresh_from_db()
    case = cases("source_tracing").get()
    assert (anomaly.state, anomaly.case, case.unit) == ("handed", case.ref, chain.county_market)
    assert client.post(anomaly.get_absolute_url(), {"do": "explain", "reason": "再说明"}).status_code == 422
    assert Fact.objects.filter(kind="trace.anomaly_settled").count() == 1


def test_anomalies_stay_in_their_region(chain: Chain) -> None:
    anomaly = anomalous(chain)
    assert signed(chain.officer).get(anomaly.get_absolute_url()).status_code == 200
    Anomaly.objects.update(region=chain.region)
    assert signed(chain.county_officer).get(anomaly.get_absolute_url()).status_code == 404
    assert signed(chain.seller).get(anomaly.get_absolute_url()).status_code == 404


def test_a_sample_leads_to_the_authority_of_its_maker(chain: Chain) -> None:
    client = signed(chain.officer)
    found = client.get("/trace/source/", {"code": CANS[0]})
    assert found.context["answer"]["authority"] == chain.county_market
    form = {"code": CANS[0], "unit": chain.market.pk, "trigger": "online_sample", "problem": "蛋白质不合格"}
    assert client.post("/trace/source/", form).status_code == 302
    case = cases("source_tracing").get()
    assert (case.unit, case.data["maker"], case.data["trigger"]) == (
        chain.county_market,
        chain.plant.key,
        "online_sample",
    )
    assert client.post("/trace/source/", form | {"code": "没有"}).status_code == 422


def test_partners_see_one_step_only(chain: Chain) -> None:
    page = signed(chain.seller).get("/trace/neighbours/", {"q": CASE})
    assert [(row.side, row.party) for row in page.context["rows"]] == [("up", "远岫乳业")]
    assert "望澜奶站" not in page.content.decode()
    assert signed(chain.seller).get("/trace/neighbours/", {"q": key(lot("M1"))}).context["rows"] == ()
    assert signed(chain.stranger).get("/trace/neighbours/", {"q": CASE}).context["rows"] == ()
    assert signed(chain.citizen).get("/trace/neighbours/").status_code == 403


def test_lists_take_as_many_queries_for_many_rows(chain: Chain) -> None:
    anomaly = anomalous(chain)
    client = signed(chain.officer)
    one = queries_of(client, "/trace/anomalies/")
    for number in range(5):
        values: dict[str, Any] = {"code": anomaly.code, "key": f"k{number}", "occurred_at": anomaly.occurred_at}
        Anomaly.objects.create(fingerprint=str(number), unit=chain.market, region=chain.county, **values)
    assert queries_of(client, "/trace/anomalies/") == one


# ---- pure rules


def test_a_question_survives_json() -> None:
    question = Question(keys=("a",), sites=("b",), since=timezone.now().replace(microsecond=0))
    assert Question.from_json(question.to_json()) == question
    assert compare(["a", "b"], ["b", "c"]).first == ("a",)


def test_a_picture_keeps_the_nearest() -> None:
    plan = picture({"m": 0, "b": -1, "f": 1, "g": 2}, {"m": "source"}, [("b", "m"), ("m", "f"), ("f", "g")], most=3)
    assert [(box.name, box.column) for box in plan.boxes] == [("m", 1), ("b", 0), ("f", 2), ("", 3)]
    assert (plan.lines, plan.left_out, plan.columns) == (((0, 2), (1, 0), (2, 3)), 1, 4)
    assert (plan.boxes[-1].kind, plan.boxes[-1].count) == ("more", 1)


def test_neighbours_of_an_own_process() -> None:
    from hengjian.methods.trace_graph.happenings import digest

    up, down = neighbours([digest(made("02T08", PLANT, {"M": 1}, {"P": 1}))], key(lot("P")), frozenset({key(SHOP)}))
    assert (up, down) == ([], [])
    mine = frozenset({key(PLANT).partition("/254/")[0]})
    up, down = neighbours([digest(made("02T08", PLANT, {"M": 1}, {"P": 1}))], key(lot("P")), mine)
    assert [one.key for one in up] == [key(lot("M"))]
