"""From rows to drafts of cases: what each column means, and a clear reason for every row that cannot become a case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from steward.core.cases.models import Channel, Kind, Message, Priority, State
from steward.core.cases.operations.importing import TITLE_LENGTH, CaseDraft, Passage, Said, fault_of
from steward.core.customers.bulk import Identity, PersonDraft
from steward.core.customers.identities import BadIdentity, normalise

from .dates import DateReader
from .errors import DoubleColumns, MissingColumns, RowFault
from .mapping import Mapping
from .places import Places, labels
from .reading import Row, Words

KEY_LENGTH, NAME_LENGTH, NUMBER_LENGTH = 200, 120, 60
MAX_WORDS = 1_000_000  # letters of one word of a conversation
Found = TypeVar("Found")
Facts = dict[str, int | bool]
FALLBACK = {"kind": Kind.REQUEST.value, "channel": Channel.IMPORT.value, "priority": Priority.NORMAL.value, "state": State.NEW.value}


@dataclass(frozen=True, slots=True)
class Record:
    """One case to be, or why not. rows: those of the file it came from; digest: whether it is the same as the last time."""

    key: str
    rows: Sequence[Row]
    digest: str
    draft: CaseDraft | None = None
    facts: Facts = field(default_factory=dict)
    fault: RowFault | None = None
    fault_row: Row | None = None


class Translator:
    """A mapping bound to the columns of a file and to the places of an organisation. Raises MissingColumns and DoubleColumns at once."""

    def __init__(self, mapping: Mapping, header: Sequence[str], places: Places, *, at: datetime) -> None:
        missing = [name for name in mapping.named_columns if name not in header]
        if missing:
            raise MissingColumns(missing=", ".join(f"“{name}”" for name in missing), found=", ".join(header))
        double = [name for name in mapping.named_columns if list(header).count(name) > 1]
        if double:
            raise DoubleColumns(names=", ".join(double))
        self.mapping, self.header, self.places, self.at = mapping, list(header), places, at
        self._place = {name: number for number, name in enumerate(header)}
        self._empty = frozenset(mapping.file.get("empty", ()))
        self._dates = DateReader(list(mapping.file.get("dates", ())), mapping.zone or places.home.timezone)
        self._values = {name: {text.casefold(): value for text, value in found.items()} for name, found in mapping.values.items()}
        self._columns = {
            name: [self._place[column] for column in ([columns] if isinstance(columns, str) else columns)]
            for name, columns in mapping.columns.items()
        }

    def key_of(self, row: Row) -> str:
        """The record's number as the file gives it; empty when the row is too short to have one."""
        place = self._columns["key"][0]
        return row.cells[place].strip() if place < len(row.cells) else ""

    def record(self, rows: Sequence[Row]) -> Record:
        """One record of its rows: one row, or all events of a case."""
        key, digest = self.key_of(rows[0]), digest_of(rows)
        try:
            self._check(rows, key)
            draft, facts = self._draft(self._in_order(rows) if self.mapping.events else rows)
        except RowFault as fault:
            where = next((row for row in rows if row.fault is fault), rows[0])
            return Record(key[:KEY_LENGTH], rows, digest, fault=fault, fault_row=where)
        return Record(key, rows, digest, draft, facts)

    def column_name(self, fault: RowFault) -> str:
        """The column of the file that a fault is about; the field itself when no column gives it."""
        if fault.column.startswith("#"):
            place = int(fault.column[1:])
            return self.header[place] if place < len(self.header) else ""
        places = self._columns.get(fault.column)
        return self.header[places[0]] if places else fault.column

    def identities(self, rows: Sequence[Row]) -> str:
        """What of the rows could name a person, in the forms it is compared in: by it an erasure finds rows that became no case."""
        found: set[str] = set()
        for row in rows:
            for kind in ("phone", "email", "person_number", "person_name"):
                for place in self._columns.get(kind, ()):
                    text = row.cells[place].strip() if place < len(row.cells) else ""
                    if text and text not in self._empty and len(text) <= 200:
                        found.add(f"{kind}:{_loosely(kind, text)}")
        return "".join(f"\n{item}" for item in sorted(found)) + "\n" if found else ""

    def _check(self, rows: Sequence[Row], key: str) -> None:
        for row in rows:
            if row.fault is not None:
                raise row.fault
        if not key or key in self._empty:
            raise RowFault("no_key", "key")
        if len(key) > KEY_LENGTH:
            raise RowFault("key_too_long", "key", limit=KEY_LENGTH)

    def _draft(self, rows: Sequence[Row]) -> tuple[CaseDraft, Facts]:
        row = rows[-1]
        unit = self._known("unit", self.places.unit, row) or self.places.unit("")
        title = self._title(row)
        opened_at = self._instant(row, "opened_at")
        if opened_at is None:
            raise RowFault("no_opened", "opened_at")
        passages = self._passages_of(rows, opened_at)
        answer, body = self._words(row, "answer"), self._body(row, title)
        closed_at = passages[-1].at if passages[-1].state == State.CLOSED else None
        said = self._conversation(row)
        replies = [word.at for word in said if word.direction == Message.Direction.OUT and word.at >= opened_at]
        answered_at = self._instant(row, "answered_at") or (closed_at if answer else min(replies, default=None))
        draft = CaseDraft(
            unit=unit,
            kind=self._choice(row, "kind"),
            channel=self._choice(row, "channel"),
            priority=self._choice(row, "priority"),
            title=title,
            body=body,
            passages=passages,
            service=self._known("service", partial(self.places.service, unit), row),
            category=self._known("category", partial(self.places.category, unit), row),
            person=self._person(row),
            assignee=self._known("assignee", self.places.staff, row),
            resolution=self._choice(row, "resolution") if closed_at is not None else "",
            answer=answer,
            answered_at=answered_at,
            said=(*said, *self._kept(row, opened_at)),
            opening=not row.said,
            clocks=self.mapping.clocks_of_closed,
        )
        if fault := fault_of(draft, at=self.at):
            raise RowFault(fault, "opened_at" if fault in ("too_early", "in_future") else "")
        return draft, self._facts(rows)

    def said(self, row: Row, known: Collection[str]) -> list[Said]:
        """What of a row's conversation is not among the known keys. Raises RowFault."""
        return [self._said(words) for words in row.said if words.key not in known]

    def _conversation(self, row: Row) -> list[Said]:
        return sorted((self._said(words) for words in row.said), key=lambda word: word.at)

    def _said(self, words: Words) -> Said:
        """What is not said to be public is a note, whoever wrote it."""
        if len(words.body) > MAX_WORDS:
            raise RowFault("too_long_cell", "conversation", size=len(words.body), limit=MAX_WORDS)
        at = self._dates.read(words.at, "conversation")
        if at > self.at:
            raise RowFault("in_future", "conversation")
        direction = Message.Direction.IN if words.inbound else Message.Direction.OUT
        author = None if words.inbound else self.places.colleague(words.email)
        name = "" if author is not None or words.requester else words.author or words.email
        return Said(
            direction=direction.value if words.public else Message.Direction.NOTE.value,
            body="\n".join(filter(None, [f"{name}:" if name else "", words.body, *(f"[{file}]" for file in words.files)])) or "—",
            at=at,
            author=author,
            of_person=words.public and words.requester,
        )

    def _kept(self, row: Row, at: datetime) -> list[Said]:
        """Columns that have no place in a case, as one internal note under their own names.

        A telephone or an e-mail that was understood stands with the person, where it is masked and looking is recorded; only one that was
        left out is kept here.
        """
        understood = {
            place
            for kind in ("phone", "email")
            for place in self._columns.get(kind, ())
            if (text := self._text(row, place)) and self._identity(kind, text)
        }
        places = [place for place in self._columns.get("kept", ()) if place not in understood]
        lines = [f"{self.header[place]}: {text}" for place in places if (text := self._text(row, place))]
        return [Said(Message.Direction.NOTE.value, "\n".join(lines), at)] if lines else []

    def _passages_of(self, rows: Sequence[Row], opened_at: datetime) -> tuple[Passage, ...]:
        if self.mapping.events:
            column = str(self.mapping.events["at"])
            return self._history([(self._given(row, "state"), self._cell(row, column)) for row in rows], opened_at, column)
        return self._history(rows[-1].states, opened_at, "state") if rows[-1].states else self._passages(rows[-1], opened_at)

    def _passages(self, row: Row, opened_at: datetime) -> tuple[Passage, ...]:
        """The states of a record of one row: what is known is when it came and when it was closed."""
        state, _colon, reason = self._choice(row, "state").partition(":")
        closed_at = self._instant(row, "closed_at")
        if state == State.CLOSED:
            if closed_at is None:
                raise RowFault("closed_without_date", "closed_at")
            if closed_at < opened_at:
                raise RowFault("closed_before_opened", "closed_at")
            return Passage(State.NEW.value, opened_at), Passage(state, closed_at)
        if closed_at is not None and "closed_at" not in self.mapping.leaves:
            raise RowFault("dated_but_open", "closed_at")
        return (Passage(state, opened_at, reason),)

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        """Events by time, then by the file's own count, then as they stand."""
        events = self.mapping.events or {}
        at_column, order_column = str(events["at"]), str(events.get("order", ""))
        keyed = []
        for number, row in enumerate(rows):
            when = self._dates.read(self._cell(row, at_column), at_column)
            order = self._whole(self._cell(row, order_column), order_column) if order_column else 0
            keyed.append((when, order, number))
        return [rows[number] for _when, _order, number in sorted(keyed)]

    def _history(self, told: Sequence[tuple[str, str]], opened_at: datetime, column: str) -> tuple[Passage, ...]:
        """States with their instants, as written: each change begins a passage; one before the receipt moves the receipt."""
        passages: list[Passage] = []
        for text, instant in told:
            when = self._dates.read(instant, column)
            state, _colon, reason = self._code(text, "state").partition(":")
            if state and (not passages or (passages[-1].state, passages[-1].reason) != (state, reason)):
                passages.append(Passage(state, when, reason))
        if not passages:
            raise RowFault("no_history", "state")
        first = passages[0]
        if first.at > opened_at:
            if first.state == State.NEW:
                passages[0] = Passage(first.state, opened_at)
            else:
                passages.insert(0, Passage(State.NEW.value, opened_at))
        return tuple(passages)

    def _title(self, row: Row) -> str:
        parts = [self._text(row, place) for place in self._columns["title"]]
        title = " · ".join(part for part in parts if part)
        if not title:
            raise RowFault("no_title", "title")
        return " ".join(title.split())

    def _body(self, row: Row, title: str) -> str:
        """The words of the person; a title that is cut short stands at their head, so that nothing is lost."""
        body = self._words(row, "body")
        return f"{title}\n\n{body}".strip() if len(title) > TITLE_LENGTH else body

    def _words(self, row: Row, name: str) -> str:
        """One column as it is; several as lines with the names of their columns."""
        places = self._columns.get(name, ())
        if len(places) == 1:
            return self._text(row, places[0])
        lines = [(self.header[place], self._text(row, place)) for place in places]
        return "\n".join(f"{label}: {text}" for label, text in lines if text)

    def _text(self, row: Row, place: int) -> str:
        text = row.cells[place].strip()
        return "" if text in self._empty else text

    def _cell(self, row: Row, column: str) -> str:
        return self._text(row, self._place[column])

    def _given(self, row: Row, name: str) -> str:
        places = self._columns.get(name)
        return self._text(row, places[0]) if places else ""

    def _named(self, row: Row, name: str) -> str:
        """A unit, service, category or colleague: by the mapping's own table, else as the file says; the default where it says nothing."""
        text = self._given(row, name)
        table = self._values.get(name)
        if text and table:
            text = table.get(text.casefold(), table.get("*", text))
        return text or self.mapping.defaults.get(name, "")

    def _known(self, name: str, find: Callable[[str], Found], row: Row) -> Found | None:
        """What a name says here; nothing where the mapping leaves out names that say nothing."""
        try:
            return find(self._named(row, name))
        except RowFault as fault:
            if name in self.mapping.leaves and fault.code.startswith("unknown_"):
                return None
            raise

    def _choice(self, row: Row, name: str) -> str:
        return self._code(self._given(row, name), name)

    def _code(self, text: str, name: str) -> str:
        if not text:
            return self.mapping.defaults.get(name, FALLBACK.get(name, ""))
        table = self._values.get(name)
        folded = text.casefold()
        if table and folded in table:
            return table[folded]
        found = labels()[name].get(folded)
        if found is None and table and "*" in table:
            return table["*"]
        if found is None:
            raise RowFault("unknown_value", name, value=text)
        return found

    def _instant(self, row: Row, name: str) -> datetime | None:
        text = self._given(row, name)
        return self._dates.read(text, name) if text else None

    def _person(self, row: Row) -> PersonDraft | None:
        name, number = self._given(row, "person_name"), self._given(row, "person_number")
        if len(name) > NAME_LENGTH:
            raise RowFault("name_too_long", "person_name", size=len(name), limit=NAME_LENGTH)
        if len(number) > NUMBER_LENGTH:
            raise RowFault("number_too_long", "person_number", size=len(number), limit=NUMBER_LENGTH)
        identities = []
        for kind in ("phone", "email"):
            text = self._given(row, kind)
            if text and (normal := self._identity(kind, text)):
                identities.append(Identity(kind, text[:200], normal))
        return PersonDraft(name, number, tuple(identities)) or None

    def _identity(self, kind: str, text: str) -> str:
        try:
            return _normal(kind, text)
        except RowFault:
            if kind in self.mapping.leaves:
                return ""
            raise

    def _facts(self, rows: Sequence[Row]) -> Facts:
        found: Facts = {}
        for name, fact in self.mapping.facts.items():
            text = self._cell(rows[-1], fact.column)
            if not text:
                continue
            found[name] = self._whole(text, fact.column) if fact.type == "integer" else _yes(text, fact.yes, fact.no, fact.column)
        handover = (self.mapping.events or {}).get("handover")
        if handover:
            found["handovers"] = self._handovers(rows, handover)
        return found

    def _handovers(self, rows: Sequence[Row], columns: Sequence[str]) -> int:
        """How often the record went to somebody else: changes of these columns from one event to the next, empty ones left out."""
        count, last = 0, [""] * len(columns)
        for row in rows:
            now = [self._cell(row, column) or before for column, before in zip(columns, last, strict=True)]
            count += any(before and before != after for before, after in zip(last, now, strict=True))
            last = now
        return count

    def _whole(self, text: str, column: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise RowFault("bad_number", column, value=text) from None


def digest_of(rows: Sequence[Row]) -> str:
    """The same for the same cells, whatever the mapping."""
    text = "\x1e".join("\x1f".join(row.cells) for row in rows)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _yes(text: str, yes: frozenset[str], no: frozenset[str], column: str) -> bool:
    folded = text.casefold()
    if folded in yes:
        return True
    if folded in no:
        return False
    raise RowFault("bad_boolean", column, value=text)


def _normal(kind: str, text: str) -> str:
    try:
        return normalise(kind, text)
    except BadIdentity:
        raise RowFault(f"bad_{kind}", kind, value=text) from None


def _loosely(kind: str, text: str) -> str:
    if kind in ("phone", "email"):
        try:
            return normalise(kind, text)
        except BadIdentity:
            pass
    return text
