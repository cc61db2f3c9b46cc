"""Invented names and sentences of the room's demonstration."""

from __future__ import annotations

# name, kind, focus, rhythm, first month, last month
CAMPAIGNS = (
    ("“护航”消费品质量专项行动", "crackdown", "儿童用品、家用电器、电动自行车", "month", 1, 12),
    ("“红盾网剑”网络市场专项行动", "online", "直播带货、平台内经营者资质、虚假宣传", "month", 5, 11),
    ("“绿剑护农”农资打假专项行动", "agriculture", "化肥、农药、种子", "quarter", 1, 9),
    ("旅游服务质量提升行动", "service", "旅行社、景区、餐饮住宿明码标价", "quarter", 4, 12),
)
CAMPAIGN_SUMMARY = "行动期内集中整治重点产品，公布典型案例五批；经验做法已写入下一年度方案。"
# name, kind, theme, region
INSPECTIONS = (
    ("质量强区年度任务综合督查", "general", "年度任务推进、经费保障、台账真实性", "990300"),
    ("化肥产品质量专项督查", "special", "生产企业质量管理、批批检验、标识标注", "990100"),
    ("校园食品安全专项督查", "school", "食堂管理、食材采购、饮用水设施", "990300"),
    ("重点水利工程质量巡查", "water", "原材料进场检验、隐蔽工程验收、参建各方履责", "990200"),
)
INSPECTION_SUMMARY = "总体推进有力，台账基本真实；个别地方存在检验记录不全、整改跟踪不及时的问题，已列清单交办。"
# problem, severity, basis, demand
FINDINGS = (
    ("部分批次出厂检验记录缺失", "grave", "产品质量法第十二条", "补做检验，建立批次台账，六个月内批批留样"),
    ("监督抽查后处理未按期闭环", "ordinary", "产品质量监督抽查管理办法", "逐批核查后处理，补齐复查报告"),
    ("企业自我声明标准与实际执行不一致", "ordinary", "标准化法第二十七条", "督促企业更正声明并核对标签"),
    ("质量专项经费未单列", "suggestion", "年度行动计划", "下一年度预算中单列"),
    ("重点产品风险清单未更新", "ordinary", "质量安全风险源巡查制度", "一个月内更新清单并重新分级"),
    ("投诉回访记录不完整", "suggestion", "投诉举报处理规定", "补齐回访，按月抽查"),
    ("计量器具超期未检仍在使用", "grave", "计量法第九条", "立即停用，检定合格后恢复"),
)
MEASURES = (
    "已补齐全部记录并逐批核对，责任人约谈，制度已修订。",
    "后处理全部闭环，复查报告附后。",
    "企业已更正声明，标签重新备案。",
    "清单已更新，新增风险源三处。",
)
# name, kind, people, risk
PLACES = (
    ("第一中学食堂", "school", 1860, "b"),
    ("实验小学食堂", "school", 1240, "a"),
    ("职业技术学校食堂", "school", 3100, "c"),
    ("中心幼儿园食堂", "nursery", 320, "a"),
    ("城东水厂", "water_plant", 86000, "b"),
    ("锦澜小区二次供水站", "secondary_water", 2400, "c"),
    ("河谷蔬菜基地", "farm", 0, "b"),
    ("城南农产品批发市场", "wholesale", 0, "c"),
    ("国家粮食储备库", "granary", 0, "a"),
)
# product, models, defect, hazard, remedy
RECALLS = (
    ("折叠式儿童推车", "TC-1、TC-2", "折叠锁止装置可能意外松脱", "推车突然折叠，可能夹伤儿童", "免费更换锁止装置"),
    ("电热水壶", "KT-18", "温控器失效后可能干烧", "壶体过热，存在起火风险", "免费退货"),
    ("儿童安全座椅", "AZ-3", "卡扣强度不足", "碰撞时可能脱开", "免费更换卡扣总成"),
    ("电暖器", "DN-20", "倾倒断电装置不动作", "倾倒后可能引燃地面可燃物", "免费维修"),
    ("电动自行车充电器", "CD-48", "输出端绝缘不足", "可能触电", "待提交召回计划"),
)
# product, event, what happened
ACCIDENTS = (
    ("折叠餐椅", "injury", "使用中椅腿断裂，一人骨折。"),
    ("电热毯", "loss", "使用中起火，烧毁家具，无人伤亡。"),
    ("儿童滑板车", "may_harm", "车把立管焊缝开裂，暂无人受伤。"),
)
# product, injury, loss, income ratio, cause in per cent
RELIEFS = (
    ("高压锅", "面部烫伤", 18600, "0.8", "70"),
    ("电动自行车", "手部骨折", 9200, "1.3", "45"),
    ("劣质取暖煤炉", "一氧化碳中毒", 23400, "0.9", "60"),
    ("儿童游乐设施", "腿部挫伤", 4100, "1.6", "50"),
)
# product, rules, wish, days from purchase to today, days from fault to today
GUARANTEES = (
    ("洗衣机 XQB-80", "goods", "exchange", 200, 5),
    ("智能手机 M9", "goods", "repair", 60, 2),
    ("家用汽车 SUV-5", "car", "refund", 40, 3),
)
# product, brand, class, cause, nature, severity
INJURIES = (
    ("电动自行车", "", "vehicle", "traffic", "fracture", "moderate"),
    ("折叠儿童推车", "TC-1", "child", "fall", "bruise", "mild"),
    ("玻璃水杯", "", "household", "cut", "open_wound", "mild"),
    ("电热水壶", "KT-18", "appliance", "burn", "burn", "moderate"),
    ("健身器材", "", "facility", "blunt", "sprain", "mild"),
    ("角磨机", "", "tool", "cut", "open_wound", "severe"),
)
# line, insured, eligible, premium, claims, paid
INSURANCE = (
    ("product", 386, 1240, 2_840_000, 31, 1_126_000),
    ("lift", 21_450, 26_300, 2_060_000, 18, 345_000),
    ("food", 1_920, 4_350, 1_310_000, 44, 268_000),
    ("environment", 212, 298, 3_450_000, 3, 820_000),
    ("ropeway", 14, 15, 186_000, 0, 0),
    ("agency", 640, 980, 512_000, 12, 97_000),
)
# cause, kind, amount
SUITS = (
    ("销售不符合食品安全标准的肉制品", "public_interest", 86_000),
    ("假冒注册商标化肥致减产", "punitive", 240_000),
    ("劣质电器起火产品责任纠纷", "liability", 152_000),
)
CRIME_FACTS = "查获无证加工点一处，成品、半成品 2.3 吨，检验不合格，货值约 21 万元。"
# headline, violation, penalty
EXPOSURES = (
    ("销售以次充好复混肥料案", "销售的复混肥料总养分低于标识值。", "没收违法所得，罚款 6.8 万元"),
    ("生产不合格电线电缆案", "导体电阻不符合国家标准。", "责令停止生产，罚款 12 万元"),
    ("肉制品添加剂超限量案", "亚硝酸盐残留量超标。", "没收产品，罚款 5 万元"),
)
# body, kind, scope
CONTACTS = (
    ("自治区公安厅食药环侦总队", "police", "行刑衔接、案件会商"),
    ("望澜海关缉私分局", "customs", "进出口假冒商品协查"),
    ("邻省市场监督管理局执法稽查局", "region", "跨省案件协查、样品互认"),
    ("青穗电商平台政府事务部", "platform", "网店信息调取、下架"),
)
# name, field, grade, danger
RISKS = (
    ("复混肥料造粒线", "product", "orange", "养分波动，批次间差异大"),
    ("巴氏奶冷链", "food", "red", "夏季断链风险"),
    ("望河大桥标段预应力张拉", "engineering", "red", "张拉控制不当"),
    ("城西热源厂锅炉", "equipment", "yellow", "供暖季连续运行"),
    ("新渠干渠混凝土衬砌", "water_works", "yellow", "冻融剥落"),
)
# name, kind, what it watches, rhythm
NODES = (
    ("望澜市人民医院急诊科", "hospital", "产品相关伤害首诊病例", "day"),
    ("朔安市中心医院急诊科", "hospital", "产品相关伤害首诊病例", "day"),
    ("青垣市儿童医院", "hospital", "儿童用品伤害", "week"),
    ("望澜口岸海关", "port", "进口食品、疫病疫情", "event"),
    ("自治区产品质量检验研究院", "laboratory", "不合格项目集中出现", "month"),
)
# model, product, indicator, declared, better
LABELS = (
    ("KFR-35GW/LC1", "房间空气调节器", "全年能源消耗效率 APF", "5.10", "higher"),
    ("BCD-216LC", "家用电冰箱", "综合耗电量（kWh/24h）", "0.62", "lower"),
    ("XQG100-LC", "电动洗衣机", "单位功效耗电量", "0.11", "lower"),
    ("DSZF-60LC", "储水式电热水器", "24 h 固有能耗系数", "0.60", "lower"),
    ("LED-8LC", "LED 灯", "光效（lm/W）", "95.0", "higher"),
)
# post, family of the unit, role
MEMBERS = (
    ("自治区人民政府副主席", "", "head"),
    ("自治区市场监督管理局局长", "market-regulation", "office"),
    ("自治区工业和信息化厅副厅长", "industry-information", "member"),
    ("自治区农业农村厅副厅长", "agriculture-rural", "member"),
    ("自治区住房和城乡建设厅副厅长", "housing-construction", "member"),
    ("自治区商务厅副厅长", "commerce", "member"),
    ("自治区财政厅副厅长", "finance", "member"),
    ("自治区统计局副局长", "statistics", "member"),
)
# name, kind, agenda, decisions (text, family of the unit, days)
MEETINGS = (
    (
        "领导小组年度全体会议",
        "group",
        "审议年度行动计划和考核方案",
        (
            ("印发年度行动计划并分解任务", "market-regulation", 20),
            ("落实质量工作经费", "finance", 60),
            ("建立产品伤害监测点", "health", 120),
        ),
    ),
    (
        "质量工作联席会议第二次会议",
        "joint",
        "通报上半年进展，研究农资质量问题",
        (
            ("制定农资打假联合执法方案", "agriculture-rural", 30),
            ("完善行刑衔接案件移送流程", "public-security", 60),
        ),
    ),
    ("联络员会议", "liaison", "核对数据口径、布置年底考核", (("报送年度自评材料", "market-regulation", 45),)),
)
# name, family of the lead, document, progress
MECHANISMS = (
    ("质量共治社会参与机制", "market-regulation", "质量强区实施意见", "十七家协会、四所院校签约参与，季度会商。"),
    ("商圈诚信自律机制", "commerce", "放心消费创建方案", "二十六个商圈签订自律公约。"),
    ("质量法治监督机制", "justice", "法治政府建设要点", "每年评议一次重点执法领域。"),
    ("兵地质量融合发展机制", "development-reform", "区域协同框架协议", "检测互认、抽查结果共享。"),
)
# name, kind, work
BODIES = (
    ("澜川自治区质量协会", "association", "QC 小组、质量培训、用户满意度"),
    ("澜川自治区消费者协会", "consumer", "比较试验、消费警示、公益诉讼"),
    ("澜川质量认证咨询中心", "intermediary", "管理体系咨询、帮扶中小企业"),
    ("望澜理工学院质量研究所", "academia", "质量统计研究、人才培养"),
)
# name, kind, partners, matters
COOPERATION = (
    ("北部城市群质量协同", "region", "望澜市、云泽市、丰泽市", "抽查结果互认、标准共建"),
    ("对口支援质量技术服务", "support", "望澜市、雪原地区", "技术人员互派、设备共享"),
    ("跨省市场监管执法协作", "enforcement", "澜川自治区与相邻三省", "案件协查、联合督办"),
)
# years back, budget, of the year before, spent
BUDGETS = ((1, 4_800_000, 4_200_000, 4_655_000), (0, 5_300_000, 4_800_000, 3_120_000))
# bearer, kind, content, outcome
RESPONSIBILITY = (
    ("朔安市人民政府", "department", "年度质量目标责任书", "met"),
    ("云泽市人民政府", "department", "年度质量目标责任书", "talked"),
    ("望澜南区热源厂项目", "engineering", "五方主体质量终身责任", ""),
    ("石渡地区行政公署", "ecology", "生态环境保护目标责任", "criticised"),
)
# key, name, list, category, basis
POWERS = (
    ("XK-001", "一般工业产品生产许可", "power", "licence", "工业产品生产许可证管理条例"),
    ("CF-012", "对销售不合格产品的处罚", "power", "penalty", "产品质量法第四十九条"),
    ("QZ-003", "查封、扣押涉嫌违法产品", "power", "coercion", "产品质量法第十八条"),
    ("JC-007", "产品质量监督抽查", "power", "inspection", "产品质量法第十五条"),
    ("ZR-001", "公布监督抽查结果", "duty", "other", "产品质量法第二十四条"),
    ("ZR-002", "处理质量投诉举报", "duty", "other", "市场监督管理投诉举报处理规定"),
    ("FM-001", "禁止新建落后工艺水泥产能", "negative", "prohibited", "产业结构调整指导目录"),
    ("FM-002", "未获许可不得从事食品生产", "negative", "restricted", "食品安全法第三十五条"),
)
NEW_BASIS = "产品质量法第四十九条；自治区产品质量监督条例第二十六条"
# name, kind, family of the drafter
DELIVERABLES = (
    ("澜川自治区质量促进办法", "measure", "market-regulation"),
    ("电梯安全管理办法", "rule", "market-regulation"),
    ("地理标志产品保护与发展规划", "plan", "intellectual-property"),
    ("服务业标准化三年行动方案", "plan", "commerce"),
    ("农产品追溯管理办法", "measure", "agriculture-rural"),
)
# name, kind, publisher
PUBLICATIONS = (
    ("一季度产品质量状况分析报告", "product", "自治区市场监督管理局"),
    ("上半年旅游服务质量评价报告", "tourism", "自治区文化和旅游厅"),
    ("三季度工程质量状况分析报告", "engineering", "自治区住房和城乡建设厅"),
    ("医疗质量管理安全报告", "medical", "自治区卫生健康委员会"),
    ("银行业服务质量与社会责任报告", "bank", "金融监管局澜川监管局"),
)
REPORT_SUMMARY = "总体水平稳中有升；问题集中在小规模生产企业和新业态，已提出改进建议。"
