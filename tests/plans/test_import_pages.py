"""The pages from upload to confirmed plan."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.documents.models import StoredFile
from hengjian.parties.models import User
from hengjian.plans.models import Plan, PlanImport
from tests.plans.conftest import TEXT, World

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def start(world: World, client: Client, **more: Any) -> Any:
    data = {"unit": world.office_unit.pk, "region": world.region.pk, **more}
    return client.post(reverse("plans:import_start"), data)


def settings_of(page: Any, **changes: Any) -> dict[str, Any]:
    """What the form of the confirmation page holds when nobody changes anything."""
    initial = {name: getattr(value, "pk", value) for name, value in page.context["form"].initial.items()}
    return {**{name: value for name, value in initial.items() if value is not None}, "do": "confirm", **changes}


def test_every_page_of_the_walk_opens(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = signed_in(world.office)
    assert client.get(reverse("plans:list")).status_code == 200
    assert client.get(reverse("plans:import_start")).status_code == 200
    answer = start(world, client, file=SimpleUploadedFile("plan.txt", TEXT.encode("gb18030")))
    draft = PlanImport.objects.get()
    assert answer["Location"] == reverse("plans:import_review", args=[draft.pk])
    assert draft.file_hash == StoredFile.objects.get(subject=f"import:{draft.pk}").address
    assert client.get(answer["Location"]).status_code == 200
    confirm = reverse("plans:import_confirm", args=[draft.pk])
    page = client.get(confirm)
    assert page.status_code == 200
    assert client.post(confirm, settings_of(page)).status_code == 302
    plan = Plan.objects.get()
    assert client.get(reverse("plans:plan", args=[plan.pk])).status_code == 200
    for suffix in ("xml", "csv", "xlsx"):
        assert client.get(reverse("plans:plan_export", args=[plan.pk, suffix])).status_code == 200
