"""What everybody sees of a draw: the lists' hashes before the seed, the result, the file to compute it again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.draws.exchange import replay
from hengjian.draws.models import Draw, Drawn, Pool
from hengjian.draws.queries import checks, exchange, public_draws, published_result
from hengjian.draws.words import draw_light, layer_words, result_light
from hengjian.pages.limits import count_use

# Computations that one address may ask for in an hour; whoever wants more has the file.
MOST_VERIFIED = 60


def find_public(pk: int) -> Draw:
    draw = public_draws().filter(pk=pk).first()
    if draw is None:
        raise Http404(_("没有这次抽查。"))
    return draw


@require_safe
def public_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw; `?verify=1` computes it again."""
    draw = find_public(pk)
    verify = "verify" in request.GET and bool(draw.seed)
    if verify:
        count_use(request, "draws.verify", MOST_VERIFIED)
    words = layer_words(draw)
    rows = []
    for drawn in checks(draw):
        if drawn.state in (Drawn.State.RESERVE, Drawn.State.REPLACED):
            continue
        result = published_result(drawn)
        rows.append(
            {
                "drawn": drawn,
                "stratum": words.get(drawn.stratum, drawn.stratum),
                "inspectors": [pairing.inspector for pairing in drawn.pairings.all()],
                "result": result,
                "code": result_light(draw, result.code) if result else "",
            }
        )
    context = {
        "title": draw.title,
        "draw": draw,
        "state": draw_light(draw),
        "pools": {pool.kind: pool for pool in draw.pools.defer("rows")},
        "kinds": Pool.Kind,
        "strata": [(words.get(row["code"], row["code"]), row) for row in draw.strata],
        "rows": rows,
        "file": f"draw-{draw.pk}.json",
        "computed": computed(draw) if verify else None,
    }
    return render(request, "draws/public_draw.html", context)


def computed(draw: Draw) -> dict[str, Any]:
    """The draw computed again from the public file alone, as an outsider would, beside what was published."""
    found = replay(exchange(draw))
    outcome = found.outcome
    return {
        "same": found.same,
        "differences": found.differences[:20],
        "hash": outcome.hash if outcome else "",
        "chosen": [item.target.id for item in outcome.chosen if not item.reserve] if outcome else [],
    }


@require_safe
def draw_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for `hengjian draws replay` and for everybody who computes it another way (docs/draws.md)."""
    draw = find_public(pk)
    text = json.dumps(exchange(draw), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'draw-{draw.pk}.json')}"
    return response
