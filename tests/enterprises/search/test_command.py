"""`hengjian enterprises find` and `reindex`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from hengjian.cli.enterprises import app
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search.following import progress
from hengjian.enterprises.search.models import IndexState

from . import world

pytestmark = pytest.mark.django_db


def test_what_is_indexed_is_found() -> None:
    world.build(indexed=False)
    assert CliRunner().invoke(app, ["find", "鑫达"]).exit_code == 1
    IndexState.objects.update_or_create(pk=1, defaults={"rules": "earlier"})
    made = CliRunner().invoke(app, ["reindex"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout.splitlines()[-1]) == {"enterprises": Enterprise.objects.count()}
    assert progress() is None
    found = CliRunner().invoke(app, ["find", "石泉县鑫达", "--limit", "1"])
    assert found.exit_code == 0
    (line,) = found.stdout.splitlines()
    assert json.loads(line)["name"] == "石泉县鑫达商贸有限公司"
