from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "steward.core.catalog"
    label = "catalog"

    def ready(self) -> None:
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import demo, policy
        from .controlled import events, jobs, limits  # noqa: F401 - events and jobs register themselves
        from .controlled import policy as controlled
        from .duties import brief as duty_brief
        from .duties import charter
        from .duties import demo as duty_demo
        from .duties import events as duty_events  # noqa: F401
        from .duties import policy as duties
        from .procedures import brief as procedure_brief
        from .procedures import content as procedures
        from .procedures import events as procedure_events  # noqa: F401
        from .procedures import finding
        from .processes import demo as process_demo
        from .processes import limits as process_limits
        from .processes import registration as processes
        from .standards import charter as public_charters
        from .standards import content as standards
        from .standards import demo as standard_demo
        from .standards import events as standard_events  # noqa: F401

        caps.register(
            caps.Capability("catalog.view", _("See services and promises"), caps.EVERYBODY),
            caps.Capability("catalog.manage", _("Change services, categories and promises"), caps.STEERING),
            caps.Capability("catalog.write", _("Write processes, standards and procedures"), caps.LEADERS),
            caps.Capability("catalog.release", _("Release processes, standards and procedures, and allow deviations"), caps.LEADERS),
        )
        for key, label, icon, under, capability in (
            ("documents", _("How we work"), "book-2", "", "catalog.view"),
            ("reading", _("What I have to read"), "eyeglass", "documents", "catalog.view"),
            ("duties", _("Who does what"), "users-group", "documents", "catalog.view"),
            ("releases", _("Releases"), "rocket", "documents", "catalog.write"),
        ):
            navigate(NavEntry(key, label, f"catalog:{key}", icon, 75, capability=capability, under=under))
        policy.register_policies()
        controlled.register_policies()
        duties.register_policies()
        duty_brief.register_sources()
        charter.register_kinds()
        processes.register_kinds()
        procedures.register_kinds()
        standards.register_kinds()
        public_charters.register_kinds()
        procedure_brief.register_sources()
        finding.register_kind()
        limits.register_kinds()
        rule_files.register_builtin("catalog", limits.builtin_rules)
        rule_files.register_builtin("processes", process_limits.builtin_rules)
        chapters.register(chapters.DemoChapter("catalog", 30, demo.tell))
        # Before the cases, so that they are worked by the procedures; the results once everything else has happened.
        chapters.register(chapters.DemoChapter("standards", 45, standard_demo.tell))
        chapters.register(chapters.DemoChapter("results", 91, standard_demo.publish))
        chapters.register(chapters.DemoChapter("duties", 68, duty_demo.tell))
        chapters.register(chapters.DemoChapter("processes", 69, process_demo.tell))
