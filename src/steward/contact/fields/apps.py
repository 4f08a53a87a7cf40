from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseFieldsConfig(AppConfig):
    name = "steward.contact.fields"
    label = "casefields"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps

        from . import demo, events, hooks, parts, personal, policy  # noqa: F401 - events register themselves

        caps.register(caps.Capability("casefields.manage", _("Say which further fields cases have"), caps.LEADERS))
        settings_cards.register(
            "service",
            settings_cards.Card(
                "casefields:fields", _("Fields of cases"), _("What is asked of which case, and when it is needed"), "forms", "cases.work"
            ),
        )
        policy.register_policies()
        personal.register_places()
        hooks.register()
        parts.register_parts()
        # Before the cases are lived through, so that those of the demo's last days could be asked; old ones keep what they have.
        chapters.register(chapters.DemoChapter("casefields", 72, demo.tell))
