"""Capabilities: what a role may allow. Declared beside the app that checks them; a duplicate refuses to start."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Capability:
    """code is `app.verb`; roles: the built-in roles that get it in a new organisation."""

    code: str
    label: str | Promise
    roles: frozenset[str] = frozenset()


_capabilities: dict[str, Capability] = {}

FRONT_LINE = "front_line"
SUPERVISOR = "supervisor"
QUALITY_REVIEWER = "quality_reviewer"
MANAGER = "manager"
ADMINISTRATOR = "administrator"
OPERATOR = "operator"
EVERYBODY = frozenset({FRONT_LINE, SUPERVISOR, QUALITY_REVIEWER, MANAGER, ADMINISTRATOR})
LEADERS = frozenset({SUPERVISOR, MANAGER})
STEERING = frozenset({MANAGER, ADMINISTRATOR})


def register(*capabilities: Capability) -> None:
    for capability in capabilities:
        if capability.code in _capabilities:
            raise ValueError(f"Capability {capability.code!r} is declared twice.")
        _capabilities[capability.code] = capability


def capabilities() -> list[Capability]:
    return [_capabilities[code] for code in sorted(_capabilities)]


def known(code: str) -> bool:
    return code in _capabilities


def built_in(role: str) -> list[str]:
    """The capability codes a built-in role starts with."""
    return [capability.code for capability in capabilities() if role in capability.roles]
