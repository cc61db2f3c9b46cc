"""What may enter a credit record at all, how long it is shown, and when it can be repaired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Category = Literal[
    "registration",
    "judgement",
    "permit",
    "penalty",
    "coercion",
    "inspection",
    "compliance",
    "abnormal",
    "serious",
    "contract",
    "commitment",
    "evaluation",
    "certification",
    "honour",
    "qualification",
]
CATEGORIES: dict[str, str] = {
    "registration": "登记注册",
    "judgement": "司法裁判及执行",
    "permit": "行政许可",
    "penalty": "行政处罚",
    "coercion": "行政强制",
    "inspection": "监督检查",
    "compliance": "遵守法律法规情况",
    "abnormal": "经营异常名录",
    "serious": "严重失信主体名单",
    "contract": "合同履行",
    "commitment": "信用承诺及履行",
    "evaluation": "信用评价结果",
    "certification": "认证认可",
    "honour": "诚实守信相关荣誉",
    "qualification": "职称和职业",
}
Effect = Literal["adverse", "neutral", "favourable"]
Severity = Literal["minor", "general", "serious"]
SEVERITIES: dict[str, str] = {"minor": "轻微", "general": "一般", "serious": "严重"}
Level = Literal["public", "shared", "internal"]
LEVELS: dict[str, str] = {"public": "公开", "shared": "共享", "internal": "仅限使用"}


class CatalogueEntry(Strict):
    """One kind of information that may be credit information.

    Attributes:
        id: number of the entry; stored with every record.
        basis: the law that admits it.
        disclosure: the widest circle: published, shared with authorities, kept by the organ.
        effect: whether it speaks against the body; what does has a severity and a term, and can be repaired.
        persons: whether it may be about a natural person (in a role of a body; never searchable by person).
        repairable: not where a law or policy of the centre says that it cannot be repaired.
    """

    id: str = Field(title="条目编号", pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,30}$")
    title: str = Field(title="名称", min_length=2)
    title_en: str = Field(title="英文名称", min_length=2)
    category: Category = Field(title="类别")
    basis: str = Field(title="归集依据", min_length=2)
    disclosure: Level = Field(title="公开属性")
    effect: Effect = Field("neutral", title="性质")
    persons: bool = Field(False, title="可涉及自然人")
    repairable: bool = Field(True, title="可以修复")


class CreditCatalogue(Parameters):
    """The public-credit catalogue; a regional supplement has entries of its own numbers beside the national ones.

    Attributes:
        banned: what may never be collected about a person (PIPL and local rules).
        person_years: for how long adverse information about a natural person may be kept in use at most.
    """

    entries: tuple[CatalogueEntry, ...] = Field(title="条目", min_length=1)
    banned: tuple[str, ...] = Field((), title="禁止采集")
    person_years: int = Field(5, title="自然人不良信息最长年限", ge=1, le=20)

    @model_validator(mode="after")
    def _once(self) -> CreditCatalogue:
        ids = [entry.id for entry in self.entries]
        if len(ids) != len(set(ids)):
            raise ValueError(f"entries named twice: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}")
        return self

    def entry(self, entry_id: str) -> CatalogueEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def of(self, category: str) -> tuple[CatalogueEntry, ...]:
        return tuple(entry for entry in self.entries if entry.category == category)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "%(id)s %(title)s（%(category)s，%(level)s），依据：%(basis)s。",
                {
                    "id": entry.id,
                    "title": entry.title,
                    "category": CATEGORIES[entry.category],
                    "level": LEVELS[entry.disclosure],
                    "basis": entry.basis,
                },
            )
            for entry in self.entries
        ]
        told.append(Sentence("自然人的不良信息最长使用 %(years)s 年。", {"years": self.person_years}))
        if self.banned:
            told.append(Sentence("禁止采集：%(what)s。", {"what": "、".join(self.banned)}))
        return told


class SeverityTerm(Strict):
    """How long adverse information of one severity is published, in months from the date of the legal document.

    Attributes:
        least: months before which it cannot be repaired; 0: as soon as the duty is fulfilled.
        most: months after which publication stops by itself.
        published: whether it is published at all.
        measures: penalties of which the gravest makes this severity.
        fine_levels: sizes of a fine, as the discretion standard grades them, that make it.
        categories: kinds of information that are of this severity whatever they say.
    """

    severity: Severity = Field(title="失信程度")
    least: int = Field(title="最短公示月数", ge=0, le=120)
    most: int = Field(title="最长公示月数", ge=1, le=120)
    published: bool = Field(True, title="是否公示")
    measures: tuple[str, ...] = Field((), title="处罚种类")
    fine_levels: tuple[str, ...] = Field((), title="罚款档次")
    categories: tuple[Category, ...] = Field((), title="信息类别")

    @model_validator(mode="after")
    def _ordered(self) -> SeverityTerm:
        if self.least > self.most:
            raise ValueError("the shortest publication is longer than the longest")
        return self


class SectorTerm(Strict):
    """A longer shortest publication in some fields (food, drugs, special equipment)."""

    sectors: tuple[str, ...] = Field(title="领域", min_length=1)
    least: int = Field(title="最短公示月数", ge=1, le=120)


class CreditRepair(Parameters):
    """Publication and repair of adverse information.

    Attributes:
        severities: from the lightest to the gravest.
        unpublished_procedures: procedures whose penalties are not published (简易程序).
        unpublished_measures: a penalty of nothing but these is not published (警告, 通报批评).
        conditions: what an application must show, all of it.
        materials: the papers that go with an application.
        refused_bar: days after a refusal before which the same record is not applied for again; 0: at once.
        unfulfilled: what happens at the maximum when the duty is not fulfilled: publication ends, or goes on until it
            is (the sector's rule).
        false_papers_bar: months for which whoever used false papers cannot apply again.
        restarts: whether the terms begin anew on the day on which a repair is revoked for false papers.
    """

    severities: tuple[SeverityTerm, ...] = Field(title="失信程度与公示期", min_length=1)
    sectors: tuple[SectorTerm, ...] = Field((), title="从长公示的领域")
    unpublished_procedures: tuple[str, ...] = Field((), title="不公示的程序")
    unpublished_measures: tuple[str, ...] = Field((), title="单处时不公示的种类")
    conditions: tuple[str, ...] = Field(title="修复条件", min_length=1)
    materials: tuple[str, ...] = Field((), title="申请材料")
    refused_bar: int = Field(0, title="不予修复后不得申请天数", ge=0, le=365)
    unfulfilled: Literal["stop", "continue"] = Field("continue", title="到期未履行")
    false_papers_bar: int = Field(0, title="弄虚作假后不得申请月数", ge=0, le=60)
    restarts: bool = Field(False, title="撤销修复后公示期重新计算")

    @model_validator(mode="after")
    def _once(self) -> CreditRepair:
        order = list(SEVERITIES)
        named = [order.index(term.severity) for term in self.severities]
        if named != sorted(set(named)):
            raise ValueError("severities go from the lightest to the gravest, each once")
        return self

    def term(self, severity: str) -> SeverityTerm:
        """The term of a severity; the gravest known for one that the rule does not tell apart."""
        return next((term for term in self.severities if term.severity == severity), self.severities[-1])

    def least(self, severity: str, sector: str = "") -> int:
        """Months before which a record cannot be repaired."""
        longer = [special.least for special in self.sectors if sector in special.sectors]
        term = self.term(severity)
        return min(max([term.least, *longer]), term.most) if term.published else term.least

    def severity_of(
        self, measures: Iterable[str], procedure: str = "", fine_level: str = "", category: str = ""
    ) -> Severity:
        """The severity of a penalty: that of its gravest part. A penalty by simple procedure is the lightest; of other
        adverse information the category may say how grave it is."""
        named = set(measures)
        by_category = next((term for term in self.severities if category in term.categories), None)
        if by_category is not None:
            return by_category.severity
        if procedure in self.unpublished_procedures:
            return self.severities[0].severity
        found = self.severities[0].severity
        for term in self.severities:
            if named & set(term.measures) or (fine_level and fine_level in term.fine_levels):
                found = term.severity
        return found

    def is_published(self, severity: str, measures: Iterable[str] = (), procedure: str = "") -> bool:
        """Whether a penalty is published: neither by simple procedure nor of warnings only, and its severity is."""
        named = set(measures)
        if procedure in self.unpublished_procedures or (named and named <= set(self.unpublished_measures)):
            return False
        return self.term(severity).published

    def sentences(self) -> list[Sentence]:
        told = []
        for term in self.severities:
            values = {"severity": SEVERITIES[term.severity], "least": term.least, "most": term.most}
            pattern = (
                "%(severity)s失信信息最短公示 %(least)s 个月，最长公示 %(most)s 个月。"
                if term.least
                else "%(severity)s失信信息履行义务后即可修复，最长公示 %(most)s 个月。"
            )
            told.append(Sentence(pattern, values))
            if not term.published:
                told.append(Sentence("%(severity)s失信信息一般不公示。", values))
        for special in self.sectors:
            told.append(
                Sentence(
                    "%(what)s领域最短公示 %(least)s 个月。",
                    {"what": "、".join(special.sectors), "least": special.least},
                )
            )
        told.append(Sentence("修复须同时满足：%(what)s。", {"what": "；".join(self.conditions)}))
        if self.materials:
            told.append(Sentence("申请修复应提交：%(what)s。", {"what": "；".join(self.materials)}))
        if self.refused_bar:
            told.append(Sentence("不予修复的，%(days)s 日内不得就同一信息再次申请。", {"days": self.refused_bar}))
        if self.false_papers_bar:
            told.append(
                Sentence("弄虚作假的撤销修复，%(months)s 个月内不得再次申请。", {"months": self.false_papers_bar})
            )
        if self.restarts:
            told.append(Sentence("撤销修复的，公示期自撤销之日起重新计算。"))
        told.append(
            Sentence("公示到期而义务未履行的，继续公示到履行为止。")
            if self.unfulfilled == "continue"
            else Sentence("公示到期自动停止。")
        )
        return told
