"""The journey as rows of a form: touchpoints in their order, one action at a time, read back as a content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from steward.ground.fields import localized

from ..board import merged
from .kind import LAYERS, MOST_PINS

PINS = tuple(f"measure{at}" for at in range(1, MOST_PINS + 1))
PLAIN = ("process", "activity")


@dataclass
class Row:
    """A touchpoint as typed: name, the layers, process, activity, measures by field. focus: which of its fields takes the focus."""

    key: str
    said: dict[str, str]
    focus: str = ""

    @property
    def layers(self) -> list[tuple[str, Any, str]]:
        return [(layer, label, self.said[layer]) for layer, label in LAYERS.items()]

    @property
    def pins(self) -> list[tuple[str, str]]:
        return [(name, self.said[name]) for name in PINS]


@dataclass
class Board:
    rows: list[Row]
    purpose: str = ""
    log: str = ""
    changes: str = ""
    seen_at: str = ""
    problems: list[str] = field(default_factory=list)


def from_content(content: Mapping[str, Any], *, changes: str = "", seen_at: str = "") -> Board:
    rows = []
    for one in content["touchpoints"]:
        said = {"name": str(localized(one["name"]))} | {layer: str(localized(one["layers"].get(layer))) for layer in LAYERS}
        said |= {name: one[name] for name in PLAIN} | dict.fromkeys(PINS, "") | dict(zip(PINS, one["measures"], strict=False))
        rows.append(Row(one["key"], said))
    return Board(rows, str(localized(content["purpose"])), content["log"], changes, seen_at)


def from_post(data: QueryDict) -> Board:
    names = ("name", *LAYERS, *PLAIN, *PINS)
    rows = [Row(key, {name: data.get(f"{key}.{name}", "").strip() for name in names}) for key in dict.fromkeys(data.getlist("touchpoint"))]
    purpose, log, changes, seen_at = (data.get(name, "").strip() for name in ("purpose", "log", "changes", "seen_at"))
    return Board(rows, purpose, log, changes, seen_at)


def act(board: Board, done: str) -> None:
    """add, after:key, remove:key, up:key or down:key; what no longer fits does nothing."""
    name, _colon, key = done.partition(":")
    place = next((at for at, row in enumerate(board.rows) if row.key == key), None)
    if name == "add":
        board.rows.append(_new(board))
    elif place is None:
        return
    elif name == "after":
        board.rows.insert(place + 1, _new(board))
    elif name == "remove":
        del board.rows[place]
    elif name in ("up", "down"):
        other = place + (1 if name == "down" else -1)
        board.rows[place].focus = name
        if 0 <= other < len(board.rows):
            board.rows[place], board.rows[other] = board.rows[other], board.rows[place]


def _new(board: Board) -> Row:
    taken = {row.key for row in board.rows}
    key = next(key for key in (f"t{at}" for at in range(1, len(taken) + 2)) if key not in taken)
    return Row(key, dict.fromkeys(("name", *LAYERS, *PLAIN, *PINS), ""), focus="name")


def content_of(board: Board, before: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the form says. before: the kept content, whose texts in other languages stay."""
    kept = {row["key"]: row for row in before["touchpoints"]}
    return {
        "purpose": merged(before["purpose"], board.purpose, language),
        "log": board.log,
        "touchpoints": [_touchpoint(row, kept.get(row.key, {}), language) for row in board.rows],
    }


def _touchpoint(row: Row, before: Mapping[str, Any], language: str) -> dict[str, Any]:
    layers = before.get("layers", {})
    return {
        "key": row.key,
        "name": merged(before.get("name"), row.said["name"], language),
        "layers": {layer: merged(layers.get(layer), row.said[layer], language) for layer in LAYERS},
        **{name: row.said[name] for name in PLAIN},
        "measures": [row.said[name] for name in PINS if row.said[name]],
    }
