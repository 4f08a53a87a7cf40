"""The designer's board: a flow as rows of a form, kept as they were typed, changed by one action at a time, and read back as a content.

A row's fields are named `<key>.<field>`; a link stands under the step it leaves. What cannot be read stays in the form with its problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from steward.core.catalog.processes import words
from steward.core.catalog.processes.flow import KINDS, LANES, InvalidFlow, flow_of
from steward.ground.fields import localized

TEXTS = ("name", "text")  # in the writer's language; other languages stay as they are
LINES = ("role", "form", "fails", "waits", "accepted_by")
LISTS = ("inputs", "documents", "outputs")
TIMES = ("low", "mode", "high")


@dataclass
class Row:
    """A step as it stands in the form: text by field. fresh: it was just added, or moved, and takes the focus."""

    key: str
    said: dict[str, str]
    hidden: bool = False
    problem: str = ""
    focus: str = ""


@dataclass
class Way:
    """A link as it stands in the form. share: in percent, as typed."""

    key: str
    source: str
    target: str
    share: str
    label: str
    problem: str = ""


@dataclass
class Board:
    rows: list[Row]
    ways: list[Way]
    purpose: str = ""
    changes: str = ""
    seen_at: str = ""
    problems: list[str] = field(default_factory=list)

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    def ways_of(self, key: str) -> list[Way]:
        return [way for way in self.ways if way.source == key]

    def by_lane(self) -> list[tuple[str, str, list[tuple[Row, list[Way]]]]]:
        """Code, name and rows of every lane, in their order."""
        return [
            (lane, str(words.LANES[lane]), [(row, self.ways_of(row.key)) for row in self.rows if row.said["lane"] == lane])
            for lane in LANES
        ]


# From what is kept, and from what was typed


def from_content(content: Mapping[str, Any], *, changes: str = "", seen_at: str = "") -> Board:
    rows = []
    for step in content["steps"]:
        said = {name: str(localized(step.get(name))) for name in TEXTS} | {name: step.get(name, "") for name in LINES}
        said |= {name: "\n".join(step.get(name, [])) for name in LISTS}
        said |= {"kind": step["kind"], "lane": step["lane"]}
        said |= dict(zip(TIMES, (f"{one:g}" for one in step["minutes"]), strict=True)) if step.get("minutes") else dict.fromkeys(TIMES, "")
        rows.append(Row(step["key"], said, bool(step.get("hidden"))))
    ways = [
        Way(f"l{at}", link["from"], link["to"], f"{link['share'] * 100:.4g}", str(localized(link.get("label"))))
        for at, link in enumerate(content["links"], 1)
    ]
    return Board(rows, ways, str(localized(content.get("purpose"))), changes, seen_at)


def from_post(data: QueryDict) -> Board:
    rows = []
    for key in dict.fromkeys(data.getlist("step")):
        said = {name: data.get(f"{key}.{name}", "").strip() for name in (*TEXTS, *LINES, *LISTS, *TIMES)}
        kind, lane = data.get(f"{key}.kind", ""), data.get(f"{key}.lane", "")
        said |= {"kind": kind if kind in KINDS else "step", "lane": lane if lane in LANES else "front"}
        rows.append(Row(key, said, bool(data.get(f"{key}.hidden"))))
    ways = [
        Way(key, *(data.get(f"{key}.{name}", "").strip() for name in ("source", "target", "share", "label")))
        for key in dict.fromkeys(data.getlist("link"))
    ]
    return Board(rows, ways, data.get("purpose", "").strip(), data.get("changes", "").strip(), data.get("seen_at", ""))


# What is done to it


def act(board: Board, done: str) -> None:
    """Do one of ACTIONS, written `action:key`; what no longer fits does nothing."""
    name, _colon, key = done.partition(":")
    if name in ACTIONS:
        ACTIONS[name](board, key)


def _new_key(board: Board) -> str:
    taken = {row.key for row in board.rows}
    return next(key for key in (f"s{at}" for at in range(1, len(taken) + 2)) if key not in taken)


def _new_way(board: Board, source: str, target: str, share: str = "100", label: str = "") -> Way:
    taken = {way.key for way in board.ways}
    key = next(key for key in (f"l{at}" for at in range(1, len(taken) + 2)) if key not in taken)
    way = Way(key, source, target, share, label)
    board.ways.append(way)
    return way


def _blank(lane: str) -> dict[str, str]:
    return dict.fromkeys((*TEXTS, *LINES, *LISTS, *TIMES), "") | {"kind": "step", "lane": lane}


def add_after(board: Board, key: str) -> None:
    """A step after this one, on its way: where one way led on, it now leads through the new step."""
    before = board.row(key)
    if before is None:
        return
    row = Row(_new_key(board), _blank(before.said["lane"]), focus="name")
    board.rows.insert(board.rows.index(before) + 1, row)
    ways = board.ways_of(key)
    if len(ways) == 1:
        _new_way(board, row.key, ways[0].target)
        ways[0].target = row.key
    elif not ways and before.said["kind"] != "end":
        _new_way(board, key, row.key)


def add_to_lane(board: Board, lane: str) -> None:
    if lane in LANES:
        board.rows.append(Row(_new_key(board), _blank(lane), focus="name"))


def remove(board: Board, key: str) -> None:
    """Those who came to the step go on to where its only way led."""
    row = board.row(key)
    if row is None:
        return
    onward = board.ways_of(key)
    board.rows.remove(row)
    board.ways = [way for way in board.ways if way.source != key]
    for way in [way for way in board.ways if way.target == key]:
        target = onward[0].target if len(onward) == 1 and onward[0].target not in (key, way.source) else ""
        taken = any(other.source == way.source and other.target == target for other in board.ways)
        if target and not taken:
            way.target = target
        else:
            board.ways.remove(way)


def move(board: Board, key: str, *, by: int) -> None:
    """Up or down among the rows of its lane."""
    row = board.row(key)
    if row is None:
        return
    beside = [other for other in board.rows if other.said["lane"] == row.said["lane"]]
    place = beside.index(row) + by
    row.focus = "up" if by < 0 else "down"
    if 0 <= place < len(beside):
        one, other = board.rows.index(row), board.rows.index(beside[place])
        board.rows[one], board.rows[other] = board.rows[other], board.rows[one]


def add_way(board: Board, key: str) -> None:
    """One more way out; it takes what the others leave of 100 %."""
    if board.row(key) is not None:
        left = 100 - sum(_number(way.share) or 0 for way in board.ways_of(key))
        _new_way(board, key, "", f"{max(left, 0):g}")


def remove_way(board: Board, key: str) -> None:
    board.ways = [way for way in board.ways if way.key != key]


ACTIONS: dict[str, Callable[[Board, str], None]] = {
    "after": add_after,
    "add": add_to_lane,
    "remove": remove,
    "up": lambda board, key: move(board, key, by=-1),
    "down": lambda board, key: move(board, key, by=1),
    "way": add_way,
    "unway": remove_way,
}


# Back to a content


def content_of(board: Board, before: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the form says; problems of single rows are noted on them, and what they say wrongly is left out. before: the kept content, whose
    texts in other languages stay."""
    steps = {step["key"]: step for step in before["steps"]}
    labels = {(link["from"], link["to"]): link.get("label", {}) for link in before["links"]}
    found: dict[str, Any] = {
        "purpose": merged(before.get("purpose"), board.purpose, language),
        "steps": [_step(row, steps.get(row.key, {}), language) for row in board.rows],
        "links": [],
    }
    keys, seen = {row.key for row in board.rows}, set()
    for way in board.ways:
        share = _number(way.share)
        if way.target not in keys:
            way.problem = _("Choose where it leads.")
        elif (way.source, way.target) in seen:
            way.problem = _("Another way leads there already.")
        elif share is None or not 0 <= share <= 100:
            way.problem = _("A share lies between 0 and 100.")
        elif way.source in keys:
            seen.add((way.source, way.target))
            label = merged(labels.get((way.source, way.target)), way.label, language)
            found["links"].append({"from": way.source, "to": way.target, "share": share / 100, "label": label})
    return found


