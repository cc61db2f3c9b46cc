"""Parts of names: a table of regional names read by hand, and the public set of 500 where it is at hand."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.company_names import normalise_name, parse_name
from hengjian.methods.company_names.boundary import TRAITS, Boundary, learned_weights
from hengjian.methods.company_names.divisions import holds
from hengjian.methods.company_names.lexicon import default_lexicon

HERE = Path(__file__).parent
ROWS = list(csv.DictReader((HERE / "regional.tsv").open(encoding="utf-8"), delimiter="\t"))
PUBLIC = Path(__file__).resolve().parents[4] / "shared" / "data" / "companies" / "brand-500.txt"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_regional_names(row: dict[str, str]) -> None:
    parts = parse_name(row["name"])
    found = {part: getattr(parts, part) for part in ("region", "brand", "trade", "form", "branch")}
    assert found == {part: row[part] for part in found}


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public set of 500 names is not at hand")
def test_brands_of_the_public_set() -> None:
    rows = [line.split(" ") for line in PUBLIC.read_text(encoding="utf-8").splitlines() if line.strip()]
    right = sum(parse_name(row[0]).brand == (row[1] if len(row) > 1 else "") for row in rows)
    assert len(rows) == 500
    assert right / len(rows) >= 0.98


@pytest.mark.parametrize(
    ("name", "region", "brand", "trade", "branch"),
    [
        ("固阳县银号供销社兴旺门市部", "固阳县", "银号", "", "兴旺门市部"),
        ("五原县第二砂轮厂劳动服务公司", "五原县", "第二", "砂轮", "劳动服务公司"),
        ("赤峰市烟草公司敖汉旗公司", "赤峰市", "", "烟草", "敖汉旗公司"),
        ("包头市鑫达特种电缆有限公司", "包头市", "鑫达", "特种电缆", ""),
        ("包头市特种电缆有限公司", "包头市", "", "特种电缆", ""),
        ("惠安惠诚纸箱有限公司", "惠安", "惠诚", "纸箱", ""),
        ("无锡市政建设有限公司", "无锡", "", "市政建设", ""),
        ("河南安顺电力工程有限公司", "河南", "安顺", "电力工程", ""),
        ("华电新疆哈密风力发电有限公司", "新疆哈密", "华电", "风力发电", ""),
        ("策克口岸庆丰能源有限公司", "策克口岸", "庆丰", "能源", ""),
        ("额尔古纳市拉布大林康润乳制品厂", "额尔古纳市拉布大林", "康润", "乳制品", ""),
        ("包头市鑫达区块链技术有限公司", "包头市", "鑫达", "区块链技术", ""),
        ("国营沈阳兰天电器厂（原沈阳第七电器厂）", "沈阳", "兰天", "电器", ""),
    ],
)
def test_names_as_registers_write_them(name: str, region: str, brand: str, trade: str, branch: str) -> None:
    parts = parse_name(name)
    assert (parts.region, parts.brand, parts.trade, parts.branch) == (region, brand, trade, branch)


@given(st.text(max_size=40))
def test_any_text_has_parts(text: str) -> None:
    parts = parse_name(text)
    assert 0 <= parts.confidence <= 1
    assert len(parts.brand) <= len(parts.name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "（",
        "·",
        "😀",
        "\x00\x01",
        "ABC Co., Ltd.",
        "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ",
        "བོད་ལྗོངས",
        "شىنجاڭ ئۇيغۇر",
        "\ud800",
        "有限公司",
        "内蒙古",
        "一中",
        "银行",
    ]
    + [
        piece * (399 // len(piece)) + "店"
        for piece in (
            "路",
            "镇",
            "（",
            "街",
            "口岸",
            "族乡",
            "省",
            "阿",
            "第",
            "商贸",
            "学院附属",
            "（公司）",
            "厂",
            "集团",
            "国营",
        )
    ]
    + ["鑫" * 10_000, "x" * 10_000],
)
def test_no_text_is_too_strange_or_too_slow(text: str) -> None:
    began = process_time()
    parts = parse_name(text)
    assert 0 <= parts.confidence <= (1 if text else 0)
    assert len(parts.brand) <= len(normalise_name(text))
    assert process_time() - began < 1


def test_words_of_other_scripts_keep_their_blanks() -> None:
    assert normalise_name("شىنجاڭ ئۇيغۇر") == "شىنجاڭ ئۇيغۇر"
    assert normalise_name("包头 市 ABC Trade 商贸") == "包头市ABC Trade商贸"


@pytest.mark.parametrize(
    ("name", "region", "brand"),
    [
        ("伊犁州塔城地区塔城市也门勒乡阳光种植合作社", "伊犁州塔城地区塔城市也门勒乡", "阳光"),
        ("高新区（新市区）北京北路霸王牛肉火锅店", "高新区新市区北京北路", "霸王"),
        ("乌拉特中旗甘其毛都口岸毅腾矿业有限责任公司", "乌拉特中旗甘其毛都口岸", "毅腾"),
        ("达拉特国开村镇银行股份有限公司", "达拉特", "国开"),
        ("新疆生产建设兵团第八师石河子市天富能源股份有限公司", "新疆生产建设兵团第八师石河子市", "天富"),
        ("国家能源集团宁夏煤业有限责任公司", "宁夏", "国家能源"),
        ("阿里巴巴（中国）网络技术有限公司", "中国", "阿里巴巴"),
        ("喀什市吾斯塘博依街艾力江烤肉店", "喀什市吾斯塘博依街", "艾力江"),
        ("成都市青羊区宽窄巷子蜀大侠火锅店", "成都市青羊区宽窄巷子", "蜀大侠"),
        ("哈尔滨市道里区中央大街马迭尔冷饮厅", "哈尔滨市道里区中央大街", "马迭尔"),
        ("银川一中", "银川", "一"),
        ("内蒙古（鑫达）商贸有限公司", "内蒙古", "鑫达"),
        ("呼和浩特市东河区星光商店", "呼和浩特市东河区", "星光"),
    ],
)
def test_places_before_a_name(name: str, region: str, brand: str) -> None:
    parts = parse_name(name)
    assert (parts.region, parts.brand) == (region, brand)


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        ("654000", "654202", True),  # Yili runs Tacheng
        ("654000", "654300", True),  # and Altay
        ("150100", "150202", False),  # Donghe is a district of Baotou
        ("652900", "659002", True),
        ("660000", "659001", True),
        ("650000", "659001", True),
        ("150000", "640100", False),
    ],
)
def test_what_a_division_holds(outer: str, inner: str, inside: bool) -> None:
    assert holds(outer, inner) is inside


@given(st.text(alphabet="包头市鑫达商贸有限公司第一（）集团分店医院村镇旗·", max_size=20))
def test_parts_come_from_the_name(text: str) -> None:
    parts = parse_name(text)
    for part in (parts.region, parts.brand, parts.trade, parts.form, parts.branch):
        assert set(part) <= set(parts.name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("內蒙古伊利實業集團股份有限公司", "内蒙古伊利实业集团股份有限公司"),
        ("包头市 鑫达商贸（集团)有限公司", "包头市鑫达商贸（集团）有限公司"),
        ("ＡＢＣ科技", "ABC科技"),
        ("阿不都•买买提饭馆", "阿不都·买买提饭馆"),
        ("⻓春⻋辆厂", "长春车辆厂"),
        ("安徽瑞昇食品有限公司", "安徽瑞昇食品有限公司"),
    ],
)
def test_one_way_of_writing(text: str, name: str) -> None:
    assert normalise_name(text) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("包头市鑫达商贸有限公司", "company"),
        ("丰田镇建新农牧业专业合作社", "cooperative"),
        ("达拉特旗树林召镇王小二面馆", "sole_trader"),
        ("包头市第二人民医院", "hospital_school"),
        ("乌鲁木齐市天山区人民政府", "gov_or_other"),
    ],
)
def test_kinds_of_bodies(name: str, kind: str) -> None:
    assert parse_name(name).kind == kind


def test_divisions_of_no_table_show_themselves() -> None:
    parts = parse_name("朔安市南乔区鑫达商贸有限公司")
    assert (parts.region, parts.brand, parts.trade) == ("朔安市南乔区", "鑫达", "商贸")


@cache
def _boundary() -> tuple[dict[str, float], Boundary]:
    weights = learned_weights()
    traits = {name: weights[name] for name in TRAITS if name in weights}
    return traits, Boundary(default_lexicon(), traits)


@given(
    st.text(alphabet="鑫达牧场甄选羊肉酱腌菜阿里木江烤馕店铺银行商贸", min_size=1, max_size=12),
    st.integers(1, 12),
    st.booleans(),
)
def test_scores_of_boundaries_are_the_weights_of_what_is_there(rest: str, ruled: int, company: bool) -> None:
    """The quick sum is that of the traits which the weights were learned with."""
    traits, boundary = _boundary()
    expected = [
        sum(value * traits.get(name, 0.0) for name, value in zip(TRAITS, row, strict=True))
        for row in boundary.traits(rest, ruled)
    ]
    assert boundary.scores(rest, ruled, company) == pytest.approx(expected)
