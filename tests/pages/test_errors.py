"""What a user sees when something fails: what happened, what to do next, and nothing of the inside."""

from __future__ import annotations

import pytest
from django.test import Client

from hengjian.pages.errors import UserError
from tests.pages.conftest import Office

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.list_site")]


def test_a_user_error_becomes_a_page_with_the_way_forward(office: Office) -> None:
    response = office.client.get("/refused/")
    html = response.content.decode()
    assert response.status_code == 422
    assert "文件是空的：&lt;a&gt;.txt" in html
    assert "请检查后重新上传。" in html
    assert '<a class="btn btn--primary" href="/again">再试一次</a>' in html
    assert "topbar" in html


def test_htmx_gets_the_notice_alone(office: Office) -> None:
    html = office.client.get("/refused/", headers={"HX-Request": "true"}).content.decode().strip()
    assert html.startswith('<div class="notice is-red" role="alert">')
    assert "topbar" not in html


def test_only_the_users_own_doing_is_a_user_error() -> None:
    with pytest.raises(ValueError, match="500"):
        UserError("x", status=500)


def test_not_found_for_people_and_for_the_public(office: Office) -> None:
    inside = office.client.get("/nothing/here/")
    assert inside.status_code == 404
    assert "请从导航或全局检索重新进入" in inside.content.decode()
    assert "topbar" in inside.content.decode()
    outside = Client().get("/nothing/here/").content.decode()
    assert "pub-head" in outside
    assert "topbar" not in outside


def test_a_failure_inside_tells_nothing_of_the_inside() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "系统出错" in html
    assert "错误编号" in html
    assert "secret detail" not in html
    assert "Traceback" not in html


def test_a_forged_submission_says_that_the_page_expired(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.head)
    response = client.post("/people/", {"action": "thank"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()
