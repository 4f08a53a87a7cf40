"""Where a change comes from, and how the groups stand to one another: arithmetic over the same rows, no proof of a cause, and no ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.ground.measures import words
from steward.ground.measures.compare import Change, decompose
from steward.ground.measures.declarations import Count, Dimension, Rate, Share, dimensions
from steward.ground.measures.engines import Engine
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate, evaluate_many
from steward.ground.measures.groups import funnel
from steward.ground.measures.questions import Answer, Cell, Question, Viewer, Window
from steward.science.inference import Verdict

from .languages import everywhere
from .snapshot import Content

BY = ("service", "channel", "kind")
TOP = 3
MOST_GROUPS = 30
WORTH_SPLITTING = (Verdict.EVIDENCE, Verdict.DIRECTION_ONLY)


def contributions(changed: Change, question: Question, before: Window, viewer: Viewer, reader: Engine) -> list[Content]:
    """For a change that is one: the groups that add most to it, by each of the usual dimensions. Nothing is split where nothing changed."""
    if changed.verdict not in WORTH_SPLITTING:
        return []
    found = []
    for name in BY:
        parts = _parts(changed, question, before, name, viewer, reader)
        if parts:
            labels = labels_everywhere(dimensions.get(name), [key for key, _effect in parts])
            texts = [{code: known.get(key, words_of_nothing(code)) for code, known in labels.items()} for key, _effect in parts]
            rows = [{"name": text, "effect": effect} for text, (_key, effect) in zip(texts, parts, strict=True)]
            found.append({"dimension": name, "label": _label_of(name), "parts": rows})
    return found


def _parts(changed: Change, question: Question, before: Window, name: str, viewer: Viewer, reader: Engine) -> list[tuple[Any, float]]:
    measure = changed.measure
    try:
        if isinstance(measure.statistic, Share | Rate):
            split = decompose(question, before, name, viewer, on=reader)
            return [(key[0], effect) for key, effect in split.top(TOP)] if split and len(split.keys) > 1 else []
        if isinstance(measure.statistic, Count):
            return _counted(question, before, name, viewer, reader)
    except NotPossible:
        return []
    return []


def _counted(question: Question, before: Window, name: str, viewer: Viewer, reader: Engine) -> list[tuple[Any, float]]:
    """Of a count: what each group has more or less than the period before would have had in as many days."""
    split = question.split(name)
    now, earlier = evaluate_many([split, split.over(before)], viewer, on=reader)
    if any(cell.hidden for answer in (now, earlier) for cell in answer.cells):
        return []
    days = question.window.days / before.days
    counts: dict[Any, float] = {}
    for answer, sign in ((now, 1.0), (earlier, -days)):
        for cell in answer.cells:
            counts[cell.key[0]] = counts.get(cell.key[0], 0.0) + sign * cell.numerator
    if len(counts) < 2:
        return []
    ordered = sorted(counts.items(), key=lambda pair: (-abs(pair[1]), str(pair[0])))
    return [(key, effect) for key, effect in ordered[:TOP] if effect]


def groups_of(question: Question, name: str, viewer: Viewer, reader: Engine) -> Content | None:
    """The groups of the plan's breakdown in the order of their names, with the limits of chance around the whole where the figure has them."""
    if not name or name not in dimensions or dimensions.get(name).people:
        return None
    try:
        answer = evaluate(question.split(name), viewer, on=reader)
    except NotPossible:
        return None
    cells = list(answer.cells)[:MOST_GROUPS]
    if not cells:
        return None
    labels = labels_everywhere(dimensions.get(name), [cell.key[0] for cell in cells])
    limits = _limits(answer)
    rows = [
        _group(answer, cell, {code: known.get(cell.key[0], words_of_nothing(code)) for code, known in labels.items()}, limits)
        for cell in cells
    ]
    return {
        "dimension": name,
        "label": _label_of(name),
        "cells": sorted(rows, key=lambda row: str(row["name"].get(str(settings.LANGUAGE_CODE), ""))),
        "limits": bool(limits),
        "cut": max(len(answer.cells) - MOST_GROUPS, 0),
    }


def _limits(answer: Answer) -> dict[Any, tuple[int, tuple[float, float]]]:
    seen = funnel(answer)
    if seen is None:
        return {}
    return {cell.key: (place, alarm) for cell, place, alarm in zip(seen.cells, seen.place, seen.alarm, strict=True)}


def _label_of(name: str) -> dict[str, str]:
    return everywhere(lambda: dimensions.get(name).label)


def _group(answer: Answer, cell: Cell, name: dict[str, str], limits: dict[Any, tuple[int, tuple[float, float]]]) -> Content:
    place, alarm = limits.get(cell.key, (None, None))
    return {
        "name": name, "value": cell.value, "low": cell.low, "high": cell.high, "n": cell.n, "numerator": cell.numerator,
        "denominator": cell.denominator, "hidden": cell.hidden, "place": place, "alarm": [float(one) for one in alarm] if alarm else None,
        "full": everywhere(lambda: words.figure_words(answer.measure, cell)),
    }  # fmt: skip


def labels_everywhere(dimension: Dimension, keys: Sequence[Any]) -> dict[str, dict[Any, str]]:
    """Words for keys by language."""
    found = {}
    for code, _label in settings.LANGUAGES:
        with override(code):
            found[code] = {key: str(label) for key, label in dimension.labels([key for key in keys if key is not None]).items()}
    return found


def words_of_nothing(language: str) -> str:
    with override(language):
        return _("not stated")
