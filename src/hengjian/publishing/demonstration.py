"""The room's part of the demonstration: notices at every stage, with objections."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.methods import fictional
from hengjian.parties.models import User
from hengjian.publishing.actions import DecideObjection, FileObjection, PublishNotice, WithdrawNotice, WriteNotice
from hengjian.publishing.models import Notice, Objection

OFFICER, HEAD = "market", "market-head"
CONTACT = "质量发展处，0990-5550123（工作日 9:30—18:30）"


def build(now: datetime, random: Random) -> None:
    """Notices of the region's market regulation: on show, staying, waiting for publication, withdrawn."""
    people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, HEAD))}
    if len(people) < 2:
        return
    officer, head = people[OFFICER], people[HEAD]
    names = [item.name for item in fictional.enterprises(random, 9)]
    today = timezone.localdate(now)

    def write(title: str, body: str, **more: Any) -> Notice:
        unit = officer.unit
        assert unit is not None
        given = {"title": title, "body": body, "unit": unit, "region": unit.region, "contact": CONTACT, **more}
        return WriteNotice(user=officer, **given).execute()

    def publish(notice: Notice) -> Notice:
        return PublishNotice(user=head, notice=notice).execute()

    listed = "\n".join(f"{place}. {name}" for place, name in enumerate(names[:5], start=1))
    candidates = publish(
        write(
            f"{now:%Y}年澜川自治区质量标杆拟认定名单公示",
            f"经申报、材料评审和现场核查，拟认定以下单位为自治区质量标杆，现予公示。\n\n{listed}\n\n"
            "公示期内，任何单位和个人对名单有异议的，可以在线提出并说明事实和理由。",
            term="honour-notice",
        )
    )
    publish(
        write(
            "关于澜川枸杞地理标志认定申请受理的公告",
            f"{names[5]}提出的“澜川枸杞”地理标志认定申请，经审查符合受理条件，现予公告。\n\n"
            "自公告之日起两个月内，对该申请有异议的，可以书面提出。",
            kind=Notice.Kind.ANNOUNCEMENT,
            term="gi-objection",
            stays=True,
        )
    )
    publish(
        write(
            "儿童自行车质量安全风险提示",
            "近期监测发现，部分儿童自行车链罩缺失、制动距离过长，存在夹伤和碰撞风险。\n\n"
            "选购时请查看产品认证标志和适用身高；已购买的，请检查链罩和前后制动。",
            kind=Notice.Kind.WARNING,
            objections_open=False,
        )
    )
    wrong = publish(
        write(
            "拟撤销检验检测机构资质认定公示",
            f"拟撤销{names[6]}检验检测机构资质认定，现予公示。",
            until=today + timedelta(days=7),
        )
    )
    WithdrawNotice(user=head, notice=wrong, reason="机构名称有误，更正后重新公示").execute()
    write(
        f"{now:%Y}年首席质量官聘任人选公示",
        f"拟聘任{names[7]}、{names[8]}推荐的人选为自治区首席质量官，现予公示。",
        until=today + timedelta(days=10),
    )
    first = _object(candidates, random, f"{names[0]}去年有产品抽查不合格的通报，不符合申报条件，请核实。")
    DecideObjection(
        user=officer,
        objection=first,
        decision=Objection.State.REJECTED,
        answer="经核查，该通报针对同名的另一家企业，公示对象近三年监督抽查均合格，异议不成立。",
    ).execute()
    _object(candidates, random, f"{names[2]}申报材料中的专利有两项已经失效，希望复核得分。")


def _object(notice: Notice, random: Random, text: str) -> Objection:
    identity = {
        "name": fictional.person(random),
        "phone": fictional.phone(random),
        "address": fictional.address(random),
    }
    return FileObjection(notice=notice, text=text, identity=identity).execute().objection
