"""Marked text: nothing lost, nothing doubled, well nested, escaped."""

from __future__ import annotations

import html
import re

from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hengjian.plans.highlight import Heading, Mark, highlight, paragraphs

LETTERS = st.text(alphabet="质量强区<>&\"'\n （）", max_size=40)
SPANS = st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 45), st.sampled_from(["m-due", "m-duty"])), max_size=8)


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


@given(LETTERS, SPANS)
def test_text_survives_any_marks(text: str, spans: list[tuple[int, int, str]]) -> None:
    marks = [Mark(start, end, css, f"m{number}") for number, (start, end, css) in enumerate(spans)]
    markup = highlight(text, 0, len(text), marks)
    assert plain(markup) == text
    root = etree.fromstring(f"<div>{markup}</div>")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    covered = {name for number, (start, end, _css) in enumerate(spans) if max(start, 0) < min(end, len(text))
               for name in [f"m{number}"] if start >= 0}  # fmt: skip
    assert covered <= set(ids)


@given(LETTERS, SPANS)
def test_paragraphs_keep_every_letter(text: str, spans: list[tuple[int, int, str]]) -> None:
    marks = [Mark(start, end, css) for start, end, css in spans]
    markup = paragraphs(text, 0, len(text), marks, [Heading(0)])
    assert "".join(plain(markup).split()) == "".join(text.split())
    etree.fromstring(f"<div>{markup}</div>")


def test_nested_and_crossing_marks() -> None:
    nested = highlight("年内完成评估", 0, 6, [Mark(0, 6, "m-measure"), Mark(0, 2, "m-due", level=2)])
    assert nested == '<mark class="m-measure"><mark class="m-due">年内</mark>完成评估</mark>'
    crossing = highlight("abcd", 0, 4, [Mark(0, 2, "x", "x1"), Mark(1, 3, "y", "y1")])
    assert crossing == ('<mark class="x" id="x1">a<mark class="y" id="y1">b</mark></mark><mark class="y">c</mark>d')


def test_headings_and_jump_links() -> None:
    link = mark_safe("<sup>1</sup>")
    text = "一、动力\n（一）开展<行动>。做好工作。"
    markup = paragraphs(text, 0, len(text), [Mark(15, 19, "m-measure", "s", link)], [Heading(0, 3, "c1")])
    assert markup == (
        '<h3 id="c1">一、动力</h3>'
        '<p>（一）开展&lt;行动&gt;。<sup>1</sup><mark class="m-measure" id="s">做好工作</mark>。</p>'
    )
