"""Mapping files: which column of a file is what of a case. Plain JSON, version 1, checked by a schema before anything is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Channel, Kind, Priority, State
from steward.core.cases.models.case import HoldReason, Resolution
from steward.ground.rules.checking import Problem, parse, problems_of
from steward.ground.rules.kinds import RuleKind
from steward.science.worktime import UnknownZone as NoSuchZone
from steward.science.worktime import zone_named

from .errors import BadMapping, UnknownZone
from .lexicon import NO, YES

VERSION = 1
ENCODINGS = ("auto", "utf-8", "gb18030", "gbk", "big5", "utf-16", "shift_jis", "euc_kr", "iso-8859-1", "cp1252")
# What a column may become, in the order in which the page asks for it.
FIELDS = (
    "key", "title", "body", "kind", "channel", "priority", "state", "opened_at", "closed_at", "resolution", "answer", "answered_at",
    "unit", "service", "category", "assignee", "person_number", "person_name", "phone", "email", "kept",
)  # fmt: skip
REQUIRED = ("key", "title", "opened_at")
STATES = tuple(
    [State.NEW.value, State.OPEN.value, State.CLOSED.value] + [f"{State.ON_HOLD.value}:{reason}" for reason in HoldReason.values] + [""]
)
CHOICES: Lookup[str, tuple[str, ...]] = {
    "kind": tuple(Kind.values),
    "channel": tuple(Channel.values),
    "priority": tuple(Priority.values),
    "state": STATES,
    "resolution": (*Resolution.values, ""),
}
FREE_VALUES = ("unit", "service", "category", "assignee")
# Fields of which a value that fits nothing here may be left out instead of making the record an error.
LEAVABLE = (*FREE_VALUES, "phone", "email", "closed_at")
SEVERAL = ("title", "body", "answer", "kept")
_NAME = {"type": "string", "minLength": 1, "maxLength": 200}
_COLUMN = {"anyOf": [_NAME, {"type": "array", "minItems": 1, "maxItems": 40, "items": _NAME}]}


def _values(field_name: str) -> dict[str, Any]:
    allowed: dict[str, Any] = {"enum": list(CHOICES[field_name])} if field_name in CHOICES else {"type": "string", "maxLength": 80}
    return {"type": "object", "maxProperties": 2000, "additionalProperties": allowed}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["steward_mapping", "source", "columns"],
    "properties": {
        "steward_mapping": {"const": VERSION},
        "source": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_.-]{0,39}$"},
        "note": {"type": "string", "maxLength": 2000},
        "file": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "encoding": {"enum": list(ENCODINGS)},
                "delimiter": {"enum": [",", ";", "\t", "|", "auto"]},
                "sheet": {"type": "string", "maxLength": 100},
                "export": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
                "dates": {"type": "array", "maxItems": 10, "items": {"type": "string", "minLength": 2, "maxLength": 40}},
                "zone": {"type": "string", "maxLength": 60},
                "empty": {"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 40}},
            },
        },
        "columns": {
            "type": "object",
            "additionalProperties": False,
            "required": list(REQUIRED),
            "properties": {name: _COLUMN if name in SEVERAL else _NAME for name in FIELDS},
        },
        "values": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: _values(name) for name in (*CHOICES, *FREE_VALUES)},
        },
        "defaults": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **{name: {"enum": [value for value in CHOICES[name] if value]} for name in CHOICES},
                **{name: {"type": "string", "maxLength": 80} for name in FREE_VALUES},
            },
        },
        "clocks": {"enum": ["policy", "open_only"]},
        "leave_unknown": {"type": "array", "maxItems": len(LEAVABLE), "items": {"enum": list(LEAVABLE)}},
        "facts": {
            "type": "object",
            "maxProperties": 30,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,39}$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["column", "type"],
                "properties": {
                    "column": _NAME,
                    "type": {"enum": ["boolean", "integer"]},
                    "yes": {"type": "array", "items": {"type": "string"}},
                    "no": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "events": {
            "type": "object",
            "additionalProperties": False,
            "required": ["at"],
            "properties": {
                "at": _NAME,
                "order": _NAME,
                "handover": {"type": "array", "minItems": 1, "maxItems": 5, "items": _NAME},
            },
        },
    },
}
KIND = RuleKind(
    "import_mapping",
    _("Mapping of an import"),
    SCHEMA,
    hints={
        "source": _("A short name of the system, such as crm-2024: small letters, digits, dots and hyphens."),
        "steward_mapping": _("Write 1: the version of the form."),
        "columns": _("The fields key, title and opened_at are needed."),
        "values.state": _("A state, or on_hold: and what it waits for; an empty text leaves the state as it was."),
    },
)


@dataclass(frozen=True)
class Fact:
    """A figure of the source that is kept beside the case: a yes or no, or a whole number."""

    column: str
    type: Literal["boolean", "integer"]
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mapping:
    """A checked mapping. `document` is what was written; the rest is read from it."""

    document: Lookup[str, Any] = field(repr=False)

    @classmethod
    def read(cls, document: Any) -> Mapping:
        """Check a document. Raises BadMapping with every place that is wrong, and UnknownZone."""
        problems = problems_of(KIND, document)
        if problems:
            raise BadMapping(problems=told(problems))
        mapping = cls(document)
        mapping.zone  # noqa: B018 - an unknown zone is told now
        return mapping

    @classmethod
    def from_text(cls, text: str) -> Mapping:
        document, problems = parse(text)
        if problems:
            raise BadMapping(problems=told(problems))
        return cls.read(document)

    @property
    def source(self) -> str:
        return str(self.document["source"])

    @property
    def columns(self) -> Lookup[str, str | list[str]]:
        found: Lookup[str, str | list[str]] = self.document["columns"]
        return found

    @property
    def file(self) -> Lookup[str, Any]:
        found: Lookup[str, Any] = self.document.get("file", {})
        return found

    @property
    def defaults(self) -> Lookup[str, str]:
        found: Lookup[str, str] = self.document.get("defaults", {})
        return found

    @property
    def values(self) -> Lookup[str, Lookup[str, str]]:
        found: Lookup[str, Lookup[str, str]] = self.document.get("values", {})
        return found

    @property
    def events(self) -> Lookup[str, Any] | None:
        found: Lookup[str, Any] | None = self.document.get("events")
        return found

    @cached_property
    def leaves(self) -> frozenset[str]:
        """Fields whose unknown values are left out."""
        return frozenset(self.document.get("leave_unknown", ()))

    @property
    def export(self) -> str:
        """The kind of export that the file is, by the name of its reader; empty for a table."""
        return str(self.file.get("export", ""))

    @property
    def clocks_of_closed(self) -> bool:
        """Whether the dates of closed cases are good enough to measure promises by."""
        return bool(self.document.get("clocks", "policy") == "policy")

    @cached_property
    def zone(self) -> ZoneInfo | None:
        name = str(self.file.get("zone", ""))
        if not name:
            return None
        try:
            return zone_named(name)
        except NoSuchZone:
            raise UnknownZone(zone=name) from None

    @cached_property
    def facts(self) -> Lookup[str, Fact]:
        written: Lookup[str, Any] = self.document.get("facts", {})
        return {
            name: Fact(
                given["column"],
                given["type"],
                frozenset(text.casefold() for text in given.get("yes", YES)),
                frozenset(text.casefold() for text in given.get("no", NO)),
            )
            for name, given in written.items()
        }

    @cached_property
    def named_columns(self) -> list[str]:
        """Every column of the file that the mapping needs, once."""
        names: list[str] = []
        for column in self.columns.values():
            names += [column] if isinstance(column, str) else column
        names += [fact.column for fact in self.facts.values()]
        if self.events:
            names += [self.events["at"], *([self.events["order"]] if "order" in self.events else []), *self.events.get("handover", ())]
        return list(dict.fromkeys(names))

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()


def told(problems: list[Problem]) -> str:
    return " ".join(f"{problem.where}: {problem.text}{f' {problem.hint}' if problem.hint else ''}" for problem in problems)
