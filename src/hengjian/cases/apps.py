"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "hengjian.cases"
    label = "cases"

    def ready(self) -> None:
        from hengjian.cases import handing_over, policies
        from hengjian.cases.access import address, may_read_case_file
        from hengjian.cases.actions.transfers import FEEDBACK
        from hengjian.cases.following import ring_transfer
        from hengjian.cases.searching import related_cases, search_cases
        from hengjian.cases.views.lists import waiting
        from hengjian.clocks.worker import register_handler
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_public_page, register_search
        from hengjian.pages.notices import register_address
        from hengjian.registers.hooks import register_related

        policies.register()
        handing_over.register()
        register_handler(FEEDBACK, ring_transfer)
        register_file_access("case", may_read_case_file)
        register_address("case", address)
        register_navigation(
            "supervision", _("我的办件"), "cases:inbox", "list", verb="cases.inside", count=waiting, order=10, key="x"
        )
        register_public_page(_("诉求与申报"), "cases:public_index", 60, _("向部门提出申请、报告和需求，全程可查。"))
        register_public_page(_("查询办理进展"), "cases:track", 20, _("凭编号和查询码看到哪一步、什么时候有结果。"))
        register_search("cases", _("办件"), search_cases)
        register_related("cases", _("办件"), related_cases)
