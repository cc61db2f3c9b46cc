"""What the originals are told to do in their own processes (`_peers`); each prints figures and its own time."""

from __future__ import annotations

#: R survey on its own sample of schools and on a larger one from a file; time per round of four estimates.
SURVEY = r"""
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
data(api)
say <- function(name, value) cat(name, format(as.numeric(value), digits = 15), "\n")
write.csv(apistrat[, c("stype", "fpc", "pw", "api00", "enroll", "api.stu")], arguments[2], row.names = FALSE)
measure <- function(tag, d, value, size, part, rounds) {
  taken <- system.time(for (i in seq_len(rounds)) {
    mean <- svymean(value, d); total <- svytotal(size, d); ratio <- svyratio(part, size, d)
  })[["elapsed"]]
  say(paste0(tag, ".mean"), coef(mean)[1]); say(paste0(tag, ".mean.se"), SE(mean)[1])
  say(paste0(tag, ".total"), coef(total)[1]); say(paste0(tag, ".total.se"), SE(total)[1])
  say(paste0(tag, ".ratio"), coef(ratio)[1]); say(paste0(tag, ".ratio.se"), SE(ratio)[1])
  say(paste0(tag, ".seconds"), taken / rounds)
}
schools <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
measure("schools", schools, ~api00, ~enroll, ~api.stu, 20)
pps <- svydesign(id = ~1, weights = ~pw, data = apistrat)
say("schools.hajek", coef(svymean(~api00, pps))[1]); say("schools.hajek.se", SE(svymean(~api00, pps))[1])
large <- read.csv(arguments[1])
design <- svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = large, fpc = ~size)
measure("large", design, ~x, ~y, ~z, 3)
"""

#: COINr's own example: its index and scores, its data for us, and the time of a build and of replications.
COINR = r"""
suppressPackageStartupMessages(library(COINr))
arguments <- commandArgs(trailingOnly = TRUE)
write.csv(ASEM_iData, file.path(arguments[1], "ASEM_iData.csv"), row.names = FALSE)
write.csv(ASEM_iMeta, file.path(arguments[1], "ASEM_iMeta.csv"), row.names = FALSE)
coin <- suppressMessages(build_example_coin(quietly = TRUE))
build <- system.time(for (i in 1:3) suppressMessages(build_example_coin(quietly = TRUE)))[["elapsed"]] / 3
scores <- get_dset(coin, "Aggregated")
groups <- ASEM_iMeta$iCode[ASEM_iMeta$Type == "Aggregate"]
for (unit in seq_len(nrow(scores))) for (group in groups)
  cat(paste(scores$uCode[unit], group, sep = "."), format(scores[[group]][unit], digits = 15), "\n")
noise <- data.frame(Level = c(2, 3), NoiseFactor = c(0.25, 0.25))
noisy <- get_noisy_weights(coin$Meta$Weights$Original, noise, 20)
once <- function(weights) suppressMessages(Aggregate(coin, dset = "Normalised", f_ag = "a_amean", w = weights))
taken <- system.time(for (weights in noisy) once(weights))
cat("seconds.build", build, "\n")
cat("seconds.replication", taken[["elapsed"]] / 20, "\n")
"""

#: plspm on answers of a made-up survey: paths, R², weights; the time of one estimate and of a bootstrap.
PLSPM = r"""
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import plspm.config as c
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme

if __name__ == "__main__":
    given = json.load(sys.stdin)
    frame = pd.DataFrame(given["answers"], columns=given["columns"])
    structure = c.Structure()
    for cause, effect in given["paths"]:
        structure.add_path([cause], [effect])
    path = structure.path()
    def config():
        made = c.Config(path, scaled=False)
        for name, columns in given["blocks"].items():
            made.add_lv(name, Mode.A, *[c.MV(column) for column in columns])
        return made
    scheme = {"centroid": Scheme.CENTROID, "factorial": Scheme.FACTORIAL, "path": Scheme.PATH}[given["scheme"]]
    start = time.perf_counter()
    for _ in range(given["rounds"]):
        found = Plspm(frame, config(), scheme, tolerance=1e-10, iterations=500)
    taken = (time.perf_counter() - start) / given["rounds"]
    inner = found.inner_model()
    answer = {
        "paths": {f"{row['from']}>{row['to']}": float(row["estimate"]) for _, row in inner.iterrows()},
        "r2": found.inner_summary()["r_squared"].astype(float).to_dict(),
        "weights": found.outer_model()["weight"].astype(float).to_dict(),
        "seconds": taken,
    }
    if given["replications"]:
        start = time.perf_counter()
        Plspm(frame, config(), scheme, bootstrap=True, bootstrap_iterations=given["replications"], processes=1)
        answer["bootstrap"] = time.perf_counter() - start
    print(json.dumps(answer))
"""

#: semopy on a made-up survey: χ² and loadings of a confirmatory model.
SEMOPY = r"""
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import semopy

given = json.load(sys.stdin)
frame = pd.DataFrame(given["answers"], columns=given["columns"])
described = [f"{name} =~ {' + '.join(columns)}" for name, columns in given["blocks"].items()]
described += [f"{effect} ~ {cause}" for cause, effect in given["paths"]]
start = time.perf_counter()
model = semopy.Model("\n".join(described))
model.fit(frame)
taken = time.perf_counter() - start
estimates = model.inspect()
loadings = estimates[estimates["op"] == "~"].set_index(["lval", "rval"])["Estimate"]
answer = {f"{row[0]}<{row[1]}": float(value) for row, value in loadings.items()}
print(json.dumps({"loadings": answer, "chi_square": float(semopy.calc_stats(model)["chi2"].iloc[0]), "seconds": taken}))
"""

#: SALib on Ishigami's function.
SALIB = r"""
import json, sys, time
import numpy as np
from SALib.analyze import sobol
from SALib.sample import sobol as sample

given = json.load(sys.stdin)
problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[-np.pi, np.pi]] * 3}
start = time.perf_counter()
points = sample.sample(problem, given["n"], calc_second_order=False, seed=1)
values = np.sin(points[:, 0]) + 7 * np.sin(points[:, 1]) ** 2 + 0.1 * points[:, 2] ** 4 * np.sin(points[:, 0])
found = sobol.analyze(problem, values, calc_second_order=False, seed=1)
taken = time.perf_counter() - start
print(json.dumps({"first": found["S1"].tolist(), "total": found["ST"].tolist(), "seconds": taken}))
"""
