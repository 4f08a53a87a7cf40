"""Handing out content: never executed, never guessed, shown inside the browser only when it is a picture or a PDF."""

from __future__ import annotations

from django.http import FileResponse, Http404

from . import store
from .models import FileRef
from .types import KINDS

# A picture needs nothing. The built-in PDF viewers do not start under `sandbox`; they get neither scripts nor connections.
IMAGE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def respond(file: FileRef, *, download: bool = False) -> FileResponse:
    """Stream a file the caller may see. Raises Http404 when its content is gone."""
    if file.blob is None or file.removed_at is not None:
        raise Http404
    try:
        content = store.path_of(file.blob.sha256).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    kind = KINDS.get(file.type)
    inline = kind is not None and kind.handling in ("image", "pdf") and not download
    mime = "text/plain; charset=utf-8" if file.type == "text/plain" else file.type if kind else "application/octet-stream"
    response = FileResponse(content, as_attachment=not inline, filename=file.name, content_type=mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = PDF_POLICY if kind and kind.handling == "pdf" and inline else IMAGE_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
