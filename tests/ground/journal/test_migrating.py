"""A new installation has the tables, references, constraints and indexes its models speak of, whatever way its migrations were drawn."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import connection, models

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]

# The words of the search on PostgreSQL: an index only that database has, which no model names.
MADE_BESIDE = {"search_document": {"words"}}


def test_our_way_of_migrating_is_the_one_that_runs() -> None:
    assert get_commands()["migrate"] == "steward.ground.journal"


def test_the_tables_are_what_the_models_say() -> None:
    wrong: list[str] = []
    for model in MODELS:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            columns = {str(column.name) for column in connection.introspection.get_table_description(cursor, table)}
            found = connection.introspection.get_constraints(cursor, table)
        wanted = {str(field.column) for field in model._meta.local_fields}
        if (columns - MADE_BESIDE.get(table, set())) != wanted:
            wrong.append(f"{table}: columns {sorted(columns ^ wanted)}")
        named = [*model._meta.indexes, *model._meta.constraints]
        wrong += [f"{table}: {one.name} is missing" for one in named if one.name not in found and _kept_by_the_database(one)]
        references = {(tuple(one["columns"]), one["foreign_key"]) for one in found.values() if one["foreign_key"]}
        wrong += [
            f"{table}.{field.column} does not refer to {field.related_model._meta.db_table}"
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and _kept_reference(field) and ((field.column,), _end(field)) not in references
        ]
    assert wrong == []


def _kept_by_the_database(one: models.Index | models.BaseConstraint) -> bool:
    """A condition on rows is not named by what SQLite tells of a table."""
    return connection.vendor != "sqlite" or not isinstance(one, models.CheckConstraint)


def _kept_reference(field: Any) -> bool:
    return bool(field.db_constraint)


def _end(field: Any) -> tuple[str, str]:
    return field.related_model._meta.db_table, field.target_field.column
