"""Which fields a case has, what is answered, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from steward.core.cases.models import Case
from steward.core.catalog.models import Category
from steward.ground.access.models import Unit
from steward.ground.rules.queries import NO_REVISION, revision

from .answers import words_of
from .conditions import Question, asked
from .models import FieldValue, FieldVersion, Required

FIELDS = "case_fields"  # the revision of everything about them
BY_OPENING = (Required.OPENING,)
BY_SOLVING = (Required.OPENING, Required.SOLVING)


@dataclass(frozen=True)
class Answer:
    """A field of a case for its page. version: as it is worded now; given: the row that counts, if any."""

    version: FieldVersion
    given: FieldValue | None
    missing: bool = False

    @property
    def words(self) -> str:
        return words_of(self.given.version, self.given.value) if self.given else ""


def units_with_fields() -> frozenset[int]:
    """Which units ask for anything. Every case asks when it is opened and closed, so it is kept until a field is changed."""
    now = revision(FIELDS)
    return _units(now) if now != NO_REVISION else frozenset()


@lru_cache(maxsize=4)
def _units(_at_revision: UUID) -> frozenset[int]:
    """The revision is only a part of the key."""
    return frozenset(FieldVersion.objects.filter(ended_at=None, field__closed_at=None).values_list("field__unit_id", flat=True))


def current(units: Iterable[int], *, public: bool = False) -> list[FieldVersion]:
    """The fields in use of these units as they are worded now, in the order in which they are asked."""
    asking = units_with_fields().intersection(units)
    if not asking:
        return []
    rows = FieldVersion.objects.filter(ended_at=None, field__closed_at=None, field__unit__in=asking)
    if public:
        rows = rows.filter(public=True)
    return list(rows.select_related("field__unit", "asks_after", "category", "service").order_by("order", "field_id"))


def lineages(ids: Iterable[int]) -> dict[int, set[int]]:
    """Each category with itself and those above it."""
    wanted = set(ids)
    if not wanted:
        return {}
    roots = Category.objects.filter(pk__in=wanted).values_list("unit__path", flat=True)
    tops = {path.partition(".")[0] for path in roots}
    parents: dict[int, int | None] = {}
    for top in tops:
        parents |= dict(Category.objects.filter(unit__path__startswith=f"{top}.").values_list("pk", "parent_id"))
    found = {}
    for pk in wanted:
        line: set[int] = set()
        above: int | None = pk
        while above is not None and above not in line:
            line.add(above)
            above = parents.get(above)
        found[pk] = line
    return found


def fields_of(case: Case, *, public: bool = False) -> list[FieldVersion]:
    """The fields that a case of this unit, kind, category and service has, conditions aside. No query where the house has none."""
    rows = current(case.unit.ancestor_ids, public=public)
    category = case.category_id
    line = lineages([category])[category] if category is not None and any(row.category_id for row in rows) else set()
    return [row for row in rows if applies(row, kind=case.kind, categories=line, service=case.service_id)]


def applies(row: FieldVersion, *, kind: str, categories: set[int], service: int | None) -> bool:
    fits_kind = not row.kind or row.kind == kind
    fits_category = row.category_id is None or row.category_id in categories
    return fits_kind and fits_category and (row.service_id is None or row.service_id == service)


def question(row: FieldVersion) -> Question:
    return Question(row.field.key, row.asks_after.key if row.asks_after else "", frozenset(row.asks_values))


def asked_of(rows: Sequence[FieldVersion], answers: Mapping[str, str]) -> list[FieldVersion]:
    keys = asked([question(row) for row in rows], answers)
    return [row for row in rows if row.field.key in keys]


def missing(rows: Sequence[FieldVersion], answers: Mapping[str, str], required: Sequence[Required]) -> list[FieldVersion]:
    return [row for row in asked_of(rows, answers) if row.required in required and not answers.get(row.field.key)]


def given_of(case: Case) -> dict[str, FieldValue]:
    """The answers that count, by key."""
    rows = FieldValue.objects.filter(case=case, ended_at=None).select_related("field", "version", "set_by")
    return {row.field.key: row for row in rows if row.value or row.blanked_at}


def answers_of(case: Case) -> dict[str, str]:
    return {key: row.value for key, row in given_of(case).items()}


def sheet(case: Case, *, given: dict[str, FieldValue] | None = None) -> list[Answer]:
    """What the page of a case shows: the fields asked of it, and answers to fields that it had before its category or kind changed.

    given: the answers, if the caller knows them.
    """
    rows, given = fields_of(case), given_of(case) if given is None else given
    answers = {key: row.value for key, row in given.items()}
    lacking = {row.pk for row in missing(rows, answers, BY_SOLVING)}
    shown = asked_of(rows, answers)
    found = [Answer(row, given.get(row.field.key), row.pk in lacking) for row in shown]
    keys = {row.field.key for row in shown}
    return found + [Answer(row.version, row) for key, row in given.items() if key not in keys]


def history(case: Case) -> list[tuple[FieldValue, str]]:
    """Who answered what when, the latest first."""
    rows = FieldValue.objects.filter(case=case).select_related("version", "set_by").order_by("-set_at", "-pk")
    return [(row, words_of(row.version, row.value)) for row in rows]


def fields_under(units: Sequence[Unit], *, public: bool = False) -> list[FieldVersion]:
    """The fields that a case of any of these units can have."""
    ids = {pk for unit in units for pk in unit.ancestor_ids}
    return current(ids, public=public) if ids else []
