"""A process as steps and links (domain §12), and as the JSON it is kept as. Plain Python: nothing here knows the database or a language.

Text for people is a mapping of language code → words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Text = Mapping[str, str]

KINDS = ("start", "step", "decision", "wait", "handover", "end")
LANES = ("customer", "front", "back", "support")
WORKED = ("step", "decision", "wait", "handover")  # kinds that take time and that somebody answers for
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}\Z")
MOST_STEPS, MOST_LINKS, MOST_WORDS, LONGEST, LONGEST_MINUTES = 120, 300, 20, 500, 525_600.0


class InvalidFlow(ValueError):
    """A content that is no flow. code: what is wrong; place: the key it is about."""

    def __init__(self, code: str, place: str = "") -> None:
        self.code, self.place = code, place
        super().__init__(f"{code} {place}".strip())


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long a step takes: at least, most often, at most; 0 ≤ low ≤ mode ≤ high, in minutes."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mode <= self.high <= LONGEST_MINUTES:  # also refuses NaN
            raise InvalidFlow("minutes")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. role: the code of the role that answers for it; documents: what the person served has to bring; text: what they are told.

    minutes: None while nobody has said how long it takes. hidden: the person served does not see it, though it is part of their way.
    fails, waits: what goes wrong and what is waited for there. accepted_by: the role that takes over at a hand-over.
    """

    key: str
    kind: str = "step"
    name: Text = field(default_factory=dict)
    role: str = ""
    lane: str = "front"
    inputs: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    form: str = ""
    minutes: Minutes | None = None
    text: Text = field(default_factory=dict)
    hidden: bool = False
    fails: str = ""
    waits: str = ""
    accepted_by: str = ""

    @property
    def is_worked(self) -> bool:
        return self.kind in WORKED


@dataclass(frozen=True, slots=True)
class Link:
    """From one step to another. share: of those who leave the step, the part that goes this way, 0 … 1."""

    source: str
    target: str
    share: float = 1.0
    label: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    steps: tuple[Step, ...] = ()
    links: tuple[Link, ...] = ()

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    @property
    def keys(self) -> list[str]:
        return [step.key for step in self.steps]

    def after(self, key: str) -> list[Link]:
        return [link for link in self.links if link.source == key]

    def before(self, key: str) -> list[Link]:
        return [link for link in self.links if link.target == key]

    @property
    def starts(self) -> list[str]:
        return [step.key for step in self.steps if step.kind == "start"]

    @property
    def ends(self) -> list[str]:
        return [step.key for step in self.steps if step.kind == "end"]

    def reached(self, keys: Iterable[str], *, backwards: bool = False) -> set[str]:
        """The steps that can be reached from these, they themselves included; backwards: from which these can be reached."""
        beside: dict[str, list[str]] = {}
        for link in self.links:
            one, other = (link.target, link.source) if backwards else (link.source, link.target)
            beside.setdefault(one, []).append(other)
        found, todo = set(keys), list(keys)
        while todo:
            for other in beside.get(todo.pop(), ()):
                if other not in found:
                    found.add(other)
                    todo.append(other)
        return found


def flow_of(content: Any) -> Flow:
    """A flow from its JSON. Raises InvalidFlow: shape, too_many, key, key_twice, kind, lane, minutes, link, link_twice, share, too_long."""
    if not isinstance(content, Mapping) or not all(isinstance(content.get(name, []), list) for name in ("steps", "links")):
        raise InvalidFlow("shape")
    rows, ways = content.get("steps", []), content.get("links", [])
    if len(rows) > MOST_STEPS or len(ways) > MOST_LINKS:
        raise InvalidFlow("too_many")
    steps = tuple(_step(row) for row in rows)
    keys = {step.key for step in steps}
    if len(keys) < len(steps):
        raise InvalidFlow("key_twice", next(step.key for at, step in enumerate(steps) if step.key in [one.key for one in steps[:at]]))
    links = tuple(_link(row, keys) for row in ways)
    pairs = [(link.source, link.target) for link in links]
    if len(set(pairs)) < len(pairs):
        raise InvalidFlow("link_twice", next(pair[0] for at, pair in enumerate(pairs) if pair in pairs[:at]))
    return Flow(steps, links)


def _step(row: Any) -> Step:
    if not isinstance(row, Mapping):
        raise InvalidFlow("shape")
    key = str(row.get("key", ""))
    if not KEY.match(key):
        raise InvalidFlow("key", key[:60])
    kind, lane = str(row.get("kind") or "step"), str(row.get("lane") or "front")
    if kind not in KINDS or lane not in LANES:
        raise InvalidFlow("kind" if kind not in KINDS else "lane", key)
    words = {name: tuple(_words(row.get(name), key)) for name in ("inputs", "documents", "outputs")}
    lines = {name: _line(row.get(name), key) for name in ("role", "form", "fails", "waits", "accepted_by")}
    return Step(
        key=key, kind=kind, lane=lane, name=text_of(row.get("name"), key), text=text_of(row.get("text"), key),
        minutes=_minutes(row.get("minutes"), key), hidden=bool(row.get("hidden")), **words, **lines,  # type: ignore[arg-type]
    )  # fmt: skip


def _link(row: Any, keys: set[str]) -> Link:
    if not isinstance(row, Mapping):
        raise InvalidFlow("shape")
    source, target = str(row.get("from", "")), str(row.get("to", ""))
    if source not in keys or target not in keys:
        raise InvalidFlow("link", (source if source not in keys else target)[:60])
    try:
        share = float(row.get("share", 1.0))
    except (TypeError, ValueError):
        raise InvalidFlow("share", source) from None
    if not 0 <= share <= 1:
        raise InvalidFlow("share", source)
    return Link(source, target, share, text_of(row.get("label"), source))


def _minutes(value: Any, key: str) -> Minutes | None:
    if value in (None, [], ""):
        return None
    try:
        low, mode, high = (float(one) for one in value)
        return Minutes(low, mode, high)
    except (TypeError, ValueError):
        raise InvalidFlow("minutes", key) from None


def text_of(value: Any, key: str = "") -> dict[str, str]:
    """Words by language, empty ones left out. Raises InvalidFlow: shape, too_long."""
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise InvalidFlow("shape", key)
    found = {str(code)[:20]: str(words).strip() for code, words in value.items() if str(words).strip()}
    if any(len(words) > LONGEST for words in found.values()):
        raise InvalidFlow("too_long", key)
    return found


def _words(value: Any, key: str) -> list[str]:
    if not isinstance(value or [], list):
        raise InvalidFlow("shape", key)
    found = list(dict.fromkeys(str(one).strip() for one in value or [] if str(one).strip()))
    if len(found) > MOST_WORDS or any(len(one) > LONGEST for one in found):
        raise InvalidFlow("too_long", key)
    return found


def _line(value: Any, key: str) -> str:
    line = " ".join(str(value or "").split())
    if len(line) > LONGEST:
        raise InvalidFlow("too_long", key)
    return line


def content_of(flow: Flow) -> dict[str, Any]:
    """The JSON of a flow; what says nothing is left out, so that two contents that say the same are the same."""
    return {"steps": [_step_row(step) for step in flow.steps], "links": [_link_row(link) for link in flow.links]}


def _step_row(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(step):
        value = getattr(step, one.name)
        if isinstance(value, Minutes):
            value = [value.low, value.mode, value.high]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        if value or one.name in ("key", "kind", "lane"):
            found[one.name] = value
    return found


def _link_row(link: Link) -> dict[str, Any]:
    return {"from": link.source, "to": link.target, "share": link.share} | ({"label": dict(link.label)} if link.label else {})
