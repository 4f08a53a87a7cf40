from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "steward.ground.jobs"
    label = "jobs"

    def ready(self) -> None:
        from . import policy, screens

        policy.register_policies()
        screens.register()
        autodiscover_modules("jobs")
