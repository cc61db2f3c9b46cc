"""On English pages Chinese passages say that they are Chinese."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from hengjian.pages.passages import PassagesMiddleware, mark_chinese


@pytest.mark.parametrize(
    ("written", "marked"),
    [
        ("<td>北川知禾农业有限公司</td>", '<td lang="zh-Hans">北川知禾农业有限公司</td>'),
        ('<a href="/x">澜质强办发〔2026〕5号</a>', '<a href="/x" lang="zh-Hans">澜质强办发〔2026〕5号</a>'),
        ("<p>Led by 市场监管局 today</p>", '<p><bdi>Led by <bdi lang="zh-Hans">市场监管局</bdi> today</bdi></p>'),
        ("<p>甲局、乙局<b>x</b></p>", '<p><bdi lang="zh-Hans">甲局、乙局</bdi><b>x</b></p>'),
        ("<p>A &amp; 甲 &lt; B</p>", '<p><bdi>A &amp; <bdi lang="zh-Hans">甲</bdi> &lt; B</bdi></p>'),
        ("<title>甲 · Hengjian</title>", "<title>甲 · Hengjian</title>"),
        ("<option value=1>甲</option>", '<option value=1 lang="zh-Hans">甲</option>'),
        ("<option>甲 A</option>", "<option>甲 A</option>"),
        ("<svg><text x='1'>甲</text><text>甲 A</text></svg>",
         "<svg><text x='1' lang=\"zh-Hans\">甲</text><text>甲 A</text></svg>"),
        ("<script>var a = '甲 > 乙';</script>", "<script>var a = '甲 > 乙';</script>"),
        ("<!-- 甲 --><p>x</p>", "<!-- 甲 --><p>x</p>"),
        ('<i title="甲 > 乙">x</i>', '<i title="甲 > 乙">x</i>'),
        ('<i lang="zh-CN"><i>甲</i>乙</i><p>丙</p>', '<i lang="zh-CN"><i>甲</i>乙</i><p lang="zh-Hans">丙</p>'),
        ('<html lang="zh-Hans"><p>甲</p></html>', '<html lang="zh-Hans"><p>甲</p></html>'),
        ('<html lang="en"><p>甲</p></html>', '<html lang="en"><p lang="zh-Hans">甲</p></html>'),
    ],
)  # fmt: skip
def test_chinese_passages_bear_their_language(written: str, marked: str) -> None:
    if "<5" in written:  # no valid HTML: nothing is lost, that is all
        assert (
            mark_chinese(written).replace(' lang="zh-Hans"', "").replace("<bdi>", "").replace("</bdi>", "") == written
        )
        return
    assert mark_chinese(written) == marked
    assert mark_chinese(marked) == marked


@pytest.mark.parametrize(
    ("language", "kind", "marks"),
    [("en", "text/html; charset=utf-8", True), ("zh-hans", "text/html", False), ("en", "application/json", False)],
)
def test_only_english_pages_are_marked(language: str, kind: str, marks: bool) -> None:
    answer = PassagesMiddleware(lambda request: HttpResponse("<p>甲</p>", content_type=kind))
    with translation.override(language):
        response = answer(RequestFactory().get("/"))
    assert (b"lang=" in response.content) is marks


def test_what_is_no_html_loses_nothing() -> None:
    written = "<p>一<br>甲 <5 乙 <a 'x"
    marked = mark_chinese(written)
    assert marked.replace(' lang="zh-Hans"', "").replace("<bdi>", "").replace("</bdi>", "") == written


def test_a_long_page_takes_no_time() -> None:
    import time

    page = "<table>" + "<tr><td>甲乙丙</td><td>a &amp; 丁 b</td><td class='x'>1</td></tr>" * 5000 + "</table>"
    start = time.process_time()
    assert mark_chinese(page).count("lang=") == 10_000
    assert time.process_time() - start < 1
    # Hostile: quotes and brackets that never close.
    for text in ("<a '" * 20_000 + "甲", "<" * 100_000 + "甲", "甲&" * 50_000, "<!--" * 30_000 + "甲"):
        start = time.process_time()
        mark_chinese(text)
        assert time.process_time() - start < 2
