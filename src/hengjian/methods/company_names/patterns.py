"""How parts of names show themselves: townships, villages, branches, ordinals."""

from __future__ import annotations

import re

LOCAL = re.compile(
    r"(?:[第农]?[一二三四五六七八九十百零〇\d]{1,4}师)?"
    r"(?:(?:第?[一二三四五六七八九十百零〇\d]{1,4})(?:团场|团|连|牧场|农场)"
    r"|[\u4e00-\u9fff·]{1,7}?(?:镇|乡(?![镇村])|苏木|嘎查|街道办事处|街道|街办|团场|农场|牧场|林场)"
    r"|[\u4e00-\u9fff]{0,6}?(?:经济技术开发区|经济特区|高新技术产业开发区|工业园区|工业园|产业园区|产业园|综合保税区|保税区|自由贸易试验区|自贸试验区|自贸区|试验区|合作区|工业集中区|片区|高新区|经开区|开发区|示范区|园区|新区))"
    r"|[\u4e00-\u9fff]{0,4}?(?:种[牛羊马蜂畜猪鹿]场|园艺场|良种场|原种场|军马场|种畜场)(?=[\u4e00-\u9fff]{3})"
    r"|(?<=师)[\u4e00-\u9fff]{2}[一二三四五六七八九十][场牧](?=[\u4e00-\u9fff]{2})"
    r"|[第农][一二三四五六七八九十]{1,2}师"
)
CORPS = re.compile(r"[第农][一二三四五六七八九十]{1,2}师")
# A division that the table does not have (a new one, an invented one): it shows itself by what it ends in.
UNKNOWN = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:自治区|自治州|自治县|自治旗|省|市|盟|地区|州|县|旗)")
UNKNOWN_NEXT = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:自治州|自治县|自治旗|市|盟|地区|县|旗|区)")
LOCAL_SIGNS = frozenset("师镇乡木查街团连场区园村路道岸巷胡")
VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:行政村|村|嘎查|社区|[一二三四五六七八九十\d]{1,3}组|村民小组|居民组)")
STREET = re.compile(r"[\u4e00-\u9fff]{2,6}?街(?!道)(?=[\u4e00-\u9fff]{4})")
# A road before the name of a shop (天津北路坤玥火锅店), but 丝路, 铁路, 一路 are words of names and trades.
PEOPLES_TOWNSHIP = re.compile(r"[\u4e00-\u9fff]{3,12}?族乡")
ROAD = re.compile(
    r"[\u4e00-\u9fff]{2,6}?(?:大道|广场|市场|小区|步行街|巷子|胡同|(?<![丝公铁道线电网马思套一出之水])路)(?=[\u4e00-\u9fff]{2})"
)
# A district no table has, behind its city: 乌海市滨河区.
DISTRICT = re.compile(r"[\u4e00-\u9fff][^\W社小园景校厂库灌矿山牧林特街商城片]区(?!块)(?=[\u4e00-\u9fff]{2})")
PORT = re.compile(r"[\u4e00-\u9fff]{2,6}?口岸(?=[\u4e00-\u9fff]{4})")
BRACKETED = re.compile(r"（([^（）]{2,20})）")
# A branch stands behind the form of its parent, or shows itself by its own form.
PARENT = re.compile(
    r"^(.{3,}?(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|公司|合作社联合社|合作社|供销联社|信用联社|供销社|信用社|大学|(?<!人民)(?<!中心)医院|合作联社(?!股份)|铁路局)|.{2,}?银行(?!股份|有限|[\u4e00-\u9fff（）]*公司)(?=.*(?:[分支]行|营业部|营业所|分理处)$)|..{1,4}?大学(?=附属)|.{2,}?学院(?=(?:第[一二三四])?附属))"
    r"(?!（(?:有限合伙|普通合伙)）)(.{2,})$"
)
PARENT_SIGNS = re.compile("[作销用]社|银行|联社|大学|附属|医院|铁路局")
BRANCH_END = re.compile(
    r"(?:第?[一二三四五六七八九十\d]+)?(?:分公司|分厂|分店|分行|支行|营业部|营业厅|分院|分校|分所|办事处|分社|加油站|项目部|经营部|门市部|销售部|店|部|站|厂|中心|校区|院区|供电公司|供电局|信用社|分理处|储蓄所|[机工车供电务辆列]{2}段|分局|连锁店|超市|矿|煤矿|电厂|事业部|车间|队|分部|(?:附属|临床)?(?:总)?医院|附属[\u4e00-\u9fff]{0,4}(?:中学|小学|幼儿园|学校))$"
)
# What a firm or a co-operative runs under its name: 供销社 + 兴龙门市, 总公司 + 城北收购站, 农资公司 + 化肥仓库.
RUN_BY = re.compile(
    r"[店部处站点所室组亭库段队厂场社楼栈矿园城馆行]$|支局|支公司|门市|市场|商场|大厦|药房|酒家|餐厅|宾馆|医院"
)
# What a register puts behind a name: its form, another name of the body, whose shop it is.
ADDED = re.compile(
    r"（((?:有限|有限责任|股份有限|总)公司)）$|（(?:第?[一二三]名称|从属名称|原名?称?|又名|曾用名|分支)?[^（）]{0,30}?(?:厂|公司|店|名称|支|库|场)）$"
)
STATE_RUN = re.compile("(?:地方)?国营")
# Behind these a works is none: 厂房, 厂家, 厂商.
NO_WORKS = frozenset("房家商长区矿址内")
# Co-operatives that are named after the place they serve, whatever the word means elsewhere: 奇石供销合作社.
NAMED_BY_PLACE = frozenset(
    ["供销合作社", "供销社", "信用社", "信用合作社", "农村信用社", "农村信用合作社", "中心供销社", "中心供销合作社"]
)
RUNS = ("公司", "合作社", "联合社", "联社", "供销社", "信用社")
BRANCH_BARE = re.compile(r"(?:第?[一二三四五六七八九十\d]+)?(?:分公司|分厂|分店|分行|支行|分院|分校|分所|分社)$")
ORDINAL = re.compile(r"第?[一二三四五六七八九十百〇零\d]+")
ORDINAL_INSIDE = re.compile(r"第[一二三四五六七八九十百〇零\d]+")
# 一中, 二小, 三幼 behind a place.
SHORT_SCHOOL = re.compile(r"(第?[一二三四五六七八九十百零〇\d]{1,4})([中小幼])")
# A body behind the form of another one that is none of its branches: 集团公司第一建设有限公司, 有限公司工会.
ANOTHER_BODY = re.compile(r"(?:公司|合作社|协会|学会|商会|工会|工会委员会|委员会|基金会|（[^）]*合伙）)$")
# Forms of public bodies that have a name of their own, not only a task.
NAMED = ("基金会", "中心", "公证处", "博物院", "画院", "寺", "庙", "召", "教堂", "道观", "社", "馆", "俱乐部")
FARM = re.compile(r"[\u4e00-\u9fff]{2,4}?(?:农牧场|农场|牧场|林场)$")
# Forms of one character that stand behind a craft: 火锅店, 维修部, 修理厂.
PLACES_OF_WORK = frozenset("店部厂厅")
PEOPLES = frozenset("蒙藏维哈回苗壮彝傣侗瑶朝满")
# Sides of a region that stand behind its name: 国网内蒙古东部电力.
SIDES = frozenset({"东部", "西部", "南部", "北部", "中部"})
FARM_INNS = frozenset({"农家乐", "牧家乐", "民宿"})
VILLAGE_BODY = frozenset({"村民委员会", "居民委员会", "村委会", "居委会"})
# 中国（新疆）自由贸易试验区喀什片区 stands before a name as one place.
FREE_TRADE_ZONE = re.compile(r"^中国（([\u4e00-\u9fff]{2,4})）自由贸易试验区(?:[\u4e00-\u9fff]{1,6}?片区)?")
# Forms that say nothing of what is made or sold: a word before them does, behind the name.
NEEDS_TRADE = re.compile(
    r"(?:农民|农牧民|牧民)?专业合作社|店|厂|加工厂|行|铺|坊|经[营销]部|门市部|批发部|销售部|加工部"
)
