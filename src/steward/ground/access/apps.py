from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "steward.ground.access"
    label = "access"

    def ready(self) -> None:
        from . import capabilities as caps
        from . import policy, receivers

        receivers.connect()
        caps.register(
            caps.Capability("access.view", _("See people and their roles"), caps.LEADERS | {caps.ADMINISTRATOR}),
            caps.Capability("access.grant", _("Grant and end roles"), caps.STEERING),
            caps.Capability("access.grant_any", _("Grant roles that allow more than one's own"), frozenset({caps.ADMINISTRATOR})),
            caps.Capability("access.break_glass", _("Open a confidential matter in an emergency"), frozenset({caps.MANAGER})),
            caps.Capability("access.audit", _("Read the audit log"), caps.STEERING),
            caps.Capability(
                "access.secure", _("Keep accounts safe: second step, sessions, rules of signing in"), frozenset({caps.ADMINISTRATOR})
            ),
            caps.Capability("access.operate", _("Run the installation: jobs, parked entries, seals"), frozenset({caps.ADMINISTRATOR})),
        )
        policy.register_policies()
