from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "steward.excellence.insights.reports"
    label = "reports"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import brief, demo, events, jobs, personal, policy  # noqa: F401 - events and jobs register themselves

        caps.register(
            caps.Capability("reports.view", _("See service quality reports"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
            caps.Capability("reports.write", _("Plan, make and comment on reports"), caps.LEADERS),
            caps.Capability("reports.issue", _("Issue reports, and decide what they ask for"), frozenset({caps.MANAGER})),
        )
        navigate(NavEntry("reports", _("Reports"), "reports:list", "report-analytics", 115, capability="reports.view", under="insights"))
        policy.register_policies()
        brief.register_sources()
        personal.register_places()
        chapters.register(chapters.DemoChapter("reports", 90, demo.tell))
