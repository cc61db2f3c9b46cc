"""A line as small as a word, for a cell of a table; the numbers stand in words beside it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from hengjian.methods.charts.base import PALETTE

WIDTH, HEIGHT, EDGE = 88, 22, 3


def sparkline(values: Sequence[float | None], label: str, target: float | None = None) -> str:
    """Inline `<svg>` text without style or script.

    Args:
        values: by time; None leaves a gap. label: what a screen reader says instead.
        target: a dotted line; it stretches the scale like a value.

    Raises:
        ValueError: no label.
    """
    if not label.strip():
        raise ValueError("a sparkline needs a label: it says nothing to those who cannot see it")
    known = [value for value in values if value is not None]
    if not known:
        return ""
    scale = [*known, *([target] if target is not None else [])]
    low, span = min(scale), max(scale) - min(scale)
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)

    def height(value: float) -> str:
        share = (value - low) / span if span else 0.5
        return _short(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE))

    parts, run = [], list[str]()
    for position, value in enumerate([*values, None]):
        if value is not None:
            run.append(f"{_short(EDGE + position * step)},{height(value)}")
            continue
        if len(run) == 1:  # a value between two gaps is a dot
            x, y = run[0].split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="1.5" fill="{PALETTE["ink-600"]}"/>')
        elif run:
            points = " ".join(run)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{PALETTE["ink-600"]}" stroke-width="1.5"/>')
        run = []
    last = max(position for position, value in enumerate(values) if value is not None)
    x, y = _short(EDGE + last * step), height(known[-1])
    parts.append(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{PALETTE["ink-700"]}"/>')
    if target is not None:
        at = height(target)
        parts.insert(
            0,
            f'<line x1="0" x2="{WIDTH}" y1="{at}" y2="{at}" stroke="{PALETTE["bronze-500"]}" stroke-dasharray="2 2"/>',
        )
    return (
        f'<svg class="spark" role="img" aria-label="{html.escape(label, quote=True)}" width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    )


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
