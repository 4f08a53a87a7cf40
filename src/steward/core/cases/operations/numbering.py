"""The numbers of an organisation's cases, per year."""

from __future__ import annotations

from django.db import connection

from steward.ground.access.models import Unit

from ..models import Case

_TAKE = """
INSERT INTO cases_casecounter (organisation_id, year, latest) VALUES (%s, %s, %s)
ON CONFLICT (organisation_id, year) DO UPDATE SET latest = cases_casecounter.latest + excluded.latest RETURNING latest
"""

_GIVE = "UPDATE cases_case SET number = %s WHERE id = %s"


def take_numbers(unit: Unit, year: int, count: int = 1) -> range:
    """The next `count` numbers of a year in the unit's organisation, in one statement: its row stays locked until the cases are committed."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [unit.root_id, year, count])
        latest: int = cursor.fetchone()[0]
    return range(latest - count + 1, latest + 1)


def give_number(case: Case, year: int) -> None:
    """Number a case that was saved under `provisional_number`, as late in its transaction as can be.

    Everybody who opens a case in the organisation waits at the counter until the transaction before theirs has ended: what is written before
    this call is written side by side, and no number is left out.
    """
    case.number = number_of(year, take_numbers(case.unit, year)[0])
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, [case.number, case.pk])


def provisional_number(case: Case) -> str:
    """No two cases share it, and nobody ever sees it: the random end of the case's public id."""
    return f"~{case.public_id.hex[-19:]}"


def number_of(year: int, running: int) -> str:
    return f"{year}-{running:06d}"
