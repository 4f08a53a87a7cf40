from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "steward.core.cases"
    label = "cases"

    def ready(self) -> None:
        from steward.core.customers import panels as customer_panels
        from steward.core.customers import timeline as customer_timeline
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.files import subjects as files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import (
            attachments,
            brief,
            demo,
            facts,
            finding,
            handing_over,
            improvement,
            jobs,
            measures,
            panels,
            personal,
            policy,
            procedures,
            returning,
        )
        from .routing import demo as routing_demo
        from .routing import jobs as routing_jobs
        from .routing import kinds as routing_kinds
        from .routing import policy as routing_policy

        workers = caps.LEADERS | {caps.FRONT_LINE}
        caps.register(
            caps.Capability("cases.view", _("See cases"), workers | {caps.QUALITY_REVIEWER}),
            caps.Capability("cases.note", _("Write internal notes"), workers | {caps.QUALITY_REVIEWER}),
            caps.Capability("cases.open", _("Open a case"), workers),
            caps.Capability("cases.work", _("Work on cases: take, answer, hold, close"), workers),
            caps.Capability("cases.assign", _("Hand cases to others"), caps.LEADERS),
            caps.Capability("cases.steer", _("Merge cases, take promises back"), caps.LEADERS),
        )
        navigate(NavEntry("todo", _("To do"), "cases:todo", "checklist", 15, phone=True, shortcut="t"))
        navigate(NavEntry("cases", _("Cases"), "cases:list", "inbox", 20, capability="cases.view", shortcut="c"))
        navigate(NavEntry("due", _("Due next"), "cases:due", "alarm", 25, capability="cases.view", phone=True, shortcut="d"))
        customer_panels.register(customer_panels.Panel("cases", _("Cases"), 10, "cases/panel.html", panels.cases_of))
        customer_timeline.register(customer_timeline.TimelineSource("cases", panels.timeline_lines))
        policy.register_policies()
        personal.register_places()
        files.register(attachments.SUBJECT)
        finding.register()
        handing_over.register_source()
        improvement.register()
        procedures.register()
        brief.register_sources()
        facts.register()
        measures.register()
        jobs.register()
        routing_jobs.register()
        returning.register_kinds()
        routing_kinds.register_kinds()
        routing_policy.register_policies()
        chapters.register(chapters.DemoChapter("cases", 60, demo.tell))
        chapters.register(chapters.DemoChapter("routing", 75, routing_demo.tell))
