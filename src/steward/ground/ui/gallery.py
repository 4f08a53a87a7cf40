"""The gallery: every component in every state and the eight page kinds as live samples, for whoever builds or translates a screen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from steward.ground.access.http import StaffRequest, staff

from . import samples
from .lists import paginate_rows
from .preferences import TEXT_SIZES, THEMES, Preferences, preferences_of

KINDS = ("brief", "board", "list", "file", "designer", "figure", "report", "public")


@staff()
def overview(request: StaffRequest) -> HttpResponse:
    with _look(request):
        return render(request, "ui/gallery.html", {**_tools(request), **samples.components(samples.AT)})


@staff()
def kind(request: StaffRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    with _look(request):
        return render(request, f"ui/gallery/{kind}.html", {**_tools(request), **samples.page_of(kind, request.GET)})


@staff()
def rows(request: StaffRequest) -> HttpResponse:
    """Ten thousand made-up rows through keyset pages."""
    with _look(request):
        page = paginate_rows(samples.many_rows(), request.GET, key=lambda row: (row.number,), name="gallery")
        part = "#rows" if request.htmx and not request.htmx.history_restore_request else ""
        return render(request, f"ui/gallery/rows.html{part}", {**_tools(request), "page": page, "read_at": samples.AT})


def _look(request: HttpRequest) -> translation.override:
    """`?theme=dark&text=large&lang=en` fix the look of this answer, without changing anybody's preferences."""
    now = preferences_of(request)
    theme, text, language = (request.GET.get(name, "") for name in ("theme", "text", "lang"))
    chosen = Preferences(theme if theme in THEMES else now.theme, text if text in TEXT_SIZES else now.text_size, now.language)
    request.page_preferences = chosen  # type: ignore[attr-defined]  # read by the navigation (ui/context.py)
    return translation.override(language if language in ("zh-hans", "en") else translation.get_language())


def _tools(request: HttpRequest) -> dict[str, object]:
    request.nav_key = "gallery"  # type: ignore[attr-defined]  # read by the navigation (ui/context.py)
    return {"kinds": KINDS, "read_at": samples.AT, "themes": THEMES, "text_sizes": TEXT_SIZES, "gallery_title": _("Gallery")}
