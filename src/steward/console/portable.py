"""Export and import in open formats: one JSON-lines file per table and the files themselves. Any database, no lock-in (X11)."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

import steward
from steward.ground.journal import triggers

from .archive import FORMAT, ArchiveError, holds_data, pack, sha256_of, unpack

# What an installation makes anew: work in progress of this machine, not history.
LEFT_OUT = {"jobs"}
BATCH = 1000


def exported_models() -> list[type[models.Model]]:
    """Every table of Steward's own apps, in a fixed order."""
    found = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("steward.") and config.label not in LEFT_OUT
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def export(file: Path, *, at: datetime) -> str:
    """Write all rows as of one instant, and the files."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        members = Path(folder) / "members"
        (members / "tables").mkdir(parents=True)
        counts: dict[str, int] = {}
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for model in exported_models():
                counts[model._meta.db_table] = _write(model, members / "tables" / f"{model._meta.db_table}.jsonl")
        for name, source in (("files", Path(settings.FILES)), ("anchors", Path(settings.STEWARD_ANCHORS))):
            if source.exists():
                shutil.copytree(source, members / name)
        manifest = {
            "format": FORMAT,
            "kind": "export",
            "steward": steward.__version__,
            "written_at": at.isoformat(),
            "migrations": _migrations(),
            "counts": counts,
            "members": {str(path.relative_to(members)): sha256_of(path) for path in sorted(members.rglob("*")) if path.is_file()},
        }
        (members / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        pack(members, Path(folder) / "archive", file)
    return f"{file}: {sum(counts.values()):,} rows of {len(counts)} tables."


def load(file: Path) -> str:
    """Read an export into an empty installation, all or nothing."""
    if holds_data():
        raise ArchiveError("This installation already holds data. An export is read into an empty one; point STEWARD_HOME elsewhere.")
    with tempfile.TemporaryDirectory() as folder:
        members = Path(folder)
        manifest = unpack(file, members)
        if manifest.get("kind") != "export":
            raise ArchiveError(f"{file} is a backup, not an export. Use `steward restore`.")
        if manifest["migrations"] != _migrations():
            raise ArchiveError(
                f"The export is of Steward {manifest['steward']} with another database layout. Import it with that version, then upgrade."
            )
        with transaction.atomic(), triggers.lifted():
            _make_room()
            counts = {
                model._meta.db_table: _read(model, members / "tables" / f"{model._meta.db_table}.jsonl") for model in exported_models()
            }
            if counts != manifest["counts"]:
                raise ArchiveError("The export is damaged: a table has fewer rows than its manifest says. Nothing was changed.")
            _reset_sequences()
        for name, target in (("files", Path(settings.FILES)), ("anchors", Path(settings.STEWARD_ANCHORS))):
            if (members / name).exists():
                shutil.copytree(members / name, target, dirs_exist_ok=True)
    return f"{sum(counts.values()):,} rows of {len(counts)} tables read."


def _make_room() -> None:
    """Take away what an empty installation already holds by itself: built-in rules, and the journal's word of them, sealed or not."""
    with connection.cursor() as cursor:
        for model in exported_models():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608 - our own table names
    sealing_key = Path(settings.STEWARD_JOURNAL_KEY)
    if sealing_key.exists():
        sealing_key.rename(sealing_key.with_suffix(".before-import"))


def _migrations() -> dict[str, str]:
    """The newest migration of each exported app."""
    labels = {model._meta.app_label for model in exported_models()}
    applied = sorted(key for key in MigrationRecorder(connection).applied_migrations() if key[0] in labels)
    return dict(applied)


def _write(model: type[models.Model], path: Path) -> int:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows.iterator(chunk_size=BATCH):
            values = {field.attname: _plain(value) for field, value in zip(fields, row, strict=True)}
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def _read(model: type[models.Model], path: Path) -> int:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    count = 0
    for lines in _batches(path):
        rows = []
        for line in lines:
            values = {name: _typed(fields[name], value) for name, value in json.loads(line).items()}
            rows.append(model(**values))
        # bulk_create also of tables that a data migration already filled: the export's rows are the truth.
        model._base_manager.bulk_create(rows, batch_size=BATCH, ignore_conflicts=False)
        count += len(rows)
    return count


def _batches(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        batch: list[str] = []
        for line in file:
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _typed(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    return field.to_python(value)


def _reset_sequences() -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), exported_models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
