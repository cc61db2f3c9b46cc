"""The form of a definition, and conditions as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hengjian.indicators import conditions
from hengjian.indicators.catalogue import definition, definitions
from hengjian.indicators.models import DefinitionVersion
from hengjian.indicators.versions import body_of
from hengjian.indicators.views.definition_form import DefinitionForm, groups, initial_of
from hengjian.lake.measures import Condition
from tests.indicators.conftest import World

WORDS = st.text("abcdefghijklmnopqrstuvwxyz_不合格", min_size=1, max_size=8).filter(
    lambda text: text not in ("true", "false", "是", "否")
)


@st.composite
def written(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(["code", "values.conclusion", "payload.region_code"]))
    op = draw(st.sampled_from(["eq", "ne", "in", "not_in", "ge", "gt", "le", "lt", "is_null", "not_null", "contains"]))
    if op in ("is_null", "not_null"):
        return Condition(field=field, op=op)
    if op in ("in", "not_in"):
        return Condition(field=field, op=op, value=tuple(draw(st.lists(WORDS, min_size=1, max_size=3))))
    return Condition(field=field, op=op, value=draw(WORDS | st.booleans()))


@given(written(), st.sampled_from(["zh-hans", "en"]))
def test_a_condition_comes_back_as_it_was_written(condition: Condition, language: str) -> None:
    assert conditions.read(conditions.written(condition, language)) == condition


@pytest.mark.parametrize(
    ("line", "op", "value"),
    [
        ("days>=10", "ge", "10"),
        ("a.b not in x, y、z", "not_in", ("x", "y", "z")),
        ("a 不属于 x", "not_in", ("x",)),
        ("a 有值", "not_null", None),
        ("ok = 是", "eq", True),
        ("a ≠ b c", "ne", "b c"),
    ],
)
def test_what_a_person_may_write(line: str, op: str, value: object) -> None:
    found = conditions.read(line)
    assert (found.op, found.value) == (op, value)


@pytest.mark.parametrize("line", ["", "conforming", "values conclusion = x", "a =", "a in", "a 有值 b", "= b"])
def test_what_is_no_condition(line: str) -> None:
    with pytest.raises((ValueError, ValidationError)):
        conditions.read(line)


def filled(former: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    """What a browser sends back when nobody changes anything."""
    sent = {name: value for name, value in initial_of(former).items() if value not in (None, "")}
    return {**sent, "reason": "修改", **changes}


def test_every_shipped_definition_survives_the_form_unchanged(world: World) -> None:
    for declared in definitions():
        former = dict(body_of(declared))
        data = filled(former, unit_of=world.office.unit_id)
        if not data.pop("public", True):
            data.pop("public", None)
        else:
            data["public"] = "on"
        form = DefinitionForm(data, user=world.office, former=former)
        assert form.is_valid(), (declared.code, form.errors)
        remade = type(declared).model_validate(form.body())
        if data["source"] == "facts":  # numbers of conditions come back as text, which compares alike
            assert remade.model_copy(update={"source": declared.source}) == declared
        else:
            assert remade == declared, declared.code


def test_every_field_stands_under_a_heading(world: World) -> None:
    names = {name for _heading, fields in groups() for name in fields}
    assert names == set(DefinitionForm(user=world.office, former=None).fields)


NEW = {
    "indicator": "local.cold_chain",
    "title": "冷链配送合格率",
    "theme": "service",
    "scale": "percent",
    "unit": "%",
    "direction": "higher",
    "frequency": "year",
    "decimals": "1",
    "population": "辖区内冷链配送企业",
    "numerator_title": "合格",
    "numerator_description": "检查结论为合格的企业数",
    "denominator_title": "检查",
    "denominator_description": "全部检查的企业数",
    "selection": "random",
    "roll_up": "add",
    "owner": "market_regulation",
    "public": "on",
    "source": "facts",
    "kind": "draw.result",
    "numerator_where": "code = none_found",
    "denominator_where": "code ≠ not_applicable",
    "date": "ended_on",
    "reason": "新增工作指标",
}


def test_an_office_defines_an_indicator_without_text(world: World, client: Client) -> None:
    client.force_login(world.office)
    page = client.get("/indicators/define/").content.decode()
    assert "YAML" not in page and "台账事实种类" in page
    wrong = client.post("/indicators/define/", {**NEW, "unit_of": world.office.unit_id, "numerator_where": "合格的"})
    assert wrong.status_code == 422 and "“合格的”不是条件" in wrong.content.decode()
    lacking = client.post("/indicators/define/", {**NEW, "unit_of": world.office.unit_id, "denominator_title": ""})
    assert lacking.status_code == 422 and "要有分母" in lacking.content.decode()
    made = client.post("/indicators/define/", {**NEW, "unit_of": world.office.unit_id})
    assert made.status_code == 302, made.context["form"].errors
    proposal = DefinitionVersion.objects.get(indicator="local.cold_chain")
    assert made["Location"].endswith(f"/{proposal.pk}/")
    source = proposal.body["source"]
    assert source["numerator"]["where"] == [{"field": "code", "value": "none_found"}]
    assert source["denominator"] == {
        "kinds": ["draw.result"],
        "where": [{"field": "code", "op": "ne", "value": "not_applicable"}],
        "date": "ended_on",
    }


def test_text_remains_for_what_the_form_has_no_fields_for(world: World, client: Client) -> None:
    client.force_login(world.office)
    code = definitions()[0].code
    assert definition(code).title in client.get(f"/indicators/define/{code}/?as=text").content.decode()
    assert client.get(f"/indicators/define/{code}/").status_code == 200
    assert client.get("/indicators/define/no.such/").status_code == 404
