"""5/5 commitments, succession, acceptance, the plate, liability, who may see what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.ledger.errors import VaultError
from hengjian.ledger.models import Fact, VaultAccess
from hengjian.parties.models import AuditEntry
from hengjian.parties.policies import Forbidden, visible
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.engineering.actions import AppointHolder, FileCommitment, reveal_identity
from hengjian.systems.engineering.models import Project, RoleHolder
from hengjian.systems.engineering.queries import answering, rates
from hengjian.systems.engineering.rules import Rate, Role
from tests.systems.engineering.conftest import Site

ID_NUMBER = "990102197803074213"
TODAY = timezone.localdate()


def test_four_of_five_is_refused_and_the_missing_role_named(site: Site) -> None:
    project = site.project()
    for role in Role:
        holder = site.appoint(project, role)
        if role != Role.SUPERVISOR:
            site.commit(holder)
    case = site.open(project)
    with pytest.raises(ActionRefused) as refused:
        site.step(case, "grant", values={"supervisor_team": "监督站"})
    assert "4/5" in str(refused.value.message) and "监理单位总监理工程师" in str(refused.value.message)
    assert "建设单位" not in str(refused.value.message)
    site.commit(holder)
    site.step(case, "grant", values={"supervisor_team": "监督站"})
    project.refresh_from_db()
    assert (project.status, project.supervised_on) == ("building", TODAY)


def test_acceptance_makes_plate_and_end_of_liability(site: Site) -> None:
    project = site.project()
    site.all_five(project)
    site.supervised(project)
    case = site.open(project, "project_acceptance")
    site.step(case, "fail", outcome_code="function", note="渗漏", values={"defects": "屋面渗漏"})
    site.step(case, "again", note="已整改")
    site.step(case, "accept", values={"accepted_on": TODAY.isoformat()})
    project.refresh_from_db()
    assert (project.status, project.acceptance_tries, project.first_pass) == ("accepted", 2, False)
    assert project.liable_until is not None and project.liable_until.year == TODAY.year + 50
    assert "总监理工程师：岳听澜" in project.plate_text
    filing = Deadline.objects.get(owner=case.ref, purpose="project_acceptance.filing")
    assert (filing.term_amount, filing.term_unit) == (15, "calendar_day")
    site.step(case, "file", values={"archive_number": "CJ-2026-0017"})
    project.refresh_from_db()
    assert project.archive_number == "CJ-2026-0017" and project.filed_on == TODAY
    with pytest.raises(ActionRefused, match="不再变更"):
        site.appoint(project, Role.BUILDER, since=TODAY)


def test_not_accepted_without_supervision_or_commitments(site: Site) -> None:
    project = site.project()
    site.all_five(project)
    case = site.open(project, "project_acceptance")
    with pytest.raises(ActionRefused, match="监督手续"):
        site.step(case, "accept", values={"accepted_on": TODAY.isoformat()})
    site.supervised(project)
    with pytest.raises(ActionRefused, match="开工日期"):
        site.step(case, "accept", values={"accepted_on": (TODAY + timedelta(1)).isoformat()})
    AppointHolder(
        user=site.officer,
        project=project,
        role=Role.DESIGN,
        name="韩青禾",
        unit="望澜建筑设计有限公司",
        since=TODAY,
        reason="离职",
    ).execute()
    with pytest.raises(ActionRefused, match="设计单位项目负责人"):
        site.step(case, "accept", values={"accepted_on": TODAY.isoformat()})


def test_a_change_keeps_the_old_holder_and_asks_to_sign_within_five_working_days(site: Site) -> None:
    project = site.project()
    old = site.commit(site.appoint(project, Role.SUPERVISOR))
    change = {"role": Role.SUPERVISOR, "name": "沈长川", "unit": "望澜云渡工程监理有限公司"}
    with pytest.raises(ActionRefused, match="变更原因"):
        AppointHolder(user=site.officer, project=project, since=date(2026, 9, 28), **change).execute()
    with pytest.raises(ActionRefused, match="晚于"):
        AppointHolder(user=site.officer, project=project, since=old.since, reason="更换", **change).execute()
    new = AppointHolder(user=site.officer, project=project, since=date(2026, 9, 28), reason="调离", **change).execute()
    old.refresh_from_db()
    assert (old.until, old.reason, new.since) == (date(2026, 9, 27), "调离", date(2026, 9, 28))
    clock = Deadline.objects.get(owner=project.ref, purpose="engineering.resign.supervisor")
    # Over the National Day holiday; the Saturday after it is worked.
    assert clock.due_on == date(2026, 10, 10)
    FileCommitment(user=site.officer, holder=new, signed_on=new.since, authorised_on=new.since).execute()
    clock.refresh_from_db()
    assert clock.closed_at is not None
    with pytest.raises(ActionRefused, match="不再任职"):
        FileCommitment(user=site.officer, holder=old, signed_on=old.since, authorised_on=old.since).execute()


def test_searchable_by_person_until_the_design_life_ends(site: Site) -> None:
    project = site.project()
    site.all_five(project)
    Project.objects.filter(pk=project.pk).update(accepted_on=date(2016, 6, 1), liable_until=date(2066, 6, 1))
    assert [row.project for row in answering(site.officer, "岳听澜", date(2066, 6, 1))] == [project]
    assert not answering(site.officer, "岳听澜", date(2066, 6, 2)).exists()
    assert not answering(site.stranger, "岳听澜").exists()
    assert not answering(site.market.citizen, "岳听澜").exists()


def test_liability_only_within_the_design_life(site: Site) -> None:
    project = site.project()
    Project.objects.filter(pk=project.pk).update(accepted_on=date(1970, 6, 1), liable_until=date(2020, 6, 1))
    given = {"trigger": "accident", "facts_found": "局部坍塌"}
    late = site.open(project, "project_liability", happened_on="2020-06-02", **given)
    find = {"values": {"roles": ["builder"], "finding": "偷工减料"}}
    with pytest.raises(ActionRefused, match="设计使用年限"):
        site.step(late, "find", **find)
    case = site.open(project, "project_liability", happened_on="2020-06-01", **given)
    site.step(case, "find", **find)
    with pytest.raises(Forbidden):
        site.step(case, "pursue", values={"consequence": "吊销注册证书"}, user=site.officer)
    site.step(case, "pursue", values={"consequence": "吊销注册证书"}, user=site.head)
    assert case.outcome == "pursued"


def test_a_structural_defect_opens_liability(site: Site) -> None:
    project = site.project()
    case = site.open(project, "quality_defect", defect="梁体开裂", found_by="complaint", grade="structural")
    site.step(case, "pursue", note="检测确认影响结构安全")
    opened = Case.objects.get(type="project_liability")
    assert (opened.origin, opened.data["trigger"]) == (case.ref, "unusable")


def test_rates_per_region(site: Site) -> None:
    first, second = site.project(), site.project("990102-2014-002", name="澜东二期")
    site.project("990102-2014-003", name="无监督工程")
    for project in (first, second):
        site.all_five(project)
        site.supervised(project)
    case = site.open(first, "project_acceptance")
    site.step(case, "accept", values={"accepted_on": TODAY.isoformat()})
    case = site.open(second, "project_acceptance")
    site.step(case, "fail", outcome_code="function", note="x", values={"defects": "渗漏"})
    found = rates(visible(site.officer, Project.objects.all()), TODAY - timedelta(30), TODAY)[0]
    assert (found.accepted, found.first, found.supervised) == (Rate(1, 2), Rate(1, 1), Rate(1, 2))


@pytest.mark.django_db(transaction=True)
def test_the_identity_number_is_in_the_vault_only(site: Site) -> None:
    project = site.project()
    holder = site.appoint(project, Role.BUILDER, id_number=ID_NUMBER)
    assert reveal_identity(site.officer, holder, "核对执业资格") == ID_NUMBER
    assert VaultAccess.objects.filter(action=VaultAccess.Action.REVEALED).count() == 1
    with pytest.raises(VaultError):
        reveal_identity(site.officer, holder, "")
    with pytest.raises(Forbidden):
        reveal_identity(site.stranger, holder, "核对执业资格")
    for model in (Fact, AuditEntry, RoleHolder, Project):
        for row in model.objects.values():
            assert ID_NUMBER not in str(row), model
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert ID_NUMBER not in str(cursor.fetchall()), table
