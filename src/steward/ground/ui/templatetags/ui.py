"""The tags of every template (built in, no `{% load %}`): icons, terms, times, status, figures, masked values, addresses, live parts.

    {% icon "inbox" %}                                   {% icon "star-filled" label=_("Starred") %}
    {% term "customer" %}                                {% term "customer" many=True capital=True as who %}
    {% words _("{Customer_many} waiting") %}             a translated sentence with the trade's word in it
    {% due case.due_at %}                                还剩 2 小时 15 分（今天 17:30）
    {% when case.opened_at %}   {% ago entry.at %}       今天 09:12 · 3 分钟前
    {% when promise.extended_due_at ends=True %}         2月24日 24:00, where midnight ends a day
    {% duration 8100 "working" %}                        2 小时 15 分（工作时间）
    {% status case.status_view %}                        {% status "ok" _("Closed") %}
    {% masked "13812345678" "phone" reveal=url %}        138****5678 [show]
    {% number 1234.5 digits=1 unit="%" %}                {% interval value low high n=412 unit="%" %}
    <a href="{% url_with sort="due" after=None %}">      this address with other parameters
    {% live "cases:unit:12" noun=_("new cases") target="#rows" %}

Times read `read_at` from the context when it is there (tests, reports), else the installation's clock.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.template import Library
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from steward.ground import clock
from steward.ground.ui import assets, figures, masking, terms, timewords
from steward.ground.ui.live import PAGE_SECONDS, Mode, Watch, watch
from steward.ground.ui.place import place_of
from steward.ground.ui.status import Status

register = Library()


@register.simple_tag
def asset(name: str) -> str:
    return assets.url(name)


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """An icon of the sprite: decoration, unless `label` names it for those who do not see it."""
    return _icon(name, str(label), extra, assets.url("icons.svg"))


@lru_cache(maxsize=2048)
def _icon(name: str, label: str, extra: str, sprite: str) -> SafeString:
    address = f"{sprite}#{name}"
    classes = f"icon {extra}".strip()
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, address)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, address)


@register.simple_tag(takes_context=True)
def term(context: Context, name: str, many: bool = False, capital: bool = False) -> str:
    return terms.term(name, place_of(_flat(context)), many=many, capital=capital)


@register.simple_tag(takes_context=True)
def words(context: Context, text: object) -> str:
    """A translated sentence with `{customer}` in it, in the trade of the page."""
    return terms.fill_terms(text, place_of(_flat(context)))


@register.simple_tag(takes_context=True)
def due(context: Context, instant: datetime | None, plain: bool = False) -> SafeString | str:
    """How long is left. `plain` leaves out colour and sign, for sentences."""
    if instant is None:
        return figures.NOTHING
    return due_html(instant, at=_at(context), zone=place_of(_flat(context)).zone, plain=plain)


def due_html(instant: datetime, *, at: datetime, zone: tzinfo, plain: bool = False) -> SafeString:
    found = timewords.due_words(instant, at=at, zone=zone)
    return format_html(
        '<time class="due due-{}" datetime="{}" title="{}" data-full="{}" data-due data-moment="{}">{}'
        '<span class="due-text">{}</span></time>',
        "plain" if plain else found.tone,
        found.iso,
        found.absolute,
        found.absolute,
        found.moment,
        "" if plain else icon({"ok": "clock", "soon": "clock-exclamation", "over": "alert-octagon"}[found.tone]),
        found.text,
    )


@register.simple_tag(takes_context=True)
def when(context: Context, instant: datetime | date | None, ends: bool = False) -> SafeString | str:
    """A moment as people say it; a date without time stays a day."""
    if instant is None:
        return figures.NOTHING
    zone, at = place_of(_flat(context)).zone, _at(context)
    if not isinstance(instant, datetime):
        text = timewords.day_words(instant, today=at.astimezone(zone).date())
        return format_html('<time datetime="{}" title="{}" data-full="{}">{}</time>', instant.isoformat(), instant, instant, text)
    return when_html(instant, at=at, zone=zone, ends=ends)


def when_html(instant: datetime, *, at: datetime, zone: tzinfo, ends: bool = False) -> SafeString:
    words_of = timewords.end_words if ends else timewords.moment_words
    return _moment(instant, words_of(instant, at=at, zone=zone), timewords.absolute_words(instant, zone=zone))


def read_by(context: Context) -> tuple[datetime, tzinfo]:
    """At what instant and in which zone a page is read, for those who put many times into words."""
    return _at(context), place_of(_flat(context)).zone


@register.simple_tag(takes_context=True)
def ago(context: Context, instant: datetime | None) -> SafeString | str:
    if instant is None:
        return figures.NOTHING
    zone = place_of(_flat(context)).zone
    return _moment(instant, timewords.ago_words(instant, at=_at(context), zone=zone), timewords.absolute_words(instant, zone=zone))


@register.simple_tag
def duration(seconds: float | None, counting: timewords.Counting) -> str:
    return figures.NOTHING if seconds is None else timewords.duration_words(int(seconds), counting)


@register.simple_tag
def status(view: Status | str, label: object = "", icon_name: str = "") -> SafeString:
    """A state with sign, word and colour: of a Status, or of a tone and a word."""
    shown = view if isinstance(view, Status) else Status(str(view), str(label), icon_name)
    return format_html('<span class="status status-{}">{}{}</span>', shown.tone, icon(shown.sign), shown.label)


@register.simple_tag(takes_context=True)
def masked(context: Context, value: str, kind: masking.MaskKind = "text", reveal: str = "") -> SafeString | str:
    """A personal value, hidden; with `reveal`, a button that asks that address (POST, which logs the purpose) for the full one."""
    hidden, show = masking.mask(value or "", kind), _("Show in full; this is logged")
    if not hidden:
        return figures.NOTHING
    if not reveal:
        return format_html('<span class="masked"><span class="masked-value">{}</span></span>', hidden)
    return format_html(
        '<form class="masked" method="post" action="{}" hx-post="{}" hx-swap="outerHTML">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><span class="masked-value">{}</span>'
        '<button type="submit" class="btn-quiet" aria-label="{}" title="{}">{}</button></form>',
        reveal, reveal, context.get("csrf_token", ""), hidden, show, show, icon("eye"),
    )  # fmt: skip


@register.simple_tag
def number(value: figures.Number | None, digits: int = 0, unit: str = "", signed: bool = False) -> SafeString:
    return format_html('<span class="figure">{}</span>', figures.number_words(value, digits=int(digits), unit=str(unit), signed=signed))


@register.simple_tag
def interval(
    value: figures.Number | None,
    low: figures.Number | None = None,
    high: figures.Number | None = None,
    n: int | None = None,
    digits: int = 1,
    unit: str = "",
) -> SafeString:
    return format_html('<span class="figure">{}</span>', figures.interval_words(value, low, high, n=n, digits=int(digits), unit=str(unit)))


@register.simple_tag(takes_context=True)
def url_with(context: Context, **changes: Any) -> str:
    """This page's query string with changes; None takes a parameter away. A new sort or filter starts at the first page."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is None:
        return "?"
    if not {"after", "before"} & changes.keys():
        changes = {"after": None, "before": None, **changes}
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/parts/live.html")
def live(*keys: str, noun: object = "", target: str = "#rows", mode: Mode = "gather", seconds: int = PAGE_SECONDS) -> dict[str, Any]:
    """Watch topics from now on. A view that reads rows first should pass its own Watch with {% live_watch %}."""
    return {"watch": watch(keys, mode=mode, target=target, noun=str(noun), seconds=seconds), "new": 0}


