"""From rows to drafts of cases: what each column means, and a clear reason for every row that cannot become a case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.core.cases.models import Channel, Kind, Priority, State
from steward.core.cases.operations.importing import TITLE_LENGTH, CaseDraft, Passage, fault_of
from steward.core.customers.bulk import Identity, PersonDraft
from steward.core.customers.identities import BadIdentity, normalise

from .dates import DateReader
from .errors import DoubleColumns, MissingColumns, RowFault
from .mapping import Mapping
from .places import Places, labels
from .reading import Row

KEY_LENGTH, NAME_LENGTH, NUMBER_LENGTH = 200, 120, 60
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
        unit = self.places.unit(self._named(row, "unit"))
        title = self._title(row)
        opened_at = self._instant(row, "opened_at")
        if opened_at is None:
            raise RowFault("no_opened", "opened_at")
        passages = self._history(rows, opened_at) if self.mapping.events else self._passages(row, opened_at)
        answer = self._words(row, "answer")
        closed_at = passages[-1].at if passages[-1].state == State.CLOSED else None
        answered_at = self._instant(row, "answered_at") or (closed_at if answer else None)
        draft = CaseDraft(
            unit=unit,
            kind=self._choice(row, "kind"),
            channel=self._choice(row, "channel"),
            priority=self._choice(row, "priority"),
            title=title,
            body=self._body(row, title),
            passages=passages,
            service=self.places.service(unit, self._named(row, "service")),
            category=self.places.category(unit, self._named(row, "category")),
            person=self._person(row),
            assignee=self.places.staff(self._named(row, "assignee")),
            resolution=self._choice(row, "resolution") if closed_at is not None else "",
            answer=answer,
            answered_at=answered_at,
            clocks=self.mapping.clocks_of_closed,
        )
        if fault := fault_of(draft, at=self.at):
            raise RowFault(fault, "opened_at" if fault in ("too_early", "in_future") else "")
        return draft, self._facts(rows)

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
        if closed_at is not None and "closed_at" in self._columns:
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

    def _history(self, rows: Sequence[Row], opened_at: datetime) -> tuple[Passage, ...]:
        """The states of an event log: each event that changes the state begins a passage; one before the receipt moves the receipt."""
        column = str((self.mapping.events or {})["at"])
        passages: list[Passage] = []
        for row in rows:
            when = self._dates.read(self._cell(row, column), column)
            state, _colon, reason = self._choice(row, "state").partition(":")
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

    def _choice(self, row: Row, name: str) -> str:
        text = self._given(row, name)
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
            if text:
                identities.append(Identity(kind, text[:200], _normal(kind, text)))
        return PersonDraft(name, number, tuple(identities)) or None

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
