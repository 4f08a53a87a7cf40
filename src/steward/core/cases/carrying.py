"""What the way an answer takes can carry: said in the editor before somebody writes, and kept when they send. Upper rooms register their ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from steward.ground.access.errors import Refused
from steward.ground.files.models import FileRef
from steward.ground.journal.actors import Actor

from .errors import FileTooHeavy, NotCarried, TooLongToCarry
from .models import Case, Channel, Message

MEGA = 1024 * 1024


@dataclass(frozen=True)
class Carries:
    """text_bytes: longest text in UTF-8; None for any. files: types that go along; None for all, () for none. file_bytes: of one; None for as
    much as the house takes. html: whether text may be formatted. until, left: when, and after how many answers, the way closes unless the person
    writes again. closed: why nothing leaves now."""

    text_bytes: int | None = None
    files: tuple[str, ...] | None = None
    file_bytes: int | None = None
    html: bool = False
    until: datetime | None = None
    left: int | None = None
    closed: Refused | None = None

    @property
    def file_mb(self) -> int | None:
        return self.file_bytes // MEGA if self.file_bytes is not None else None


Ask = Callable[[Case, datetime], Carries | None]
_ways: dict[str, Ask] = {}


def register(channel: str, ask: Ask) -> None:
    """ask: None where the case does not really go that way, such as one that staff wrote down by hand."""
    if channel in _ways:
        raise ValueError(f"What the channel {channel!r} carries is registered twice.")
    _ways[channel] = ask


def carried_by(case: Case, at: datetime) -> Carries | None:
    """What an answer on this case can be; None where nothing is known that would limit it."""
    ask = _ways.get(case.channel)
    return ask(case, at) if ask is not None else None


def check_words(message: Message, by: Actor, at: datetime) -> None:
    """Of an answer that a person is about to give. Machines' words are looked at when they leave: nobody is there to be told."""
    found = _of(message, at) if by.user is not None else None
    if found is None:
        return
    if found.closed is not None:
        raise found.closed
    size = len(message.body.encode())
    if found.text_bytes is not None and size > found.text_bytes:
        raise TooLongToCarry(channel=Channel(message.channel).label, size=size, limit=found.text_bytes)


def check_file(message: Message, file: FileRef, at: datetime) -> None:
    found = _of(message, at)
    if found is None:
        return
    if found.files is not None and file.type not in found.files:
        raise NotCarried(channel=Channel(message.channel).label, name=file.name)
    if found.file_bytes is not None and file.size > found.file_bytes:
        raise FileTooHeavy(channel=Channel(message.channel).label, name=file.name, limit=found.file_mb)


def _of(message: Message, at: datetime) -> Carries | None:
    """An answer given another way than the case came, such as by telephone, is not bound by it."""
    if message.direction != Message.Direction.OUT or message.channel != message.case.channel:
        return None
    return carried_by(message.case, at)
