"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "hengjian.programmes"
    label = "programmes"

    def ready(self) -> None:
        from hengjian.programmes import catalogue, policies
        from hengjian.programmes.loading import load_folder
        from hengjian.registers.parsing import register_parser

        policies.register()
        register_parser("programme", catalogue.checked_code)
        load_folder(Path(self.path) / "config")
