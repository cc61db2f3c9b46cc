"""Reading values: what goes in as text comes out typed, and read again is the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.id_card import is_valid
from hengjian.methods.masking import mask
from hengjian.methods.uscc import check_character, normalise, problem
from hengjian.registers.fields import Choice, FieldSpec
from hengjian.registers.values import clean_values

ON = date(2026, 3, 1)
CHOICES = (Choice(code="a", title="甲", title_en="Alpha"), Choice(code="b", title="乙", title_en="Beta"))


def spec(kind: str, **more: Any) -> FieldSpec:
    if kind in ("choice", "multi_choice"):
        more.setdefault("choices", CHOICES)
    return FieldSpec(code="x", title="值", type=kind, **more)  # type: ignore[arg-type]


def read(kind: str, value: Any, **more: Any) -> Any:
    found = clean_values([spec(kind, **more)], {"x": value}, on=ON)
    if found.errors:
        raise ValueError(found.errors["x"])
    return found.values["x"]


def code(body: str = "91990100MA0000007") -> str:
    return body + check_character(body)


@pytest.mark.parametrize(
    ("kind", "raw", "wanted"),
    [
        ("text", "  甲\u3000乙 \n丙 ", "甲 乙 丙"),
        ("text", 1020.0, "1020"),
        ("long_text", " a\r\nb ", "a\nb"),
        ("integer", "１２，０００", 12000),
        ("integer", "12.0", 12),
        ("decimal", "1,234.50", "1234.5"),
        ("money", "￥1,234.5元", "1234.50"),
        ("percent", "98.5%", "98.5"),
        ("date", "2026年3月1日", "2026-03-01"),
        ("date", "20260301", "2026-03-01"),
        ("date", datetime(2026, 3, 1, 9, 0), "2026-03-01"),
        ("datetime", "2026-03-01 09:30", "2026-03-01T09:30:00+08:00"),
        ("datetime", "2026-03-01T01:30:00Z", "2026-03-01T09:30:00+08:00"),
        ("boolean", "是", True),
        ("boolean", 0.0, False),
        ("choice", "beta", "b"),
        ("choice", "甲", "a"),
        ("multi_choice", "乙、甲，乙", ["a", "b"]),
        ("multi_choice", ["b"], ["b"]),
        ("enterprise", f" {code().lower()} ", code()),
        ("phone", "（0991）888 1234", "09918881234"),
        ("phone", "+86 199 0000 1234", "19900001234"),
        ("email", "a@example.cn", "a@example.cn"),
        ("url", "https://example.cn/a?b=1", "https://example.cn/a?b=1"),
        ("point", "87.61680,43.8256", "87.6168,43.8256"),
        ("file", "sha256:" + "0" * 64, "sha256:" + "0" * 64),
        ("text", "", None),
        ("multi_choice", [], None),
    ],
)
def test_what_people_write(kind: str, raw: Any, wanted: Any) -> None:
    assert read(kind, raw) == wanted


@pytest.mark.parametrize(
    ("kind", "raw", "more"),
    [
        ("text", "x" * 201, {}),
        ("text", "a\x00b", {}),
        ("text", {"a": 1}, {}),
        ("text", "ab", {"pattern": "[0-9]+"}),
        ("integer", "1.5", {}),
        ("integer", "nan", {}),
        ("integer", True, {}),
        ("integer", "0", {"minimum": 1}),
        ("decimal", "1.234", {"decimals": 2}),
        ("decimal", "1e99", {}),
        ("money", float("inf"), {}),
        ("date", "2026-02-30", {}),
        ("date", "1800-01-01", {}),
        ("datetime", "gestern", {}),
        ("boolean", "vielleicht", {}),
        ("choice", "丙", {}),
        ("multi_choice", {"a": 1}, {}),
        ("multi_choice", "甲、丙", {}),
        ("enterprise", "91990100MA0000007O", {}),
        ("enterprise", code()[:-1], {}),
        ("phone", "12", {}),
        ("email", "a@", {}),
        ("url", "javascript:alert(1)", {}),
        ("url", "https://[", {}),
        ("point", "43.8,187.6", {}),
        ("point", "87.6", {}),
        ("file", "sha256:abc", {}),
        ("id_card", "110101199002301234", {}),
    ],
)
def test_what_is_refused(kind: str, raw: Any, more: dict[str, Any]) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(ValueError) as caught:
            read(kind, raw, **more)
        if kind == "id_card":
            assert raw not in str(caught.value)


def test_required_partial_and_unknown() -> None:
    fields = [spec("text", required=True)]
    assert clean_values(fields, {}, on=ON).errors == {"x": "请填写。"}
    assert clean_values(fields, {}, on=ON, partial=True).values == {}
    assert clean_values(fields, {"x": ""}, on=ON, partial=True).errors == {"x": "请填写。"}
    assert "y" in clean_values(fields, {"x": "a", "y": 1}, on=ON).errors


TYPED = {
    "text": st.text(max_size=50),
    "long_text": st.text(max_size=50),
    "integer": st.integers(-(10**14), 10**14),
    "decimal": st.decimals(-(10**9), 10**9, places=2).map(str),
    "money": st.decimals(-(10**9), 10**9, places=2).map(str),
    "percent": st.decimals(0, 100, places=1).map(str),
    "date": st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(str),
    "datetime": st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.isoformat(" ", "seconds")),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["a", "b", "甲", "Beta"]),
    "multi_choice": st.lists(st.sampled_from(["a", "b", "乙"])),
    "point": st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(lambda p: f"{p[0]:.6f},{p[1]:.6f}"),
    "url": st.sampled_from(["https://example.cn/", "http://a.cn/b?c#d"]),
}


@given(st.data())
def test_what_was_read_is_read_again_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(TYPED)))
    raw = data.draw(TYPED[kind])
    first = clean_values([spec(kind)], {"x": raw}, on=ON)
    if first.errors:
        assert kind in ("text", "long_text")  # control characters only
        return
    second = clean_values([spec(kind)], first.values, on=ON)
    assert second.values == first.values and not second.errors
    if kind in ("decimal", "money", "percent"):
        assert Decimal(first.values["x"]) == Decimal(raw)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(sorted({*TYPED, "phone", "email", "id_card", "enterprise", "file"})), junk)
def test_no_input_makes_the_reader_fail(kind: str, raw: Any) -> None:
    found = clean_values([spec(kind)], {"x": raw}, on=ON)
    assert set(found.values) | set(found.errors) == {"x"}


# ---- the pure checks behind it


def test_credit_codes() -> None:
    assert problem("91350100M000100Y43") == ""
    assert problem("91350100M000100Y44") == "check"
    assert problem("91990100MA0000000" + check_character("91990100MA0000000")) == "check", "character 17"
    assert problem("91350100M000100Y4") == "length"
    assert problem("91350100M000100YI3") == "character"
    assert normalise("９１ 350100-M000100y43") == "91350100M000100Y43"


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16))
def test_the_check_character_finds_every_single_mistake(body: str, place: int) -> None:
    other = "A" if body[place] != "A" else "B"
    assert check_character(body) != check_character(body[:place] + other + body[place + 1 :])


def test_identity_numbers() -> None:
    assert is_valid("11010119900307803X")
    assert not is_valid("110101199002301234")
    assert not is_valid("1101011990")


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("name", "张三", "张*"),
        ("name", "欧阳若谷", "欧阳**"),
        ("name", "买买提·艾力江", "买***"),
        ("phone", "13800001234", "138****1234"),
        ("phone", "0991-8881234", "099****234"),
        ("phone", "96333", "96333"),
        ("id_card", "110101199001011234", "110101********1234"),
        ("address", "望澜市澜东区银杏路12号3单元", "望澜市澜东区银杏路****"),
        ("address", "澜东区某小区3幢", "澜东区****"),
        ("address", "不知何处", "******"),
        ("email", "zhang.san@example.cn", "z***@example.cn"),
        ("hidden", "什么都行", "******"),
        ("name", "", ""),
    ],
)
def test_masks(kind: str, text: str, wanted: str) -> None:
    assert mask(kind, text) == wanted


@given(st.sampled_from(["name", "phone", "id_card", "address", "email", "hidden", "?"]), st.text(max_size=40))
def test_a_mask_never_fails_and_never_grows_a_secret(kind: str, text: str) -> None:
    shown = mask(kind, text)
    if len(text.strip()) > 6 and kind in ("name", "phone", "id_card", "hidden", "?"):
        assert text.strip() not in shown or sum(char.isdigit() for char in text) <= 6
