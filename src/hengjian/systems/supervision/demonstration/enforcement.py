"""Joint cases, hand-overs of crimes, exposures, phase-outs, incidents, risk sources."""

from __future__ import annotations

from hengjian.cases.models import Case
from hengjian.registers.actions import DoneRecurrence
from hengjian.systems.supervision.demonstration import texts
from hengjian.systems.supervision.demonstration.base import REGION, SYSTEM, Part


class Enforcement(Part):
    """Joint cases, hand-overs of crimes, exposures, phase-outs, incidents, risk sources."""

    def build(self) -> None:
        """All of it."""
        self.enforcement()
        self.incidents()

    def enforcement(self) -> None:
        owner = self.unit(REGION, "market-regulation")
        firms = self.firms(4, "化肥", "肉制品", "电线电缆")
        joint = self.open(
            "joint_enforcement",
            owner,
            90,
            {
                "matter": "跨地区制售假冒化肥",
                "target": firms[0].code,
                "target_name": firms[0].name,
                "reach": "cities",
                "clues": "三地同时发现同一批号假冒复混肥料，请协查来源和流向。",
                "goods_value": "386000.00",
            },
        )
        self.step(joint, "answer", 84, note="朔安市答复：查获 12 吨，来源指向同一加工点。")
        self.step(joint, "join", 80)
        self.step(joint, "hand", 62, note="货值三十八万余元，主要负责人涉嫌生产、销售伪劣农药、化肥罪。")
        handover = Case.objects.filter(type="crime_handover", origin=joint.ref).first()
        if handover is not None:
            self.step(handover, "approve", 61, note="同意移送。")
            self.step(handover, "send", 60, police="望澜市公安局经侦支队")
            self.step(handover, "receipt", 60, hour=16, receipt_number=f"望公经收〔{self.today.year}〕15号")
            self.step(handover, "open", 57, criminal_case=f"望公经立字〔{self.today.year}〕23号")
        pending = {"suspect": "无名加工点", "crime": "生产、销售不符合安全标准的食品罪"}
        pending["facts_found"] = texts.CRIME_FACTS
        handover = self.open(
            "crime_handover", owner, 4, {**pending, "material": "移送书、调查报告、检验报告、涉案物品清单"}
        )
        self.step(handover, "approve", 3, note="同意移送。")
        self.open(
            "joint_enforcement",
            owner,
            5,
            {
                "matter": "网络销售不合格电线电缆",
                "target": firms[2].code,
                "target_name": firms[2].name,
                "reach": "departments",
                "clues": "平台抽检三批次不合格，请协助查询网店实际经营地址。",
            },
        )
        for place, (headline, violation, penalty) in enumerate(texts.EXPOSURES):
            firm = firms[place]
            start = (50, 9, 3)[place]
            case = self.open(
                "exposure",
                owner,
                start,
                {
                    "headline": headline,
                    "party": firm.code,
                    "party_name": firm.name,
                    "decision_number": f"澜市监罚〔{self.today.year}〕{40 + place}号",
                    "decided_on": self.ago(start + 3).isoformat(),
                    "violation": violation,
                    "penalty": penalty,
                },
            )
            if place < 2:
                self.step(case, "tell", start - 1)
                self.step(case, "submit", start - 8)
            if place == 0:
                self.step(case, "show", start - 10)
        for body, kind, scope in texts.CONTACTS:
            self.enter("enforcement_contact", owner, {"body": body, "kind": kind, "scope": scope}, days=200)
        for place, firm in enumerate(self.firms(6, "水泥建材", "钢材", "化工")):
            due = (150, 60, -20, 30, -90, 5)[place]
            entry = self.enter(
                "exit_item",
                self.unit(REGION, "industry-information"),
                {
                    "holder": firm.code,
                    "holder_name": firm.name,
                    "criterion": ("outdated", "energy", "environment", "quality", "safety", "outdated")[place],
                    "basis": "自治区淘汰落后产能年度任务",
                    "capacity": ("2.5 米水泥粉磨机一台", "30 吨电炉一座", "土窑三座")[place % 3],
                    "listed_on": self.ago(300).isoformat(),
                    "due_on": self.ago(due).isoformat(),
                },
                days=298,
            )
            if place < 2:
                self.change(entry, {"done_on": self.ago(due + 6).isoformat()}, "设备已拆除", days=due + 5)
                self.status(entry, "done", "现场核查通过", days=due + 4)

    def incidents(self) -> None:
        owner = self.unit("990300", "market-regulation")
        case = self.open(
            "quality_incident",
            owner,
            75,
            {
                "name": "北川县某中学食堂聚集性腹泻事件",
                "field": "food",
                "happened_at": self.at(75, 7).isoformat(),
                "learned_at": self.at(75, 8).isoformat(),
                "place": "北川县",
                "harmed": 23,
                "counties": 1,
                "school": True,
                "told": "早餐后二十三名学生出现腹泻，无重症。",
            },
        )
        self.step(case, "report", 75, note="首报：已送医，食堂停业封存。", hour=11)
        self.step(case, "follow", 74, note="续报：新增三人，均轻症。", harmed=26)
        self.step(case, "end", 71, note="全部康复返校，连续三日无新增。")
        self.step(case, "conclude", 50, cause="凉拌菜加工生熟未分开。", lessons="专间管理、晨检和留样纳入每月检查。")
        case = self.open(
            "quality_incident",
            self.unit("990100", "market-regulation"),
            2,
            {
                "name": "望澜市某小区二次供水异味事件",
                "field": "service",
                "happened_at": self.at(2, 6).isoformat(),
                "learned_at": self.at(2, 8).isoformat(),
                "place": "望澜市",
                "harmed": 0,
                "told": "居民反映自来水有异味，已停用水箱并送检。",
            },
        )
        self.step(case, "report", 2, note="首报：启用应急供水。", hour=11)
        self.step(case, "follow", 1, note="续报：水箱清洗完毕，检测指标合格，继续观察。")
        for place, (name, field, grade, danger) in enumerate(texts.RISKS):
            firm = self.firms(1, "化肥", "乳制品", "供热", "建筑施工")[0]
            entry = self.enter(
                "risk_source",
                self.unit(self.cities[place % 4], "market-regulation"),
                {
                    "name": name,
                    "holder": firm.code,
                    "holder_name": firm.name,
                    "field": field,
                    "grade": grade,
                    "address": firm.address,
                    "danger": danger,
                    "controls": "专人负责、每季巡查、出厂批批检验。",
                    "listed_on": self.ago(240).isoformat(),
                },
                days=238,
            )
            DoneRecurrence(
                user=None, system=SYSTEM, entry=entry, recurrence="patrol", on=self.ago(130 if place == 1 else 40)
            ).execute()
        for name, kind, watches, rhythm in texts.NODES:
            values = {"name": name, "kind": kind, "watches": watches, "rhythm": rhythm, "threshold": "同一产品一周三例"}
            values |= {"reports_to": f"{REGION}-market-regulation", "since": self.ago(500).isoformat()}
            self.enter("monitoring_node", self.unit(REGION, "health"), values, days=380)
