"""Django app of the index."""

from django.apps import AppConfig


class EnterpriseSearchConfig(AppConfig):
    name = "hengjian.enterprises.search"
    label = "enterprise_search"

    def ready(self) -> None:
        from hengjian.enterprises.hooks import register_changed
        from hengjian.enterprises.search.indexing import index

        register_changed("enterprise_search", index)
