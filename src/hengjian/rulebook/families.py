"""The families of rules that exist."""

from __future__ import annotations

from hengjian.rulebook.base import Family
from hengjian.rulebook.parameters.acceptance_sampling import AcceptanceSampling
from hengjian.rulebook.parameters.adoption import AdoptionRate
from hengjian.rulebook.parameters.air import AirLimits, AirQuality
from hengjian.rulebook.parameters.assessment_schemes import AssessmentSchemes
from hengjian.rulebook.parameters.calendar import CalendarYear
from hengjian.rulebook.parameters.codes import Codes
from hengjian.rulebook.parameters.complaints import Categories, Channel, Intake, Jurisdiction, ReportReward
from hengjian.rulebook.parameters.credit_grading import CreditFeatures, CreditGrading
from hengjian.rulebook.parameters.credit_measures import CreditMeasures
from hengjian.rulebook.parameters.credit_records import CreditCatalogue, CreditRepair
from hengjian.rulebook.parameters.credit_sharing import CreditSharing
from hengjian.rulebook.parameters.escalation import Escalation
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.guarantees import Guarantees
from hengjian.rulebook.parameters.incidents import IncidentLevels
from hengjian.rulebook.parameters.metrology import MeteringFit, VerificationCycle
from hengjian.rulebook.parameters.premium_split import PremiumSplit
from hengjian.rulebook.parameters.quality_indices import (
    Competitiveness,
    GradeCoefficients,
    IndexBands,
    WeightedPassRate,
)
from hengjian.rulebook.parameters.random_checks import RandomChecks
from hengjian.rulebook.parameters.relief import Relief
from hengjian.rulebook.parameters.report_calendar import ReportCalendar
from hengjian.rulebook.parameters.reporting import Reporting
from hengjian.rulebook.parameters.rescue_ladder import RescueLadder
from hengjian.rulebook.parameters.score_sheets import ScoreSheets
from hengjian.rulebook.parameters.source_precedence import SourcePrecedence
from hengjian.rulebook.parameters.survey_evaluation import SurveyEvaluation
from hengjian.rulebook.parameters.terms import Terms
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.rulebook.parameters.traffic_lights import TrafficLights

FAMILIES: dict[str, Family] = {
    family.key: family
    for family in (
        Family("traffic_lights", "亮灯规则", "按状态、时限和序时进度判定红黄绿灯", TrafficLights),
        Family("escalation", "催办阶梯", "到期前提醒和逾期后逐级督促", Escalation),
        Family("reporting", "报送周期", "进展多久报一次、何时报", Reporting),
        Family("report_calendar", "报告日历", "哪些分析报告由谁在何时完成", ReportCalendar),
        Family("calendar", "工作日历", "各年度放假和调休上班", CalendarYear),
        Family("grades", "考核等级", "得分、名次与等级的对应", Grades),
        Family("random_checks", "双随机抽取", "各类对象抽取比例、检查人数和公示期限", RandomChecks),
        Family("score_sheets", "评分表", "分值、计分方法、否决与降级", ScoreSheets),
        Family("assessment_schemes", "考核方案", "考核年度、对象、评分表、环节和整改", AssessmentSchemes),
        Family("terms", "法定期限", "办件的法定期限、中止和延长", Terms),
        Family("verification_cycles", "检定周期", "强制检定计量器具的检定方式、周期和使用期限", VerificationCycle),
        Family("metering_fit", "能源计量配备率", "重点用能单位的划分和各级配备率要求", MeteringFit),
        Family("adoption_rate", "国际标准一致性程度", "哪些采标程度计为一致、计入总数", AdoptionRate),
        Family("codes", "代码表", "法规和表式规定的可选值", Codes),
        Family("premium_split", "保费分担", "责任保险的保费由谁按多少比例承担，保多少", PremiumSplit),
        Family("rescue_ladder", "救援分级", "电梯困人先派谁，无人应答再派谁", RescueLadder),
        Family("channels", "诉求渠道", "各条热线和其他渠道，以及何时并入哪里", Channel),
        Family("complaint_categories", "诉求类别与分派", "每类诉求由哪个职能的单位办理", Categories),
        Family("complaint_intake", "诉求拆分与重复", "一件诉求如何拆分为投诉、举报、咨询、建议，何为重复", Intake),
        Family("complaint_jurisdiction", "投诉举报管辖", "由哪个县的单位处理", Jurisdiction),
        Family("report_rewards", "举报奖励", "奖励等级、比例、上下限和不予奖励的情形", ReportReward),
        Family("incident_levels", "突发事件分级", "突发事件的级别、报告时限和指挥层级", IncidentLevels),
        Family("guarantees", "三包责任", "购买后多少天可以退货、换货、修理", Guarantees),
        Family("relief", "产品伤害救助", "谁可以申请、救助比例和上限", Relief),
        Family("survey_evaluation", "满意度调查评价", "哪些答卷计入、信度效度限值、小组人数下限", SurveyEvaluation),
        Family("source_precedence", "数源次序", "各部门对同一主体说法不一时以谁为准", SourcePrecedence),
        Family("air_quality", "空气质量指数", "各污染物浓度与指数的对应、缺测和修约规定", AirQuality),
        Family("air_limits", "空气质量限值", "二级浓度限值和均值的有效性要求", AirLimits),
        Family("competitiveness", "质量竞争力指数", "权重和标准化上下限", Competitiveness),
        Family("index_bands", "指数分段", "得分对应的用语，各家说法不一", IndexBands),
        Family("grade_coefficients", "等级品率系数", "各等级产值的折算系数", GradeCoefficients),
        Family("weighted_pass_rate", "产值加权合格率", "无样本行业的处理和区间", WeightedPassRate),
        Family("credit_features", "信用指标取数", "从哪些事实取得评价企业质量信用的数值", CreditFeatures),
        Family("credit_measures", "联合激励惩戒措施", "列入名单后由哪些部门依据什么采取什么措施", CreditMeasures),
        Family("credit_grading", "信用等级与分类", "质量信用等级和分类监管的指标、分值、等级和措施", CreditGrading),
        Family("trace_evaluation", "追溯运行评价", "及时的时限、评价指标和权重", TraceEvaluation),
        Family("trace_limits", "追溯异常限值", "移动速度、收货期限、数量差异和加工得率的限值", TraceLimits),
        Family("credit_catalogue", "公共信用信息目录", "哪些信息可以作为信用信息归集，公开到哪一级", CreditCatalogue),
        Family("credit_repair", "信用修复与公示期", "失信程度、最短最长公示期、修复条件和到期处理", CreditRepair),
        Family("credit_sharing", "信用信息共享", "修复、到期后共享单位停止使用的回执期限", CreditSharing),
        Family("acceptance_sampling", "抽样检验方案", "字码、样本量、接收数和转移规则", AcceptanceSampling),
    )
}
