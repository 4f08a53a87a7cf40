"""Keeping the index in step: in the transaction of the operation that writes the row, or by a journal subscriber; safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from steward.ground.access.models import Unit
from steward.ground.journal.operations import Person

from .kinds import SearchKind, kind_of, kinds
from .models import Document, key_of
from .tokens import tokens


def index_row(row: models.Model, *, kind: str) -> Document | None:
    """Index a row by its kind's own description; a row that describes nothing leaves the index."""
    described = kind_of(kind).describe(row)
    if described is None:
        remove(row, kind=kind)
        return None
    return index(
        row,
        kind=kind,
        title=described.title,
        texts=described.texts,
        unit_ids=described.unit_ids,
        confidential=described.confidential,
        at=described.at,
    )


def index_rows(rows: Iterable[models.Model], *, kind: str) -> None:
    """Index many rows of one kind: those that were in no index yet in one statement, the others one by one."""
    rows = list(rows)
    known = set(Document.objects.filter(kind=kind, object_id__in=[row.pk for row in rows]).values_list("object_id", flat=True))
    scopes: dict[tuple[int, ...], str] = {}
    fresh: list[tuple[models.Model, Document]] = []
    for row in rows:
        described = kind_of(kind).describe(row)
        if row.pk in known or described is None:
            index_row(row, kind=kind)
            continue
        units = tuple(described.unit_ids)
        if units not in scopes:
            scopes[units] = _scope(kind, units)
        values = _values(row, kind, described.title, described.texts, units, described.confidential, described.at) | {
            "scope": scopes[units]
        }
        fresh.append((row, Document(id=key_of(kind, row.pk, described.at), **values)))
    try:
        with transaction.atomic():
            Document.objects.bulk_create([document for _row, document in fresh])
    except IntegrityError:  # a key that is taken, or a row that somebody indexed a moment ago
        for row, _document in fresh:
            index_row(row, kind=kind)


def index(
    row: models.Model, *, kind: str, title: str, texts: Sequence[str], unit_ids: Sequence[int], confidential: bool, at: datetime
) -> Document:
    """Write the words of a row, in place of what stood there."""
    values = _values(row, kind, title, texts, unit_ids, confidential, at) | {"scope": _scope(kind, unit_ids)}
    key = key_of(kind, row.pk, at)
    with transaction.atomic():
        standing = Document.objects.filter(kind=kind, object_id=row.pk)
        if standing.filter(occurred_at=at).update(**values):
            return standing.get()
        standing.delete()
        return _create(key, values)


def _values(
    row: models.Model, kind: str, title: str, texts: Sequence[str], unit_ids: Sequence[int], confidential: bool, at: datetime
) -> dict[str, Any]:
    """The columns of a document but its scope."""
    head = " ".join(tokens(title))
    body = " ".join(token for text in texts for token in tokens(text))
    return {
        "kind": kind,
        "object_type": row._meta.label_lower,
        "object_id": row.pk,
        "unit_id": unit_ids[0] if unit_ids else None,
        "confidential": confidential,
        "occurred_at": at,
        "title_size": len(head),
        "tokens": f"{head} {body}".strip(),
    }


def remove(row: models.Model, *, kind: str) -> None:
    Document.objects.filter(kind=kind, object_id=row.pk).delete()


def remove_person(person: Person) -> int:
    """Take the words of all rows about a person out of the index; their bytes leave with the scrub after an erasure."""
    return sum(Document.objects.filter(kind=kind.kind, object_id__in=ids).delete()[0] for kind, ids in _rows_of(person))


def documents_of(person: Person) -> int:
    return sum(Document.objects.filter(kind=kind.kind, object_id__in=ids).count() for kind, ids in _rows_of(person))


def rescope_units(path: str) -> int:
    """After units moved in the tree: renew the scope of the documents of all units below the path. Returns how many changed."""
    ids = list(Unit.objects.filter(path__startswith=path).values_list("pk", flat=True))
    count = 0
    for document in Document.objects.filter(unit_id__in=ids).iterator(chunk_size=500):
        units = [int(token[2:]) for token in document.scope.split() if token.startswith("#s")]
        count += Document.objects.filter(pk=document.pk).update(scope=_scope(document.kind, units))
    return count


def _rows_of(person: Person) -> Iterable[tuple[SearchKind, list[int]]]:
    return [(kind, list(kind.of_person(person))) for kind in kinds()]


def _create(key: int, values: dict[str, Any]) -> Document:
    """Two rows of one millisecond may hash alike: then the next key is free."""
    for step in range(64):
        try:
            with transaction.atomic():
                return Document.objects.create(id=key + step, **values)
        except IntegrityError:
            # Either the key is taken by another row, or somebody indexed this row a moment ago: the later words win.
            same = Document.objects.filter(kind=values["kind"], object_id=values["object_id"])
            if same.update(**values):
                return same.get()
    raise RuntimeError(f"No key is free near {key} in the search index.")


def _scope(kind: str, unit_ids: Sequence[int]) -> str:
    """Tokens no text has (they begin with #): the kind, the organisations, every unit on the way down, and the row's own units."""
    paths = Unit.objects.filter(pk__in=unit_ids).values_list("path", flat=True)
    above = {part for path in paths for part in path.split(".") if part}
    roots = {path.split(".", 1)[0] for path in paths}
    found = [f"#k{kind}", *(f"#o{root}" for root in roots), *(f"#u{part}" for part in above), *(f"#s{pk}" for pk in set(unit_ids))]
    return " ".join(sorted(found))
