"""What people wrote into a report, as plain values: for a draft as it stands now, for an issued report as it stood then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .models import Commentary, Recommendation, Report, Section
from .snapshot import Content, fingerprint


def current_commentary(report: Report) -> list[Commentary]:
    """The newest version of every commentary that was not taken away."""
    rows = report.commentary.filter(replaced_by=None).exclude(text="").select_related("author").order_by("pk")
    return list(rows)


def open_recommendations(report: Report) -> list[Recommendation]:
    rows = report.recommendations.filter(withdrawn_at=None).select_related("owner__user", "author")
    return list(rows.prefetch_related("decisions__by").order_by("pk"))


def written(report: Report) -> Content:
    """All texts with the names of their authors: frozen at the issue, so that a person who marries changes no old report."""
    if report.texts is not None:
        return dict(report.texts)
    return {
        "commentary": [_commentary(row) for row in current_commentary(report)],
        "recommendations": [_recommendation(row) for row in open_recommendations(report)],
    }


def seal_of(sha256: str, texts: Content) -> str:
    """The fingerprint of a whole report: of its figures and of what was written."""
    return fingerprint({"figures": sha256, "texts": texts})


def of_part(texts: Content, part: str) -> list[dict[str, Any]]:
    return [one for one in texts["commentary"] if one["part"] == part]


def parts_of(content: Content) -> Iterable[str]:
    """Every part of a report that can have a commentary."""
    yield from (section for section in Section.values if section in content["spec"]["sections"])
    yield from (f"{Section.CHANGED}:{figure['id']}" for figure in content["figures"])


def _commentary(row: Commentary) -> dict[str, Any]:
    edited = row.replaces_id is not None
    return {
        "id": str(row.public_id),
        "part": row.part,
        "author": row.author.name,
        "at": row.at.isoformat(),
        "text": row.text,
        "flags": list(row.flags),
        "edited": edited,
    }


def _recommendation(row: Recommendation) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "text": row.text, "question": row.question, "owner": row.owner.user.name, "due": row.due_date.isoformat(),
        "finding": str(row.finding_ref) if row.finding_ref else "", "author": row.author.name,
    }  # fmt: skip
