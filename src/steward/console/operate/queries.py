"""What the operator and the auditor read: journal entries in scope, parked entries, and what every registry holds."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import policy_for
from steward.ground.journal.models import Entry, Parked
from steward.ground.journal.operations import opened
from steward.ground.ui import terms

Row = TypeVar("Row", bound=models.Model)
# What an auditor asks for first: who saw a sensitive thing, and what left the house. A test finds codes that belong here and are missing.
SENSITIVE: dict[str, tuple[str, ...]] = {
    "looks": ("access.glass_broken", "access.personal_revealed", "customers.customer_looked_up", "files.file_viewed"),
    "exports": (
        "access.rows_exported",
        "customers.data_exported",
        "insights.analysis_sent",
        "insights.store_exported",
        "reports.report_downloaded",
        "reports.report_sent",
    ),
}


def audited(user: User) -> QuerySet[Entry]:
    """Entries of the units one audits. What belongs to no unit is nobody's organisation and shows on the operator's pages only."""
    return Entry.objects.filter(unit_id__in=user.access.unit_ids("access.audit"))


def matching(rows: QuerySet[Entry], user: User, wanted: Mapping[str, Any], zone: ZoneInfo) -> QuerySet[Entry]:
    """The filters of the audit log; days are local to the reader's organisation."""
    if code := (wanted.get("code") or "").strip():
        rows = rows.filter(code__startswith=code) if "." in code else rows.filter(code__icontains=code)
    if person := (wanted.get("person") or "").strip():
        rows = rows.filter(actor_ref__in=_refs_of(person, user))
    if subject := (wanted.get("subject") or "").strip():
        rows = rows.filter(_about(subject))
    if wanted.get("unit"):
        rows = rows.filter(unit_id__in=Unit.objects.filter(path__startswith=wanted["unit"].path).values("pk"))
    if wanted.get("kind"):
        rows = rows.filter(code__in=SENSITIVE[wanted["kind"]])
    return between(rows, "occurred_at", wanted, zone)


def between(rows: QuerySet[Row], field: str, wanted: Mapping[str, Any], zone: ZoneInfo) -> QuerySet[Row]:
    """Rows of the days asked for, in the reader's zone."""
    if wanted.get("since"):
        rows = rows.filter(**{f"{field}__gte": _midnight(wanted["since"], zone)})
    if wanted.get("until"):
        rows = rows.filter(**{f"{field}__lt": _midnight(wanted["until"] + timedelta(days=1), zone)})
    return rows


@dataclass(frozen=True)
class AuditLine:
    """An entry as an auditor reads it. subject and reason are empty when the reader may not see what it is about."""

    entry: Entry
    who: str
    unit: str
    subject: str
    seen: bool
    reason: str
    erased: bool
    facts: str


def audit_lines(entries: Sequence[Entry], user: User, *, at: datetime) -> list[AuditLine]:
    """Entries with their people, units and subjects; one query for each kind of subject."""
    visible = _visible_subjects(entries, user, at)
    people = _people(entries)
    units = Unit.objects.in_bulk({entry.unit_id for entry in entries if entry.unit_id})
    return [_line(entry, visible.get((entry.subject_type, entry.subject_id)), people, units) for entry in entries]


def parked_in_scope(user: User) -> QuerySet[Parked]:
    """Parked entries of the operator's own organisation, and those that belong to none."""
    ids = user.access.unit_ids("access.operate")
    mine = Entry.objects.filter(Q(unit_id__in=ids) | Q(unit_id=None), pk=OuterRef("entry_seq"))
    return Parked.objects.filter(Exists(mine))


def _line(entry: Entry, subject: models.Model | None, people: Mapping[str, str], units: Mapping[int, Unit]) -> AuditLine:
    unsealed = opened(entry) if subject is not None else None
    return AuditLine(
        entry=entry,
        who=people.get(entry.actor_ref) or f"{entry.actor_kind}:{entry.actor_ref}",
        unit=str(units.get(entry.unit_id or 0, "")),
        subject=str(subject) if subject is not None else "",
        seen=subject is not None,
        reason=unsealed.reason if unsealed else "",
        erased=bool(unsealed and unsealed.erased),
        facts=", ".join(f"{name} {_plain(value)}" for name, value in entry.public.items() if value not in (None, "", [])),
    )


