from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeepingConfig(AppConfig):
    name = "steward.console.keeping"
    label = "keeping"

    def ready(self) -> None:
        from steward.core.org.settings_cards import Card, register

        from . import events, jobs, kinds, personal  # noqa: F401 - events and jobs register themselves

        kinds.register_all()
        personal.register_all()
        text = _("What is erased after how long, seen before it happens; legal holds")
        register("operation", Card("keeping:retention", _("Retention"), text, "trash", "access.secure"))
