"""The world of the tests, built through the operations once for each process and put back as rows afterwards: most tests begin with it."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from steward.ground.access.models import User

from .cast import World, build_world

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Original:
    """added, gone: rows by table that building added and took away; keys: the folder of the vault and the sealing key."""

    world: World
    added: Rows
    gone: Rows
    keys: Path


_original: list[Original] = []


def copied_world(keep: Path) -> World:
    """The world as its operations build it; keep: where the keys of the first one may stay for as long as the tests run."""
    place = Path(settings.STEWARD_VAULT).parent
    if place.exists() or User.objects.exists():
        return build_world()  # the test has begun something of its own
    if not _original:
        before = _rows()
        world = build_world()
        after = _rows()
        added = {table: [row for row in rows if row not in before[table]] for table, rows in after.items()}
        gone = {table: [row for row in rows if row not in after[table]] for table, rows in before.items()}
        shutil.copytree(place, keep)
        _original.append(Original(deepcopy(world), _some(added), _some(gone), keep))
        return world
    original = _original[0]
    shutil.copytree(original.keys, place)
    with connection.cursor() as cursor:
        for table, rows in original.gone.items():
            cursor.executemany(f"DELETE FROM {_quoted(table)} WHERE {_first_column(table)} = %s", [row[:1] for row in rows])
        for table, rows in original.added.items():
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {_quoted(table)} VALUES ({marks})", rows)
    return deepcopy(original.world)


def _rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f"SELECT * FROM {_quoted(model._meta.db_table)}")
                found[model._meta.db_table] = list(cursor.fetchall())
    return found


def _some(rows: Rows) -> Rows:
    return {table: some for table, some in rows.items() if some}


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def _first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return _quoted(connection.introspection.get_primary_key_column(cursor, table) or "id")
