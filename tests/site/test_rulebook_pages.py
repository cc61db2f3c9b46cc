"""The rulebook's pages: list, filters, versions side by side."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from hengjian import rulebook
from hengjian.parties.models import User
from hengjian.site import urls as site_urls
from hengjian.site.rulebook_views import rulebook_urls

urlpatterns: list[URLPattern | URLResolver] = [*site_urls.urlpatterns, *rulebook_urls]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.site.test_rulebook_pages")]


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(User.objects.create_user("reader", password="a-long-password-1"))
    return client


def page(reader: Client, **given: str) -> str:
    response = reader.get(reverse("rulebook"), given)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_every_rule_with_its_mark(reader: Client) -> None:
    text = page(reader)
    for rule in rulebook.all_rules():
        assert reverse("rule", args=[rule.id]) in text
    assert text.count('class="light is-amber"') == sum(rule.to_verify for rule in rulebook.all_rules())
    assert "style=" not in text.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("given", "shown", "hidden"),
    [
        ({"q": "第121号"}, "terms.complaint-decide.order-121-2025", "terms.complaint-decide.order-20-2019"),
        ({"q": "宜昌"}, "traffic_lights.yichang.2015", "traffic_lights.suqian.2025"),
        ({"family": "grades"}, "grades.water.2018", "terms."),
        ({"status": "verified"}, "calendar.cn.2026", "calendar.cn.2027"),
        ({"on": "2016-06-01", "family": "calendar"}, "calendar.cn.2016", "calendar.cn.2017"),
        ({"region": "640000", "family": "calendar"}, "calendar.nx.2025", "calendar.xj.2025"),
    ],
)
def test_filters_narrow_the_list(reader: Client, given: dict[str, str], shown: str, hidden: str) -> None:
    table = page(reader, **given).split("<tbody", 1)[1]
    assert shown in table and hidden not in table


def test_a_wrong_day_is_said_and_nothing_found_offers_a_way_back(reader: Client) -> None:
    assert "不是日期" in page(reader, on="soon")
    assert "没有符合条件的规则" in page(reader, q="没有这样的规则名")


def test_a_rule_with_its_versions(reader: Client) -> None:
    text = reader.get(reverse("rule", args=["terms.complaint-mediate.order-121-2025"])).content.decode()
    assert "自受理投诉起 60 日内终结调解。" in text
    assert "市场监管总局令第121号" in text and "待核" in text
    assert text.count("投诉调解") >= 4  # heading and three versions
    assert "工作日" in text.split("各版本对照")[-1] and "≠" in text


def test_every_rule_has_a_page(reader: Client) -> None:
    for rule in rulebook.all_rules():
        assert reader.get(reverse("rule", args=[rule.id])).status_code == 200


def test_an_unknown_rule_is_not_found_and_strangers_log_in(reader: Client) -> None:
    assert reader.get(reverse("rule", args=["terms.nothing.1"])).status_code == 404
    assert Client().get(reverse("rulebook")).status_code == 302
