"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "hengjian.programmes"
    label = "programmes"

    def ready(self) -> None:
        from hengjian.cases.hooks import register_effect, register_guard
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_public_page, register_search
        from hengjian.pages.notices import register_address
        from hengjian.programmes import access, catalogue, guards, holding, policies, publicity, searching
        from hengjian.programmes.loading import load_folder, load_region_folder
        from hengjian.programmes.queries import waiting_drafts, waiting_reviews
        from hengjian.publishing.lists import register_list
        from hengjian.registers.hooks import register_related
        from hengjian.registers.parsing import register_parser

        policies.register()
        register_parser("programme", catalogue.checked_code)
        for name in ("screened", "reviews_in", "notice_over", "within_quota", "reports_in"):
            register_guard(f"programme.{name}", getattr(guards, name))
        for name in ("award", "renew", "lapse", "revoke"):
            register_effect(f"programme.{name}", getattr(holding, name))
        register_list(publicity.HOLDERS)
        register_file_access("application", access.may_read_draft_file)
        for kind in ("edition", "application", "review"):
            register_address(kind, searching.address(kind))
        register_related("programmes", _("评选与创建"), searching.related)
        register_search("programmes", _("评选与创建"), searching.search)
        register_navigation(
            "supervision",
            _("评选与创建"),
            "programmes:index",
            "star",
            verb="programmes.view",
            count=waiting_drafts,
            order=60,
            group="honours",
        )
        register_navigation(
            "supervision",
            _("我的评审"),
            "programmes:reviews",
            "done",
            verb="cases.review",
            count=waiting_reviews,
            order=62,
            group="honours",
        )
        register_public_page(
            _("评选与创建"), "programmes:public_index", 80, _("质量奖、示范创建等的征集、结果和有效期。")
        )
        load_folder(Path(self.path) / "config")
        # The systems stand before this room in INSTALLED_APPS: what they declare is known by now.
        load_region_folder()
