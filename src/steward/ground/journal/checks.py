"""What `steward check` asks of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from . import triggers


@register(Tags.database)
def journal_is_append_only(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Database check: the append-only triggers stand on every table that exists."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if not set(triggers.TABLES) <= set(connection.introspection.table_names()):
            continue
        for name in triggers.missing(connection):
            messages.append(
                Error(
                    f"The journal's trigger {name} is missing: the database would let history be changed.",
                    hint="Run `steward migrate`, which installs it again, and find out who removed it.",
                    id="journal.E001",
                )
            )
    return messages
