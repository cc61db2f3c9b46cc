"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "hengjian.programmes"
    label = "programmes"

    def ready(self) -> None:
        from hengjian.cases.hooks import register_effect, register_guard
        from hengjian.programmes import catalogue, facts, guards, holding, policies, publicity  # noqa: F401
        from hengjian.programmes.loading import load_folder, load_region_folder
        from hengjian.publishing.lists import register_list
        from hengjian.registers.parsing import register_parser

        policies.register()
        register_parser("programme", catalogue.checked_code)
        for name in ("screened", "reviews_in", "notice_over", "within_quota", "reports_in"):
            register_guard(f"programme.{name}", getattr(guards, name))
        for name in ("award", "renew", "lapse", "revoke"):
            register_effect(f"programme.{name}", getattr(holding, name))
        register_list(publicity.HOLDERS)
        load_folder(Path(self.path) / "config")
        # Rooms of `systems` stand before this one in INSTALLED_APPS: all they declare and register is known by now.
        load_region_folder()
