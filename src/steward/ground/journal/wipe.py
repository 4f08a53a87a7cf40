"""Emptying a PostgreSQL database before its backup is put back: the only place that removes history, and only to replace it whole."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def emptied(connection: BaseDatabaseWrapper) -> None:
    """Drop the whole public schema. Tables, triggers and functions come back with the backup."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
