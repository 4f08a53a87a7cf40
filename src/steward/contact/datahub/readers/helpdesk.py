"""django-helpdesk: the JSON that `manage.py dumpdata helpdesk auth.user` writes. Names and codes as in its models (2.6.1, BSD licence)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ..errors import NotThisExport
from ..reading import Words
from .registry import Ticket
from .source import Shelf, Source, Thing
from .texts import in_time, pairs, plain, text

COLUMNS = (
    "id", "title", "status", "priority", "queue", "queue_title", "assigned_to", "assigned_to_email", "submitter_email", "created",
    "closed", "due_date", "resolution", "merged_to", "custom_fields",
)  # fmt: skip
STATUS = {"1": "Open", "2": "Reopened", "3": "Resolved", "4": "Closed", "5": "Duplicate", "6": "New"}
ENDED = ("Resolved", "Closed", "Duplicate")
# Where rows are kept, and the field that says to what they belong; "pk" for those that are looked up by their own number.
PLACES = {
    "queue": "pk", "customfield": "pk", "followup": "ticket", "ticketchange": "followup", "followupattachment": "followup",
    "attachment": "followup", "ticketcustomfieldvalue": "ticket",
}  # fmt: skip


def read(source: Source) -> Iterator[Ticket]:
    """Every ticket of the dump, once the whole of it is read: its rows stand table by table. Raises NotThisExport."""
    with closing(Shelf()) as shelf:
        for name in source.names(".*"):
            for thing in source.things(name):
                _keep(thing, shelf, source)
        for row in shelf.every("ticket"):
            yield _ticket(row, shelf)


def _keep(thing: Thing, shelf: Shelf, source: Source) -> None:
    app, _dot, model = text(thing.get("model")).partition(".")
    fields = thing.get("fields")
    if not model or not isinstance(fields, dict):
        raise NotThisExport(kind=source.kind, place=text(thing)[:60])
    row = {**fields, "pk": thing.get("pk")}
    if "username" in fields:  # whatever the house calls its table of users
        shelf.put("user", _key(thing.get("pk")), row)
        shelf.put("user", fields["username"], row)
    elif app == "helpdesk" and model == "ticket":
        shelf.put("ticket", "", {key: value for key, value in row.items() if key != "secret_key"})
    elif app == "helpdesk" and model in PLACES:
        shelf.put("attachment" if model == "followupattachment" else model, _key(row.get(PLACES[model])), row)


def _ticket(row: Thing, shelf: Shelf) -> Ticket:
    queue, owner = shelf.one("queue", _key(row.get("queue"))), shelf.one("user", _key(row.get("assigned_to")))
    follows = sorted(shelf.all("followup", _key(row.get("pk"))), key=lambda follow: text(follow.get("date")))
    status = _status(row.get("status"))
    history = [("Open", row.get("created")), *((_status(one["new_status"]), one.get("date")) for one in follows if one.get("new_status"))]
    closed = next((at for state, at in reversed(history) if state == status), row.get("modified")) if status in ENDED else ""
    if status not in ENDED and row.get("on_hold") is True:
        status = "On hold"
    if history[-1][0] != status:
        history.append((status, row.get("modified")))
    fields = shelf.all("ticketcustomfieldvalue", _key(row.get("pk")))
    cells = {
        **{name: text(row.get(name)) for name in ("title", "priority", "submitter_email", "created", "due_date", "resolution")},
        "id": text(row.get("pk")),
        "merged_to": text(row.get("merged_to")),
        "status": status,
        "queue": plain(queue, "slug"),
        "queue_title": plain(queue, "title"),
        "assigned_to": plain(owner, "username") or text(row.get("assigned_to")),
        "assigned_to_email": plain(owner, "email"),
        "closed": text(closed),
        "custom_fields": pairs({_field(one, shelf): one.get("value") for one in fields}),
    }
    states = in_time(*history)
    return Ticket(cells, [*_first(row), *_said(row, follows, shelf)], states if states and states[-1][0] == status else ())


def _first(row: Thing) -> list[Words]:
    words = plain(row, "description")
    return [Words("description", text(row.get("created")), words, public=True, inbound=True, requester=True)] if words else []


def _said(row: Thing, follows: list[Thing], shelf: Shelf) -> Iterator[Words]:
    """Follow-ups. Only `"public": true` is public; what changed without a word is an internal note."""
    submitter = text(row.get("submitter_email")).casefold()
    for follow in follows:
        writer = shelf.one("user", _key(follow.get("user"))) if follow.get("user") is not None else {}
        email = plain(writer, "email")
        person = bool(email) and email.casefold() == submitter
        # A mail of the submitter has no user; a user who may not work in the desk is somebody outside.
        inbound = person or follow.get("user") is None or (bool(writer) and writer.get("is_staff") is False)
        name = " ".join(filter(None, (plain(writer, "first_name"), plain(writer, "last_name")))) or plain(writer, "username")
        key, at, words = text(follow.get("pk")), text(follow.get("date")), plain(follow, "comment")
        files = tuple(plain(one, "filename", "file") for one in shelf.all("attachment", _key(follow.get("pk"))))
        if words or files:
            public = follow.get("public") is True
            # Nobody's mail is told apart from a note of the desk by being public.
            outside = inbound and (public or person)
            requester = outside and (person or follow.get("user") is None)
            yield Words(key, at, words, public, outside, requester, name, email, files)
        if changed := _changes(follow, shelf, told=bool(words or files)):
            yield Words(f"{key}:changes", at, changed, author=name, email=email)


def _changes(follow: Thing, shelf: Shelf, *, told: bool) -> str:
    lines = [
        f"{plain(one, 'field')}: {plain(one, 'old_value') or '—'} → {plain(one, 'new_value') or '—'}"
        for one in shelf.all("ticketchange", _key(follow.get("pk")))
    ]
    return "\n".join(filter(None, ["" if told and not lines else plain(follow, "title"), *lines]))


def _field(value: Thing, shelf: Shelf) -> str:
    return plain(shelf.one("customfield", _key(value.get("field"))), "label", "name") or text(value.get("field"))


def _status(code: Any) -> str:
    return STATUS.get(text(code), text(code))


def _key(value: Any) -> str:
    """A number, or the natural key that `dumpdata --natural-foreign` writes."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
