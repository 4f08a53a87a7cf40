from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "steward.ground.search"
    label = "search"

    def ready(self) -> None:
        from . import checks, personal, schema, screens  # noqa: F401

        # Infrastructure, not business: migrations rebuild tables, and rebuilt tables have no triggers.
        post_migrate.connect(schema.install_after_migrate, sender=self, dispatch_uid="search.schema")
        personal.register()
        screens.register()
