"""Lines of a customer's timeline. Apps above register how their entries read here, and which of them a reader may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.journal.models import Entry

from .models import Consent, ContactPoint


@dataclass(frozen=True)
class TimelineLine:
    at: datetime
    who: str
    text: str
    icon: str = "point"
    url: str = ""


@dataclass(frozen=True)
class TimelineSource:
    """prefix: the app part of the entry codes; lines: what this reader may see of them, by sequence number."""

    prefix: str
    lines: Callable[[User, Sequence[Entry], datetime], dict[int, TimelineLine]]


_sources: dict[str, TimelineSource] = {}


def register(source: TimelineSource) -> None:
    if source.prefix in _sources:
        raise ValueError(f"Timeline source {source.prefix!r} is registered twice.")
    _sources[source.prefix] = source


def lines_of(user: User, entries: Sequence[Entry], at: datetime) -> list[TimelineLine]:
    """The lines in the order of the entries; what no source explains to this reader stays out."""
    found: dict[int, TimelineLine] = {}
    for prefix, source in _sources.items():
        mine = [entry for entry in entries if entry.code.startswith(f"{prefix}.")]
        if mine:
            found |= source.lines(user, mine, at)
    return [found[entry.seq] for entry in entries if entry.seq in found]


def own_lines(user: User, entries: Sequence[Entry], at: datetime) -> dict[int, TimelineLine]:
    refs = {entry.actor_ref for entry in entries if entry.actor_kind == "staff"}
    names = {str(public_id): name for public_id, name in User.objects.filter(public_id__in=refs).values_list("public_id", "name")}
    lines: dict[int, TimelineLine] = {}
    for entry in entries:
        text = _sentence(entry)
        if text:
            lines[entry.seq] = TimelineLine(entry.occurred_at, names.get(entry.actor_ref, _("Steward")), text, "user")
    return lines


def _sentence(entry: Entry) -> str:
    public = entry.public
    kind = str(ContactPoint.Kind(public["kind"]).label) if entry.code.startswith("customers.contact_") else ""
    return {
        "customers.customer_registered": _("registered the record"),
        "customers.customer_changed": _("changed the record"),
        "customers.contact_added": _("added: %(kind)s") % {"kind": kind},
        "customers.contact_ended": _("ended: %(kind)s") % {"kind": kind},
        "customers.consent_recorded": _consent(public) if entry.code == "customers.consent_recorded" else "",
        "customers.customer_looked_up": _("looked the person up by exact identity"),
        "customers.customer_erased": _("erased the personal data"),
        "customers.data_exported": _("exported everything kept about the person"),
    }.get(entry.code, "")


def _consent(public: dict[str, object]) -> str:
    label = Consent.Purpose(str(public["purpose"])).label
    return (_("recorded consent: %(purpose)s") if public["given"] else _("recorded a refusal: %(purpose)s")) % {"purpose": label}
