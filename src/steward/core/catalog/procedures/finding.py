"""Documents in the search: a procedure is found by any word of its steps. What was only drafted is found by nobody."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.search.kinds import Hit, SearchKind, Words, register
from steward.ground.search.operations import index_rows

from ..controlled import kinds
from ..controlled.models import ControlledDocument, DocumentVersion

CODES = frozenset({"catalog.release_scheduled", "catalog.version_in_force", "catalog.version_ended", "catalog.document_closed"})


def words_of(document: ControlledDocument) -> Words | None:
    """The newest sealed wording, in every language it is written in. It is known to the whole organisation."""
    version = document.versions.exclude(sealed_at=None).order_by("-number").first()
    if version is None or not kinds.known(document.kind):
        return None
    title = " ".join([*dict.fromkeys(document.name.values()), document.code])
    return Words(title, tuple(_texts(version.content)), (document.organisation_id,), version.changed_at)


def _texts(value: object) -> list[str]:
    """Every text somebody wrote into a content; keys and codes are none."""
    if isinstance(value, dict):
        written = [str(words) for code, words in value.items() if isinstance(words, str) and code in ("zh-hans", "en")]
        return written + [text for part in value.values() if not isinstance(part, str) for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def hit_of(document: ControlledDocument) -> Hit:
    version = document.versions.exclude(sealed_at=None).order_by("-number").first()
    text = " ".join(line.text for line in kinds.get(document.kind).lines(version.content)) if version else ""
    detail = f"{kinds.get(document.kind).label} · {document.code}"
    return Hit(str(document.name), reverse("catalog:document", args=[document.public_id]), detail, text)


def keep_in_step(entries: Sequence[Entry]) -> None:
    """Documents named in the batch, and those in a release that was scheduled."""
    documents = {entry.subject_id for entry in entries if entry.subject_type == ControlledDocument._meta.label_lower}
    versions = {pk for entry in entries if entry.code == "catalog.release_scheduled" for pk in entry.public["versions"]}
    documents |= set(DocumentVersion.objects.filter(pk__in=versions).values_list("document_id", flat=True))
    index_rows(ControlledDocument.objects.filter(pk__in=documents).select_related("unit").order_by("pk"), kind="document")


def register_kind() -> None:
    register(SearchKind("document", ControlledDocument, _("How we work"), words_of, hit_of, icon="book-2", order=40, related=("unit",)))
    subscribe(Subscriber("catalog.search", keep_in_step, codes=CODES))
