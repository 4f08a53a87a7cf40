"""Django's `migrate`, with the tables of a new installation made in seconds instead of a third of a minute.

For every table a migration creates, Django draws again each model that is related to it, however far away; here all are related, by the
unit and the person. A created model needs only itself drawn: it points at the others, and nothing points at it yet. What reads rows while
migrating (`RunPython`) draws everything anew before it runs, because the state is marked as delayed: Django's own way for changes that
leave the neighbours as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as DjangosMigrate
from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def created_models_drawn_alone() -> Iterator[None]:
    """While it holds, a model that a migration adds is drawn without its neighbours."""
    djangos = ProjectState.add_model

    def add_model(self: Any, model_state: ModelState) -> None:
        drawn = self.__dict__.pop("apps", None)
        djangos(self, model_state)
        if drawn is not None:
            self.apps = drawn
            self.is_delayed = True
            self._reload({(model_state.app_label, model_state.name_lower)})

    ProjectState.add_model = add_model  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = djangos  # type: ignore[method-assign]


class Command(DjangosMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with created_models_drawn_alone():
            super().handle(*args, **options)
