"""Published solutions of two well-known models, from the moments of their answers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hengjian.methods.statistics.path_modelling import (
    NotSolvable,
    PathModel,
    PathResult,
    Scheme,
    bootstrap,
    estimate,
    estimate_moments,
    levers,
    scale_index,
)
from tests.methods.statistics.moments import moments

Array = NDArray[np.float64]


def model(names: list[str], blocks: dict[str, str], paths: str) -> PathModel:
    """Blocks by the beginning of the variables' names; paths as "A>B A>C"."""
    return PathModel(
        {
            latent: [place for place, name in enumerate(names) if name.startswith(start)]
            for latent, start in blocks.items()
        },
        [(path.split(">")[0], path.split(">")[1]) for path in paths.split()],
    )


def answers_with(covariance: Array, mean: Array, n: int) -> Array:
    """Any answers with exactly these moments."""
    z = np.random.default_rng(1).normal(size=(n, len(mean)))
    z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(n - 1)
    return mean + z @ np.linalg.cholesky(covariance).T


ECSI = {"Im": "IMAG", "Ex": "CUEX", "Qu": "PERQ", "Va": "PERV", "Sa": "CUSA", "Co": "CUSCO", "Lo": "CUSL"}
ECSI_PATHS = "Im>Ex Ex>Qu Ex>Va Qu>Va Im>Sa Ex>Sa Qu>Sa Va>Sa Sa>Co Im>Lo Sa>Lo Co>Lo"
CENTROID = (
    0.50470564, 0.55724786, 0.05078755, 0.55721686, 0.17883348, 0.06442534, 0.51254524, 0.19181566, 0.52609731,
    0.19535971, 0.48347472, 0.07123241,
)  # fmt: skip


def ecsi(scheme: Scheme = "centroid") -> PathResult:
    names, covariance, mean, _n = moments("ecsi")
    return estimate_moments(covariance, mean, model(names, ECSI, ECSI_PATHS), scheme=scheme, scale=(1, 10))


def test_ecsi_is_that_of_smartpls() -> None:
    found = ecsi()
    given = [found.path(*path.split(">")) for path in ECSI_PATHS.split()]
    assert given == pytest.approx(CENTROID, abs=2e-8)
    assert found.total[0, 6] == pytest.approx(0.39877911, abs=2e-8)
    satisfaction = found.weights[model(moments("ecsi")[0], ECSI, ECSI_PATHS).membership[:, 4]]
    assert satisfaction == pytest.approx([0.37718684, 0.38156707, 0.44105872], abs=2e-8)
    assert found.index == pytest.approx([73.52, 72.47, 74.99, 62.30, 72.54, 67.42, 70.61], abs=5e-3)
    assert found.valid


@pytest.mark.parametrize(("scheme", "values"), [
    ("factorial", {"Im>Ex": 0.50494314, "Qu>Sa": 0.51297470, "Va>Sa": 0.19144526}),
    ("path", {"Im>Ex": 0.50491393, "Qu>Sa": 0.51202394, "Va>Sa": 0.19476510}),
])  # fmt: skip
def test_ecsi_by_the_other_schemes(scheme: Scheme, values: dict[str, float]) -> None:
    found = ecsi(scheme)
    for path, value in values.items():
        assert found.path(*path.split(">")) == pytest.approx(value, abs=2e-8)
    if scheme == "path":
        member = model(moments("ecsi")[0], ECSI, ECSI_PATHS).membership[:, 4]
        assert found.weights[member] == pytest.approx([0.36486486, 0.38315604, 0.45096120], abs=2e-8)


BANK = {name.upper(): name for name in ("imag", "expe", "qual", "val", "sat", "loy")}
BANK_PATHS = "IMAG>EXPE EXPE>QUAL QUAL>VAL EXPE>VAL IMAG>SAT EXPE>SAT QUAL>SAT VAL>SAT IMAG>LOY SAT>LOY"


def test_satisfaction_is_that_of_plspm() -> None:
    names, covariance, mean, _n = moments("satisfaction")
    bank = model(names, BANK, BANK_PATHS)
    found = estimate_moments(covariance, mean, bank, scaled=False, scale=(1, 10))
    given = [found.path(*path.split(">")) for path in BANK_PATHS.split()]
    published = [0.578959, 0.848344, 0.676656, 0.105478, 0.200724, -0.002754, 0.122145, 0.589331, 0.275150, 0.495479]
    assert given == pytest.approx(published, abs=1.5e-6)
    assert found.r2[1:] == pytest.approx([0.335194, 0.719688, 0.590084, 0.707321, 0.509923], abs=1e-6)
    assert found.alpha == pytest.approx([0.830, 0.847, 0.871, 0.836, 0.894, 0.819], abs=5e-4)
    assert found.index[4] == pytest.approx(65.109, abs=5e-4)
    # The standardised variant is another one, and must be named as such.
    standardised = estimate_moments(covariance, mean, bank)
    assert standardised.path("IMAG", "EXPE") == pytest.approx(0.5600, abs=5e-5)
    assert standardised.r2[4] == pytest.approx(0.7032, abs=5e-5)


def test_bootstrap_errors_are_of_the_published_size() -> None:
    names, covariance, mean, n = moments("satisfaction")
    bank = model(names, BANK, BANK_PATHS)
    data = answers_with(covariance, mean, n)
    full = estimate(data, bank, scaled=False)
    assert full.path("IMAG", "SAT") == pytest.approx(0.200724, abs=1.5e-6)  # the moments are all that counts
    drawn = bootstrap(data, bank, 300, seed=2, scaled=False)
    assert drawn.paths_error[0, 4] == pytest.approx(0.0539, rel=0.15)


def test_the_index_of_the_published_example() -> None:
    # State of Ohio: answers 8, 7, 7 on 1 to 10.
    assert scale_index([8, 7, 7], [0.3885, 0.3190, 0.2925], 1, 10) == pytest.approx(70.983, abs=5e-4)
    assert scale_index([8, 7, 7], [1, 1, 1], 1, 10) == pytest.approx(70.370, abs=5e-4)
    assert scale_index([10, 10], [0.2, 3], 1, 10) == 100 and scale_index([1, 1], [0.2, 3], 1, 10) == 0


def test_what_to_improve_first() -> None:
    found = levers(ecsi(), "Sa")
    assert [lever.name for lever in found] == ["Qu", "Ex", "Im", "Va"] and found[0].index == pytest.approx(
        74.99, abs=5e-3
    )
    quality = found[0].effect
    assert quality == pytest.approx(0.51254524 + 0.55721686 * 0.19181566, abs=1e-7)


def test_moments_that_are_none() -> None:
    names, covariance, mean, _n = moments("ecsi")
    made = model(names, ECSI, ECSI_PATHS)
    with pytest.raises(ValueError, match="symmetric"):
        estimate_moments(covariance[:3], mean, made)
    flat = covariance.copy()
    flat[0] = flat[:, 0] = 0
    with pytest.raises(NotSolvable, match="no variance"):
        estimate_moments(flat, mean, made)
