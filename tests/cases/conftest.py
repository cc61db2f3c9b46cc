"""An invented region with units and people, and two procedures: a small one and one that uses everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from django.utils import translation

from hengjian.cases import catalogue
from hengjian.cases.actions import OpenCase
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, User

PETITION = """
case: petition
version: 1
area: complaints
title: 群众诉求
title_en: Petition
description: 公众就产品和服务质量提出的诉求。
legal: [{document: 示例办法, article: 第一条, status: to_verify}]
in_force_from: 2020-01-01
number: {pattern: "SQ{year}-{region}-{seq:05d}"}
keepers: [petition_desk]
filer: citizen
identity: true
anonymous: true
title_pattern: "{product}：{claim}"
subject_field: trader
fields:
  - {code: product, title: 商品或服务, title_en: Product or service, required: true, listed: true, searched: true}
  - {code: claim, title: 请求, title_en: Claim, type: choice, required: true, filtered: true, listed: true,
     choices: [{code: refund, title: 退款, title_en: Refund}, {code: repair, title: 修理, title_en: Repair}]}
  - {code: facts, title: 事实经过, title_en: What happened, type: long_text, max_length: 2000}
  - {code: amount, title: 金额, title_en: Amount, type: money, unit: 元, minimum: 0}
  - {code: trader, title: 经营者, title_en: Trader, type: enterprise}
  - {code: phone, title: 联系电话, title_en: Phone, type: phone}
  - {code: assessment, title: 内部研判, title_en: Assessment, type: long_text, internal: true}
start: received
states:
  - {code: received, title: 待受理, title_en: To be accepted,
     public_title: 已收到, public_title_en: Received, light: blue}
  - {code: working, title: 办理中, title_en: Being handled, light: blue}
  - {code: testing, title: 检测中, title_en: Being tested, light: amber}
  - {code: approval, title: 待审批, title_en: To be approved, light: amber}
  - {code: done, title: 已办结, title_en: Done, light: green, waits: false, end: true}
  - {code: refused, title: 不予受理, title_en: Not admitted, light: grey, waits: false, end: true}
outcomes:
  - {code: settled, title: 已解决, title_en: Settled}
  - {code: expired, title: 期满终止, title_en: Ended by time, light: amber}
  - {code: refused, title: 不予受理, title_en: Not admitted, light: grey}
transitions:
  - {code: accept, title: 受理, title_en: Accept, origin: [received], to: working, by: [handler, desk],
     required: [facts], public_note: true, documents: [petition_accepted]}
  - {code: refuse, title: 不予受理, title_en: Refuse, origin: [received], to: refused, outcome: refused, note: must,
     codes: petition-refusal, public_note: true}
  - {code: test, title: 送检, title_en: Send for testing, origin: [working], to: testing,
     attachments: {title: 检测委托书, title_en: Commission, least: 1, most: 2}}
  - {code: tested, title: 收到报告, title_en: Report received, origin: [testing], to: working,
     fields: [{code: verdict, title: 检测结论, title_en: Verdict, type: choice, required: true,
               choices: [{code: pass, title: 合格}, {code: fail, title: 不合格}]}]}
  - {code: propose, title: 提请审批, title_en: Propose, origin: [working], to: approval, note: must}
  - {code: approve, title: 同意办结, title_en: Approve, origin: [approval], to: done, by: [approver],
     other_person: true, outcome: settled, public_note: true}
  - {code: back, title: 退回, title_en: Send back, origin: [approval], to: working, by: [approver],
     note: must, back: true}
  - {code: add, title: 补充材料, title_en: Add, origin: [received, working], by: [filer], public_note: true}
  - {code: expire, title: 期满终止, title_en: End by time, origin: [working, testing, approval], to: done, by: [system],
     outcome: expired, auto: decide}
clocks:
  - {code: answer, title: 受理决定, title_en: Decision to accept, rule: complaint-decide, states: [received],
     alarms: [{code: before, offset: -2}, {code: over, offset: 1}]}
  - {code: decide, title: 办理期限, title_en: Handling, rule: report-check, starts: [accept], stops: [approve, expire],
     states: [working, approval], pauses: [testing]}
operations: {feedback: rectification-report, split: true, reopen: complaint-decide, reopen_to: working, rate: true,
             withdraw: true}
