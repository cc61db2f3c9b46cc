"""Pairs of names whose truth is known; the lowest of the same must lie above the highest of the different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.company_names import compare_names

SAME = [
    ("包头市鑫达商贸有限责任公司", "包头市鑫达商贸有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "伊利实业集团股份有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "內蒙古伊利實業集團股份有限公司"),
    ("内蒙古蒙牛乳业（集团）股份有限公司", "蒙牛乳业集团股份有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "Inner Mongolia Yili Industrial Group Co., Ltd."),
    ("内蒙古蒙牛乳业（集团）股份有限公司", "Inner Mongolia Mengniu Dairy (Group) Co., Ltd."),
    ("鑫达（包头）商贸有限公司", "包头市鑫达商贸有限公司"),
    ("哲里木盟通辽市霍林河煤业有限责任公司", "通辽市霍林河煤业有限公司"),
    ("新疆生产建设兵团第八师一四三团天山商贸有限公司", "新疆生产建设兵团第八师143团天山商贸有限公司"),
    ("昆都仑区阿吉奈烧烤店", "包头市昆都仑区阿吉奈烧烤店"),
]
DIFFERENT = [
    ("包头市鑫达商贸有限公司", "包头市鑫达贸易有限公司"),
    ("包头市鑫达商贸有限公司", "包头市鑫大商贸有限公司"),
    ("包头市第一建筑工程有限公司", "包头市第二建筑工程有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "内蒙古伊泰实业集团股份有限公司"),
    ("包头市鑫达商贸有限公司", "赤峰市鑫达商贸有限公司"),
    ("内蒙古电力（集团）有限责任公司", "内蒙古电力（集团）有限责任公司包头供电分公司"),
    ("包头市人民医院", "包头市第二人民医院"),
    ("包头市鑫达商贸有限公司", "包头市鑫达商贸行"),
    ("内蒙古伊利实业集团股份有限公司", "Inner Mongolia Yitai Coal Co., Ltd."),
]
ONE, OTHER = "91440300708461136T", "91110000600037341L"
names = st.sampled_from(sorted({name for pair in SAME + DIFFERENT for name in pair}))


def test_no_threshold_is_needed_between_the_known_pairs() -> None:
    lowest = min(compare_names(*pair).score for pair in SAME)
    highest = max(compare_names(*pair).score for pair in DIFFERENT)
    assert lowest > highest
    assert all(compare_names(*pair).verdict == "same" for pair in SAME)
    assert all(compare_names(*pair).verdict == "different" for pair in DIFFERENT)


@given(names, names)
def test_the_order_of_the_names_does_not_matter(first: str, second: str) -> None:
    assert compare_names(first, second).score == compare_names(second, first).score


@given(names)
def test_two_valid_codes_are_two_bodies_whatever_the_names(name: str) -> None:
    lowest = min(compare_names(*pair).score for pair in SAME + DIFFERENT)
    found = compare_names(name, name, ONE, OTHER)
    assert found.verdict == "different"
    assert found.score < lowest


def test_one_code_is_one_body_unless_the_kinds_contradict() -> None:
    assert compare_names("包头市鑫达商贸有限公司", "内蒙古鑫达实业有限公司", ONE, ONE).verdict == "same"
    twice = compare_names("包头市鑫达商贸有限公司", "包头市鑫达养殖专业合作社", ONE, ONE)
    assert twice.verdict == "review"
    assert twice.reasons[0].finding == "issued_twice"


@pytest.mark.parametrize("code", ["", "12", "91440300708461136X"])
def test_a_wrong_code_says_nothing(code: str) -> None:
    assert compare_names(*SAME[0], code, ONE).score == compare_names(*SAME[0]).score


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("赤峰市疾控中心", "赤峰市疾病预防控制中心"),
        ("临河区白脑包镇永清村村委会", "巴彦淖尔市临河区白脑包镇永清村村民委员会"),
        ("惠农区火车站街道办", "惠农区火车站街道办事处"),
        ("奇台一中", "奇台县第一中学"),
        ("海拉尔区法院", "呼伦贝尔市海拉尔区人民法院"),
        ("伊宁市汉人街餐厅（个体工商户）", "伊宁市汉人街餐厅"),
        ("伊利实业集团股份有限公司（内蒙古）", "内蒙古伊利实业集团股份有限公司"),
        ("木垒县鹰嘴豆专业合作社", "木垒哈萨克自治县鹰嘴豆农民专业合作社"),
        ("赤峰市-元宝山区-平煤机械厂。", "赤峰市元宝山区“平煤”机械厂"),
        ("固原地区海原县绿源合作社", "中卫市海原县绿源合作社"),
        ("中国农业银行股份有限公司阿勒泰分行", "中国农业银行股份有限公司阿勒泰地区分行"),
        ("中国工商银行股份有限公司喀什地区分行", "中国工商银行喀什地区分行"),
        ("乌鲁木齐市公安局天山区分局", "乌鲁木齐市公安局天山分局"),
        ("乌审旗沙湾供销合作社沙湾商场", "鄂尔多斯市乌审旗沙湾供销社沙湾商场"),
        ("上海浦东发展银行股份有限公司云泽支行", "浦发银行云泽支行"),
        ("中国石油天然气股份有限公司新疆喀什销售分公司", "中国石油新疆喀什销售分公司"),
        ("包头市昆都仑区老王烧麦馆", "包头市昆区老王烧麦馆"),
        ("新疆生产建设兵团第八师一四三团场", "新疆兵团八师143团"),
        ("仙桃市彭场镇鑫源无纺布制品厂", "仙桃市彭场鑫源无纺布制品厂"),
        ("西宁市城东区清真马忠酿皮店", "西宁城东区马忠酿皮店"),
        ("楚雄州彝源古镇大酒店有限公司", "楚雄彝源古镇大酒店"),
        ("武汉云泽药业集团股份有限公司", "云泽药业集团"),
        ("恩施市绿源牧业养殖有限公司", "恩施市绿源牧业养植有限公司"),
        ("武汉力源信息技术股份有限公司", "武汉カ源信息技术股份有限公司"),
        ("中国银行股份有限公司包头市青山支行", "中行包头青山支行"),
        ("中国农业银行股份有限公司赤峰元宝山新区支行", "农业银行赤峰市元宝山新区支行"),
        ("中国人寿保险股份有限公司乐山市市中区支公司", "中国人寿乐山市中区支公司"),
        ("中国邮政集团公司内蒙古自治区乌审旗分公司", "中国邮政集团公司乌审旗分公司"),
        ("重庆市巴南鑫达粮油有限公司", "四川省重庆市巴南鑫达粮油有限公司"),
        ("包头市鑫达机械有限公司", "包头市鑫达机械有限公可"),
        ("包头市鑫达机械有限责任公司", "包头市鑫达机械有限责任"),
        ("银川市恒大建安工程有限公司", "银川恒大建筑安装工程有限公司"),
        ("包头鑫达建设集团有限公司", "鑫达建设集团"),
        ("包头市鑫达商贸有限公司第一百货店", "包头市鑫达商贸有限公司第1百货店"),
    ],
)
def test_one_body_as_departments_write_it(first: str, second: str) -> None:
    assert compare_names(first, second).verdict == "same"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("通辽市梅花生物科技有限公司", "通辽梅花生物科技（新疆）有限公司"),
        ("乌鲁木齐市博格达物业有限公司", "乌鲁木齐县博格达物业有限公司"),
        ("伊宁市民政局", "伊宁县民政局"),
        ("伊宁市巴彦岱镇热合曼·托合提汽修厂", "伊宁县巴彦岱镇热合曼·托合提汽修厂"),
        ("中国农业银行股份有限公司伊宁市支行", "中国农业银行股份有限公司伊宁县支行"),
        ("内蒙古亿利有限公司", "内蒙古亿利控股有限公司"),
        ("兵团第七师", "兵团第七师一三〇团"),
        ("科尔沁左翼中旗兴牧合作社", "科尔沁左翼后旗兴牧合作社"),
        ("鄂尔多斯市东胜区绿源商店", "乌海市东胜区绿源商店"),
        ("第一师阿拉尔市第二中学", "第三师阿拉尔市第二中学"),
        ("恩施市绿源饰品有限公司", "恩施市绿源食品有限公司"),
        ("重庆云泽粮油进出口股份有限公司", "重庆云泽粮油进出口公司"),
        ("鄂州市华容区段店镇兴隆村股份经济合作社", "鄂州市华容区段店镇兴旺村股份经济合作社"),
        ("仙桃市彭场镇鑫源制品厂", "仙桃市胡场镇鑫源制品厂"),
        ("中国银行股份有限公司桂林象山支行", "中国银行股份有限公司象山县支行"),
        ("中国银行股份有限公司天津和平支行", "中国银行股份有限公司沈阳和平支行"),
        ("遵义市金属回收有限公司", "遵义县金属回收有限公司"),
        ("包头市鑫达商贸第一百货店", "包头市鑫达商贸百货店"),
        ("内蒙古鑫达集团有限公司", "内蒙古鑫达股份有限公司"),
    ],
)
def test_bodies_that_only_look_alike(first: str, second: str) -> None:
    assert compare_names(first, second).verdict != "same"


def test_a_spoilt_code_confirms_but_does_not_contradict() -> None:
    misspelt = ("包头市鑫达商贸有限公司", "包头市鑫大商贸有限公司")
    assert compare_names(*misspelt, ONE, ONE.replace("0", "O")).verdict == "same"
    assert compare_names(*misspelt, ONE, OTHER.replace("0", "O")).verdict == "different"
    assert compare_names(*SAME[0], ONE, OTHER.replace("0", "O")).verdict == "same"


def test_one_wrong_character_is_no_other_kind_under_one_code() -> None:
    assert compare_names("精河县枸杞繁育中心", "精河县构杞繁育中心", ONE, ONE).verdict == "same"
    assert compare_names("乌鲁木齐爱尔眼科医院", "乌鲁木齐爱尔眼科医院有限公司", ONE, ONE).verdict == "same"