def _step(row: Row, before: Mapping[str, Any], language: str) -> dict[str, Any]:
    step: dict[str, Any] = {"key": row.key, "hidden": row.hidden, "kind": row.said["kind"], "lane": row.said["lane"]}
    step |= {name: merged(before.get(name), row.said[name], language) for name in TEXTS} | {name: row.said[name] for name in LINES}
    step |= {name: [line.strip() for line in row.said[name].splitlines() if line.strip()] for name in LISTS}
    step["minutes"] = _minutes(row)
    try:
        flow_of({"steps": [step]})
    except InvalidFlow as error:
        row.problem = words.wrong_words(error.code)
        return {"key": row.key, "kind": row.said["kind"], "lane": row.said["lane"]} if error.code != "key" else {"key": "x", "kind": "step"}
    return step


def _minutes(row: Row) -> list[float | None] | None:
    """The three numbers; one alone stands for all three, and so do two for what lies between them."""
    said = [row.said[name] for name in TIMES]
    if not any(said):
        return None
    low, mode, high = (_number(one) for one in said)
    known = [one for one in (low, mode, high) if one is not None]
    if any(text and value is None for text, value in zip(said, (low, mode, high), strict=True)):
        return [None, None, None]  # refused with the others
    low = known[0] if low is None else low
    high = known[-1] if high is None else high
    return [low, (low + high) / 2 if mode is None else mode, high]


def _number(text: str) -> float | None:
    try:
        return float(text.replace("%", "").replace(",", ".").replace("，", "."))
    except ValueError:
        return None


def merged(before: Any, said: str, language: str) -> dict[str, str]:
    """A text with what was typed in the writer's language; as it was where nothing else was typed than what was shown."""
    kept = dict(before or {})
    if said == str(localized(kept)):
        return kept
    kept.pop(language, None)
    return kept | {language: said} if said else {}
