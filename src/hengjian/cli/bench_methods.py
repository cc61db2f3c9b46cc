"""Benchmarks of the methods: their own speed, and side by side with the originals where those can be run."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from hengjian.cli._asem import PUBLISHED, PUBLISHED_BARE, PUBLISHED_CORRELATIONS, PUBLISHED_TREATMENT, Asem
from hengjian.cli._bench import BenchRow, row, seconds
from hengjian.cli._methods_scripts import COINR, PLSPM, SALIB, SEMOPY, SURVEY
from hengjian.cli._peers import NotAvailable, PeerFailed, data_folder, run_python, run_r
from hengjian.methods.composite.aggregation import Node, Tree
from hengjian.methods.composite.building import Recipe, build
from hengjian.methods.composite.coherence import correlation
from hengjian.methods.composite.normalisation import Normalisation
from hengjian.methods.composite.sensitivity import sobol
from hengjian.methods.composite.treatment import kurtosis, skewness, treat
from hengjian.methods.composite.uncertainty import Choices, rank_spread
from hengjian.methods.statistics.path_modelling import PathModel, Scheme, bootstrap, estimate
from hengjian.methods.statistics.structural_equations import EquationModel, fit
from hengjian.methods.statistics.survey_estimates import (
    hajek_mean,
    stratified_mean,
    stratified_ratio,
    stratified_total,
)

Array = NDArray[np.float64]
SEED = 20261121
LATENT = ("image", "expectation", "quality", "value", "satisfaction", "complaints", "loyalty")
ITEMS = (5, 3, 7, 2, 3, 1, 3)
PATHS = (
    ("image", "expectation"), ("expectation", "quality"), ("expectation", "value"), ("quality", "value"),
    ("image", "satisfaction"), ("expectation", "satisfaction"), ("quality", "satisfaction"), ("value", "satisfaction"),
    ("satisfaction", "complaints"), ("image", "loyalty"), ("satisfaction", "loyalty"), ("complaints", "loyalty"),
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """One line of the table of agreement.

    Attributes:
        figures: how many were compared; difference: the largest, relative to the original where `relative`.
        limit: what it may be. theirs, ours: seconds for the same work; 0 where only values were published.
    """

    original: str
    what: str
    figures: int
    difference: float
    limit: float
    theirs: float = 0.0
    ours: float = 0.0

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours if self.ours else 0.0


def _largest(ours: list[float], theirs: list[float], *, relative: bool = True) -> float:
    one, other = np.array(ours), np.array(theirs)
    distance = np.abs(one - other)
    return float((distance / np.maximum(np.abs(other), 1e-12) if relative else distance).max())


def survey_answers(n: int = 250) -> tuple[Array, PathModel]:
    """Answers from 1 to 10 of n made-up respondents that follow the seven-part satisfaction model."""
    generator = np.random.default_rng(SEED)
    latent: dict[str, Array] = {}
    for name in LATENT:
        causes = [cause for cause, effect in PATHS if effect == name]
        mixed = sum((latent[cause] for cause in causes), np.zeros(n)) * (0.6 / max(len(causes), 1))
        latent[name] = mixed + generator.normal(size=n)
        latent[name] /= latent[name].std()
    columns = [
        0.8 * latent[name] + 0.6 * generator.normal(size=n)
        for name, count in zip(LATENT, ITEMS, strict=True)
        for _item in range(count)
    ]
    ends = np.cumsum(ITEMS)
    blocks = {
        name: list(range(end - count, end)) for name, count, end in zip(LATENT, ITEMS, ends.tolist(), strict=True)
    }
    return np.clip(np.round(7 + 1.7 * np.column_stack(columns)), 1, 10), PathModel(blocks, PATHS)


def composite_table(units: int = 51, indicators: int = 49) -> tuple[Array, Recipe]:
    """A made-up table of that size with gaps, and a recipe in three levels."""
    generator = np.random.default_rng(SEED)
    values = 50 + 10 * (generator.normal(size=(units, 1)) + generator.normal(size=(units, indicators)))
    values[generator.random(values.shape) < 0.03] = np.nan
    names = tuple(f"i{place}" for place in range(indicators))
    groups = np.array_split(np.arange(indicators), 8)
    nodes = [Node(f"g{place}", tuple(names[one] for one in own), (1.0,) * len(own)) for place, own in enumerate(groups)]
    nodes += [Node("left", tuple(f"g{place}" for place in range(5)), (1.0,) * 5)]
    nodes += [Node("right", tuple(f"g{place}" for place in range(5, 8)), (1.0,) * 3)]
    tree = Tree(names, (*nodes, Node("index", ("left", "right"), (1.0, 1.0))))
    return values, Recipe(tree, (1,) * indicators, filling="mean")


# ---- the originals


def compare_survey(folder: Path) -> list[Comparison]:
    """R survey: its sample of schools, and a made-up one of 20,000 rows in 30 strata."""
    generator = np.random.default_rng(SEED)
    strata = generator.integers(0, 30, 20_000)
    counts = np.bincount(strata, minlength=30)
    sizes = {f"s{place}": float(count * generator.integers(3, 40)) for place, count in enumerate(counts)}
    names = [f"s{place}" for place in strata]
    y = generator.gamma(3, 100, len(strata)) * (1 + strata / 10)
    z, x = 0.8 * y + generator.normal(0, 30, len(strata)), generator.normal(600 + strata, 80)
    with (folder / "large.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("stratum", "size", "weight", "x", "y", "z"))
        for place, name in enumerate(names):
            weight = sizes[name] / counts[strata[place]]
            writer.writerow((name, sizes[name], weight, x[place], y[place], z[place]))
    theirs = run_r("survey", SURVEY, str(folder / "large.csv"), str(folder / "schools.csv"))

    def ours(values: tuple[Array, Array, Array], own: list[str], population: dict[str, float]) -> dict[str, float]:
        mean = stratified_mean(values[0], own, population)
        total = stratified_total(values[1], own, population)
        ratio = stratified_ratio(values[2], values[1], own, population)
        found = {"mean": mean, "total": total, "ratio": ratio}
        return {name: item.value for name, item in found.items()} | {
            f"{name}.se": item.standard_error for name, item in found.items()
        }

    with (folder / "schools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    score, enrolled, tested, weight = (
        np.array([float(item[name]) for item in rows]) for name in ("api00", "enroll", "api.stu", "pw")
    )
    types = [item["stype"] for item in rows]
    schools = {item["stype"]: float(item["fpc"]) for item in rows}
    result = []
    for tag, what, values, own, population in (
        ("schools", "sample of schools, 200 rows", (score, enrolled, tested), types, schools),
        ("large", "mean, total, ratio, 20,000 rows", (x, y, z), names, sizes),
    ):
        found = ours(values, own, population)
        keys = sorted(found)
        difference = _largest([found[key] for key in keys], [theirs[f"{tag}.{key}"] for key in keys])
        taken = seconds(lambda v=values, o=own, p=population: ours(v, o, p))  # type: ignore[misc]
        # The weights that come with the schools have single precision.
        limit = 1e-7 if tag == "schools" else 1e-9
        result.append(Comparison("R survey", what, len(keys), difference, limit, theirs[f"{tag}.seconds"], taken))
    hajek = hajek_mean(score, 1 / weight)
    pair = [theirs["schools.hajek"], theirs["schools.hajek.se"]]
    difference = _largest([hajek.value, hajek.standard_error], pair)
    return [*result, Comparison("R survey", "unequal probabilities", 2, difference, 1e-9)]


def compare_coinr(folder: Path) -> list[Comparison]:
    """COINr itself where it is installed, and in any case its published values where its data are at hand."""
    result = []
    try:
        theirs = run_r("COINr", COINR, str(folder))
        asem = Asem(folder)
        index = build(asem.values, asem.recipe)
        pairs = [
            (float(scores[place]), theirs[f"{unit}.{group}"])
            for group, scores in index.scores.items()
            for place, unit in enumerate(asem.units)
        ]
        difference = _largest([one for one, _other in pairs], [other for _one, other in pairs])
        ours = seconds(lambda: build(asem.values, asem.recipe))
        result.append(
            Comparison(
                "COINr", "ASEM example, every score", len(pairs), difference, 1e-9, theirs["seconds.build"], ours
            )
        )
        taken = seconds(lambda: rank_spread(asem.values, asem.recipe, Choices(), 200, seed=1), repeat=1) / 200
        result.append(
            Comparison("COINr", "one replication of weights", 0, 0.0, 0.0, theirs["seconds.replication"], taken)
        )
    except NotAvailable:
        asem = Asem(data_folder())
        index = build(asem.values, asem.recipe)
    places = {unit: place for place, unit in enumerate(asem.units)}
    pairs = [
        (float(index.scores[group][places[unit]]), value)
        for unit, values in PUBLISHED.items()
        for group, value in values.items()
    ]
    bare = build(asem.values, replace(asem.recipe, filling="none", groups=None))
    kept = {
        unit: place for place, unit in enumerate(unit for unit, keep in zip(asem.units, bare.kept, strict=True) if keep)
    }
    pairs += [(float(bare.index[kept[unit]]), value) for unit, value in PUBLISHED_BARE.items()]
    result.append(_published("published scores", pairs, 0.005))
    pairs = [
        (correlation(index.index, index.scores[half]).value, value) for half, value in PUBLISHED_CORRELATIONS.items()
    ]
    result.append(_published("published correlations", pairs, 5e-6))
    pairs = []
    for code, (skew, peak, points, skew_after, peak_after) in PUBLISHED_TREATMENT.items():
        column = asem.raw[:, asem.codes.index(code)]
        done = treat(column)
        own = (skewness(column), kurtosis(column), done.points, skewness(done.values), kurtosis(done.values))
        pairs += list(zip(own, (skew, peak, points, skew_after, peak_after), strict=True))
    result.append(_published("published treatment of outliers", pairs, 5e-7))
    return result


def _published(what: str, pairs: list[tuple[float, float]], limit: float) -> Comparison:
    difference = _largest([one for one, _other in pairs], [other for _one, other in pairs], relative=False)
    return Comparison("COINr", what, len(pairs), difference, limit * (1 + 1e-6))


def compare_plspm(folder: Path) -> list[Comparison]:
    """plspm in all three schemes, scaled and not, and its bootstrap.

    Its option `scaled` divides every column by one number for all (0.5.7), so standardised columns are handed over. Its
    weights rest on variances over n, ours on those over n − 1.
    """
    data, model = survey_answers()
    columns = [f"{name}{item + 1}" for name, count in zip(LATENT, ITEMS, strict=True) for item in range(count)]
    blocks = {name: [columns[place] for place in block] for name, block in model.blocks.items()}
    divisor = np.sqrt((len(data) - 1) / len(data))
    result = []
    schemes: tuple[Scheme, ...] = ("centroid", "factorial", "path")
    for scheme in schemes:
        for scaled in (True, False):
            drawn = 100 if scheme == "centroid" and scaled else 0
            answers = (data - data.mean(axis=0)) / data.std(axis=0, ddof=1) if scaled else data
            given = {
                "answers": answers.tolist(), "columns": columns, "paths": PATHS, "rounds": 3, "replications": drawn,
                "blocks": blocks, "scheme": scheme,
            }  # fmt: skip
            theirs = run_python("plspm", PLSPM, given)
            found = estimate(data, model, scheme=scheme, scaled=scaled)
            pairs = [(found.path(*name.split(">")), value) for name, value in theirs["paths"].items()]
            pairs += [(float(found.r2[found.names.index(name)]), value) for name, value in theirs["r2"].items()]
            pairs += [
                (float(found.weights[place]), theirs["weights"][column] * divisor)
                for place, column in enumerate(columns)
            ]
            difference = _largest([one for one, _other in pairs], [other for _one, other in pairs], relative=False)
            ours = seconds(lambda s=scheme, u=scaled: estimate(data, model, scheme=s, scaled=u))  # type: ignore[misc]
            what = f"{scheme}, {'scaled' if scaled else 'unscaled'}, n 250"
            result.append(Comparison("plspm", what, len(pairs), difference, 1e-6, theirs["seconds"], ours))
            if drawn:
                ours = seconds(lambda: bootstrap(data, model, 100, seed=1))
                result.append(Comparison("plspm", "bootstrap × 100", 0, 0.0, 0.0, theirs["bootstrap"], ours))
    return result


def compare_semopy(folder: Path) -> list[Comparison]:
    """semopy on three blocks of the made-up survey: loadings, effects and χ² of a confirmatory model."""
    data, whole = survey_answers()
    names = ("quality", "satisfaction", "loyalty")
    paths = (("quality", "satisfaction"), ("satisfaction", "loyalty"))
    columns = {place: f"{name}{item + 1}" for name in names for item, place in enumerate(whole.blocks[name])}
    given = {
        "answers": data[:, list(columns)].tolist(), "columns": list(columns.values()), "paths": paths,
        "blocks": {name: [columns[place] for place in whole.blocks[name]] for name in names},
    }  # fmt: skip
    theirs = run_python("semopy", SEMOPY, given)
    model = EquationModel({name: whole.blocks[name] for name in names}, paths)
    covariance = np.cov(data, rowvar=False)
    found = fit(covariance, len(data), model)
    pairs = [(found.chi_square, theirs["chi_square"])]
    for name in names:
        pairs += [
            (found.loadings[place], theirs["loadings"][f"{columns[place]}<{name}"]) for place in whole.blocks[name]
        ]
    pairs += [(found.paths[path], theirs["loadings"][f"{path[1]}<{path[0]}"]) for path in paths]
    difference = _largest([one for one, _other in pairs], [other for _one, other in pairs])
    ours = seconds(lambda: fit(covariance, len(data), model))
    # Both stop where their optimisers find it flat enough.
    return [Comparison("semopy", "confirmatory model, n 250", len(pairs), difference, 2e-3, theirs["seconds"], ours)]


def _ishigami(points: Array) -> Array:
    x, y, z = points
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def compare_salib(folder: Path) -> list[Comparison]:
    """SALib on Ishigami's function with the same number of points; both are estimates of the same numbers."""
    n, sides = 4096, dict.fromkeys("xyz", (-np.pi, np.pi))
    theirs = run_python("SALib", SALIB, {"n": n})
    found = sobol(_ishigami, sides, n, seed=1)
    difference = _largest([*found.first, *found.total], theirs["first"] + theirs["total"], relative=False)
    ours = seconds(lambda: sobol(_ishigami, sides, n, seed=1))
    return [Comparison("SALib", f"Ishigami, n {n}", 6, difference, 0.01, theirs["seconds"], ours)]


