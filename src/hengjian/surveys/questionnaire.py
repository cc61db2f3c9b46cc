"""The questionnaire as pages: one form per block, the same for respondents and interviewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hengjian.pages.forms import HengjianForm
from hengjian.surveys.declarations import Item, Question, Survey
from hengjian.surveys.models import Response, Wave
from hengjian.surveys.words import language, sector_title

UNKNOWN = "unknown"
MOST_WORDS = 500


@dataclass(frozen=True)
class Block:
    """One page of the questionnaire."""

    title: str
    lead: str = ""
    with_stratum: bool = False
    questions: tuple[Question, ...] = ()
    items: tuple[Item, ...] = ()
    with_comment: bool = False
    optional: bool = False


def blocks_of(wave: Wave, stratum_known: bool) -> list[Block]:
    """The pages in their order: who is meant, one page per latent variable, voluntary particulars and the open
    question."""
    declared, tongue = wave.declared, language()
    found = []
    if declared.filters or not stratum_known:
        found.append(Block(_("开始之前"), "", not stratum_known, declared.filters))
    for latent in declared.latents:
        lead = latent.lead_en if tongue.startswith("en") else latent.lead
        found.append(Block(latent.said(tongue), lead, items=latent.items))
    if declared.demographics or declared.open:
        found.append(
            Block(
                _("最后"),
                _("这一页可以不填。"),
                questions=declared.demographics,
                with_comment=declared.open is not None,
                optional=True,
            )
        )
    return found


class ScaleField(forms.ChoiceField):
    """The points of the scale and a way out. `ends`: words at both ends."""

    widget = forms.RadioSelect

    def __init__(self, *, ends: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ends = ends


class BlockForm(HengjianForm):
    """The questions of some blocks. Whether an answer is needed is a matter of the block, never of the browser: nobody
    is kept on a page by a script."""

    def __init__(self, *args: Any, wave: Wave, blocks: Sequence[Block], demand: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wave, self.blocks, self.demand = wave, blocks, demand
        self.use_required_attribute = False
        for block in blocks:
            if block.with_stratum:
                self.fields["stratum"] = self._choice(
                    _("您所在的地区或类别"), [(layer.code, layer.said(language())) for layer in wave.layers], True
                )
            for question in block.questions:
                self._ask(question, not block.optional)
            for item in block.items:
                self._rate(item)
            if block.with_comment and wave.declared.open is not None:
                self.fields["comment"] = forms.CharField(
                    label=wave.declared.open.said(language(), sector_title(wave)),
                    required=False,
                    max_length=MOST_WORDS,
                    widget=forms.Textarea(attrs={"rows": 3}),
                    help_text=_("请不要写姓名、电话、住址等个人信息。"),
                )

    def _choice(self, label: str, choices: list[tuple[str, str]], needed: bool) -> forms.ChoiceField:
        field = forms.ChoiceField(
            label=label, choices=choices, required=needed and self.demand, widget=forms.RadioSelect
        )
        field.error_messages["required"] = _("请选择一项")
        return field

    def _ask(self, question: Question, needed: bool) -> None:
        tongue = language()
        choices = [(option.code, option.said(tongue)) for option in question.options]
        self.fields[question.code] = self._choice(question.said(tongue, sector_title(self.wave)), choices, needed)

    def _rate(self, item: Item) -> None:
        tongue, scale = language(), self.wave.declared.scale
        choices = [(str(step), str(step)) for step in scale.steps]
        low, high = item.ends(tongue)
        usual = scale.ends(tongue)
        field = ScaleField(
            label=item.said(tongue, sector_title(self.wave)),
            choices=[*choices, (UNKNOWN, _("不了解，不便回答"))],
            required=self.demand,
            ends=(low or usual[0], high or usual[1]),
        )
        field.error_messages["required"] = _("请选一个分数，或选“不了解，不便回答”")
        self.fields[item.code] = field

    def names_of(self, block: Block) -> list[str]:
        """The fields of one block, in the order in which they are asked."""
        names = ["stratum"] if block.with_stratum else []
        names += [question.code for question in block.questions] + [item.code for item in block.items]
        return names + (["comment"] if block.with_comment else [])

    def given(self) -> dict[str, Any]:
        """What was answered, as `actions.answering.save_page` takes it."""
        data = self.cleaned_data
        found: dict[str, Any] = {"items": {}, "choices": {}}
        for block in self.blocks:
            for item in block.items:
                if value := data.get(item.code):
                    found["items"][item.code] = None if value == UNKNOWN else int(value)
            for question in block.questions:
                if value := data.get(question.code):
                    found["choices"][question.code] = value
            if block.with_stratum:
                found["stratum"] = data.get("stratum", "")
            if block.with_comment:
                found["comment"] = data.get("comment", "")
        return found


def initial_of(draft: Response) -> dict[str, Any]:
    """What was answered before, for the form."""
    items: Mapping[str, int | None] = draft.answers.get("items", {})
    return {
        **{code: UNKNOWN if value is None else str(value) for code, value in items.items()},
        **draft.answers.get("choices", {}),
        "stratum": draft.stratum,
        "comment": draft.comment,
    }


def unanswered(draft: Response, declared: Survey) -> int | None:
    """Position in `declared.latents` of the first one with a question that was not even declined; None: all done."""
    items = draft.answers.get("items", {})
    for place, latent in enumerate(declared.latents):
        if any(item.code not in items for item in latent.items):
            return place
    return None
