from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "steward.excellence.insights"
    label = "insights"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate
        from steward.ground.ui.palette import PaletteCommand, register_command

        from . import brief, demo, events, jobs, marks, policy  # noqa: F401 - events and jobs register themselves

        caps.register(
            caps.Capability("insights.annotate", _("Annotate charts: changes of process, outages"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
            caps.Capability("insights.share", _("Share analyses and dashboards with a unit"), caps.LEADERS),
            caps.Capability("measures.export", _("Export the store of figures"), frozenset({caps.MANAGER})),
        )
        navigate(NavEntry("insights", _("Insights"), "insights:home", "chart-histogram", 110, capability="measures.view", shortcut="f"))
        register_command(
            PaletteCommand(
                "insights.explore",
                _("Explore the figures"),
                "insights:explore",
                "chart-dots",
                "measures.view",
                words="fenxi 分析 探索 指标",
            )
        )
        register_command(
            PaletteCommand(
                "insights.measures", _("Measures"), "insights:measures", "list-search", "measures.view", words="zhibiao 指标 口径"
            )
        )
        policy.register_policies()
        marks.register()
        brief.register_sources()
        chapters.register(chapters.DemoChapter("insights", 90, demo.tell))