ORIGINALS: tuple[tuple[str, Callable[[Path], list[Comparison]]], ...] = (
    ("R survey", compare_survey), ("COINr", compare_coinr), ("plspm", compare_plspm),
    ("semopy", compare_semopy), ("SALib", compare_salib),
)  # fmt: skip


def agreement(comparisons: list[Comparison]) -> Table:
    """The printed table: what was compared, how far apart, and how much faster."""
    result = Table(title="agreement with the originals")
    for name in ("original", "compared"):
        result.add_column(name)
    for name in ("figures", "largest difference", "allowed", "theirs", "ours", "faster"):
        result.add_column(name, justify="right")
    for item in comparisons:
        told = (f"{item.difference:.2g}", f"{item.limit:.2g}") if item.figures else ("", "")
        times = (
            f"{item.theirs * 1000:.2f} ms",
            f"{item.ours * 1000:.2f} ms",
            f"× {item.ratio:,.0f}" if item.ratio >= 10 else f"× {item.ratio:.1f}",
        )
        result.add_row(
            item.original, item.what, f"{item.figures or ''}", *told, *(times if item.ours else ("", "", ""))
        )
    return result


def run(console: Console) -> list[BenchRow]:
    """Own speed first, then every original that is there; the others are named with what they need."""
    data, model = survey_answers()
    values, recipe = composite_table()
    choices = Choices(
        fillings=("mean", "median"), means=("arithmetic", "geometric"),
        normalisations=(Normalisation(low=1), Normalisation("rank")),
    )  # fmt: skip
    with console.status("bootstraps of the satisfaction model"):
        drawn = seconds(lambda: bootstrap(data, model, 1000, seed=1, scale=(1, 10)))
    with console.status("replications of a composite"):
        spread = seconds(lambda: rank_spread(values, recipe, Choices(), 1000, seed=1))
        varied = seconds(lambda: rank_spread(values, recipe, choices, 1000, seed=1))
    rows = [
        row("1,000 bootstraps, 7 latent variables, n 250", drawn, "s", 5, better="less"),
        row("1,000 replications, 51 × 49, weights", spread, "s", 2, better="less"),
        row("1,000 replications, 51 × 49, all choices", varied, "s", 2, better="less"),
    ]
    comparisons: list[Comparison] = []
    for name, compare in ORIGINALS:
        with console.status(name), tempfile.TemporaryDirectory() as folder:
            try:
                comparisons += compare(Path(folder))
            except NotAvailable as missing:
                console.print(f"[yellow]not compared with {name}:[/] {missing}")
            except PeerFailed as failure:
                console.print(f"[red]{name} failed:[/] {failure}")
                rows.append(BenchRow(f"{name} could be run", 0, "", 1, False))
    if comparisons:
        console.print(agreement(comparisons))
    for item in comparisons:
        label = f"{item.original}: {item.what}"
        if item.figures:
            rows.append(
                row(f"{label}, {item.figures} figures apart by", item.difference, "", item.limit, better="less")
            )
        if item.ours:
            rows.append(row(f"{label}, speed ratio", item.ratio, "×", 1))
    return rows
