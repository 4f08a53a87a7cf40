from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "steward.console"
    label = "console"

    def ready(self) -> None:
        from steward.core.org.settings_cards import Card
        from steward.core.org.settings_cards import register as register_card
        from steward.ground.ui.navigation import NavEntry, register

        from .setup.progress import is_unfinished

        register(NavEntry("today", _("Today"), "console:home", "sun", 10, capability="cases.view", phone=True, shortcut="h"))
        set_up = _("From here to the first case: units, working time, services, time limits, people")
        register_card("people", Card("console:setup", _("Set-up"), set_up, "checklist", "org.manage", shown=is_unfinished))
        changes = _("Everybody as a CSV file; changed and read again it takes on, moves, corrects and ends")
        register_card("people", Card("console:people_file", _("People as a file"), changes, "file-spreadsheet", "access.grant"))
