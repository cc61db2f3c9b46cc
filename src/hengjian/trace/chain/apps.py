"""Django app of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class TraceChainConfig(SystemConfig):
    name = "hengjian.trace.chain"
    label = "trace_chain"
    verbose_name = _("追溯链条")
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.pages.navigation import register_navigation
        from hengjian.trace.chain import facts, policies  # noqa: F401

        policies.register()
        register_navigation(
            "supervision", _("追溯查询"), "trace_chain:search", "search", "trace.view", order=10, group="trace"
        )
        register_navigation(
            "supervision", _("召回模拟"), "trace_chain:simulate", "route", "trace.view", order=20, group="trace"
        )
        register_navigation(
            "supervision",
            _("追溯异常"),
            "trace_chain:anomalies",
            "alert",
            "trace.view",
            count=policies.open_anomalies,
            order=30,
            group="trace",
        )
        register_navigation(
            "supervision", _("召回令"), "trace_chain:recalls", "bell", "trace.view", order=40, group="trace"
        )
        register_navigation(
            "supervision",
            _("上下游查询"),
            "trace_chain:neighbours",
            "search",
            "trace.neighbours",
            order=50,
            group="trace",
        )