@register.inclusion_tag("ui/parts/live.html")
def live_watch(watched: Watch) -> dict[str, Any]:
    return {"watch": watched, "new": 0}


@register.simple_tag
def field_widget(field: forms.BoundField) -> SafeString:
    """The widget of a form field with the classes and the description links that the field component needs."""
    _name_empty_choice(field.field)
    widget = field.field.widget
    kind = "form-control"
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {kind} {'is-invalid' if field.errors else ''}".strip()}
    described = [f"{field.auto_id}_help"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


def _name_empty_choice(field: forms.Field) -> None:
    """A choice left open says so in words: Django's row of dashes says nothing, least of all aloud."""
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == BLANK_CHOICE_DASH[0][1]:
        field.empty_label = _("Please choose") if field.required else _("Not chosen")


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def initials(name: object) -> str:
    """What stands in an avatar: the last two characters of a Chinese name, else up to two first letters.

    >>> initials("欧阳建国"), initials("Mary Ann Smith"), initials("")
    ('建国', 'MS', '?')
    """
    text = str(name or "").strip()
    if not text:
        return "?"
    if ord(text[-1]) > 0x2E7F:
        return text[-2:]
    parts = text.split()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


@register.filter
def hue(name: object) -> int:
    """One of eight quiet avatar shades, always the same for the same name."""
    return sum(str(name).encode()) % 8


def _at(context: Context) -> datetime:
    # Not `at`: components call their own instant so, and every message would then have been said today.
    at = context.get("read_at")
    return at if isinstance(at, datetime) else clock.now()


def _flat(context: Context) -> dict[str, Any]:
    """Only what place_of reads; flattening a whole context for every tag would cost."""
    return {name: context.get(name) for name in ("place", "unit", "request")}


def _moment(instant: datetime, text: str, absolute: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}" data-full="{}">{}</time>', instant.isoformat(), absolute, absolute, text)
