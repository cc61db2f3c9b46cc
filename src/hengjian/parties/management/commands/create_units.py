"""`manage.py create_units REGION_CODE [FAMILY …]`: create a region's units from the families of organs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hengjian.parties.models import Region
from hengjian.parties.seeding import create_units_for


class Command(BaseCommand):
    help = "Create the units of a region from the families of organs; without families, all that exist at its level."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region")
        parser.add_argument("families", nargs="*")

    def handle(self, *args: Any, region: str, families: list[str], **options: Any) -> None:
        place = Region.objects.filter(code=region).first()
        if place is None:
            raise CommandError(_("没有代码为 %(code)s 的地区，请先载入区划清单。") % {"code": region})
        try:
            result = create_units_for(place, families or None)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("新建单位 %(count)d 个。") % {"count": result.created})
