from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "steward.ground.measures"
    label = "measures"

    def ready(self) -> None:
        from steward.ground.access import capabilities as caps

        from . import dims, jobs, personal, targets

        caps.register(caps.Capability("measures.view", _("See figures and their definitions"), caps.EVERYBODY))
        dims.register()
        targets.register_kind()
        jobs.register()
        personal.register_places()
