"""What still passes in a trace: how fast goods travel, how soon they arrive, how much may be lost or gained."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class Yield(Strict):
    """Lowest and highest amount out of a process, in percent of the amount that went in."""

    lowest: Decimal = Field(title="最低得率（%）", ge=0, le=1000)
    highest: Decimal = Field(title="最高得率（%）", gt=0, le=1000)

    @model_validator(mode="after")
    def _ordered(self) -> Yield:
        if self.lowest > self.highest:
            raise ValueError("the lowest yield is above the highest")
        return self

    @property
    def shares(self) -> tuple[Decimal, Decimal]:
        return self.lowest / 100, self.highest / 100


class ProcessYield(Yield):
    """The yield of processes with one CBV business step."""

    step: str = Field(title="环节", pattern=r"^[a-z_]+$")
    title: str = Field(title="名称", min_length=1)
    title_en: str = Field("", title="英文名称")


class TraceLimits(Parameters):
    """Limits of the checks on trace events.

    Attributes:
        speed: km/h between two places; nearest: km under which no speed is judged.
        receive_days: days after which what was shipped should have been received.
        tolerance: percent by which amounts may differ.
        usual: yield of processes without a line of their own in `processes`.
    """

    speed: Decimal = Field(title="速度上限（千米/小时）", gt=0)
    nearest: Decimal = Field(title="不判断的近距离（千米）", ge=0)
    receive_days: int = Field(title="收货期限（天）", ge=1, le=365)
    tolerance: Decimal = Field(title="数量允许差异（%）", ge=0, le=50)
    usual: Yield = Field(title="一般加工得率")
    processes: tuple[ProcessYield, ...] = Field((), title="各类加工得率")

    @model_validator(mode="after")
    def _once(self) -> TraceLimits:
        steps = [one.step for one in self.processes]
        if len(steps) != len(set(steps)):
            raise ValueError("a step occurs twice")
        return self

    def yield_of(self, step: str) -> tuple[Decimal, Decimal]:
        """Lowest and highest share of processes with this business step.

        >>> usual = Yield(lowest=Decimal(0), highest=Decimal(100))
        >>> limits = TraceLimits(speed=900, nearest=5, receive_days=7, tolerance=2, usual=usual)
        >>> limits.yield_of("packing")
        (Decimal('0'), Decimal('1'))
        """
        return next((one for one in self.processes if one.step == step), self.usual).shares

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "相距 %(near)s 千米以上的两地，所需速度超过每小时 %(speed)s 千米的，为不可能的移动。",
                {"near": self.nearest, "speed": self.speed},
            ),
            Sentence("发出后 %(days)s 天没有收货记录的，为发货未见收货。", {"days": self.receive_days}),
            Sentence("数量相差超过 %(percent)s%% 的，为数量不符。", {"percent": self.tolerance}),
            Sentence(
                "加工得率应在 %(low)s%% 至 %(high)s%% 之间。", {"low": self.usual.lowest, "high": self.usual.highest}
            ),
        ]
        return told + [
            Sentence(
                "%(title)s的得率应在 %(low)s%% 至 %(high)s%% 之间。",
                {"title": one.title, "low": one.lowest, "high": one.highest},
            )
            for one in self.processes
        ]
