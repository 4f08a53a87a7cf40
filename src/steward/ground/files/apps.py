from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "steward.ground.files"
    label = "files"

    def ready(self) -> None:
        from . import personal

        personal.register()
