"""A region full of secrets, and everyone who must not learn them. Its texts carry a mark and hostile markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from hengjian.documents.actions import store_file
from hengjian.documents.models import StoredFile
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.queries import timeline
from hengjian.pages import navigation
from hengjian.pages.models import Notification, SavedView
from hengjian.parties.models import ApiToken, Region, RoleGrant, Unit, User
from hengjian.parties.tokens import CreateToken
from hengjian.plans.actions.extensions import RequestExtension
from hengjian.plans.actions.follow import UrgeDuty
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport
from hengjian.plans.actions.papers import DraftCircular, IssueDocument
from hengjian.plans.actions.reports import ReportContent, ReviewReport, SaveReport, SubmitReport
from hengjian.plans.actions.work import AssignDuties, SignDuty
from hengjian.plans.models import Duty, Plan, PlanImport, Urge
from tests.security.business import settle

#: Occurs nowhere else, so that finding it in an answer is a leak.
MARK = "赤霄甲七"
#: What a hostile person types; no page may make an element, an attribute or a computed value of it.
MARKUP = "\"'><hj-x onload=alert(1)>{{7*7}}{% now 'Y' %}</script>"
SECRET = MARK + MARKUP
PASSWORD = "correct-horse-9"
CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 8, 19, 10, tzinfo=CHINA)

TEXT = f"""澜川自治区{SECRET}2026年行动计划

一、提升{SECRET}质量

（一）开展{SECRET}行动。组织实施{SECRET}工程。年内开展{SECRET}监测评价。（市场监管局牵头，农业农村厅配合）

（二）加强{SECRET}监管。9月底前完成{SECRET}评估，覆盖率达到95%以上。（市场监管局、农业农村厅按职责分工负责）
"""


def person(name: str, unit: Unit | None, role: str = "", region: Region | None = None, shown: str = "") -> User:
    user = User.objects.create_user(name, password=PASSWORD, display_name=shown or name, unit=unit)
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region)
    return user


@dataclass
class Land:
    """`insiders` may see the secrets, `outsiders` may not; `ids` says what each parameter of an address means."""

    office: User
    second: User
    officer: User
    head: User
    plan: Plan
    duty: Duty
    draft: PlanImport
    file: StoredFile
    token: ApiToken
    outsiders: dict[str, User | None] = field(default_factory=dict)
    # "route name:parameter", or the parameter alone where all routes mean the same by it.
    ids: dict[str, Any] = field(default_factory=dict)

    def client(self, user: User | None, **options: Any) -> Client:
        client = Client(raise_request_exception=False, **options)
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def summer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 2026-08-19, in the middle of the plan's year."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def land(db: None, summer: None, settings: Any, tmp_path: Any) -> Iterator[Land]:
    settings.MEDIA_ROOT = tmp_path / "files"
    ContentType.objects.clear_cache()
    cache.clear()
    yield build_land()
    cache.clear()


@pytest.fixture
def light_sessions(settings: Any) -> None:
    """A walk asks for the same session a thousand times over: it travels in the cookie, not in the database."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"


