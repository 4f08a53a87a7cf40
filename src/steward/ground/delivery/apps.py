from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "steward.ground.delivery"
    label = "delivery"

    def ready(self) -> None:
        from . import events, registrations  # noqa: F401

        registrations.register_all()
