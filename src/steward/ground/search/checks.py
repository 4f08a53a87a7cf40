from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from . import schema


@register(Tags.database)
def search_index_stands(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Database check: the full-text side of the index is there, with the triggers that keep it in step."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if schema.TABLE in connection.introspection.table_names():
            hint = "Run `steward migrate`, which installs it again."
            messages += [
                Error(f"The search index lacks {name}: people would not find everything.", hint=hint, id="search.E001")
                for name in schema.missing(connection)
            ]
    return messages
