"""Charts as Vega-Lite specifications: pure functions from rows to dict.

Under `usermeta.hengjian` a specification carries what every published figure needs beside its picture: title, unit,
source, period, data time, the rows, the columns of the table twin and one sentence that says what is shown. Pages
render it as inline SVG, official documents as PNG; both read the same dict. Nothing here renders, fetches or reads
a clock.

Rules kept by all: text labels on the marks (colour is never the only cue), order given by the rows (no sorting in the
renderer), one font list with a CJK face (a missing one would leave labels blank), data inline.
"""

from __future__ import annotations

from hengjian.methods.charts.bars import stacked_states
from hengjian.methods.charts.base import FONTS, META_KEY, PALETTE, SCHEMA, STATES, Meta, TableColumn, config
from hengjian.methods.charts.intervals import interval_chart
from hengjian.methods.charts.lines import line_with_target, several_lines, small_multiples
from hengjian.methods.charts.sparkline import sparkline
from hengjian.methods.charts.tiles import classes, tile_map

__all__ = [
    "FONTS",
    "META_KEY",
    "PALETTE",
    "SCHEMA",
    "STATES",
    "Meta",
    "TableColumn",
    "classes",
    "config",
    "interval_chart",
    "line_with_target",
    "several_lines",
    "small_multiples",
    "sparkline",
    "stacked_states",
    "tile_map",
]
