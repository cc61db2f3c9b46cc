"""What a satisfaction survey is: one YAML page with the questionnaire in two languages and the model behind it. Pure.

The model is one of the family of CCSI and ECSI: latent variables, each asked for by several questions on one answer
scale, and the directions in which they act on each other. GB/T 19038-2009 and GB/T 19039-2009.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.methods.statistics.path_modelling import PathModel
from hengjian.registers.fields import Code, Legal, Titled, unique
from hengjian.rulebook.base import Strict

Scheme = Literal["centroid", "factorial", "path"]
Missing = Literal["mean", "listwise"]


class Worded(Strict):
    """A text that respondents read; `{sector}` stands for the name of what is asked about."""

    text: str = Field(min_length=2, max_length=300)
    text_en: str = Field(min_length=2, max_length=400)

    def said(self, language: str, sector: str) -> str:
        """The text in the reader's language ("zh…" or "en…")."""
        if not language.startswith("en"):
            return self.text.replace("{sector}", sector)
        # Inside an English sentence a sector is a common noun.
        within = sector if self.text_en.startswith("{sector}") else sector[:1].lower() + sector[1:]
        return self.text_en.replace("{sector}", within)


class Item(Worded):
    """A question answered on the scale.

    Attributes:
        low, high: words at the two ends of the scale; empty: those of the questionnaire.
        reverse: a high answer means little of the latent variable.
    """

    code: Code
    low: str = ""
    low_en: str = ""
    high: str = ""
    high_en: str = ""
    reverse: bool = False

    def ends(self, language: str) -> tuple[str, str]:
        return (self.low_en, self.high_en) if language.startswith("en") else (self.low, self.high)


class Latent(Titled):
    """A latent variable with the questions that ask for it."""

    code: Code
    lead: str = ""
    lead_en: str = ""
    items: tuple[Item, ...] = Field(min_length=1, max_length=10)


class Option(Titled):
    """One of the answers to a question of choice; `ends`: whoever gives it does not belong to those asked."""

    code: Code
    ends: bool = False


class Question(Worded):
    """A question of choice: a filter, or a band that the respondent belongs to (never an exact age or income).

    Attributes:
        quota: option → share of the sample that it shall have, in per cent.
    """

    code: Code
    options: tuple[Option, ...] = Field(min_length=2, max_length=20)
    quota: dict[Code, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Question:
        codes = [option.code for option in self.options]
        unique("option", codes)
        if unknown := self.quota.keys() - set(codes):
            raise ValueError(f"{self.code}: quota for unknown options {', '.join(sorted(unknown))}")
        return self

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


class Scale(Strict):
    """The answer scale: whole numbers from `lowest` to `highest`, with words at both ends."""

    lowest: int = Field(1, ge=0, le=1)
    highest: int = Field(10, ge=2, le=10)
    low: str = Field(min_length=1)
    low_en: str = Field(min_length=1)
    high: str = Field(min_length=1)
    high_en: str = Field(min_length=1)

    @property
    def steps(self) -> range:
        return range(self.lowest, self.highest + 1)

    def ends(self, language: str) -> tuple[str, str]:
        return (self.low_en, self.high_en) if language.startswith("en") else (self.low, self.high)


class Model(Strict):
    """How the answers become an index; every variant gives other figures, so results name theirs.

    Attributes:
        scheme: inner weighting of the path model.
        scaled: whether answers are standardised before.
        missing: answers left out are filled with the mean of the question, or the respondent is left out.
        outcome: the latent variable whose index is the result.
        paths: (cause, effect) pairs.
    """

    scheme: Scheme
    scaled: bool
    missing: Missing
    outcome: Code
    paths: tuple[tuple[Code, Code], ...] = Field(min_length=1)


class Survey(Titled):
    """One survey; it is carried out wave by wave.

    Attributes:
        code: written `survey:` in YAML.
        version: of the questionnaire; a wave keeps the one that it began with.
        sectors: what can be asked about with these questions.
        filters: asked first; some answers end the interview.
        demographics: bands, asked last, all of them voluntary.
        open: the open question at the end.
    """

    code: Code = Field(validation_alias="survey")
    version: int = Field(1, ge=1)
    description: str = ""
    description_en: str = ""
    legal: tuple[Legal, ...] = Field(min_length=1)
    sectors: tuple[Option, ...] = Field(min_length=1)
    scale: Scale
    latents: tuple[Latent, ...] = Field(min_length=2)
    model: Model
    filters: tuple[Question, ...] = ()
    demographics: tuple[Question, ...] = ()
    open: Worded | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for latent in self.latents for item in latent.items)

    @property
    def questions(self) -> tuple[Question, ...]:
        return (*self.filters, *self.demographics)

    def sector(self, code: str) -> Option:
        """The declared sector; KeyError when there is none."""
        for sector in self.sectors:
            if sector.code == code:
                return sector
        raise KeyError(f"survey {self.code} has no sector {code}")

    def latent(self, code: str) -> Latent:
        """The declared latent variable; KeyError when there is none."""
        for latent in self.latents:
            if latent.code == code:
                return latent
        raise KeyError(f"survey {self.code} has no latent variable {code}")

    def path_model(self) -> PathModel:
        """The model over the columns of the answers, which stand in the order of `items`.

        Raises:
            ValueError: a path names an unknown latent variable or leads back, or a variable is connected with nothing.
        """
        blocks, start = {}, 0
        for latent in self.latents:
            blocks[latent.code] = range(start, start + len(latent.items))
            start += len(latent.items)
        return PathModel(blocks, self.model.paths)

    @model_validator(mode="after")
    def _holds_together(self) -> Survey:
        unique("latent variable", [latent.code for latent in self.latents])
        unique("question", [*(item.code for item in self.items), *(one.code for one in self.questions)])
        unique("sector", [sector.code for sector in self.sectors])
        self.path_model()
        self.latent(self.model.outcome)
        if all(effect != self.model.outcome for _cause, effect in self.model.paths):
            raise ValueError(f"nothing acts on the outcome {self.model.outcome}")
        return self
