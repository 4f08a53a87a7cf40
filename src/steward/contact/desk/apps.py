from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "steward.contact.desk"
    label = "desk"

    def ready(self) -> None:
        from steward.core.org import settings_cards
        from steward.ground import demo as chapters
        from steward.ground.access import capabilities as caps
        from steward.ground.rules import files as rule_files
        from steward.ground.ui.navigation import NavEntry
        from steward.ground.ui.navigation import register as navigate

        from . import brief, demo, events, kinds, parts, policy, wordings  # noqa: F401 - events register themselves
        from .checklists import demo as checklists_demo
        from .checklists import events as checklists_events  # noqa: F401 - events register themselves
        from .checklists import operations as checklists_operations
        from .checklists import personal as checklists_personal
        from .checklists import policy as checklists_policy
        from .checklists import screens as checklists_screens
        from .emotions import demo as emotions_demo
        from .emotions import events as emotions_events  # noqa: F401
        from .emotions import hooks as emotions_hooks
        from .emotions import kinds as emotions_kinds
        from .emotions import personal as emotions_personal
        from .emotions import policy as emotions_policy
        from .emotions import screens as emotions_screens
        from .recurring import events as recurring_events  # noqa: F401 - events and jobs register themselves
        from .recurring import policy as recurring_policy

        caps.register(caps.Capability("desk.recurring", _("Set up recurring cases"), caps.LEADERS))
        settings_cards.register(
            "service",
            settings_cards.Card("desk:recurring", _("Recurring cases"), _("Cases that open by the calendar"), "repeat", "desk.recurring"),
        )
        recurring_policy.register_policies()
        caps.register(caps.Capability(checklists_policy.RIGHT, _("Write checklists of cases"), caps.LEADERS))
        settings_cards.register(
            "service",
            settings_cards.Card(
                "desk:checklists",
                _("Checklists of cases"),
                _("What must not be forgotten, ticked beside the case"),
                "checklist",
                checklists_policy.RIGHT,
            ),
        )
        checklists_policy.register_policies()
        checklists_personal.register_places()
        checklists_operations.register()
        checklists_screens.register_screens()
        caps.register(caps.Capability("desk.templates", _("Write templates of replies"), caps.LEADERS))
        navigate(NavEntry("board", _("People and load"), "desk:board", "users-group", 30, capability="cases.assign", shortcut="b"))
        settings_cards.register(
            "service",
            settings_cards.Card("desk:templates", _("Templates of replies"), _("Words to start a reply from"), "template", "cases.work"),
        )
        settings_cards.register(
            "service",
            settings_cards.Card("desk:routing", _("Handing out cases"), _("Who gets a case that nobody has"), "user-share", "cases.assign"),
        )
        settings_cards.register(
            "people",
            settings_cards.Card(
                "desk:routing_skills", _("Skills"), _("What work may ask for and people can do"), "checklist", "org.manage"
            ),
        )
        settings_cards.register(
            "people",
            settings_cards.Card("desk:presence", _("Hours of presence"), _("How long people were in which state"), "clock", "org.lead"),
        )
        kinds.register_kinds()
        rule_files.register_builtin("desk", _builtin)
        policy.register_policies()
        brief.register_sources()
        parts.register_parts()
        wordings.register_wordings()
        navigate(NavEntry("emotions", _("Hard cases and recovery"), "desk:emotions", "heart", 31, capability="cases.note", under="board"))
        emotions_kinds.register_kinds()
        rule_files.register_builtin("desk.emotions", emotions_kinds.builtin_rules)
        emotions_policy.register_policies()
        emotions_personal.register_places()
        emotions_hooks.register()
        emotions_screens.register()
        chapters.register(chapters.DemoChapter("emotions", 76, emotions_demo.tell))
        chapters.register(chapters.DemoChapter("desk", 70, demo.tell))
        chapters.register(chapters.DemoChapter("checklists", 97, checklists_demo.tell))


def _builtin() -> list[dict[str, Any]]:
    file = Path(__file__).resolve().parent / "builtin" / "case_minutes.json"
    rules: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["rules"]
    return rules
