"""Freshdesk: the ZIP of an account export, as JSON or XML: Tickets0.json, Users0.json, Agents0.json, Groups0.json, Companies0.json.

Each ticket stands in a `helpdesk_ticket`, with its `notes` and `ticket_states`. Codes of status, priority and source: Freshdesk API reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ..errors import NotThisExport
from ..reading import Words
from .registry import Ticket
from .source import Shelf, Source, Thing
from .texts import in_time, inner, names_of, pairs, plain, text

COLUMNS = (
    "id", "subject", "status", "priority", "type", "source", "group", "agent", "agent_email", "requester", "requester_email",
    "requester_phone", "company", "created_at", "closed_at", "due_by", "tags", "custom_fields", "satisfaction",
)  # fmt: skip
STATUS = {"2": "Open", "3": "Pending", "4": "Resolved", "5": "Closed"}
PRIORITY = {"1": "Low", "2": "Medium", "3": "High", "4": "Urgent"}
SOURCE = {
    "1": "Email", "2": "Portal", "3": "Phone", "4": "Forum", "5": "Twitter", "6": "Facebook", "7": "Chat", "8": "Mobile",
    "9": "Feedback Widget", "10": "Outbound Email", "13": "WhatsApp",
}  # fmt: skip
ENDED = ("Resolved", "Closed")
NO, YES = (False, 0, "0", "false"), (True, 1, "1", "true")
PLACES = (("user", "users?|contacts?"), ("agent", "agents?"), ("group", "groups?"), ("company", "compan(?:y|ies)|customers?"))


def read(source: Source) -> Iterator[Ticket]:
    """Every ticket of the export. Raises NotThisExport where an object is none."""
    with closing(Shelf()) as shelf:
        if source.is_archive:
            for place, pattern in PLACES:
                for name in source.names(pattern):
                    for thing in map(inner, source.things(name)):
                        shelf.put(place, thing.get("user_id") or thing.get("id") if place == "agent" else thing.get("id"), thing)
        names = source.names("(?:helpdesk[-_])?tickets?")
        if not names:
            raise NotThisExport(kind=source.kind, place="Tickets0.json")
        for name in names:
            for thing in map(inner, source.things(name)):
                if "status" not in thing or not (thing.get("display_id") or thing.get("id")):
                    raise NotThisExport(kind=source.kind, place=name or text(thing)[:60])
                yield _ticket(thing, shelf)


def _ticket(thing: Thing, shelf: Shelf) -> Ticket:
    requester, agent = _who(thing, "requester", shelf), _who(thing, "responder", shelf)
    status, times = _status(thing), thing.get("ticket_states") or thing.get("stats") or {}
    ended = plain(times, "resolved_at", "closed_at") or plain(thing, "updated_at") if status in ENDED else ""
    group = shelf.one("group", thing.get("group_id"))
    company = shelf.one("company", requester.get("customer_id") or requester.get("company_id") or thing.get("company_id"))
    cells = {
        "id": plain(thing, "display_id", "id"),
        "subject": plain(thing, "subject") or plain(thing, "description")[:200],
        "status": status,
        "priority": PRIORITY.get(text(thing.get("priority")), "") or plain(thing, "priority_name"),
        "type": plain(thing, "ticket_type", "type"),
        "source": SOURCE.get(text(thing.get("source")), "") or plain(thing, "source_name"),
        "group": plain(group, "name") or plain(thing, "group_name"),
        "agent": plain(agent, "name") or plain(thing, "responder_name"),
        "agent_email": plain(agent, "email"),
        "requester": plain(requester, "name") or plain(thing, "requester_name"),
        "requester_email": plain(requester, "email"),
        "requester_phone": plain(requester, "mobile", "phone"),
        "company": plain(company, "name"),
        "created_at": plain(thing, "created_at"),
        "closed_at": ended,
        "due_by": plain(thing, "due_by"),
        "tags": ", ".join(names_of(thing.get("tags"), "name")),
        "custom_fields": text(thing.get("custom_field") or thing.get("custom_fields")),
        "satisfaction": _rating(thing),
    }
    return Ticket(cells, _said(thing, shelf), _states(thing, status, times, ended))


def _status(thing: Thing) -> str:
    """The word for its status. What was thrown away there says so, and becomes a case only where the mapping wants it."""
    for name in ("spam", "deleted"):
        if thing.get(name) in YES:
            return name
    code = text(thing.get("status"))
    return STATUS.get(code, "") or plain(thing, "status_name") or code


def _said(thing: Thing, shelf: Shelf) -> list[Words]:
    """The description and the notes. Only what says `"private": false` is public."""
    outbound = text(thing.get("source")) == "10"
    first = plain(thing, "description", "description_text", "description_html")
    files = names_of(thing.get("attachments"), "content_file_name", "name")
    said = []
    if first or files:
        author = _who(thing, "responder", shelf) if outbound else {}
        said = [
            Words(
                "description", plain(thing, "created_at"), first, public=True, inbound=not outbound, requester=not outbound,
                author=plain(author, "name"), email=plain(author, "email"), files=files,
            )
        ]  # fmt: skip
    notes: Any = thing.get("notes") or thing.get("helpdesk_notes") or thing.get("conversations") or []
    return said + [_note(inner(note), thing, shelf) for note in notes]


def _note(note: Thing, thing: Thing, shelf: Shelf) -> Words:
    author = _who(note, "user", shelf)
    requester = note.get("user_id") is not None and text(note.get("user_id")) == text(thing.get("requester_id"))
    return Words(
        key=plain(note, "id"),
        at=plain(note, "created_at"),
        body=plain(note, "body", "body_text", "full_text", "body_html", "full_text_html"),
        public=note.get("private") in NO and note.get("private") is not None,
        inbound=note.get("incoming") in YES,
        requester=requester,
        author=plain(author, "name"),
        email=plain(author, "email"),
        files=names_of(note.get("attachments"), "content_file_name", "name"),
    )


def _states(thing: Thing, status: str, times: Thing, ended: str) -> tuple[tuple[str, str], ...]:
    if not times:
        return ()
    last = ended or (times.get("pending_since") if status == "Pending" else times.get("status_updated_at") if status != "Open" else "")
    found = in_time(("Open", thing.get("created_at")), (status, last))
    return found if found and found[-1][0] == status else ()


def _rating(thing: Thing) -> str:
    answers = thing.get("survey_results") or thing.get("satisfaction_rating") or []
    given = map(inner, answers if isinstance(answers, list) else [answers])
    return "; ".join(filter(None, (pairs({key: one.get(key) for key in ("rating", "feedback", "comment")}) for one in given)))


def _who(thing: Thing, name: str, shelf: Shelf) -> Thing:
    """Somebody as the ticket itself tells it, and as the files of people do."""
    told, number = thing.get(name), thing.get(f"{name}_id")
    agent = shelf.one("agent", number)
    known = {**inner(agent.get("user")), **agent} if agent else shelf.one("user", number)
    return {**known, **({key: value for key, value in told.items() if value} if isinstance(told, dict) else {})}
