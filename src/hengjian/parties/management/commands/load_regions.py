"""`manage.py load_regions FILE`: load a list of regions from a CSV file in UTF-8 or GB18030."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.progress import Progress

from hengjian.parties.regions import RegionListError, load_regions, read_region_rows


class Command(BaseCommand):
    help = "Load regions from a CSV: code, name [parent, level, short_name, valid_from, valid_to, successors]."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(_("不能读取 %(file)s：%(why)s") % {"file": file, "why": error.strerror}) from None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030", errors="replace")
        with Progress(transient=True) as bar:
            task = bar.add_task(_("载入区划"), total=None)
            try:
                result = load_regions(
                    read_region_rows(text), lambda done, total: bar.update(task, completed=done, total=total)
                )
            except RegionListError as error:
                raise CommandError("\n".join(error.errors)) from None
        self.stdout.write(
            _("新增 %(created)d 个，更新 %(updated)d 个，未变 %(unchanged)d 个。")
            % {"created": result.created, "updated": result.updated, "unchanged": result.unchanged}
        )
