"""What is found, in which order, and what is not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.enterprises.search import search
from hengjian.enterprises.search.indexing import fold, index
from hengjian.enterprises.search.models import Document, Fresh, Posting
from hengjian.enterprises.search.rebuilding import reindex

from . import world

pytestmark = pytest.mark.django_db
STATES = ("fresh", "folded", "rebuilt")


@pytest.fixture(params=STATES)
def made(request: pytest.FixtureRequest) -> dict[str, Enterprise]:
    """The same answers, whether the index was just written to, merged or built anew."""
    rows = world.build(indexed=request.param != "rebuilt")
    if request.param == "folded":
        assert fold(timezone.now(), least=0) == len(rows)
        assert not Fresh.objects.exists()
    if request.param == "rebuilt":
        assert reindex() == len(rows)
    return rows


@pytest.mark.parametrize(
    ("text", "first", "how"),
    [
        ("澜州市鑫达商贸有限责任公司", "澜州市鑫达商贸有限责任公司", "name"),
        ("澜州市鑫达", "澜州市鑫达商贸有限责任公司", "beginning"),
        ("鑫达商贸", "石泉县鑫达商贸有限公司", "brand"),
        ("鑫達商貿", "石泉县鑫达商贸有限公司", "brand"),
        ("鑫大", "澜州市鑫大商贸有限公司", "brand"),
        ("澜川机械厂", "澜川重工集团股份有限公司", "name"),
        ("机械", "澜川重工集团股份有限公司", "inside"),
        ("ＴＣＬ", "澜州市TCL电器销售有限公司", "brand"),
        ("tcl", "澜州市TCL电器销售有限公司", "brand"),
        ("阿拉善博尔塔拉", "石泉县阿拉善·博尔塔拉奶业专业合作社", "brand"),
        ("第一 医院", "澜州市第一人民医院", "brand"),
        ("澜州市鑫大贸有限公司", "澜州市鑫大商贸有限公司", "similar"),
        ("鑫搭商贸", "石泉县鑫达商贸有限公司", "sound"),
        ("绿元食品", "澜州市绿源食品有限公司", "sound"),
        ("石泉鑫达商贸", "石泉县鑫达商贸有限公司", "parts"),
        ("澜川自治区澜州市绿源食品有限公司", "澜州市绿源食品有限公司", "parts"),
        ("lvyuan", "澜州市绿源食品有限公司", "pinyin"),
        ("luyuanship", "澜州市绿源食品有限公司", "pinyin"),
        ("zhonggongjituan", "澜川重工集团股份有限公司", "pinyin"),
        ("lyship", "", ""),
        ("ly", "澜州市绿源食品有限公司", "initials"),
        ("lysp", "澜州市绿源食品有限公司", "initials"),
        ("完全没有这家", "", ""),
        ("", "", ""),
        ("%", "", ""),
        ("鑫", "澜川鑫达科技发展有限公司", "brand"),
    ],
)
def test_words(made: dict[str, Enterprise], text: str, first: str, how: str) -> None:
    found = search(text)
    if not first:
        assert found.hits == () and not found.more
        return
    named = {hit.enterprise.name: hit for hit in found.hits}
    assert first in named, list(named)
    assert named[first].how == how
    if how in ("name", "beginning", "similar", "parts"):
        assert found.hits[0].enterprise.name == first


def test_order(made: dict[str, Enterprise]) -> None:
    names = world.names_of(search("鑫达").hits)
    # Brand before inside, existing before ended, nothing twice.
    assert set(names[:2]) == {"石泉县鑫达商贸有限公司", "澜州市鑫达商贸有限责任公司"}
    assert names.index("澜川鑫达科技发展有限公司") < names.index("澜川鑫达科技有限公司")
    assert len(names) == len(set(names)) == 5


def test_codes(made: dict[str, Enterprise]) -> None:
    heavy = made["澜川重工集团股份有限公司"]
    for text, how in (
        (heavy.code, "code"),
        (heavy.code.lower(), "code"),
        (f" {heavy.code[:8]} {heavy.code[8:]} ", "code"),
        (heavy.code.replace("0", "O"), "code_repaired"),
        ("990100000001234", "old_code"),
        (heavy.code[8:17], "old_code"),
        (heavy.key, "code"),
    ):
        hits = search(text).hits
        assert [(hit.enterprise.pk, hit.how) for hit in hits][:1] == [(heavy.pk, how)], text
    assert {hit.enterprise.pk for hit in search(heavy.code[:9]).hits} >= {heavy.pk}


def test_filters_and_pages(made: dict[str, Enterprise]) -> None:
    county = world.regions()["990321"]
    assert world.names_of(search("鑫达", region=county).hits) == ["石泉县鑫达商贸有限公司"]
    above = world.regions()["990300"]
    assert world.names_of(search("鑫达", region=above).hits) == ["石泉县鑫达商贸有限公司"]
    assert world.names_of(search("鑫达", status="deregistered").hits) == ["澜川鑫达科技有限公司"]
    assert world.names_of(search("石泉", kind="cooperative").hits) == ["石泉县阿拉善·博尔塔拉奶业专业合作社"]
    everything = world.names_of(search("有限公司", limit=50).hits)
    paged: list[str] = []
    for offset in range(0, 10, 2):
        found = search("有限公司", limit=2, offset=offset)
        paged += world.names_of(found.hits)
        assert found.more == (offset + 2 < len(everything))
    assert paged == everything


def test_a_person_is_not_found() -> None:
    """Nothing that names a person enters the index: only names, codes, region, kind and status do."""
    fields = {field.name for field in Document._meta.get_fields()}
    assert fields == {"enterprise", "names", "brand", "code", "region", "kind", "status"}
    assert {field.name for field in Posting._meta.get_fields()} == {"pk", "term", "segment", "count", "places"}


def test_changes_are_seen(made: dict[str, Enterprise]) -> None:
    row = made["澜州市绿源食品有限公司"]
    row.name = "澜州市金谷食品有限公司"
    row.save()
    index([row.pk])
    assert world.names_of(search("金谷").hits) == [row.name]
    assert search("绿源食品").hits == ()
    fold(timezone.now(), least=0)
    assert world.names_of(search("金谷").hits) == [row.name]
    assert search("绿源食品").hits == ()


def test_merged_bodies_are_found_under_the_one_that_is_left(made: dict[str, Enterprise]) -> None:
    kept, gone = made["澜州市鑫大商贸有限公司"], made["澜州市绿源食品有限公司"]
    gone.merged_into = kept
    gone.save()
    index([gone.pk])
    assert [hit.enterprise.pk for hit in search("绿源食品").hits] == [kept.pk]
    reindex()
    assert [hit.enterprise.pk for hit in search("绿源食品").hits] == [kept.pk]
    gone.merged_into = None
    gone.save()
    index([kept.pk, gone.pk])
    assert [hit.enterprise.pk for hit in search("绿源食品").hits] == [gone.pk]


def test_what_changes_during_a_rebuild_stays(made: dict[str, Enterprise], monkeypatch: pytest.MonkeyPatch) -> None:
    row = made["澜州市绿源食品有限公司"]

    def meanwhile(done: int, total: int) -> None:
        if row.name != "澜州市金谷食品有限公司":
            row.name = "澜州市金谷食品有限公司"
            row.save()
            index([row.pk])

    reindex(meanwhile)
    assert world.names_of(search("金谷").hits) == [row.name]
    assert search("绿源食品").hits == ()


def test_queries_do_not_grow(made: dict[str, Enterprise], django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        search("鑫达商贸")


def test_a_rebuild_that_breaks_off_leaves_what_was_there(
    made: dict[str, Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    fold(timezone.now(), least=0)
    before = list(Posting.objects.order_by("pk").values_list("term", "segment", "count"))

    def broken(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(broken)
    assert list(Posting.objects.order_by("pk").values_list("term", "segment", "count")) == before
    assert world.names_of(search("金谷").hits) == [] and search("绿源食品").hits
    # The table that it left beside is no hindrance, and documents that nobody knows any more go.
    gone = made["澜州市第一人民医院"]
    Enterprise.objects.filter(pk=gone.pk).update(merged_into=made["澜州市绿源食品有限公司"])
    assert reindex() == len(made) - 1
    assert not Document.objects.filter(pk=gone.pk).exists()
    assert {bytes(term) for term, _s, _c in before} >= {
        bytes(term) for term in Posting.objects.values_list("term", flat=True) if not bytes(term).startswith(b"r")
    }


def test_what_became_of_a_body_is_seen(made: dict[str, Enterprise]) -> None:
    """A merged body leads to the living one by name, key and code; one that nobody speaks of stands last, marked."""
    kept, gone, void = made["澜州市鑫大商贸有限公司"], made["澜州市绿源食品有限公司"], made["石泉县鑫达商贸有限公司"]
    code = gone.code
    Enterprise.objects.filter(pk=gone.pk).update(merged_into=kept, code="")
    EnterpriseCode.objects.create(enterprise=gone, scheme=EnterpriseCode.Scheme.UNIFIED, value=code)
    Enterprise.objects.filter(pk=void.pk).update(status=Enterprise.Status.VOID, code="")
    index([gone.pk, void.pk])
    for text in ("绿源食品", gone.key, code):
        assert [hit.enterprise.pk for hit in search(text).hits] == [kept.pk], text
    shown = [hit.enterprise for hit in search("鑫达商贸").hits]
    assert shown[-1].pk == void.pk and shown[-1].status == Enterprise.Status.VOID
    assert void.pk not in {hit.enterprise.pk for hit in search("鑫达商贸", status="active").hits}
    assert search(void.code).hits == ()
