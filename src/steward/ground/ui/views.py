"""Preferences, language, palette and error answers. The gallery has its own module."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground.access.http import inside

from .palette import groups_for
from .preferences import TEXT_SIZES, THEMES, Preferences, preferences_of, save_preferences
from .toasts import toast

LANGUAGE_CHOICES = [("", gettext_lazy("As the device")), *((code, get_language_info(code)["name_local"]) for code in ("zh-hans", "en"))]
THEME_LABELS = {"auto": gettext_lazy("As the device"), "light": gettext_lazy("Light"), "dark": gettext_lazy("Dark")}
TEXT_LABELS = {"normal": gettext_lazy("Normal"), "large": gettext_lazy("Large")}


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGE_CHOICES, required=False, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=[(key, THEME_LABELS[key]) for key in THEMES], widget=forms.RadioSelect)
    text_size = forms.ChoiceField(
        label=gettext_lazy("Text size"),
        choices=[(key, TEXT_LABELS[key]) for key in TEXT_SIZES],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Large enlarges everything, not only text."),
    )


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, theme and text size; kept with the account, or in this browser before signing in."""
    now = preferences_of(request)
    if request.method != "POST":
        form = PreferencesForm(initial={"language": now.language, "theme": now.theme, "text_size": now.text_size})
        return render(request, "ui/preferences.html", {"form": form, "next": inside(request, request.GET.get("next", ""))})
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return render(request, "ui/preferences.html", {"form": form, "next": ""}, status=422)
    chosen = Preferences(form.cleaned_data["theme"], form.cleaned_data["text_size"], form.cleaned_data["language"])
    return _saved(request, chosen)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Change one preference from the user menu: `language`, `theme` or `text_size`, then go back to where one was."""
    now = preferences_of(request)
    chosen = Preferences(
        theme=_known(request.POST.get("theme", ""), THEMES, now.theme),
        text_size=_known(request.POST.get("text_size", ""), TEXT_SIZES, now.text_size),
        language=_known(request.POST.get("language", ""), tuple(code for code, _name in settings.LANGUAGES), now.language),
    )
    return _saved(request, chosen, quietly=True)


@require_GET
@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """The lines of Ctrl-K for `?q=`."""
    query = request.GET.get("q", "")[:200]
    response = render(request, "ui/parts/palette.html", {"groups": groups_for(request, query), "query": query})
    response.headers["Cache-Control"] = "no-store"
    return response


def _saved(request: HttpRequest, chosen: Preferences, *, quietly: bool = False) -> HttpResponse:
    response: HttpResponse = redirect(inside(request, request.POST.get("next", "")) or "ui:preferences")
    save_preferences(request, response, chosen)
    if not quietly:
        with translation.override(chosen.language or translation.get_language()):
            toast(request, _("Saved."))
    if isinstance(response, HttpResponseRedirect) and request.headers.get("HX-Request"):
        response = HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _known(value: str, known: tuple[str, ...], otherwise: str) -> str:
    return value if value in known else otherwise
