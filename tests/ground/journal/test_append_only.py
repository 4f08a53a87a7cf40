"""The database itself refuses to change history, by ORM and by plain SQL, also after a migration that rebuilds the table."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.state import ModelState, ProjectState
from tests.cast import AT, World

from steward.ground.journal import sealing, triggers
from steward.ground.journal.checks import journal_is_append_only
from steward.ground.journal.models import Entry, Seal

from .samples import write

pytestmark = pytest.mark.django_db(transaction=True)


def refuses(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def assert_history_stands(world: World) -> None:
    entry = write(world.bank)
    sealing.seal_entries(at=AT)
    rows = (Entry.objects.count(), Seal.objects.count())
    for table, column in (("journal_entry", "code"), ("journal_link", "type"), ("journal_seal", "digest")):
        refuses(f"UPDATE {table} SET {column} = 'x'")
        refuses(f"DELETE FROM {table}")
        if connection.vendor == "postgresql":
            refuses(f"TRUNCATE {table} CASCADE")
    assert (Entry.objects.count(), Seal.objects.count()) == rows
    assert Entry.objects.get(pk=entry.pk).code == "tests.thing_happened"


def test_update_delete_and_truncate_are_refused(committed_world: World) -> None:
    assert_history_stands(committed_world)


def test_the_orm_is_refused_too(committed_world: World) -> None:
    entry = write(committed_world.bank)
    entry.reason = "rewritten"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save(update_fields=["reason"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()


def test_replacing_a_row_is_refused(committed_world: World) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE exists on SQLite only; PostgreSQL's ON CONFLICT is an UPDATE, which is refused above.")
    entry = write(committed_world.bank)
    refuses(
        "INSERT OR REPLACE INTO journal_entry SELECT seq, occurred_at, recorded_at, actor_kind, actor_ref, on_behalf_of, unit_id, 'x', version, "
        f"subject_type, subject_id, cause, public, sealed, sealed_key, reason, purpose, request FROM journal_entry WHERE seq = {entry.pk}"
    )


def test_a_migration_that_rebuilds_the_table_leaves_history_protected(committed_world: World) -> None:
    """A rebuild drops triggers on SQLite; the post-migrate step brings them back, and until then the check complains."""
    state = ProjectState()
    state.add_model(ModelState.from_model(Entry))
    model = state.apps.get_model("journal", "Entry")
    field = models.CharField(max_length=100, blank=True, default="")
    field.set_attributes_from_name("code")
    old = model._meta.get_field("code")
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, field)
    if connection.vendor == "sqlite":
        assert triggers.missing(connection)
        assert {message.id for message in journal_is_append_only(databases=["default"])} == {"journal.E001"}
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []
    assert journal_is_append_only(databases=["default"]) == []
    assert_history_stands(committed_world)
