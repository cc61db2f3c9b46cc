"""Deliveries: columns, faults, bodies, values with their sources, repeated delivery, undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from hengjian.documents.sheets import write_csv, write_xlsx
from hengjian.enterprises.actions.intake import DeliverRecords, UndoIntake
from hengjian.enterprises.batches import advance
from hengjian.enterprises.models import CodeConflict, Enterprise, IntakeFault, IntakeTemplate, LinkKey, SourceRecord
from hengjian.enterprises.queries import by_code, by_key, by_subject, names_of, subjects_of, values_of
from hengjian.enterprises.tables import SheetFault, read, suggest
from hengjian.ledger.queries import timeline
from hengjian.ledger.vault import Reader, reveal
from hengjian.parties.verbs import ActionRefused
from tests.enterprises.conftest import HEAD, World, code_of, deliver

MILK = ("澜东区远岫乳业有限公司", code_of(11), "祁望野", "澜东区银杏路12号", "2015-03-01", "存续")
FLOUR = ("澜东区归雁面业有限公司", code_of(12), "穆以宁", "澜东区新渠街5号", "2016-04-02", "在营")


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (("序号", "企业名称", "社会信用代码"), {"企业名称": "name", "社会信用代码": "code"}),
        (
            ("单位名称*", "统一代码", "法人代表"),
            {"单位名称*": "name", "统一代码": "code", "法人代表": "representative"},
        ),
        (("获证企业名称", "注册地址（详细）"), {"获证企业名称": "name", "注册地址（详细）": "address"}),
        (("名称", "企业名称"), {"名称": "name"}),
        (("甲", "乙"), {}),
    ],
)
def test_columns_are_suggested_by_their_headings(headings: Sequence[str], expected: dict[str, str]) -> None:
    assert suggest(headings) == expected


@pytest.mark.parametrize("form", ["utf-8", "bom", "gb18030", "xlsx"])
def test_sheets_come_in_any_usual_form(form: str) -> None:
    rows = [("一览表", ""), ("企业名称", "统一社会信用代码"), ("甲乳业有限公司", code_of(1)), ("", "")]
    if form == "xlsx":
        data, name = write_xlsx(("企业名称", "统一社会信用代码"), rows[2:3], title="一览表"), "a.xlsx"
    else:
        text = write_csv(rows[0], rows[1:])[3:].decode()
        encoding = {"utf-8": "utf-8", "bom": "utf-8-sig", "gb18030": "gb18030"}[form]
        data, name = text.encode(encoding), "a.csv"
    sheet = read(data, name)
    assert sheet.headings == ["企业名称", "统一社会信用代码"]
    assert [cells["企业名称"] for _number, cells in sheet.rows] == ["甲乳业有限公司"]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", "只有一列\r\n甲\r\n".encode(), "企业名称,代码\r\n".encode()])
def test_sheets_without_heading_or_rows_are_told(data: bytes) -> None:
    with pytest.raises((SheetFault, ActionRefused)):
        read(data, "a.csv")


def test_rows_become_bodies_with_values_and_sources(world: World) -> None:
    batch = deliver(world.officer, [MILK, FLOUR])
    assert (batch.state, batch.total, batch.created, batch.wrong) == ("applied", 2, 2, 0)
    milk = by_code(MILK[1])
    assert milk is not None
    assert (milk.name, milk.status, str(milk.registered_on)) == (MILK[0], "active", "2015-03-01")
    assert milk.region == world.county, "from the registrar in the code"
    assert by_key(milk.key) == by_subject(f"enterprise:{MILK[1]}") == by_subject(f"enterprise:{milk.key}") == milk
    assert by_code(MILK[1][8:17]) == milk, "organisation code"
    assert names_of([MILK[1], "nobody"]) == {MILK[1]: MILK[0]}
    assert subjects_of(milk) == (f"enterprise:{MILK[1]}", f"enterprise:{milk.key}")
    values = {value.field: value for value in values_of(milk)}
    assert values["name"].source == world.market and values["name"].current
    assert values["representative"].value == "祁**"
    (fact,) = timeline(milk.subject, disclosure="shared")
    assert fact.kind == "enterprise.registered" and fact.payload["title"] == MILK[0]


def test_persons_lie_in_the_vault_only(world: World, transactional_db: None) -> None:
    deliver(world.officer, [(*MILK, "13800001234")], (*HEAD, "联系电话"))
    record = SourceRecord.objects.get()
    stored = str(record.raw) + str(record.values) + str(record.features)
    assert "望野" not in stored and "13800001234" not in stored
    assert reveal(record.sealed, by=Reader("user:1", room="enterprises"), purpose="核对法定代表人") == {
        "representative": "祁望野",
        "phone": "13800001234",
    }


def test_every_fault_is_told_at_once_and_the_rest_comes_in(world: World) -> None:
    wrong_code = MILK[1][:17] + ("1" if MILK[1][17] != "1" else "2")
    rows = [
        ("", code_of(20)),
        ("甲种业有限公司", "", "", "", "去年"),
        ("乙种业有限公司", "", "", "", "2999-01-01"),
        ("丙种业有限公司", wrong_code),
        ("丁种业有限公司", f"{code_of(21)[:8]} {code_of(21)[8:].lower()}"),
        MILK,
        MILK,
    ]
    batch = deliver(world.officer, rows)
    told = {fault.number: fault for fault in IntakeFault.objects.filter(batch=batch)}
    assert [number for number, fault in told.items() if fault.fatal] == [2, 3, 4, 8]
    assert "校验位" in told[5].told[0][1] and told[6].told[0][1].startswith("“")
    assert (batch.wrong, batch.good, batch.created) == (4, 3, 3)
    record = SourceRecord.objects.get(name="丙种业有限公司")
    assert record.code == "" and record.raw["统一社会信用代码"] == wrong_code, "kept as delivered"
    mended = SourceRecord.objects.get(name="丁种业有限公司")
    assert mended.code == code_of(21) and " " in mended.raw["统一社会信用代码"]


def test_wrong_rows_stay_out_only_when_somebody_says_so(world: World) -> None:
    with pytest.raises(ActionRefused, match="有误"):
        deliver(world.officer, [MILK, ("", *FLOUR[1:])], skip_wrong=False)
    assert not Enterprise.objects.exists()


def test_delivering_again_adds_nothing(world: World) -> None:
    deliver(world.officer, [MILK, FLOUR])
    again = deliver(world.officer, [MILK, FLOUR])
    assert (again.good, again.repeated) == (0, 2)
    assert SourceRecord.objects.count() == Enterprise.objects.count() == 2


def test_a_later_record_replaces_the_department_s_former_one(world: World) -> None:
    deliver(world.officer, [MILK])
    before = timezone.now()
    deliver(world.officer, [("澜东区青穗乳业有限公司", *MILK[1:3], "澜东区银杏路88号", *MILK[4:])])
    (milk,) = Enterprise.objects.all()
    assert (milk.name, milk.address) == ("澜东区青穗乳业有限公司", "澜东区银杏路88号")
    assert [old.name for old in milk.names.all()] == [MILK[0]]
    assert {value.field: value.value for value in values_of(milk, before)}["name"] == MILK[0], "as known then"
    assert [event.kind for event in milk.events.all()] == ["name"]
    assert [fact.kind for fact in timeline(milk.subject, disclosure="shared")].count("enterprise.changed") == 1


def test_the_registrar_is_believed_before_others(world: World) -> None:
    deliver(world.farm_officer, [("澜东区远岫乳业公司", MILK[1], "", "澜东区某处")])
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [("远岫乳业", MILK[1], "", "澜东区另一处")])
    (milk,) = Enterprise.objects.all()
    assert (milk.name, milk.address) == (MILK[0], MILK[3])
    names = [value.value for value in values_of(milk) if value.field == "name"]
    assert names == [MILK[0], "远岫乳业"]


def test_records_without_code_find_their_body(world: World) -> None:
    deliver(world.officer, [MILK, FLOUR])
    batch = deliver(
        world.farm_officer, [("澜东区远岫乳业公司", "", "祁望野", "澜东区银杏路12号"), ("澜东区别家乳业公司",)]
    )
    assert (batch.matched, batch.created) == (1, 1)
    assert by_code(MILK[1]).records.count() == 2


def test_former_and_other_numbers_lead_to_the_body(world: World) -> None:
    head = (*HEAD, "工商注册号")
    deliver(world.officer, [(*MILK, "990102000012345")], head)
    milk = by_code(MILK[1])
    assert by_code("990102000012345") == milk
    deliver(world.farm_officer, [("远岫乳业", "", "", "", "", "", "990102000012345")], head)
    assert milk.records.filter(source=world.farm).exists()


def test_a_body_that_gets_another_code_stays_the_same(world: World) -> None:
    head = ("编号", *HEAD)
    deliver(world.officer, [("7", *MILK)], head)
    milk = by_code(MILK[1])
    new = code_of(99)
    deliver(world.officer, [("7", MILK[0], new, *MILK[2:])], head)
    assert by_code(new) == by_code(MILK[1]) == milk, "the old code keeps leading there"
    assert subjects_of(by_code(new)) == tuple(f"enterprise:{name}" for name in (new, MILK[1], milk.key))
    deliver(world.farm_officer, [MILK])
    assert milk.records.filter(source=world.farm).exists(), "a department that still writes the old code"
    assert by_code(new).code == new


def test_one_code_on_two_bodies_is_work_for_people(world: World) -> None:
    deliver(world.officer, [MILK])
    batch = deliver(world.farm_officer, [("河湾区草川养殖专业合作社", MILK[1], "穆以宁", "河湾区文昌路9号")])
    assert (batch.created, batch.unsure) == (1, 1)
    conflict = CodeConflict.objects.get()
    assert conflict.code == MILK[1] and conflict.claims.count() == 2
    assert by_code(MILK[1]).name == MILK[0], "whoever had it keeps it until somebody decides"


def test_one_code_twice_in_a_sheet(world: World) -> None:
    other = ("河湾区禾声汽修有限公司", MILK[1], "沈止境", "河湾区观岭路7号")
    batch = deliver(world.officer, [MILK, other])
    assert (batch.wrong, batch.created) == (0, 2)
    assert CodeConflict.objects.get().claims.count() == 2


def test_two_different_codes_never_merge(world: World) -> None:
    deliver(world.officer, [MILK])
    deliver(world.farm_officer, [(MILK[0], code_of(77), *MILK[2:])])
    assert Enterprise.objects.filter(merged_into=None).count() == 2


def test_undo_takes_everything_back(world: World) -> None:
    deliver(world.officer, [MILK])
    later = deliver(world.officer, [("澜东区青穗乳业有限公司", *MILK[1:]), FLOUR])
    UndoIntake(user=world.officer, batch=later, reason="送错了文件").execute()
    advance(later, 60)
    later.refresh_from_db()
    assert later.state == "undone"
    milk = by_code(MILK[1])
    assert milk is not None and milk.name == MILK[0]
    assert by_code(FLOUR[1]) is None and Enterprise.objects.get(name=FLOUR[0]).status == "void"
    assert LinkKey.objects.values("record").distinct().count() == 1
    again = deliver(world.officer, [FLOUR])
    assert again.created == 1 and by_code(FLOUR[1]) is not None


def test_templates_belong_to_the_department(world: World) -> None:
    head = ("甲列", "乙列")
    IntakeTemplate.objects.create(unit=world.market, name="旧系统", columns={"甲列": "name", "乙列": "code"})
    batch = deliver(world.officer, [MILK[:2]], head)
    assert batch.created == 1 and by_code(MILK[1]).name == MILK[0]
    with pytest.raises(ActionRefused, match="名称"):
        deliver(world.farm_officer, [MILK[:2]], head)


def test_records_through_the_interface(world: World) -> None:
    rows = [{"name": MILK[0], "code": MILK[1], "registered_on": "2015-03-01"}, {"name": "", "code": "x"}]
    batch = DeliverRecords(user=world.officer, unit=world.market, region=world.region, rows=rows).execute()
    assert (batch.state, batch.created, batch.wrong) == ("applied", 1, 1)
    assert batch.faults.get(fatal=True).number == 2


def test_sole_traders_stay_out_of_facts(world: World) -> None:
    code = code_of(5, first="92")
    deliver(world.officer, [("澜东区祁望野小吃店", code, "祁望野", "澜东区银杏路3号")])
    trader = by_code(code)
    assert trader.kind == "sole_trader"
    (fact,) = timeline(trader.subject, disclosure="shared")
    assert fact.payload["title"] == "" and "望野" not in str(fact.payload)


def test_accounts_are_given_to_their_bodies(world: World) -> None:
    deliver(world.officer, [("望澜远岫检测技术有限公司", code_of(1))])
    assert by_code(code_of(1)).account == world.works


def test_as_known_at_before_anything(world: World) -> None:
    deliver(world.officer, [MILK])
    assert values_of(by_code(MILK[1]), timezone.now() - timedelta(days=1)) == []
