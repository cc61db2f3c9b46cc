"""The page of an interval: what it stands for, how it comes from the counts, and the value that it belongs to."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.indicators import showing
from hengjian.indicators.intervals import Z, explained
from hengjian.indicators.telling import definition_of
from hengjian.indicators.views.common import base, find_value

#: How formulas are written; letters as in the sources.
FORMULAS = {
    "wilson": "[ p + z²/2n ± z·√( p(1−p)/n + z²/4n² ) ] ÷ ( 1 + z²/n )",
    "exact": "P(X ≥ k | n, p₁) = 0.025，P(X ≤ k | n, p₂) = 0.025",
}
SOURCES = {
    "wilson": "E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209–212",
    "exact": "C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404–413",
}


@require_safe
def interval_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the interval beside a value comes from.

    Raises:
        Http404: no such value for this reader, or one without an interval.
    """
    row = find_value(request, pk)
    declared = definition_of(row)
    found = explained(row, declared)
    if found is None:
        raise Http404(_("这个值没有区间：它是全数统计、数额，或者分子、分母不是计数。"))
    ends = [showing.plain(end, declared.decimals) for end in found.ends]
    context: dict[str, Any] = {
        "title": declared.said(showing.language()),
        "base": base(request),
        "row": row,
        "declared": declared,
        "found": found,
        "ends": ends,
        "value": showing.amount(row.value, declared),
        "numerator": showing.plain(row.numerator, 0),
        "denominator": showing.plain(row.denominator, 0),
        "names": [part.said(showing.language()) if part else "" for part in (declared.numerator, declared.denominator)],
        "formula": FORMULAS.get(found.method, ""),
        "source": SOURCES.get(found.method, ""),
        "z": f"{Z:.6f}",
        "steps": [f"{step:.4f}%" for step in found.steps],
        "again": [f"{end:.4f}%" for end in found.again] if found.again else [],
        "marks": showing.marks(row),
        "period": row.when.said(showing.language()),
        "selection": declared.selection,
        "selection_words": showing.SELECTION_WORDS[declared.selection],
    }
    return render(request, "indicators/interval.html", context)
