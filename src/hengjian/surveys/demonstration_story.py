"""What the demonstration plants: the true models, what people say, how the prefectures differ."""

from __future__ import annotations

from hengjian.surveys.planting import Planted
from hengjian.surveys.rules import Stratum

SERVICES = Planted(
    latents={"image": 3, "expectation": 3, "quality": 4, "value": 2, "satisfaction": 3, "loyalty": 2},
    paths={
        ("image", "expectation"): 0.55,
        ("image", "quality"): 0.30,
        ("expectation", "quality"): 0.35,
        ("expectation", "value"): 0.10,
        ("quality", "value"): 0.55,
        ("image", "satisfaction"): 0.15,
        ("expectation", "satisfaction"): 0.05,
        ("quality", "satisfaction"): 0.45,
        ("value", "satisfaction"): 0.25,
        ("image", "loyalty"): 0.20,
        ("satisfaction", "loyalty"): 0.55,
    },
    means={"image": 7.5, "expectation": 7.7, "quality": 7.1, "value": 6.2, "satisfaction": 7.0, "loyalty": 7.2},
    loading=0.95,
    spread=1.6,
    gaps=0.012,
)
PRODUCTS = Planted(
    latents={
        "image": 2, "expectation": 2, "quality": 3, "value": 2, "satisfaction": 3, "complaints": 1, "loyalty": 2,
    },
    paths={
        ("image", "expectation"): 0.50,
        ("image", "satisfaction"): 0.20,
        ("image", "loyalty"): 0.15,
        ("expectation", "quality"): 0.55,
        ("expectation", "value"): 0.05,
        ("expectation", "satisfaction"): 0.05,
        ("quality", "value"): 0.55,
        ("quality", "satisfaction"): 0.50,
        ("value", "satisfaction"): 0.20,
        ("satisfaction", "complaints"): 0.50,
        ("satisfaction", "loyalty"): 0.50,
        ("complaints", "loyalty"): 0.10,
    },
    means={
        "image": 7.8, "expectation": 7.6, "quality": 7.7, "value": 6.8, "satisfaction": 7.4, "complaints": 6.1,
        "loyalty": 7.3,
    },
    loading=0.95,
    spread=1.5,
    gaps=0.008,
)  # fmt: skip
#: Adults by prefecture, as invented as everything here.
STRATA = (
    Stratum("s1", "望澜市", 1_862_000, "Wanglan"),
    Stratum("s2", "云泽市", 914_000, "Yunze"),
    Stratum("s3", "朔安市", 731_000, "Shuoan"),
    Stratum("s4", "青垣市", 655_000, "Qingyuan"),
    Stratum("s5", "丰泽市", 602_000, "Fengze"),
    Stratum("s6", "其他市", 1_190_000, "Other cities"),
    Stratum("s7", "石渡、雪原、沙梁地区", 438_000, "Shidu, Xueyuan and Shaliang"),
)
#: What is added to every answer of a prefecture.
SHIFTS = {"s1": 0.25, "s2": 0.1, "s3": -0.35, "s4": 0.0, "s5": 0.3, "s6": -0.1, "s7": -0.5}
AGES = ("a18", "a30", "a30", "a45", "a45", "a60")
COMMENTS = {
    "medical": (
        "挂号比去年快多了，但检查还要来回跑几趟。",
        "希望乡镇卫生院能做更多检查，不用都去市里。",
        "医生讲得太快，老人听不明白，能不能写下来。",
        "候诊区座位太少，叫号听不清。",
        "费用清单看不懂，建议说明每一项是什么。",
        "夜间急诊人手不够，等了一个多小时。",
        "网上预约对老年人不方便，窗口最好留一些号。",
        "护士态度很好，要表扬。",
    ),
    "transit": (
        "12 路早高峰太挤，能不能加车。",
        "末班车太早，下晚班只能打车。",
        "站牌上的时间和实际对不上。",
        "新换的电动车很安静，空调也好。",
        "希望乡镇线路每天多两班。",
    ),
    "household_appliances": (
        "上门维修要等一周，太久了。",
        "冰箱用了三年没坏过，质量可以。",
        "说明书字太小，保修卡上的电话打不通。",
        "噪声比宣传的大。",
        "配件价格不透明，希望公开。",
        "安装师傅很专业。",
    ),
}
