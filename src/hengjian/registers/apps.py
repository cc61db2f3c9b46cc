"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "hengjian.registers"
    label = "registers"

    def ready(self) -> None:
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_public_page, register_search
        from hengjian.registers import access, handing_over, policies, searching
        from hengjian.registers.views.reminders import waiting

        policies.register()
        handing_over.register()
        register_file_access("entry", access.may_read_entry_file)
        register_file_access("batch", access.may_read_batch_file)
        register_navigation(
            "supervision", _("登记册"), "registers:index", "list", "registers.view", count=waiting, order=20
        )
        register_public_page(_("登记查询"), "registers:public_index", 30, _("证书、称号、设备等登记，可查询可下载。"))
        register_search("entries", _("登记项"), searching.search_entries)
