"""Kinds of rules: what law, limits, thresholds and industry packs look like. Apps register theirs; a duplicate refuses to start.

register(RuleKind("delivery_limits", _("Limits of messages"), schema={...}))
resolve("delivery_limits", "default", unit, on_date)    # queries.py
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from jsonschema import Draft202012Validator

KEY = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")


@dataclass(frozen=True)
class RuleKind:
    """code: names the kind for ever. schema: the JSON Schema (2020-12) of a body; `description` of a property is shown as help.

    keys: the only keys there are, with their labels; empty allows any key of letters, digits and underscores.
    own_keys: a key belongs to whoever published it first (an organisation's own industry pack), so that it means one thing everywhere.
    hints: path ("quiet_hours.from") → what to write there, shown beside the editor and with errors.
    example: a body to start from.
    """

    code: str
    label: str | Promise
    schema: Mapping[str, Any]
    keys: Mapping[str, str | Promise] = field(default_factory=dict)
    own_keys: bool = False
    hints: Mapping[str, str | Promise] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)

    def allows(self, key: str) -> bool:
        return key in self.keys or (bool(KEY.match(key)) and (self.own_keys or not self.keys))

    def key_label(self, key: str) -> str:
        return str(self.keys.get(key, key))

    def hint(self, path: Sequence[str | int]) -> str:
        """The hint of the nearest place that has one; list positions do not count."""
        names = [str(part) for part in path if not isinstance(part, int)]
        while names:
            if ".".join(names) in self.hints:
                return str(self.hints[".".join(names)])
            names.pop()
        return ""


_kinds: dict[str, RuleKind] = {}


def register(kind: RuleKind) -> RuleKind:
    """Add a kind, in `AppConfig.ready()`. Raises ValueError for a duplicate and SchemaError for a schema that is none."""
    if kind.code in _kinds:
        raise ValueError(f"The rule kind {kind.code!r} is registered twice.")
    Draft202012Validator.check_schema(dict(kind.schema))
    _kinds[kind.code] = kind
    return kind


def kinds() -> list[RuleKind]:
    return [_kinds[code] for code in sorted(_kinds)]


def known(code: str) -> bool:
    return code in _kinds


def kind_for(code: str) -> RuleKind:
    """Raises KeyError with the known kinds."""
    try:
        return _kinds[code]
    except KeyError:
        raise KeyError(f"No rule kind is called {code!r}. Known: {', '.join(sorted(_kinds))}.") from None
