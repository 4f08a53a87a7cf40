from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "steward.ground.journal"
    label = "journal"

    def ready(self) -> None:
        from . import checks, triggers  # noqa: F401

        # Infrastructure, not business: migrations rebuild tables, and rebuilt tables have no triggers.
        post_migrate.connect(triggers.install_after_migrate, sender=None, dispatch_uid="journal.triggers")
