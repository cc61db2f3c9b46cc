"""Django app of the room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "hengjian.cases"
    label = "cases"

    def ready(self) -> None:
        from hengjian.cases import policies
        from hengjian.cases.access import address, may_read_case_file
        from hengjian.cases.actions.transfers import FEEDBACK
        from hengjian.cases.following import ring_transfer
        from hengjian.clocks.worker import register_handler
        from hengjian.documents.access import register_file_access
        from hengjian.pages.notices import register_address

        policies.register()
        register_handler(FEEDBACK, ring_transfer)
        register_file_access("case", may_read_case_file)
        register_address("case", address)
