"""Django app of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class TraceExchangeConfig(SystemConfig):
    name = "hengjian.trace.exchange"
    label = "trace_exchange"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        from hengjian.trace.exchange import facts, parsers

        parsers.register()
        super().ready()
        facts.register()
        from hengjian.trace.exchange import policies

        policies.register()
        from hengjian.trace.chain.hooks import register_names
        from hengjian.trace.exchange import naming

        register_names("trace.exchange", things=naming.things_named, places=naming.places_named, find=naming.find)
        from hengjian.pages.navigation import register_navigation, register_public_page

        for label, view, icon, verb, order in (
            (_("追溯记录与合格证"), "trace_exchange:home", "list", "trace.certify", 80),
            (_("追溯覆盖与断链"), "trace_exchange:coverage", "gauge", "trace.report", 84),
            (_("追溯数据交换"), "trace_exchange:files", "upload", "trace.exchange", 85),
        ):
            register_navigation("supervision", label, view, icon, verb, order=order, group="trace")
        register_public_page(
            _("扫码追溯"), "trace_exchange:public_home", 45, _("输入或扫描追溯码，看产品来源、检测、合格证和召回。")
        )
