"""Recalls, accident reports, relief, guarantees, injuries, insurance, suits."""

from __future__ import annotations

from datetime import timedelta

from hengjian.methods import fictional
from hengjian.methods.fictional import Enterprise
from hengjian.systems.supervision.demonstration import texts
from hengjian.systems.supervision.demonstration.base import REGION, Part


class Remedy(Part):
    """Recalls, accident reports, relief, guarantees, injuries, insurance, suits."""

    def build(self) -> None:
        """All of it."""
        self.recalls()
        self.remedies()

    def recalls(self) -> None:
        """Recalls in every stage, and the reports that some of them began with."""
        firms = self.firms(5, "儿童用品", "家用电器", "乳制品", "饮料")
        for place, firm in enumerate(firms):
            unit = self.unit(firm.region[:4] + "00", "market-regulation")
            product, models, defect, hazard, remedy = texts.RECALLS[place]
            start = (210, 130, 60, 20, 4)[place]
            case = self.open(
                "product_recall",
                unit,
                start,
                {
                    "product": product,
                    "models": models,
                    "batches": f"{self.ago(start + 200):%Y年%m月}至{self.ago(start + 60):%Y年%m月}生产",
                    "maker": firm.code,
                    "maker_name": firm.name,
                    "regime": "consumer",
                    "initiative": "ordered" if place == 1 else "voluntary",
                    "learned_on": self.ago(start + 1).isoformat(),
                    "produced": 12000,
                    "defect": defect,
                    "hazard": hazard,
                },
            )
            quantity = self.random.randrange(600, 9000)
            if place < 4:
                ask_at = "企业客服 400-990-0000"
                self.step(case, "plan", start - 7, quantity=quantity, remedy=remedy, ask_at=ask_at)
            if place < 3:
                self.step(case, "publish", start - 9, note="已在企业网站和销售场所公布。")
            if place < 2:
                self.step(case, "interim", start - 80, note="阶段总结", recalled=quantity // 2)
                self.step(case, "reach", start - 110, recalled=int(quantity * 0.92))
            if place == 0:
                self.step(case, "close", start - 120, note="召回总结已提交，评估有效。")
        self._reports(firms)

    def _reports(self, firms: list[Enterprise]) -> None:
        for place, (product, event, told) in enumerate(texts.ACCIDENTS):
            firm = firms[place]
            unit = self.unit(firm.region[:4] + "00", "market-regulation")
            start = (70, 33, 3)[place]
            known = self.ago(start + (6 if place == 1 else 1))
            case = self.open(
                "accident_report",
                unit,
                start,
                {
                    "holder": firm.code,
                    "holder_name": firm.name,
                    "role": "producer",
                    "product": product,
                    "maker_name": firm.name,
                    "event": event,
                    "learned_on": known.isoformat(),
                    "injured": 1,
                    "facts_told": told,
                    "measures": "已停止销售同批次产品，联系伤者并配合调查。",
                },
            )
            if place < 2:
                self.step(case, "receive", start - 1, note="回执已送达。")
            if place == 0:
                self.step(case, "close", start - 12, note="经检验为个案使用不当，同批次未发现缺陷。")

    def remedies(self) -> None:
        self._relief()
        self._guarantees()
        self._injuries()
        self._insurance()
        for place, firm in enumerate(self.firms(8, "商贸零售", "电子商务", "旅游服务")):
            self.enter(
                "first_liability",
                self.unit(firm.region[:4] + "00", "market-regulation"),
                {
                    "holder": firm.code,
                    "holder_name": firm.name,
                    "kind": ("mall", "market", "platform", "service")[place % 4],
                    "address": firm.address,
                    "scope": "在本单位购买的商品和服务",
                    "hotline": "服务台现场受理",
                    "fund": f"{self.random.randrange(5, 60)}0000",
                    "pledged_on": self.ago(260).isoformat(),
                    "used": self.random.randrange(0, 40),
                },
                days=255,
                valid_from=self.ago(260),
                valid_to=self.ago(-105),
            )
        for place, (cause, kind, amount) in enumerate(texts.SUITS):
            firm = self.firms(1, "商贸零售", "肉制品", "化肥")[0]
            self.enter(
                "litigation_outcome",
                self.unit(REGION, "market-regulation"),
                {
                    "cause": cause,
                    "kind": kind,
                    "court": "望澜市中级人民法院",
                    "case_number": f"（{self.today.year}）澜01民初{17 + place}号",
                    "plaintiff": "望澜市人民检察院" if kind == "public_interest" else "",
                    "defendant": firm.code,
                    "defendant_name": firm.name,
                    "decided_on": self.ago(120 - 30 * place).isoformat(),
                    "compensation": f"{amount}.00",
                    "punitive": f"{amount * 3 // 4}.00" if kind == "punitive" else None,
                    "result": "判令赔偿并在省级媒体公开道歉。",
                },
                days=100 - 30 * place,
                status="decided",
            )

    def _relief(self) -> None:
        unit = self.unit("990300", "market-regulation")
        for place, (product, injury, loss, income, cause) in enumerate(texts.RELIEFS):
            start = (120, 40, 12, 3)[place]
            case = self.open(
                "injury_relief",
                unit,
                start,
                {
                    "product": product,
                    "injured_on": self.ago(start + 30).isoformat(),
                    "injury": injury,
                    "told": "正常使用中受伤，生产者已停业，暂未获赔偿。",
                    "loss": f"{loss}.00",
                },
                identity={"name": fictional.person(self.random), "phone": fictional.phone(self.random)},
            )
            if place < 3:
                self.step(case, "accept", start - 2)
            if place < 2:
                self.step(case, "means_done", start - 9, income_ratio=income)
                self.step(case, "appraised", start - 28, cause=cause, appraiser="朔安市产品质量检验所")
            if place == 0:
                case.refresh_from_db()
                self.step(case, "grant", start - 35, note="按比例救助。", granted=case.data["granted"])
                self.step(case, "pay", start - 44, paid_on=self.ago(start - 44).isoformat())

    def _guarantees(self) -> None:
        for place, (product, goods, wish, bought, fault) in enumerate(texts.GUARANTEES):
            firm = self.firms(1, "商贸零售", "电子商务", region="990300")[0]
            start = (25, 9, 2)[place]
            case = self.open(
                "three_guarantees",
                self.unit("990300", "market-regulation"),
                start,
                {
                    "product": product,
                    "goods": goods,
                    "seller": firm.code,
                    "seller_name": firm.name,
                    "bought_on": self.ago(start + bought).isoformat(),
                    "fault_on": self.ago(start + fault).isoformat(),
                    "fault": "不能正常使用。",
                    "repairs": 2 if place == 0 else 0,
                    "wish": wish,
                },
                identity={"name": fictional.person(self.random), "phone": fictional.phone(self.random)},
            )
            self.step(case, "judge", start - 1)
            if place == 0:
                self.step(case, "fulfil", start - 5, note="销售者已换货。")
            elif place == 1:
                self.step(case, "repair", start - 3)

    def _injuries(self) -> None:
        unit = self.unit(REGION, "health")
        for place in range(12):
            product, brand, kind, cause, nature, severity = texts.INJURIES[place % len(texts.INJURIES)]
            start = 60 - place * 5
            case = self.open(
                "injury_report",
                unit,
                start,
                {
                    "hospital": ("望澜市人民医院", "朔安市中心医院", "青垣市儿童医院")[place % 3],
                    "visit_on": self.ago(start + 2).isoformat(),
                    "injured_on": self.ago(start + 2).isoformat(),
                    "age": self.random.randrange(2, 70),
                    "sex": "mf"[place % 2],
                    "place_kind": "home" if place % 3 else "public",
                    "cause": cause,
                    "nature": nature,
                    "severity": severity,
                    "product": product,
                    "product_class": kind,
                    "brand": brand,
                    "suspected": place % 4 == 1,
                },
            )
            if place % 4 == 1:
                self.step(case, "suspect", start - 2, note="同一产品两周内第二例。")
            elif place < 10:
                self.step(case, "file", start - 3)

    def _insurance(self) -> None:
        unit = self.unit(REGION, "market-regulation")
        for line, insured, eligible, premium, claims, paid in texts.INSURANCE:
            for back in (2, 1):
                end = self.today.replace(day=1) - timedelta(days=1 + 90 * back)
                self.enter(
                    "insurance_figures",
                    unit,
                    {
                        "line": line,
                        "period_start": end.replace(month=1, day=1).isoformat(),
                        "period_end": end.isoformat(),
                        "insured": insured - (back - 1) * insured // 12,
                        "eligible": eligible,
                        "premium": f"{premium}.00",
                        "claims": claims,
                        "paid": f"{paid}.00",
                        "source": "承保机构报表",
                    },
                    days=20 + 90 * (back - 1),
                    status="confirmed",
                )