public: {file: true, track: true}
facts: {prefix: petition, subject: "enterprise:{trader}", refs: {}}
"""

TIP = """
case: tip
area: complaints
title: 线索举报
title_en: Tip-off
legal: [{document: 示例办法}]
number: {pattern: "JB{year}-{seq:06d}"}
secrecy: sensitive
filer: citizen
identity: true
anonymous: true
title_pattern: "{lead}"
fields: [{code: lead, title: 线索, title_en: Lead, type: long_text, required: true}]
start: received
states:
  - {code: received, title: 待核查, title_en: To be checked}
  - {code: done, title: 已核查, title_en: Checked, light: green, waits: false, end: true}
outcomes: [{code: checked, title: 已核查, title_en: Checked}]
transitions:
  - {code: finish, title: 核查完毕, title_en: Finish, origin: [received], to: done, outcome: checked}
clocks: [{code: check, title: 核查, title_en: Check, rule: report-check, states: [received]}]
public: {file: true, track: true}
facts: {prefix: tip}
"""


def declare(text: str) -> CaseType:
    return catalogue.register(CaseType.model_validate(yaml.safe_load(text)), "test")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever page a test before has opened."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def petition(codes: None) -> Iterator[CaseType]:
    yield declare(PETITION)
    catalogue.forget("petition")


@pytest.fixture
def tip() -> Iterator[CaseType]:
    yield declare(TIP)
    catalogue.forget("tip")


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code list for the tests, beside those of the rulebook."""
    from hengjian import rulebook
    from hengjian.registers import lookups
    from hengjian.registers.fields import Choice

    listed = lookups.choices_of

    def choices_of(spec: Any, on: Any, region: str = "000000") -> tuple[Choice, ...]:
        if spec.choices_from == "petition-refusal":
            return (Choice(code="1", title="不属于职责"), Choice(code="2", title="已经处理"))
        return listed(spec, on, region)

    assert rulebook
    monkeypatch.setattr(lookups, "choices_of", choices_of)
    monkeypatch.setattr("hengjian.cases.actions.steps.choices_of", choices_of)


@dataclass
class World:
    """Region 990000 with the prefecture 990100; units of both; one person per role."""

    province: Region
    region: Region
    county: Region
    market: Unit
    farming: Unit
    office_unit: Unit
    far: Unit
    firm: Unit
    officer: User
    officer_two: User
    head: User
    farm_officer: User
    farm_head: User
    far_officer: User
    office: User
    overseer: User
    cleared: User
    citizen: User
    citizen_two: User
    enterprise: User


def person(
    name: str, unit: Unit | None, role: str = "", *, region: Region | None = None, ceiling: int | None = None
) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    if role:
        limit = ceiling if ceiling is not None else Confidentiality.INTERNAL
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region, ceiling=limit)
    return user


@pytest.fixture
def world(db: None) -> World:
    province = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    region = Region.objects.create(
        code="990100", name="青禾市", short_name="青禾", level=Region.Level.PREFECTURE, parent=province
    )
    county = Region.objects.create(
        code="990200", name="远山市", short_name="远山", level=Region.Level.PREFECTURE, parent=province
    )

    def unit(key: str, name: str, where: Region = region, **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=where, level=where.level, **more)

    market = unit("market", "青禾市市场监督管理局", short_name="青禾市监局", family="petition_desk")
    farming = unit("farming", "青禾市农业农村局")
    office_unit = unit("office", "青禾市人民政府办公室", family="government_office")
    far = unit("far", "远山市市场监督管理局", county, family="petition_desk")
    firm = unit("firm", "青禾乳业有限公司", kind=Unit.Kind.ENTERPRISE)
    return World(
        province, region, county, market, farming, office_unit, far, firm,
        officer=person("officer", market, "officer"),
        officer_two=person("officer-two", market, "officer"),
        head=person("head", market, "unit_head"),
        farm_officer=person("farm-officer", farming, "officer"),
        farm_head=person("farm-head", farming, "unit_head"),
        far_officer=person("far-officer", far, "officer"),
        office=person("office-officer", office_unit, "officer"),
        overseer=person("overseer", office_unit, "office", region=region),
        cleared=person("cleared", market, "officer", ceiling=Confidentiality.PERSONAL),
        citizen=person("citizen", None),
        citizen_two=person("citizen-two", None),
        enterprise=person("enterprise", firm, "enterprise"),
    )  # fmt: skip


VALUES = {"product": "学习机", "claim": "refund", "facts": "买来第三天屏幕坏了。", "amount": "3299"}


@pytest.fixture
def case(world: World, petition: CaseType) -> Case:
    return open_case(world)


def open_case(world: World, **more: Any) -> Case:
    given: dict[str, Any] = {
        "user": world.officer,
        "type": "petition",
        "values": VALUES,
        "unit": world.market,
        "region": world.region,
    }
    return OpenCase(**{**given, **more}).execute().case
