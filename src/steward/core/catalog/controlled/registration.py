"""What controlled documents register when the house starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access import capabilities as caps
from steward.ground.rules import files as rule_files
from steward.ground.ui.navigation import NavEntry
from steward.ground.ui.navigation import register as navigate

from . import events, jobs, limits, policy  # noqa: F401 - events and jobs register themselves


def register() -> None:
    caps.register(
        caps.Capability("catalog.write", _("Write processes, standards and procedures"), caps.LEADERS),
        caps.Capability("catalog.release", _("Release processes, standards and procedures, and allow deviations"), caps.LEADERS),
    )
    for key, label, icon, under, capability in (
        ("documents", _("How we work"), "book-2", "", "catalog.view"),
        ("reading", _("What I have to read"), "eyeglass", "documents", "catalog.view"),
        ("duties", _("Who does what"), "users-group", "documents", "catalog.view"),
        ("releases", _("Releases"), "rocket", "documents", "catalog.write"),
    ):
        navigate(NavEntry(key, label, f"catalog:{key}", icon, 75, capability=capability, under=under))
    policy.register_policies()
    limits.register_kinds()
    rule_files.register_builtin("catalog", limits.builtin_rules)
