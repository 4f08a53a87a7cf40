"""The PDF of a report as a file: what was issued is handed out as the bytes it had then, whatever version of Steward runs later.

The file of a draft carries a fingerprint of figures and words in its name: after the next word it no longer fits, and a new one is made.
"""

from __future__ import annotations

from datetime import datetime

from steward.ground.files.models import FileRef
from steward.ground.files.operations import remove_file, store_file
from steward.ground.journal.actors import Actor

from . import texts
from .document import pdf_of
from .models import Report
from .queries import content_of, sha_of

KEEPER = Actor.system("reports")
RETENTION = "standard"
DRAFT = "-draft-"


def name_of(report: Report, language: str, ending: str) -> str:
    """report-2026-02-01-en.pdf: plain letters, so that every mail program shows it."""
    mark = "" if report.is_final or ending != "pdf" else f"{DRAFT}{texts.seal_of(sha_of(report), texts.written(report))[:8]}"
    return f"report-{report.start_date.isoformat()}-{'en' if language == 'en' else 'zh'}-{str(report.public_id)[-6:]}{mark}.{ending}"


def kept_pdf(report: Report, language: str) -> FileRef | None:
    return FileRef.objects.of(report).filter(name=name_of(report, language, "pdf"), type="application/pdf").first()


def render(report: Report, language: str) -> bytes:
    """The PDF of a report from its frozen figures. Errors: those of `documents.pdf.render_pdf`, and SnapshotDamaged."""
    return pdf_of(content_of(report), texts.written(report), sha_of(report), language=language)


def keep_pdf(*, report: Report, language: str, at: datetime) -> FileRef:
    """Render and keep the PDF of a report, once for each language; of a draft only the newest stays."""
    found = kept_pdf(report, language)
    if found is not None:
        return found
    # The name first: words that come meanwhile make the next look ask again, and never pass for older ones.
    name = name_of(report, language, "pdf")
    data = render(report, language)
    older = [] if report.is_final else [one for one in drafts(report) if one.name.startswith(name.partition(DRAFT)[0])]
    made = store_file(upload=data, name=name, unit=report.unit, subject=report, by=KEEPER, at=at, retention=RETENTION)
    for one in older:
        remove_file(file=one, by=KEEPER, at=at)
    return made


def drafts(report: Report) -> list[FileRef]:
    return list(FileRef.objects.of(report).filter(name__contains=DRAFT, type="application/pdf"))


def drop_drafts(report: Report, *, at: datetime) -> None:
    """Take away the files of a draft that is one no longer."""
    for one in drafts(report):
        remove_file(file=one, by=KEEPER, at=at)
