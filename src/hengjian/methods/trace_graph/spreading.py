"""The compiled pass of `shares.py`: expected shares along the processes, in topological order."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def spread(result, seeds, whole, inputs, outputs, uses, makes):  # type: ignore[no-untyped-def]
    """Fill `result` in topological order (Kahn): a lot is decided when all processes that make it are."""
    in_starts, in_thing, in_time, in_micro, in_unit = inputs
    out_starts, out_process, out_time, out_micro, out_unit = outputs
    use_starts, use_process = uses
    make_starts, make_thing = makes
    things, processes = seeds.size, in_starts.size - 1
    awaited = np.zeros(things, np.int64)
    for thing in range(things):
        if not seeds[thing]:
            awaited[thing] = out_starts[thing + 1] - out_starts[thing]
    waiting = np.zeros(processes, np.int64)
    ready = np.empty(processes, np.int64)
    count = 0
    for process in range(processes):
        for row in range(in_starts[process], in_starts[process + 1]):
            thing = in_thing[row]
            if thing >= 0 and awaited[thing] > 0:
                waiting[process] += 1
        if waiting[process] == 0:
            ready[count] = process
            count += 1
    done = 0
    while done < count:
        process = ready[done]
        done += 1
        for make in range(make_starts[process], make_starts[process + 1]):
            thing = make_thing[make]
            if awaited[thing] <= 0:
                continue
            awaited[thing] -= 1
            if awaited[thing] > 0:
                continue
            total, weighted, rows = 0.0, 0.0, out_starts[thing + 1] - out_starts[thing]
            for row in range(out_starts[thing], out_starts[thing + 1]):
                maker = out_process[row]
                amount, affected = 0.0, 0.0
                for entry in range(in_starts[maker], in_starts[maker + 1]):
                    if in_time[entry] > out_time[row]:
                        continue
                    if in_unit[entry] != out_unit[row] or in_micro[entry] < 0:
                        amount = np.nan
                        break
                    amount += in_micro[entry]
                    if in_thing[entry] >= 0:
                        affected += in_micro[entry] * result[in_thing[entry]]
                if out_micro[row] < 0 and rows > 1:
                    amount = np.nan
                weight = 1.0 if out_micro[row] < 0 else float(out_micro[row])
                total += weight
                weighted += weight * (affected / amount if amount != 0.0 else np.nan)
            result[thing] = weighted / max(total, float(whole[thing])) if total > 0 else np.nan
            for use in range(use_starts[thing], use_starts[thing + 1]):
                following = use_process[use]
                waiting[following] -= 1
                if waiting[following] == 0:
                    ready[count] = following
                    count += 1
