"""Who is sent to people trapped in a lift, and who next when nobody comes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

# contracted: the maintainer under contract; nearest: the nearest other one; the others are kinds of rescue bodies.
Body = Literal["contracted", "nearest", "property", "rescue", "police", "fire"]


class Level(Strict):
    """One level: whom to send, in this order."""

    title: str = Field(title="级别", min_length=1)
    bodies: tuple[Body, ...] = Field(title="出动力量", min_length=1)
    compensated: tuple[Body, ...] = Field((), title="应予补偿")


class RescueLadder(Parameters):
    """The levels from first to last."""

    levels: tuple[Level, ...] = Field(title="分级", min_length=1)
    titles: dict[Body, str] = Field(title="力量名称")

    @model_validator(mode="after")
    def _sound(self) -> RescueLadder:
        used = {body for level in self.levels for body in (*level.bodies, *level.compensated)}
        if missing := used - self.titles.keys():
            raise ValueError(f"no title for {', '.join(sorted(missing))}")
        return self

    def sentences(self) -> list[Sentence]:
        return [
            Sentence(
                "%(level)s：派%(bodies)s；无人应答或无法到场的，转下一级。",
                {"level": level.title, "bodies": "、".join(self.titles[body] for body in level.bodies)},
            )
            for level in self.levels
        ]
