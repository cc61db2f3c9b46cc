"""When the rules of names change, the index and the linking keys follow, by portions and after a kill."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

import pytest
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.enterprises.linking import FEATURES, blocking
from hengjian.enterprises.matching import Asked, match
from hengjian.enterprises.models import Enterprise, LinkKey, SourceRecord
from hengjian.enterprises.search import following, jobs, many, search, store, terms
from hengjian.enterprises.search.following import Progress, follow, progress
from hengjian.enterprises.search.indexing import fold, index
from hengjian.enterprises.search.models import Document, Fresh, IndexState
from hengjian.enterprises.search.rebuilding import reindex
from hengjian.enterprises.search.rules_version import _RULES, _contents, rules_version
from hengjian.parties.models import Unit

from . import world

pytestmark = pytest.mark.django_db
NAME = "石泉县鑫达商贸有限公司"


def finish(portion: int = 5) -> int:
    rounds = 0
    # Portions are stretches of numbers, and PostgreSQL goes on counting from test to test.
    last = sum(model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Enterprise, SourceRecord))
    while progress() is not None:
        follow(timezone.now(), portion)
        rounds += 1
        assert rounds < last // portion + 10
    return rounds


def wrong_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are read as if 鑫达 were a trade."""

    def read(name: str) -> tuple[str, str, str]:
        return ("", "鑫达商贸", "石泉县") if "鑫达" in name else original(name)

    original = terms.brand_of
    for module in (terms, many):
        monkeypatch.setattr(module, "brand_of", read)


def record(body: Enterprise, features: list[str]) -> SourceRecord:
    unit, _made = Unit.objects.get_or_create(key="market", defaults={"name": "市场监管局", "region": body.region})
    made = SourceRecord.objects.create(
        source=unit, region=body.region, enterprise=body, identity=f"code:{body.code}", digest="x", code=body.code,
        name=body.name, values={"address": "和平路 28 号"}, features=features,
    )  # fmt: skip
    LinkKey.objects.bulk_create(LinkKey(record=made, key=key) for key in blocking(features, body.code))
    return made


def test_the_version_is_that_of_data_and_code() -> None:
    names = [name for one in _RULES for name, _content in _contents(files(one[0]) / one[1])]
    assert {"parsing.py", "trades.txt", "forms.yaml", "regions.py", "features.py", "terms.py"} <= set(names)
    assert rules_version() == rules_version.__wrapped__() and len(rules_version()) == 32


def test_an_empty_register_has_nothing_to_follow() -> None:
    assert progress() is None
    assert jobs.run_due(timezone.now()) == 0
    assert IndexState.objects.get().rules == rules_version()


def test_what_old_rules_made_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        wrong_rules(earlier)
        made = world.build(indexed=False)
        reindex()
        assert Document.objects.get(enterprise=made[NAME]).brand == ""
    IndexState.objects.update(rules="earlier", next_rules="", enterprise_at=0, record_at=0)
    assert progress() == Progress(0, 0, 0)
    assert finish() > 3
    assert Document.objects.get(enterprise=made[NAME]).brand == "鑫达"
    assert store.counts_of(["b鑫达"])["b鑫达"]
    assert match(Asked(name=NAME))[0].enterprise == made[NAME]
    assert [hit.enterprise for hit in search("xinda").hits]
    state = IndexState.objects.get()
    assert (state.rules, state.next_rules) == (rules_version(), "")
    before = list(store.Posting.objects.order_by("term", "segment").values_list("term", "places"))
    IndexState.objects.update(rules="another")
    finish()
    assert [(bytes(t), bytes(p)) for t, p in before] == [
        (bytes(t), bytes(p)) for t, p in store.Posting.objects.order_by("term", "segment").values_list("term", "places")
    ]


def test_the_index_is_that_of_a_rebuild() -> None:
    world.build()
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    finish(portion=3)
    Fresh.objects.all().delete()
    followed = {bytes(t): bytes(p) for t, p in store.Posting.objects.values_list("term", "places")}
    reindex()
    assert followed == {bytes(t): bytes(p) for t, p in store.Posting.objects.values_list("term", "places")}


def test_records_and_their_keys_follow() -> None:
    made = world.build()
    body = made["澜州市绿源食品有限公司"]
    old = dict(zip(FEATURES, ["绿", "源食品", "company", "company", "", "9901", "digest", "和平路28"], strict=True))
    one = record(body, list(old.values()))
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    coded = set(blocking(one.features, body.code)) - set(blocking(one.features, ""))
    finish()
    one.refresh_from_db()
    now = dict(zip(FEATURES, one.features, strict=True))
    assert (now["brand"], now["trade"]) == ("绿源", "食品")
    # What may be read of the sealed values only stays: the digest of a person, the street.
    assert (now["person"], now["street"], now["place"]) == ("digest", "和平路28", "9901")
    keys = set(LinkKey.objects.filter(record=one).values_list("key", flat=True))
    assert keys == set(blocking(one.features, body.code)) and coded <= keys


def test_killed_and_gone_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world.build()
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    first = Enterprise.objects.order_by("pk").first()
    assert first is not None
    follow(timezone.now(), first.pk + 4)
    at = IndexState.objects.get().enterprise_at
    assert at >= first.pk

    def fail(*_of: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(following, "keep_portion", fail)
        with pytest.raises(OSError):
            follow(timezone.now(), 4)
    assert IndexState.objects.get().enterprise_at == at
    finish()
    # Rules that come in the middle begin anew.
    IndexState.objects.update(rules="earlier", next_rules="yet others", enterprise_at=10_000)
    told = progress()
    assert told is not None and told.enterprises == 0
    follow(timezone.now(), 1)
    assert IndexState.objects.get().enterprise_at == 1


def test_a_rebuild_goes_before() -> None:
    world.build()
    now = timezone.now()
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "x", "rebuilding_until": now + timedelta(minutes=1)})
    assert follow(now) == 0 and progress() is not None
    IndexState.objects.update(rebuilding_until=None)
    reindex()
    # Only the records are left, and there are none.
    assert follow(now) == 0 and progress() is None


def test_what_changes_meanwhile_is_kept() -> None:
    made = world.build()
    body = made[NAME]
    Enterprise.objects.filter(pk=body.pk).update(name="石泉县金桥商贸有限公司")
    index([body.pk])
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    finish()
    fold(timezone.now(), least=0)
    assert [hit.enterprise.pk for hit in search("金桥").hits] == [body.pk]


def test_pages_tell_it(client: Client) -> None:
    world.build()
    address = reverse("credit_dossier:public_search")
    assert "索引正在随之更新" not in client.get(address).content.decode()
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    assert "索引正在随之更新（0%）" in client.get(address).content.decode()
    finish()
    assert "索引正在随之更新" not in client.get(address).content.decode()