@pytest.fixture
def counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers beside the navigation are counted once per person: a walk renders them a thousand times over.

    They are most of the work of a page that refuses; what they say is tested in the rooms that count.
    """

    def once(count: Callable[[Any], int]) -> Callable[[Any], int]:
        known: dict[Any, int] = {}

        def answer(user: Any) -> int:
            if user.pk not in known:
                known[user.pk] = count(user)
            return known[user.pk]

        return answer

    items = {key: replace(item, count=item.count and once(item.count)) for key, item in navigation._items.items()}
    monkeypatch.setattr(navigation, "_items", items)


def build_land() -> Land:
    nation = Region.objects.create(code="100000", name="中华人民共和国", short_name="中国", level="national")
    here, there = (
        Region.objects.create(code=code, name=name, short_name=name[:2], level="provincial", parent=nation)
        for code, name in (("990000", "澜川自治区"), ("980000", "霁原省"))
    )

    def unit(key: str, name: str, region: Region = here) -> Unit:
        return Unit.objects.create(key=key, name=name, region=region, level=region.level)

    panel, market, farming = unit("office", "质量强区办"), unit("market", "市场监管局"), unit("farming", "农业农村厅")
    water, other_panel = unit("water", "水利厅"), unit("other-office", "质量强省办", there)
    office = person("office", panel, "office", here)
    second = person("second", panel, "office", here)
    officer = person("officer", market, "officer", shown=f"{MARK}某")
    head = person("head", market, "unit_head")

    parent_draft = StartImport(user=office, unit=panel, region=here, data=TEXT.replace("工程", "大会战")).execute()
    period = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    parent = ConfirmImport(user=office, draft=parent_draft, settings=period).execute().plan
    confirmed = StartImport(user=office, unit=panel, region=here, data=TEXT, filename=f"{MARK}<hj-x>.txt").execute()
    plan = (
        ConfirmImport(
            user=office,
            draft=confirmed,
            settings=PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), parent=parent),
        )
        .execute()
        .plan
    )
    draft = StartImport(user=office, unit=panel, region=here, data=TEXT, filename=f"{MARK}<hj-x>.txt").execute()
    AssignDuties(user=office, plan=plan).execute()
    duty = Duty.objects.filter(task__plan=plan, unit=market).order_by("pk")[0]
    SignDuty(user=officer, duty=duty, reason=SECRET).execute()
    file = store_file(SECRET.encode(), f'{MARK}"><hj-x>.txt', subject=duty.ref, stored_by=officer.ref)
    words = ReportContent(
        result=SECRET, percent=40, problems=SECRET,
        next_step=SECRET, evidence=[("file", file.address, file.name)],
    )  # fmt: skip
    SubmitReport(user=officer, duty=duty, content=words).execute()
    ReviewReport(user=office, duty=duty, accept=True, note=SECRET).execute()
    duty.refresh_from_db()
    SaveReport(user=officer, duty=duty, content=words).execute()
    RequestExtension(
        user=officer, duty=duty, to_due=date(2027, 1, 31), reason=SECRET, progress_so_far=SECRET, head_consents=True
    ).execute()
    UrgeDuty(user=office, duty=duty, message=SECRET).execute()
    where = {"plan": plan, "agency": "澜质强办发", "message": SECRET}
    paper = IssueDocument(user=office, kind="notice", tasks=[duty.task_id], **where).execute()[0]
    paper_draft = DraftCircular(user=office, kind="circular", **where).execute()
    SavedView.objects.create(list_key="plans.tasks", name=SECRET[:40], query="sort=due", owner=office, unit=panel)
    Notification.objects.create(user=office, text=SECRET[:300], ref=duty.ref, key="secret")
    made = CreateToken(
        user=head, unit=market, name=SECRET[:60], scopes=["plans.view"], expires_at=NOW + timedelta(days=30)
    ).execute()
    fact = timeline(duty.ref, kinds=["plan.progress"], disclosure="internal")[0]
    sign_checkpoint()

    land = Land(office, second, officer, head, plan, duty, draft, file, made.token)
    land.outsiders = {
        "nobody": None,
        "citizen": person("citizen", None),
        "officer of another unit": person("water-officer", water, "officer"),
        "viewer of another unit": person("water-viewer", water, "viewer"),
        "reviewer of another unit": person("water-reviewer", water, "reviewer"),
        "office of another region": person("other-office", other_panel, "office", there),
    }
    grant = RoleGrant.objects.get(user=officer)
    land.ids = {
        "plans:task:pk": duty.task_id, "plans:duty:pk": duty.pk, "plans:plan:pk": plan.pk,
        "plans:plan_export:pk": plan.pk, "plans:import_review:pk": draft.pk, "plans:import_confirm:pk": draft.pk,
        "plans:import_undo:pk": draft.pk, "plans:cascade_of:pk": plan.pk, "plans:coverage:pk": parent.pk,
        "plans:draft_local:pk": plan.pk, "plans:draft:pk": paper_draft.pk, "plans:document:pk": paper.pk,
        "documents:download:pk": file.pk, "directory:person:pk": officer.pk, "directory:edit_person:pk": officer.pk,
        "directory:grant_role:pk": officer.pk, "directory:revoke_role:pk": grant.pk,
        "directory:revoke_token:pk": made.token.pk, "suffix": "xlsx", "kind": paper.kind, "key": "market",
        "fact_id": str(fact.id), "name": "plan.progress", "rule_id": "lights.sichuan", "code": "990000",
        "plan_id": plan.pk, "task_id": duty.task_id, "duty_id": duty.pk, "import_id": draft.pk,
        "draft_id": paper_draft.pk, "plans:import_mark:pk": draft.pk,
        "urge_id": Urge.objects.filter(duty=duty)[0].pk, "document_id": paper.pk, "file_id": file.pk,
        "rest": "v1/nothing",
        **settle(region=here, unit=market, officer=officer, receiver=farming, secret=SECRET),
    }  # fmt: skip
    return land


def rows(*, without: tuple[type[Model], ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table of the project, to see whether anything changed."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for config in apps.get_app_configs()
        if config.name.startswith("hengjian.")
        for model in config.get_models()
        if model not in without
    }
