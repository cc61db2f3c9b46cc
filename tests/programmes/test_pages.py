"""Every page as every kind of person, and the whole road through the forms."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.parties.models import User
from hengjian.programmes.actions import AssignReviews
from hengjian.programmes.models import Application, Edition, Review
from tests.programmes.conftest import World, close_call, draft, submitted
from tests.programmes.test_road import fresh, screen

PHONE = "13800001234"


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def test_pages_open_for_the_organiser_in_both_languages(world: World, edition: Edition) -> None:
    application = submitted(world, edition)
    client = signed_in(world.officer)
    for name, args in (
        ("index", []), ("editions", []), ("programme", ["test_prize"]), ("edition_new", ["test_prize"]),
        ("edition", [edition.pk]), ("edition_change", [edition.pk]), ("application", [application.pk]), ("reviews", []),
        ("mine", []), ("public_index", []), ("public_edition", [edition.pk]), ("public_holders", ["test_prize"]),
    ):  # fmt: skip
        for language in ("zh-hans", "en"):
            client.cookies["django_language"] = language
            answer = client.get(reverse(f"programmes:{name}", args=args))
            assert answer.status_code == 200, (name, language)


def test_what_others_see(world: World, edition: Edition) -> None:
    application = submitted(world, edition)
    page = reverse("programmes:application", args=[application.pk])
    for user, expected in (
        (world.officer, 200), (world.applicants[0], 200), (world.applicants[1], 404), (world.stranger, 404),
        (world.citizen, 404), (world.experts[0], 404), (None, 302),
    ):  # fmt: skip
        assert signed_in(user).get(page).status_code == expected, user
    # A call that is out is public; its applications, panel and figures are not.
    page = reverse("programmes:edition", args=[edition.pk])
    for user in (world.stranger, world.citizen, world.applicants[1]):
        answer = signed_in(user).get(page)
        assert answer.status_code == 200
        assert application.holder not in answer.text and "expert-1" not in answer.text
    own = signed_in(world.applicants[0]).get(page).text
    assert application.holder in own and "expert-1" not in own
    assert signed_in(None).get(page).status_code == 302
    anybody = signed_in(None).get(reverse("programmes:public_edition", args=[edition.pk]))
    assert anybody.status_code == 200 and application.holder not in anybody.text


def test_a_draft_is_saved_without_personal_data_and_then_handed_in(world: World, edition: Edition) -> None:
    client = signed_in(world.applicants[0])
    page = reverse("programmes:apply", args=[edition.pk])
    values = {"organisation": "第1制造有限公司", "phone": PHONE, "do": "save"}
    file = SimpleUploadedFile("自评报告.txt", "自评".encode())
    answer = client.post(page, {**values, "files": file})
    assert answer.status_code == 302
    application = Application.objects.get()
    assert application.state == "draft" and PHONE not in str(application.draft)
    page = reverse("programmes:application_edit", args=[application.pk])
    incomplete = client.post(page, {**values, "do": "submit"})
    assert incomplete.status_code == 422 and "成立日期" in incomplete.text
    done = client.post(page, {**values, "founded_on": "2015-03-01", "summary": "做法", "do": "submit"})
    assert done.status_code == 302
    application.refresh_from_db()
    assert application.case is not None and application.case.state == "screening"
    assert PHONE not in str(application.case.data)
    shown = client.get(reverse("programmes:application", args=[application.pk])).text
    assert "已收到，正在审查资格" in shown and "自评报告.txt" in shown and PHONE not in shown


def test_a_bad_file_is_refused_and_nothing_kept(world: World, edition: Edition) -> None:
    client = signed_in(world.applicants[0])
    bad = SimpleUploadedFile("表.exe", b"MZ\x90\x00")
    answer = client.post(reverse("programmes:apply", args=[edition.pk]), {"do": "save", "files": bad})
    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_nobody_applies_for_another_unit_or_after_the_closing_day(world: World, edition: Edition) -> None:
    page = reverse("programmes:apply", args=[edition.pk])
    assert signed_in(world.citizen).get(page).status_code == 403
    assert signed_in(world.stranger).get(page).status_code == 403
    application = draft(world, edition)
    other = signed_in(world.applicants[1])
    assert other.get(reverse("programmes:application_edit", args=[application.pk])).status_code == 404
    close_call(edition)
    assert signed_in(world.applicants[1]).get(page).status_code == 409


def test_a_member_declares_first_and_reads_then(world: World, edition: Edition) -> None:
    application = screen(world, submitted(world, edition, summary="独特的管理做法"))
    AssignReviews(user=world.officer, application=application, members=world.experts[:2]).execute()
    review = Review.objects.get(user=world.experts[0])
    client = signed_in(world.experts[0])
    page = reverse("programmes:review", args=[review.pk])
    assert "独特的管理做法" not in client.get(page).text
    assert client.post(page, {"do": "declare", "has": "yes"}).status_code == 422
    assert client.post(page, {"do": "declare", "has": "no"}).status_code == 302
    assert "独特的管理做法" in client.get(page).text
    assert client.post(page, {"do": "submit", "total": "300", "opinion": "好"}).status_code == 422
    assert client.post(page, {"do": "submit", "total": "88", "opinion": "材料翔实。"}).status_code == 302
    assert "application__holder" not in client.get(reverse("programmes:reviews")).text
    assert application.holder in client.get(reverse("programmes:reviews")).text
    for user in (world.experts[1], world.officer, world.applicants[0]):
        assert signed_in(user).get(page).status_code == 404
    assert "材料翔实" not in signed_in(world.applicants[0]).get(
        reverse("programmes:application", args=[application.pk])
    ).text  # fmt: skip


def test_the_queue_keeps_what_is_over_and_what_was_stepped_back_from(world: World, edition: Edition) -> None:
    application = screen(world, submitted(world, edition))
    AssignReviews(user=world.officer, application=application, members=world.experts[:2]).execute()
    review = Review.objects.get(user=world.experts[0])
    client = signed_in(world.experts[0])
    page = reverse("programmes:review", args=[review.pk])
    client.post(page, {"do": "declare", "has": "yes", "interest": "担任过该单位顾问"})
    review.refresh_from_db()
    assert review.state == Review.State.RECUSED
    assert application.holder in client.get(reverse("programmes:reviews")).text
    assert "已回避" in client.get(page).text
    TakeStep(user=world.officer, case=fresh(application).case, step="eliminate", note="材料不实").execute()
    assert "阶段已结束" in signed_in(world.experts[1]).get(reverse("programmes:reviews")).text


@pytest.mark.parametrize("rows", [1, 4])
def test_the_lists_ask_the_database_as_often_for_many_rows(
    world: World, edition: Edition, rows: int, django_assert_max_num_queries: object
) -> None:
    for n in range(1, rows + 1):
        submitted(world, edition, n)
    client = signed_in(world.officer)
    client.get(reverse("programmes:edition", args=[edition.pk]))
    with django_assert_max_num_queries(75):  # type: ignore[operator]
        assert client.get(reverse("programmes:edition", args=[edition.pk])).status_code == 200
    with django_assert_max_num_queries(50):  # type: ignore[operator]
        assert client.get(reverse("programmes:editions")).status_code == 200


def test_the_call_is_published_by_another_person(world: World, prize: object) -> None:
    today = timezone.localdate()
    client = signed_in(world.officer)
    given = {
        "title": "第二届", "year": today.year, "opens_on": today, "closes_on": today + timedelta(days=30), "quota": "3",
        "line": str(Decimal(60)), "call": "欢迎申报。", "from_paper": today, "to_paper": today + timedelta(days=40),
    }  # fmt: skip
    answer = client.post(reverse("programmes:edition_new", args=["test_prize"]), given)
    assert answer.status_code == 302
    made = Edition.objects.get(title="第二届")
    page = reverse("programmes:edition", args=[made.pk])
    assert signed_in(world.citizen).get(page).status_code == 404
    assert Client().get(reverse("programmes:public_edition", args=[made.pk])).status_code == 404
    world.officer.grants.create(role="unit_head", unit=world.office)
    assert client.post(page, {"do": "publish"}).status_code == 409
    assert signed_in(world.head).post(page, {"do": "publish"}).status_code == 302
    made.refresh_from_db()
    assert made.state == Edition.State.OPEN