def _plain(value: Any) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _visible_subjects(entries: Sequence[Entry], user: User, at: datetime) -> dict[tuple[str, int], models.Model]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.subject_type].add(entry.subject_id)
    found: dict[tuple[str, int], models.Model] = {}
    for label, ids in wanted.items():
        try:
            model = apps.get_model(label)
            condition = policy_for(model).visible(user, at=at)
        except LookupError:  # no such table any more, or nobody may see it
            continue
        rows: QuerySet[Any] = model._default_manager.filter(condition, pk__in=ids)
        relations = [field.name for field in model._meta.concrete_fields if field.is_relation and field.name in ("user", "unit", "role")]
        found |= {(label, row.pk): row for row in rows.select_related(*relations)}
    return found


def _people(entries: Iterable[Entry]) -> dict[str, str]:
    refs = [ref for entry in entries if entry.actor_kind == "staff" and (ref := _uuid(entry.actor_ref))]
    return {str(public_id): name for public_id, name in User.objects.filter(public_id__in=refs).values_list("public_id", "name")}


def _refs_of(words: str, user: User) -> list[str]:
    """Actor references of the people of the reader's organisation who are called so, and the reference itself (a machine's name)."""
    named = User.objects.filter(Q(name__icontains=words) | Q(username__iexact=words), organisation_id=user.organisation_id)
    return [words, *(str(public_id) for public_id in named.values_list("public_id", flat=True)[:200])]


def _about(subject: str) -> Q:
    """`cases.case` or `cases.case:12`: what an entry is about, or linked to."""
    label, _, number = subject.lower().partition(":")
    if not number.isdigit():
        return Q(subject_type__startswith=label)
    about = Q(subject_type=label, subject_id=int(number))
    return about | Q(pk__in=Entry.objects.filter(links__type=label, links__object_id=int(number)).values("pk"))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Registry:
    """What one registry holds: where it is, what it is for (the first line of its module), and its entries."""

    module: str
    name: str
    purpose: str
    entries: tuple[tuple[str, str], ...]


VERBS = ("register", "event", "job", "schedule", "subscribe", "declare")


def registries() -> list[Registry]:
    """Every registry of the house: a module's private dict beside the function that fills it. Found, not listed: none can be forgotten."""
    found = []
    for name in sorted(sys.modules):
        module = sys.modules[name]
        if name.startswith("steward.") and isinstance(module, ModuleType) and _registers(module):
            found += [
                Registry(name, attribute.strip("_"), _purpose(module), tuple(sorted(_entry(key, value) for key, value in held.items())))
                for attribute, held in sorted(vars(module).items())
                if attribute.startswith("_") and not attribute.startswith("__") and isinstance(held, dict) and not attribute.isupper()
            ]
    return found


def registries_page() -> str:
    """docs/registries.md: the same content as Markdown, in English."""
    with translation.override("en"):
        return _as_markdown(registries())


def _as_markdown(found: Sequence[Registry]) -> str:
    lines = [
        "# Registries",
        "",
        "Generated from the running house; do not edit. Every registry, with what the installed apps put into it.",
        "",
    ]
    for registry in found:
        lines += [f"## `{registry.module}` · {registry.name}", "", registry.purpose, "", "| Key | Entry |", "| --- | --- |"]
        lines += [f"| `{key}` | {text.replace('|', '&#124;')} |" for key, text in registry.entries]
        lines.append("")
    return "\n".join(lines)


def _registers(module: ModuleType) -> bool:
    return any(
        callable(value) and getattr(value, "__module__", "") == module.__name__ and name.startswith(VERBS)
        for name, value in vars(module).items()
        if not isinstance(value, type)
    )


def _purpose(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().split("\n\n", 1)[0].replace("\n", " ")


def _entry(key: Any, value: Any) -> tuple[str, str]:
    shown = key._meta.label_lower if isinstance(key, type) and issubclass(key, models.Model) else str(key)
    first = value[0] if isinstance(value, tuple) and value else value
    label = getattr(first, "label", None) or getattr(first, "title", None)
    if label and not callable(label):
        return shown, terms.fill_terms(label)
    if isinstance(first, type):
        return shown, first.__name__
    return shown, type(first).__name__ if not callable(first) else getattr(first, "__qualname__", type(first).__name__)
