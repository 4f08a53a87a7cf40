from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from steward.ground.journal import personal, scrub
from steward.ground.journal.operations import Person

from . import operations, schema


def register() -> None:
    """The index holds copies of words; they go with the person, whatever the law keeps at their source, and leave the files' bytes too."""
    personal.register(
        personal.PersonalData(
            key="search.documents", find=operations.documents_of, export=_export, blank=_blank, retain=_retain, tables=(schema.TABLE,)
        )
    )
    scrub.on_scrub(_forget)


def _export(person: Person) -> list[dict[str, Any]]:
    """Nothing of its own: every word stands in the row it was taken from."""
    return []


def _blank(person: Person, at: datetime) -> int:
    return operations.remove_person(person)


def _retain(person: Person, at: datetime) -> personal.Retention | None:
    return None


def _forget() -> None:
    schema.forget_deleted(connection)
