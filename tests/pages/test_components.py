"""Components, template tags and forms: the markup of the visual language, with every argument escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from hengjian.pages import components, exporters
from hengjian.pages.components import Event, Tab
from hengjian.pages.forms import HengjianForm
from hengjian.pages.paging import pager

EVIL = '<b onclick="x">&'
SAFE = "&lt;b onclick=&quot;x&quot;&gt;&amp;"


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/list/?q=a&page=2")
    return Template("{% load hengjian %}" + source).render(Context({"request": request, **context}))


class Balance(HTMLParser):
    """Fails on an element that is closed wrongly or not at all."""

    VOID = frozenset({"input", "br", "img", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "style" not in dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "style" not in dict(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def balanced(html: str) -> str:
    parser = Balance()
    parser.feed(html)
    assert parser.open == []
    return html


@pytest.mark.parametrize(
    "source",
    [
        '{% light "red" evil %}',
        '{% duty "lead" evil %}',
        "{% units names %}",
        '{% tag evil "bronze" %}',
        '{% relation "kept" evil %}',
        '{% notice "amber" evil evil %}',
        "{% crumbs evil evil evil %}",
        "{% tabs views evil %}",
        "{% steps 1 evil evil %}",
        "{% timeline events %}",
        "{% dl pairs %}",
        '{% figure evil evil evil evil evil evil url="/x" url_label=evil %}',
        "{% page_head evil evil %}{{ evil }}{% endpage_head %}",
        '{% panel evil evil id="x" foot=evil %}{{ evil }}{% endpanel %}',
        "{% emptystate evil %}{{ evil }}{% endemptystate %}",
        '{% noticebox "red" evil %}{{ evil }}{% endnoticebox %}',
        '{% dialog "x" evil %}{{ evil }}{% enddialog %}',
    ],
)
def test_every_component_escapes_its_words_and_closes_its_elements(source: str) -> None:
    html = balanced(
        render(
            source,
            evil=EVIL,
            names=[EVIL, EVIL],
            views=[Tab(EVIL, "?a=1&b=2", 3, current=True)],
            events=[Event(EVIL, EVIL, EVIL, EVIL, EVIL, now=True)],
            pairs=[(EVIL, EVIL)],
        )
    )
    assert EVIL not in html
    assert SAFE in html


def test_progress_says_what_it_shows_and_stays_inside_its_track() -> None:
    bar = components.progress(48, 63, "amber")
    assert 'aria-label="完成 48%，序时 63%，落后 15 个百分点"' in bar
    assert 'class="bar-fill" y="4" width="48%"' in bar
    assert 'x1="63%" x2="63%"' in bar
    assert "领先 9.5 个百分点" in components.progress(72.5, 63)
    assert "持平" in components.progress(63, 63)
    assert 'width="100%" height="6" rx="3"/><line' in components.progress(130, 120)
    assert "bar-due" not in components.progress(10)


def test_nothing_reported_is_a_dash_and_not_zero() -> None:
    bar = components.progress(None, 12)
    assert "<b>—</b>" in bar
    assert "尚未填报，序时 12%" in bar
    assert "<b>0%</b>" in components.progress(0, 12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: components.icon("rocket"), "no icon 'rocket'"),
        (lambda: components.light("pink", "x"), "no light"),
        (lambda: components.duty("boss", "x"), "no role"),
        (lambda: components.notice("pink", "x"), "no notice"),
        (lambda: components.relation("copied"), "no relation"),
        (lambda: components.figure("合格率", 94, "", "2025 年", "统计局"), "has no unit"),
        (lambda: components.figure("合格率", 94, "%", " ", "统计局"), "has no period"),
        (lambda: components.figure("合格率", 94, "%", "2025 年", ""), "has no source"),
    ],
)
def test_what_the_language_does_not_have_is_refused(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]


def test_every_light_has_its_own_icon_in_the_sprite() -> None:
    icons = list(components.LIGHT_ICONS.values())
    assert len(set(icons)) == 6
    assert set(icons) <= set(components.icon_names())
    assert len(components.icon_names()) == 27


def test_crumbs_steps_and_names() -> None:
    assert render('{% crumbs "任务台账" "/t/" "5.6" %}').count("<li") == 2
    assert '<li aria-current="page">5.6</li>' in render('{% crumbs "任务台账" "/t/" "5.6" %}')
    html = render('{% steps 2 "上传" "核对" "生成" %}')
    assert re.findall(r"<li([^>]*)>", html) == [' class="done"', ' aria-current="step"', ""]
    assert render("{{ name|masked }}", name="苏和平") == "苏*平"
    assert render("{% units names %}", names=[]) == '<span class="units">—</span>'


def test_the_pager_keeps_the_filter_and_shows_neighbours_and_ends() -> None:
    html = balanced(pager(Paginator(range(1000), 10).page(50), QueryDict("q=a&page=50")))
    assert "第 491～500 项，共 1,000 项" in html
    assert re.findall(r">(\d+)<", html) == ["1", "48", "49", "50", "51", "52", "100"]
    assert 'href="?q=a&amp;page=51" rel="next"' in html
    assert "<a" not in pager(Paginator(range(3), 10).page(1), None)


class SampleForm(HengjianForm):
    title = forms.CharField(label="任务", help_text="写全称", max_length=5)
    due = forms.DateField(label="完成时限", required=False)
    kind = forms.ChoiceField(label="角色", choices=[("a", "牵头"), ("b", "配合")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="已会商", required=False)
    evidence = forms.FileField(label="佐证材料", required=False)
    plan = forms.CharField(widget=forms.HiddenInput)


def test_a_form_ties_label_hint_error_and_input_together() -> None:
    form = SampleForm({"title": "", "due": "2026-13-01", "kind": "a", "plan": "1"})
    html = balanced(render("{% form_fields form %}", form=form))
    assert '<a href="#id_title">任务：请填写</a>' in html
    assert '<a href="#id_due">完成时限：请写成 2026-07-31 这样的日期</a>' in html
    assert "有 2 处需要修改" in html
    assert re.search(r'<input[^>]*name="title"[^>]*aria-describedby="id_title-error id_title-hint"', html)
    assert re.search(r'<input[^>]*name="title"[^>]*aria-invalid="true"', html)
    assert '<p class="error" id="id_title-error">请填写</p>' in html
    assert "完成时限（可选）" in html
    assert re.search(r'<input[^>]*type="hidden"[^>]*name="plan"|<input type="hidden" name="plan"', html)
    assert "<fieldset" in html and "<legend>角色</legend>" in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_hidden_field_has_no_label_and_stands_once() -> None:
    html = render('{% form_fields form "plan" "title" %}', form=SampleForm(initial={"plan": "1"}))
    assert html.count('name="plan"') == 1
    assert "<label" in html and "Plan" not in html


def test_every_upload_carries_the_warning() -> None:
    form = SampleForm({"title": "x", "kind": "a", "plan": "1"}, {"evidence": SimpleUploadedFile("空.pdf", b"")})
    for source in ("{% field form.evidence %}", "{% upload form.evidence %}", "{% form_fields form %}"):
        assert "严禁上传涉密材料和工作秘密" in render(source, form=form)
    assert "field--error" in render("{% upload form.evidence %}", form=form)


def test_no_errors_no_summary() -> None:
    form = SampleForm({"title": "x", "kind": "a", "plan": "1"})
    assert form.is_valid()
    assert render("{% error_summary form %}", form=form) == ""


def test_a_chart_has_picture_source_line_and_table_twin() -> None:
    from hengjian.methods import charts

    meta = charts.Meta("各单位任务状态", "项", "2026 年 1～8 月", "任务台账", "2026-08-19 09:12")
    spec = charts.stacked_states([{"unit": EVIL, "green": 1200, "red": 1}], meta)
    before = list(exporters._renderers)
    exporters.register_chart_renderer(lambda given: f'<?xml version="1.0"?><svg width="{len(given["layer"])}"></svg>')
    try:
        html = balanced(render('{% chart spec xlsx="/x?export=xlsx" %}', spec=spec))
    finally:
        exporters._renderers[:] = before
    assert (
        '<svg role="img" aria-label="各单位任务状态，2026 年 1～8 月：正常 1,200、严重滞后或逾期 1（项）" width="3">'
        in html
    )
    assert "<?xml" not in html
    for words in (
        "单位：项",
        "来源：任务台账",
        "数据时间 2026-08-19 09:12",
        '<th scope="row">' + SAFE,
        '<td class="num">1,200</td>',
    ):
        assert words in html
    with pytest.raises(ValueError, match="usermeta"):
        render("{% chart spec %}", spec={"mark": "bar"})
