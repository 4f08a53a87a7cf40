from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AutomationConfig(AppConfig):
    name = "steward.contact.automation"
    label = "automation"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files

        from . import demo, events, jobs, kinds, parts, policy  # noqa: F401 - events register themselves

        caps.register(
            caps.Capability("automation.manage", _("Write rules and macros and switch rules on"), caps.LEADERS),
            caps.Capability("automation.webhooks", _("Set up webhooks: what goes to other machines"), frozenset({caps.ADMINISTRATOR})),
        )
        card = settings_cards.Card
        settings_cards.register(
            "service",
            card("automation:rules", _("Rules"), _("When, if, then: what happens to cases by itself"), "robot", "automation.manage"),
        )
        settings_cards.register(
            "service", card("automation:macros", _("Macros"), _("Several actions for chosen cases at once"), "wand", "automation.manage")
        )
        settings_cards.register(
            "operation",
            card("automation:webhooks", _("Webhooks"), _("Tell other machines what happens"), "webhook", "automation.webhooks"),
        )
        kinds.register_kinds()
        rule_files.register_builtin("automation", kinds.builtin)
        policy.register_policies()
        jobs.register()
        parts.register_parts()
        chapters.register(chapters.DemoChapter("automation", 85, demo.tell))
