"""Marking the query's words in a text, also where the text is written in full-width or capital letters."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .tokens import normal, runs

WIDTH = 120


def spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where the words of the query stand in the text, merged and in order.

    >>> spans("ＶＩＰ客户的账户冻结", "vip 账户")
    [(0, 3), (6, 8)]
    """
    plain, places = _plain(text)
    found: list[tuple[int, int]] = []
    for needle in {run for part in normal(query).split() for run, _han in runs(part)}:
        start = plain.find(needle)
        while start >= 0:
            found.append((places[start], places[start + len(needle) - 1] + 1))
            start = plain.find(needle, start + 1)
    return _merged(found)


def highlight(text: str, query: str) -> SafeString:
    """The whole text, escaped, with `<mark>` around what was looked for.

    >>> str(highlight("<账户冻结>", "冻结"))
    '&lt;账户<mark class="p-0">冻结</mark>&gt;'
    """
    return _marked(text, spans(text, query))


def snippet(text: str, query: str, width: int = WIDTH) -> SafeString:
    """About `width` characters around the first place found; the beginning when nothing is found."""
    text = " ".join(text.split())
    if len(text) <= width:
        return highlight(text, query)
    places = spans(text, query)
    start = max(0, min(places[0][0] - width // 4, len(text) - width)) if places else 0
    part = text[start : start + width]
    cut = [(max(0, first - start), min(width, last - start)) for first, last in places if first - start < width and last > start]
    before, after = "…" if start else "", "…" if start + width < len(text) else ""
    return SafeString(before + _marked(part, cut) + after)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it is searched, and for each of its characters the place it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for plain in normal(letter):
            letters.append(plain)
            places.append(place)
    return "".join(letters), places


def _merged(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _marked(text: str, places: list[tuple[int, int]]) -> SafeString:
    if not places:
        return conditional_escape(text)
    starts = [0, *(end for _start, end in places)]
    pieces = [(text[start : mark[0]], text[mark[0] : mark[1]]) for start, mark in zip(starts, places, strict=False)]
    return mark_safe(format_html_join("", '{}<mark class="p-0">{}</mark>', pieces) + conditional_escape(text[starts[-1] :]))  # noqa: S308 - escaped parts
