"""The room's part of the demonstration: three departments deliver their registers, with the errors they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from hengjian.documents.sheets import write_csv
from hengjian.documents.uploads import check_upload
from hengjian.enterprises.actions.identity import CorrectEnterprise, DecidePair, SendConflicts
from hengjian.enterprises.actions.intake import SUFFIXES, AssignColumns, ConfirmIntake, StartIntake, UndoIntake
from hengjian.enterprises.batches import advance
from hengjian.enterprises.models import CodeConflict, Enterprise, IntakeBatch, ReviewPair
from hengjian.methods import fictional, uscc
from hengjian.parties.models import User

# Others look bodies up by their codes: the register comes first.
ORDER = -100
FAR, LATER = 240, 75  # days before the end on which departments delivered
FURTHER = 150
REGISTRAR, FARMING, TRADE = "990000-market-regulation", "990000-agriculture-rural", "990000-commerce"
REGISTER_HEAD = (
    "企业名称", "统一社会信用代码", "企业类型", "法定代表人", "住所", "成立日期", "登记状态", "所属行业", "登记机关",
)  # fmt: skip
FARM_HEAD = ("编号", "单位名称", "社会信用代码", "负责人", "地址", "所在地区", "主营产品")
TRADE_HEAD = ("市场主体名称", "信用代码", "法人代表", "经营地址", "联系电话")
_SHOPS = ("小吃店", "粮油店", "五金店", "便利店", "面馆")
_VILLAGES = ("石渠", "柳湾", "白塔", "新渠", "古槐", "长庚", "胜水", "望河")
_CONFUSED = str.maketrans("1025", "IOZS")


def build(now: datetime, random: Random) -> None:
    """The newest sheets: one still to be confirmed, one taken back, and what was decided of late."""
    officer, farmer = _officer(REGISTRAR), _officer(FARMING)
    if officer is None or farmer is None:
        return
    wrong = _hand_in(farmer, "误传-2025年旧名录.csv", FARM_HEAD, _farm_rows(Random(7), 12, offset=900))
    UndoIntake(user=farmer, batch=wrong, reason="误传了上一年度的名录").execute()
    advance(wrong, 60)
    _hand_in(farmer, "合作社名录-本月.csv", FARM_HEAD, _bad_rows(), confirm=False)
    _decide(officer)
    _correct(officer)
    conflicts = list(CodeConflict.objects.order_by("pk")[:1])
    if conflicts:
        SendConflicts(user=officer, conflicts=conflicts).execute()


def build_register(now: datetime, random: Random) -> None:
    """The registrar delivers the whole roster, and what is not in it."""
    officer = _officer(REGISTRAR)
    if officer is None:
        return
    rows = [_registered(one, random) for one in fictional.roster()]
    rows += _further(random)
    _hand_in(officer, "市场主体登记库.csv", REGISTER_HEAD, rows)


def build_others(now: datetime, random: Random) -> None:
    """Agriculture and commerce deliver what they know, in their way of writing."""
    farmer, trader = _officer(FARMING), _officer(TRADE)
    if farmer is not None:
        _hand_in(farmer, "农产品生产主体名录.csv", FARM_HEAD, _farm_rows(random, 70))
    if trader is not None:
        _hand_in(trader, "重点商贸企业名单.csv", TRADE_HEAD, _trade_rows(random, 60))


EARLIER = ((FAR, build_register), (LATER, build_others))


def _officer(unit: str) -> User | None:
    """Somebody who delivers and decides on behalf of the unit."""
    people = User.objects.filter(unit__key=unit, grants__role="officer", grants__unit__key=unit)
    return people.select_related("unit__region").order_by("pk").first()


def _hand_in(
    user: User, name: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, confirm: bool = True
) -> IntakeBatch:
    assert user.unit is not None
    data = write_csv(head, rows)
    batch = StartIntake(
        user=user, unit=user.unit, region=user.unit.region, data=data, checked=check_upload(data, name, SUFFIXES)
    ).execute()
    if batch.state == IntakeBatch.State.MAPPING:
        keep = name.rpartition(".")[0]
        AssignColumns(user=user, batch=batch, columns=batch.columns, keep_as=keep).execute()
    advance(batch, 600)
    batch.refresh_from_db()
    if confirm and batch.good:
        ConfirmIntake(user=user, batch=batch, skip_wrong=True).execute()
        advance(batch, 600)
        batch.refresh_from_db()
    return batch


# ---- rows


def _registered(one: fictional.Enterprise, random: Random) -> tuple[str, ...]:
    form = "股份有限公司" if "股份" in one.name else "有限责任公司"
    day = date(2005, 1, 1) + timedelta(days=random.randrange(6900))
    roll = random.random()
    status = "存续" if roll < 0.93 else "歇业" if roll < 0.95 else "吊销" if roll < 0.97 else "注销"
    return (
        one.name, one.code, form, fictional.person(random), one.address, day.isoformat(), status, one.trade,
        _registrar(one.region),
    )  # fmt: skip


def _registrar(region: str) -> str:
    return f"{fictional.PLACES[region]}市场监督管理局"


def _further(random: Random) -> list[tuple[str, ...]]:
    """Shops, co-operatives and villages, which the roster has not."""
    rows: list[tuple[str, ...]] = []
    places = [code for code in fictional.PLACES if not code.endswith("00")]
    for number in range(FURTHER):
        region = places[number % len(places)]
        place, village = fictional.PLACES[region], _VILLAGES[number // len(places) % len(_VILLAGES)]
        person = fictional.person(random)
        day = (date(2016, 1, 1) + timedelta(days=random.randrange(3200))).isoformat()
        if number % 3 == 0:
            name, first, kind = f"{place}{person[0]}记{random.choice(_SHOPS)}", "92", "个体工商户"
        elif number % 3 == 1:
            name, first, kind = f"{place}{village}种植养殖专业合作社", "93", "农民专业合作社"
        else:
            name, first, kind = f"{place}{village}农业发展有限公司", "91", "有限责任公司"
        code = _code(first, region, 500_000 + number)
        rows.append((name, code, kind, person, fictional.address(random, region), day, "存续", "", _registrar(region)))
    # A works whose code was given out twice, and one that came into the sheet with a slip of the pen.
    rows[7] = (rows[7][0], rows[5][1], *rows[7][2:])
    rows[10] = (rows[10][0], rows[10][1].translate(_CONFUSED), *rows[10][2:])
    return rows


def _code(first: str, region: str, number: int) -> str:
    organisation = f"MA{number:06d}"
    body = f"{first}{region}{organisation}{uscc.organisation_check_character(organisation)}"
    return body + uscc.check_character(body)


def _farm_rows(random: Random, count: int, offset: int = 0) -> list[tuple[str, ...]]:
    """Producers as agriculture lists them: own numbers, often no code, names in short."""
    known = [one for one in fictional.roster() if one.trade in ("果蔬种植", "种子", "粮油加工", "乳制品")]
    rows: list[tuple[str, ...]] = []
    for number, one in enumerate(random.sample(known, count)):
        slip = number % 7
        code = (
            "" if slip in (1, 4) else one.code[:-1] + "?" if slip == 2 else one.code.lower() if slip == 3 else one.code
        )
        name = one.name.replace("有限责任公司", "公司") if slip in (1, 2) else one.name
        place = fictional.PLACES[one.region]
        address = "" if slip == 4 else one.address
        rows.append((f"N{offset + number:05d}", name, code, "", address, one.region, f"{place}特产"))
    return rows


def _trade_rows(random: Random, count: int) -> list[tuple[str, ...]]:
    """Shops and companies as commerce lists them, with a few that share a code with somebody else."""
    known = [one for one in fictional.roster() if one.trade in ("商贸零售", "电子商务", "旅游服务", "汽车销售维修")]
    rows: list[tuple[str, ...]] = []
    picked = random.sample(known, count)
    for number, one in enumerate(picked):
        code = one.code if number % 3 else ""
        if number in (5, 17):
            code = picked[number + 1].code
        address = one.address if number % 4 else fictional.address(random, one.region)
        name = one.name
        if number % 3 == 0:
            # Without place, code and address only the name-giving word is left: people must look.
            name, address = name.removeprefix(fictional.PLACES[one.region]), ""
        rows.append((name, code, "" if number % 2 else fictional.person(random), address, fictional.phone(random)))
    rows.append(("", picked[0].code, "", "", ""))
    rows.append(("澜川某商贸有限公司", "91990100MA000000", "", "", ""))
    return rows


def _bad_rows() -> list[tuple[str, ...]]:
    """A sheet as it should not be."""
    return [
        ("N10001", "北川石渠种植专业合作社", _code("93", "990321", 700_001), "", "北川县新渠街12号", "990321", "苹果"),
        ("N10002", "", _code("93", "990321", 700_002), "", "北川县柳堤路3号", "990321", "梨"),
        ("N10003", "榆台柳湾养殖专业合作社", "93990322MA70000", "", "榆台县文昌路8号", "990322", "羊"),
        ("N10001", "松口白塔种植专业合作社", _code("93", "990421", 700_003), "", "松口县胜水路1号", "990421", "枣"),
        ("N10005", "松口新渠种植专业合作社", _code("93", "990421", 700_004), "", "松口县银杏路6号", "松口", "枣"),
        ("N10006", "石门桥长庚养殖专业合作社", "", "", "石门桥县迎宾路2号", "992121", "牛"),
    ]


# ---- decisions


def _decide(officer: User) -> None:
    """A few pairs are settled, one is left for later; most still wait."""
    decisions = (("same", "地址、负责人一致，简称"), ("later", "已向登记机关核实"), ("different", "字号不同，系两家"))
    waiting = list(ReviewPair.objects.filter(state=ReviewPair.State.OPEN).order_by("-probability")[:12])
    for pair, (decision, why) in zip(waiting[:-1], decisions, strict=False):
        pair.refresh_from_db()  # an earlier merge may have settled it
        action = DecidePair(user=officer, pair=pair, decision=decision, reason=why)  # type: ignore[arg-type]
        if not action.refusal():
            action.execute()


def _correct(officer: User) -> None:
    """One address was wrong and is put right."""
    body = (
        Enterprise.objects.filter(kind=Enterprise.Kind.COMPANY, merged_into=None).exclude(code="").order_by("pk")[3:4]
    )
    for one in body:
        CorrectEnterprise(
            user=officer,
            enterprise=one,
            values={"address": fictional.address(Random(timezone.localdate().year), one.region.code)},
            reason="现场核查发现住所已变更",
        ).execute()
