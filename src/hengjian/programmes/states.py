"""The one set of states that every programme walks through, and the case type made from a programme. Pure.

征集 → 申报 → 资格审查 → [推荐] → 材料评审 → 现场评审 → [答辩] → 综合评价 → 公示 → 审定 → 授予或批准创建 → [创建期] →
验收 → 命名 → 复核 → 延续、到期或撤销. Stages that a programme does not have are left out; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hengjian.cases.declarations import (
    Attachment,
    CaseFacts,
    CaseType,
    ClockUse,
    Numbering,
    Operations,
    Outcome,
    PublicFace,
    State,
    Transition,
)
from hengjian.programmes.declarations import Programme
from hengjian.registers.fields import FieldSpec

#: Fields that every application has besides those of its programme; filled in by the system.
COMMON_FIELDS = (FieldSpec(code="edition", title="届次", title_en="Edition", listed=True),)


def _state(
    code: str, title: str, en: str, said: str = "", said_en: str = "", *, light: str = "blue", **more: bool
) -> State:
    return State.model_validate(
        {"code": code, "title": title, "title_en": en, "public_title": said, "public_title_en": said_en, "light": light}
        | more
    )


#: The whole set; applicants read the second pair of names.
STATES: dict[str, State] = {
    state.code: state
    for state in (
        _state("screening", "资格审查", "Screening", "已收到，正在审查资格", "Received, eligibility being checked"),
        _state("supplement", "待补正", "To be completed", "请补正材料", "Please complete your papers", light="amber"),
        _state("recommendation", "推荐", "Recommendation", "等待推荐单位意见", "Waiting for the recommending unit"),
        _state("paper", "材料评审", "Paper review", "评审中（材料）", "Under review (papers)"),
        _state("site", "现场评审", "Site review", "评审中（现场）", "Under review (site visit)"),
        _state("defence", "答辩", "Defence", "评审中（答辩）", "Under review (defence)"),
        _state("overall", "综合评价", "Overall appraisal", "评审中（综合评价）", "Under review (overall)"),
        _state("public_notice", "公示", "Public notice", "公示中", "In public notice"),
        _state("approval", "审定", "Approval", "公示已结束，等待审定", "Notice over, waiting for approval"),
        _state("creation", "创建期", "Creation period", "已批准创建，请按期报告", "Approved; report as agreed"),
        _state("acceptance", "验收", "Acceptance", "验收中", "Being inspected for acceptance"),
        _state("naming", "命名审定", "Naming", "验收通过，等待命名", "Accepted, waiting for the name"),
        _state("recheck", "复核", "Re-check", "复核中", "Being re-checked"),
        _state("recheck_approval", "复核审定", "Re-check approval", "复核中", "Being re-checked"),
        _state("hearing", "听取陈述", "Hearing", "请陈述意见", "Please state your case", light="amber"),
        _state("revocation_decision", "撤销审定", "Decision on revocation", "等待决定", "Waiting for the decision"),
        _state("awarded", "已授予", "Awarded", light="green", waits=False, end=True),
        _state("rejected", "未通过", "Not successful", light="grey", waits=False, end=True),
        _state("renewed", "已延续", "Renewed", light="green", waits=False, end=True),
        _state("lapsed", "到期", "Lapsed", light="grey", waits=False, end=True),
        _state("revoked", "已撤销", "Revoked", light="red", waits=False, end=True),
        _state("kept", "不予撤销", "Kept", light="green", waits=False, end=True),
    )
}

OUTCOMES: tuple[Outcome, ...] = tuple(
    Outcome.model_validate({"code": code, "title": title, "title_en": en, "light": light})
    for code, title, en, light in (
        ("awarded", "授予", "Awarded", "green"),
        ("ineligible", "资格审查未通过", "Not eligible", "grey"),
        ("not_recommended", "未获推荐", "Not recommended", "grey"),
        ("eliminated", "评审未通过", "Not passed in review", "grey"),
        ("not_selected", "未入选", "Not selected", "grey"),
        ("objected", "异议成立", "Objection upheld", "red"),
        ("refused", "审定未通过", "Refused on approval", "red"),
        ("creation_lapsed", "创建期满未申请验收", "Creation period ran out", "red"),
        ("withdrawn", "申报人撤回", "Withdrawn by the applicant", "grey"),
    )
)


def road(programme: Programme) -> list[str]:
    """The waiting states of the programme in their order."""
    optional = [stage for stage in ("recommendation", "paper", "site", "defence") if stage in programme.stages]
    late = ["creation", "acceptance", "naming"] if programme.creation else []
    return ["screening", *optional, "overall", "public_notice", "approval", *late]


def case_type_of(programme: Programme) -> CaseType:
    """The procedure of an application: the common states without those that are switched off."""
    states = road(programme)
    steps = list(_steps(programme, states))
    reached = {states[0], *(step.to for step in steps)}
    used = [state for code, state in STATES.items() if code in reached]
    outcomes = {step.outcome for step in steps} | {"withdrawn"}
    return CaseType.model_validate(
        {
            "case": programme.code,
            "version": programme.version,
            "in_force_from": programme.in_force_from,
            "in_force_to": programme.in_force_to,
            "title": f"{programme.title}申报",
            "title_en": f"{programme.title_en}: application" if programme.title_en else "",
            "area": programme.area,
            "description": programme.description,
            "description_en": programme.description_en,
            "legal": programme.legal,
            "number": Numbering(pattern=f"{programme.number}{{year}}-{{region}}-{{seq:04d}}"),
            "filer": "officer" if programme.applicants == "officer" else "enterprise",
            "keepers": programme.keepers,
            "fields": (*programme.fields, *COMMON_FIELDS),
            "title_pattern": f"{{{programme.holder_field}}}",
            "subject_field": programme.holder_code_field,
            "start": states[0],
            "states": used,
            "transitions": steps,
            "outcomes": [outcome for outcome in OUTCOMES if outcome.code in outcomes],
            "clocks": list(_clocks(programme, used, steps)),
            "operations": Operations(withdraw=True, merge=False),
            "public": PublicFace(),
            "facts": CaseFacts(prefix=programme.code, subject="", disclosure="shared"),
        }
    )


def _step(code: str, title: str, en: str, origin: str | list[str], to: str = "", **more: object) -> Transition:
    places = [origin] if isinstance(origin, str) else origin
    return Transition.model_validate({"code": code, "title": title, "title_en": en, "origin": places, "to": to} | more)


def _steps(programme: Programme, states: list[str]) -> Iterator[Transition]:
    after = dict(pairwise(states))
    creates = programme.creation is not None
    yield _step(
        "pass_screening", "审查通过", "Eligible", "screening", after["screening"], guards=["programme.screened"]
    )
    yield _step(
        "ask_supplement", "通知补正", "Ask for completion", "screening", "supplement", note="must", public_note=True
    )
    yield _step(
        "supplement",
        "补正",
        "Complete",
        "supplement",
        "screening",
        by=["filer", "handler"],
        attachments=Attachment(title="补正材料", title_en="Further papers", least=0),
    )
    yield _step(
        "reject", "审查不通过", "Not eligible", ["screening", "supplement"], "rejected", outcome="ineligible",
        note="must", public_note=True, back=True,
    )  # fmt: skip
    if "recommendation" in states:
        yield _step("recommend", "推荐", "Recommend", "recommendation", after["recommendation"], note="must")
        yield _step(
            "not_recommend", "不予推荐", "Do not recommend", "recommendation", "rejected", outcome="not_recommended",
            note="must", public_note=True, back=True,
        )  # fmt: skip
    reviewed = [stage for stage in ("paper", "site", "defence") if stage in states]
    for stage in reviewed:
        title, en = STATES[stage].title, STATES[stage].title_en
        yield _step(
            f"finish_{stage}", f"{title}结束", f"{en} done", stage, after[stage], by=["handler", "system"],
            guards=["programme.reviews_in"],
        )  # fmt: skip
    yield _step(
        "eliminate", "评审不通过", "Not passed", [*reviewed, "overall"], "rejected", outcome="eliminated", note="must",
        public_note=True, back=True,
    )  # fmt: skip
    yield _step("propose", "列入公示", "Put forward", "overall", "public_notice", by=["system"])
    yield _step(
        "not_selected", "未入选", "Not selected", ["overall", "public_notice"], "rejected", by=["system"],
        outcome="not_selected",
    )  # fmt: skip
    yield _step(
        "notice_over", "公示结束", "Notice over", "public_notice", "approval", by=["handler", "system"],
        guards=["programme.notice_over"],
    )  # fmt: skip
    yield _step(
        "object", "异议成立", "Objection upheld", ["public_notice", "approval"], "rejected", outcome="objected",
        note="must", public_note=True, back=True,
    )  # fmt: skip
    yield _step(
        "approve",
        "批准创建" if creates else "批准授予",
        "Approve the creation" if creates else "Award",
        "approval",
        "creation" if creates else "awarded",
        by=["approver"],
        other_person=True,
        outcome="" if creates else "awarded",
        guards=["programme.within_quota"],
        effects=[] if creates else ["programme.award"],
    )
    yield _step(
        "refuse", "不予批准", "Refuse", [state for state in ("approval", "naming") if state in states], "rejected",
        by=["approver"], outcome="refused", note="must", public_note=True, back=True,
    )  # fmt: skip
    if creates:
        yield from _creation_steps()


def _creation_steps() -> Iterator[Transition]:
    papers = Attachment(title="证明材料", title_en="Evidence", least=0)
    yield _step(
        "report_progress", "报告创建进展", "Report progress", "creation", by=["filer", "handler"], note="must",
        attachments=papers,
    )  # fmt: skip
    yield _step(
        "apply_acceptance", "申请验收", "Apply for acceptance", "creation", "acceptance", by=["filer", "handler"],
        note="must", attachments=papers, guards=["programme.reports_in"],
    )  # fmt: skip
    yield _step(
        "creation_over", "创建期满", "Creation period over", "creation", "rejected", by=["system"], auto="creation",
        outcome="creation_lapsed",
    )  # fmt: skip
    yield _step(
        "accept", "验收通过", "Accept", "acceptance", "naming", by=["handler", "system"], note="may",
        guards=["programme.reviews_in"],
    )  # fmt: skip
    yield _step(
        "not_accept", "验收不通过，限期整改", "Not accepted, to be put right", "acceptance", "creation", note="must",
        public_note=True, back=True,
    )  # fmt: skip
    yield _step(
        "name", "命名", "Name", "naming", "awarded", by=["approver"], other_person=True, outcome="awarded",
        effects=["programme.award"],
    )  # fmt: skip


def _clocks(programme: Programme, states: list[State], steps: list[Transition]) -> Iterator[ClockUse]:
    promise = "按照本届申报通知载明的工作安排"
    for state in states:
        if state.end:
            continue
        code = state.code
        starts = [step.code for step in steps if step.to == code]
        if code == "screening":
            starts.insert(0, "opened")
        given: dict[str, object] = {
            "code": code,
            "title": state.title,
            "title_en": state.title_en,
            "states": [code],
        }
        if code == "creation":
            assert programme.creation is not None
            # Coming back from a failed acceptance does not begin the creation period anew.
            given |= {"rule": programme.creation.term, "starts": ["approve"], "pauses": ["acceptance"]}
            given |= {"stops": ["name", "refuse", "creation_over"]}
        else:
            given |= {"days": getattr(programme.schedule, code), "promise": promise, "starts": starts}
        yield ClockUse.model_validate(given)
