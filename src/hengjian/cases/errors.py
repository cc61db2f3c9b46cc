"""Refusals of this room that say more than one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused


class ValuesRefused(ActionRefused):
    """Values do not fit their fields; `errors` says what is wrong, by field code."""

    def __init__(self, errors: Mapping[str, str], titles: Mapping[str, str]) -> None:
        told = "；".join(f"{titles.get(code, code)}：{message}" for code, message in errors.items())
        super().__init__(told, _("请改正后再提交。"), status=400)
        self.errors = dict(errors)
