"""A region adds a register by a YAML page alone: every face works, without a migration."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from hengjian.documents.sheets import write_xlsx
from hengjian.ledger.models import Fact
from hengjian.programmes.loading import load_region_folder
from hengjian.registers.catalogue import ConfigurationError, forget, load, register_type
from hengjian.registers.models import Entry, ImportBatch
from tests.registers.conftest import World
from tests.registers.test_pages import signed_in

PAGE = """
register: region_wells
title: 温泉水质登记
title_en: Hot springs
area: environment
legal: [{document: 澜川自治区温泉管理办法, number: 政府令第9号, valid_from: 2020-05-01}]
key: {label: 泉眼编号, label_en: Spring, series: "WQ-{year}-{seq:04d}"}
title_field: name
fields:
  - {code: name, title: 名称, title_en: Name, required: true, public: true, listed: true, searched: true}
  - {code: heat, title: 水温, title_en: Temperature, type: decimal, decimals: 1, unit: ℃, public: true, listed: true}
  - {code: use, title: 用途, title_en: Use, type: choice, public: true, listed: true, filtered: true,
     choices: [{code: bath, title: 沐浴, title_en: Bathing}, {code: drink, title: 饮用, title_en: Drinking}]}
  - {code: keeper, title: 管理人电话, title_en: Keeper, type: phone}
statuses:
  - {code: open, title: 开放, title_en: Open, light: green}
  - {code: shut, title: 关闭, title_en: Shut, light: red, counts: false, final: true}
facts: {prefix: wells, disclosure: public}
"""


@pytest.fixture
def wells(tmp_path: Path, settings: object) -> Iterator[Path]:
    (tmp_path / "wells.yaml").write_text(PAGE, encoding="utf-8")
    settings.HENGJIAN_CONFIG_DIR = str(tmp_path)  # type: ignore[attr-defined]
    load_region_folder()
    yield tmp_path
    forget("region_wells")


def test_a_register_from_yaml_alone(world: World, wells: Path) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0, stdout=io.StringIO())
    client = signed_in(world.officer)
    # form
    page = client.get("/registers/region_wells/new/").content.decode()
    assert "水温（℃）" in page and "泉眼编号" not in page
    answer = client.post(
        "/registers/region_wells/new/",
        {
            "name": "白塔泉",
            "heat": "41.50",
            "use": "bath",
            "keeper": "19900001234",
            "_region": world.city.pk,
            "_on": "2026-05-01",
        },
        follow=True,
    )
    assert answer.status_code == 200, answer.content.decode()
    entry = Entry.objects.get(register="region_wells")
    assert (entry.key, entry.extras["heat"], entry.region) == ("WQ-2026-0001", "41.5", world.city)
    # list, with filter and sheet
    assert "白塔泉" in client.get("/registers/region_wells/?use=bath&q=白塔").content.decode()
    assert "白塔泉" not in client.get("/registers/region_wells/?use=drink").content.decode()
    assert client.get("/registers/region_wells/?export=xlsx").status_code == 200
    assert "19900001234" not in client.get("/registers/region_wells/?export=csv&col=keeper").content.decode()
    # import
    assert client.get("/registers/region_wells/import/template.xlsx").status_code == 200
    sheet = write_xlsx(["名称", "水温", "用途"], [["新渠泉", 38, "饮用"]])
    client.post("/registers/region_wells/import/", {"file": SimpleUploadedFile("a.xlsx", sheet)})
    batch = ImportBatch.objects.get()
    client.post(f"/registers/imports/{batch.pk}/", {"do": "confirm"})
    assert Entry.objects.get(title="新渠泉").key == f"WQ-{batch.created_at.year}-0002"
    # interface
    answer = client.get("/api/v1/registers/region_wells/entries?where=use:drink")
    assert [row["title"] for row in answer.json()["items"]] == ["新渠泉"]
    body = json.dumps({"values": {"name": "三号泉"}})
    answer = client.post("/api/v1/registers/region_wells/entries", body, content_type="application/json")
    assert answer.status_code == 201
    # public page and open data, in both languages
    public = Client()
    assert "白塔泉" in public.get(f"/registers/public/region_wells/{entry.pk}/").content.decode()
    public.cookies["django_language"] = "en"
    english = public.get("/registers/public/region_wells/").content.decode()
    assert "Hot springs" in english and "Temperature" in english
    assert len(public.get("/registers/public/region_wells.json").json()["rows"]) == 3
    assert "白塔泉" in public.get("/registers/public/region_wells.csv").content.decode("utf-8-sig")
    # facts
    facts = Fact.objects.filter(kind="wells.entered")
    assert facts.count() == 3
    assert facts.get(subject=entry.ref).payload["values"] == {"heat": "41.5", "name": "白塔泉", "use": "bath"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("register: [", "no readable YAML"),
        ("- register: x", "must be a mapping"),
        (PAGE.replace("area: environment", "area: weather"), "no area 'weather'"),
        (PAGE.replace("type: phone", "type: fax"), "fields.3.type"),
        (PAGE.replace("facts: {prefix: wells,", "facts: {"), "facts.prefix"),
        (PAGE.replace("title_field: name", "title_field: nome"), "nome, which is no field"),
        (PAGE.replace("code: heat", "code: name"), "field name is declared twice"),
        (PAGE.replace("code: heat", "code: region"), "every entry has region already"),
        (PAGE.replace("register: region_wells", "register: imports"), "no register can be called imports"),
        (PAGE.replace("area: environment", "area: environment\nmodel: nowhere.Thing"), "nowhere"),
        (PAGE.replace("register: region_wells", "register: other_wells") + "---\n" + PAGE, ""),
    ],
)
def test_wrong_yaml_is_told_with_its_place(tmp_path: Path, wrong: str, told: str) -> None:
    (tmp_path / "wells.yaml").write_text(wrong, encoding="utf-8")
    try:
        with pytest.raises(ConfigurationError, match=r"wells\.yaml") as caught:
            load(tmp_path)
        assert told in str(caught.value)
    finally:
        forget("other_wells")
        forget("region_wells")


def test_the_setting_must_name_a_folder() -> None:
    code = "import hengjian.site.settings"
    environment = {"HENGJIAN_CONFIG_DIR": "/nowhere", "HENGJIAN_SECRET_KEY": "x" * 40}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "HENGJIAN_CONFIG_DIR: '/nowhere' is no folder" in done.stderr


def test_the_catalogue_names_what_there_is() -> None:
    with pytest.raises(KeyError, match="declared:"):
        register_type("nothing")


def test_the_regions_folder_is_read_at_the_start(tmp_path: Path) -> None:
    """A process of its own: only a start shows what a start reads."""
    (tmp_path / "wells.yaml").write_text(PAGE, encoding="utf-8")
    program = (
        "import django; django.setup()\n"
        "from hengjian.registers.catalogue import register_type\n"
        "register_type('region_wells')"
    )
    own = {"HENGJIAN_CONFIG_DIR": str(tmp_path), "HENGJIAN_DATA_DIR": str(tmp_path / "data")}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "hengjian.site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
