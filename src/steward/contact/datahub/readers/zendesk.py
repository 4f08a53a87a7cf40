"""Zendesk: the JSON export of an account (one ticket a line, its comments inside; people and organisations in files of their own).

Source: Zendesk help, "Exporting data to a JSON, CSV, or XML file", as it is quoted; field names as known, not compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ..errors import NotThisExport
from ..reading import Words
from .registry import Ticket
from .source import Shelf, Source, Thing
from .texts import in_time, names_of, pairs, plain, text

COLUMNS = (
    "id", "subject", "status", "priority", "type", "channel", "group", "assignee", "assignee_email", "requester", "requester_email",
    "requester_phone", "requester_external_id", "organization", "created_at", "solved_at", "due_at", "tags", "custom_fields",
    "satisfaction", "external_id",
)  # fmt: skip
ENDED = ("solved", "closed")


def read(source: Source) -> Iterator[Ticket]:
    """Every ticket of the export. Raises NotThisExport where an object is none."""
    with closing(Shelf()) as shelf:
        if source.is_archive:
            for place, pattern in (("user", "users?"), ("organization", "organi[sz]ations?"), ("group", "groups?")):
                for name in source.names(pattern):
                    for thing in source.things(name):
                        shelf.put(place, thing.get("id"), thing)
        names = source.names("tickets?|export")
        if not names:
            raise NotThisExport(kind=source.kind, place="tickets.json")
        for name in names:
            for thing in source.things(name):
                if "id" not in thing or "status" not in thing:
                    raise NotThisExport(kind=source.kind, place=name or text(thing)[:60])
                yield _ticket(thing, shelf)


def _ticket(thing: Thing, shelf: Shelf) -> Ticket:
    requester, assignee = _who(thing, "requester", shelf), _who(thing, "assignee", shelf)
    status, metrics = text(thing.get("status")), thing.get("metric_set") or {}
    ended = text(metrics.get("solved_at") or thing.get("solved_at") or thing.get("updated_at")) if status in ENDED else ""
    rating = thing.get("satisfaction_rating") or {}
    cells = {
        **{name: text(thing.get(name)) for name in ("id", "status", "priority", "type", "created_at", "due_at", "external_id")},
        "subject": plain(thing, "subject", "raw_subject") or plain(thing, "description")[:200],
        "channel": text(_of(thing, "via").get("channel")),
        "group": plain(_found(thing, "group", shelf), "name"),
        "organization": plain(_found(thing, "organization", shelf), "name"),
        "assignee": plain(assignee, "name"),
        "assignee_email": plain(assignee, "email"),
        "requester": plain(requester, "name"),
        "requester_email": plain(requester, "email"),
        "requester_phone": plain(requester, "phone"),
        "requester_external_id": plain(requester, "external_id"),
        "solved_at": ended,
        "tags": text(thing.get("tags")),
        "custom_fields": pairs(
            {text(field.get("id")): field.get("value") for field in thing.get("custom_fields") or [] if field.get("id")}
        ),
        "satisfaction": pairs({text(rating.get("score")): rating.get("comment") or "—"})
        if rating.get("score") not in (None, "unoffered")
        else "",
    }
    return Ticket(cells, _said(thing, shelf), _states(thing, status, metrics, ended))


def _said(thing: Thing, shelf: Shelf) -> list[Words]:
    """The comments; where the export has none, the description. Only `"public": true` is public."""
    comments = thing.get("comments")
    if not isinstance(comments, list) or not comments:
        words = plain(thing, "description")
        public = thing.get("is_public", True) is True
        return [Words("description", text(thing.get("created_at")), words, public, inbound=True, requester=True)] if words else []
    return [_comment(comment, thing, shelf) for comment in comments if isinstance(comment, dict)]


def _comment(comment: Thing, thing: Thing, shelf: Shelf) -> Words:
    author = _who(comment, "author", shelf)
    known = author.get("id", comment.get("author_id"))
    requester = known is not None and known == _of(thing, "requester").get("id", thing.get("requester_id"))
    return Words(
        key=text(comment.get("id")),
        at=text(comment.get("created_at")),
        body=plain(comment, "plain_body", "body", "html_body"),
        public=comment.get("public") is True,
        inbound=requester or author.get("role") == "end-user",
        requester=requester,
        author=plain(author, "name"),
        email=plain(author, "email"),
        files=names_of(comment.get("attachments"), "file_name", "filename", "name"),
    )


def _states(thing: Thing, status: str, metrics: Thing, ended: str) -> tuple[tuple[str, str], ...]:
    """What its figures tell of its way; without them the row's own dates say what is known."""
    if not metrics:
        return ()
    last = ended or text(metrics.get("status_updated_at"))
    last = last if status not in ("new", "open") else ""
    first = "new" if metrics.get("initially_assigned_at") or status == "new" else "open"
    found = in_time((first, thing.get("created_at")), ("open", metrics.get("initially_assigned_at")), (status, last))
    return found if found and found[-1][0] == status else ()


def _who(thing: Thing, name: str, shelf: Shelf) -> Thing:
    return _found(thing, name, shelf, "user")


def _found(thing: Thing, name: str, shelf: Shelf, place: str = "") -> Thing:
    """Somebody or something as the ticket itself tells it and as its own file does."""
    told = _of(thing, name)
    number = told.get("id", thing.get(f"{name}_id"))
    return {**(shelf.one(place or name, number) if number is not None else {}), **{key: value for key, value in told.items() if value}}


def _of(thing: Thing, name: str) -> dict[str, Any]:
    found = thing.get(name)
    return found if isinstance(found, dict) else {}
