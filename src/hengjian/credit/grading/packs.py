"""Packs of the rulebook, ready to grade with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from hengjian import rulebook
from hengjian.methods.credit_grading import Band, Cap, Group, Item, Model, Test
from hengjian.rulebook.base import NATIONAL
from hengjian.rulebook.parameters.credit_grading import CreditFeatures, CreditGrading, FeatureSpec, TestSpec

FAMILY, FEATURES = "credit_grading", "credit_features"
#: The pack that is meant when none is named: the grade of quality credit that the public sees.
QUALITY = "quality-credit"
#: The pack whose classes decide on random inspections.
RISK = "risk-class"


@dataclass(frozen=True, slots=True)
class Use:
    """A feature as a pack uses it: counted over the last `months`, or without a window."""

    code: str
    spec: FeatureSpec
    months: int | None


@dataclass(frozen=True)
class Pack:
    """One version of a pack."""

    rule: rulebook.Rule
    grading: CreditGrading
    features: CreditFeatures
    model: Model
    uses: tuple[Use, ...]
    version: str

    @property
    def code(self) -> str:
        return self.rule.variant

    @property
    def public(self) -> bool:
        return self.grading.disclosure == "public"

    def use(self, code: str) -> Use:
        return next(use for use in self.uses if use.code == code)


def pack_at(code: str, on: date, region: str = NATIONAL) -> Pack:
    """The version of a pack that holds on a day.

    Raises:
        rulebook.RuleNotFound: none holds.
    """
    return pack_of(rulebook.at(FAMILY, region, on, code).id)


def pack_named(name: str, on: date, region: str = NATIONAL) -> Pack:
    """A pack by its code, its rule id or the last part of it ("risk-class", "credit_grading.risk-class.2022", "2022").

    Raises:
        rulebook.RuleNotFound: nothing has this name, or more than one.
    """
    versions = rulebook.versions(FAMILY)
    exact = [rule for rule in versions if name in (rule.id, rule.id.rpartition(".")[2])]
    if len(exact) == 1:
        return pack_of(exact[0].id)
    return pack_at(name, on, region)


def packs_on(on: date, region: str = NATIONAL) -> list[Pack]:
    """The packs that hold on a day."""
    codes = dict.fromkeys(rule.variant for rule in rulebook.versions(FAMILY))
    found = []
    for code in codes:
        try:
            found.append(pack_at(code, on, region))
        except rulebook.RuleNotFound:
            continue
    return found


@lru_cache(maxsize=64)
def pack_of(rule_id: str) -> Pack:
    """The pack of a rule.

    Raises:
        rulebook.RuleNotFound: no such rule. ValueError: it names a feature that does not exist.
    """
    rule = rulebook.get(rule_id)
    grading = rule.typed(CreditGrading)
    declared = rulebook.at(FEATURES, rule.region, rule.in_force_from)
    features = declared.typed(CreditFeatures)
    uses: dict[str, Use] = {}
    wanted = [(item.feature, item.months) for item in grading.items] + [
        (cap.feature, cap.months) for cap in grading.caps
    ]
    for feature, months in wanted:
        try:
            spec = features.feature(feature)
        except KeyError:
            raise ValueError(f"{rule_id}: no feature {feature!r} in {declared.id}") from None
        if spec.windowed != (months is not None):
            raise ValueError(f"{rule_id}: {feature} {'needs' if spec.windowed else 'has no'} months")
        uses[use_code(feature, months)] = Use(use_code(feature, months), spec, months)
    return Pack(
        rule, grading, features, _model(grading, features), tuple(uses.values()), f"{rule.version}-{declared.version}"
    )


def use_code(feature: str, months: int | None) -> str:
    return feature if months is None else f"{feature}_{months}m"


def _test(spec: TestSpec) -> Test:
    return Test(frozenset(spec.one_of), spec.at_least, spec.more_than, spec.at_most, spec.less_than)


def _model(grading: CreditGrading, features: CreditFeatures) -> Model:
    items = []
    for item in grading.items:
        latest = features.feature(item.feature).count == "latest"
        items.append(
            Item(
                code=item.code,
                feature=item.code,
                group=item.group,
                each=item.each,
                limit=item.limit,
                steps=tuple((_test(step), step.points) for step in item.steps),
                other=item.other,
                missing=item.missing,
                absent=None if latest else Decimal(0),
            )
        )
    return Model(
        groups=tuple(Group(group.code, group.base, group.least, group.most) for group in grading.groups),
        items=tuple(items),
        caps=tuple(
            Cap(cap.code, use_code(cap.feature, cap.months), _test(cap.test), cap.grade) for cap in grading.caps
        ),
        bands=tuple(Band(band.grade, band.at_least) for band in grading.bands),
    )
