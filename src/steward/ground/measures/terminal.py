"""`steward measures`: the catalogue, one definition, one evaluation, and the store, on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from steward.ground.access.models import User
from steward.ground.access.naming import find_unit
from steward.ground.ui.lists.csvout import csv_lines

from . import loading, store, words
from .declarations import Measure, breakdowns, dimensions, facts, measures
from .evaluate import evaluate
from .questions import Answer, Cell, Grain, Question, Window
from .viewers import everything, viewer_of

Say = Callable[[str], None]


def list_measures(say: Say) -> None:
    """One line a measure."""
    for measure in measures.all():
        say(f"{measure.stamp:<24}{measure.unit or '–':<5}{measure.disclosure:<11}{measure.name}")


def show_measure(code: str, say: Say) -> None:
    """Everything that is declared about one measure."""
    measure = measures.get(code)
    for name, value in _declared(measure):
        say(f"{name:<16}{value}")


def _declared(measure: Measure) -> Iterator[tuple[str, str]]:
    fact = facts.get(measure.fact)
    yield "id", measure.stamp
    yield "name", str(measure.name)
    yield "definition", str(measure.definition)
    yield "pitfall", str(measure.pitfall) or "–"
    yield "fact", f"{fact.name} ({fact.label})"
    yield "statistic", repr(measure.statistic)
    yield "counted rows", measure.where
    yield "period by", measure.when or "as things stand now"
    yield "unit", measure.unit or "–"
    yield "direction", measure.direction
    yield "practical", f"{measure.practical:g}"
    yield "minimum n", str(measure.minimum_n)
    yield "disclosure", measure.disclosure
    yield "counter-measure", measure.counter or "–"
    yield "owner", str(measure.owner) or "–"
    yield "breakdowns", ", ".join(one.name for one in breakdowns(measure))


def evaluate_measure(
    code: str,
    *,
    organisation: str,
    unit: str = "",
    start: date | None = None,
    end: date | None = None,
    by: Sequence[str] = (),
    grain: str = "",
    user: str = "",
    form: str = "table",
    at: datetime,
    say: Say,
) -> None:
    """One evaluation: of the whole organisation (confidential cases left out), or with the eyes of a user. form: table, csv or json."""
    home = find_unit(organisation, unit)
    today = at.astimezone(home.timezone).date()
    window = Window(start or today - timedelta(days=28), end or today)
    viewer = viewer_of(User.objects.get(username=user), at=at) if user else everything(home.root_id)
    filters = {"unit": (home.pk,)} if unit else {}
    answer = evaluate(Question(code, window, tuple(by), _grain(grain), filters), viewer)
    if form == "json":
        say(json.dumps(as_json(answer), ensure_ascii=False, indent=1))
        return
    table = [*_rows(answer)]
    if form == "csv":
        header = [*by, *(["period"] if grain else []), "value", "low", "high", "n", "numerator", "denominator", "hidden"]
        say("".join(csv_lines(header, table)).rstrip())
        return
    say(f"{answer.measure.name} ({answer.measure.stamp}), {window.start} – {window.end - timedelta(days=1)}, data of {answer.loaded_at}")
    names = [_labels(name, answer, place) for place, name in enumerate(by)]
    for cell in answer.cells:
        keys = [names[place].get(value, str(value)) for place, value in enumerate(cell.key)]
        say(f"  {' · '.join([*keys, str(cell.period) if cell.period else '']):<40}{words.figure_words(answer.measure, cell)}")
    say(f"  {'=':<40}{words.figure_words(answer.measure, answer.total)}")


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer as plain values: what the API gives, too."""
    question = answer.question
    return {
        "measure": answer.measure.id,
        "version": answer.measure.version,
        "unit": answer.measure.unit,
        "from": question.window.start.isoformat(),
        "to": question.window.end.isoformat(),
        "by": list(question.by),
        "grain": question.grain,
        "generation": answer.generation,
        "loaded_at": answer.loaded_at.isoformat() if answer.loaded_at else None,
        "total": _cell(answer.total),
        "cells": [_cell(cell) for cell in answer.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    found = asdict(cell)
    found["key"] = [list(part) if isinstance(part, tuple) else part for part in cell.key]
    found["period"] = cell.period.isoformat() if cell.period else None
    return found


def _rows(answer: Answer) -> Iterator[list[Any]]:
    for cell in [*answer.cells, answer.total]:
        keys = list(cell.key) or ["" for _ in answer.question.by]
        period = [cell.period.isoformat() if cell.period else ""] if answer.question.grain else []
        yield [*keys, *period, cell.value, cell.low, cell.high, cell.n, cell.numerator, cell.denominator, cell.hidden]


def _labels(name: str, answer: Answer, place: int) -> dict[Any, str]:
    return dict(dimensions.get(name).labels([cell.key[place] for cell in answer.cells]))


def _grain(text: str) -> Grain:
    known: dict[str, Grain] = {"": "", "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    return known[text]


def load_store(*, whole: bool, at: datetime, say: Say) -> None:
    """Bring the store up to the journal, or load it anew."""
    done = loading.rebuild(at=at) if whole else loading.load(at=at)
    say(f"Generation {done.manifest.generation}: {done.entries:,} entries, {sum(done.rows.values()):,} rows read.")
    for name, table in sorted(done.manifest.facts.items()):
        say(f"  {name:<16}{table.rows:>12,} rows in {len(table.parts)} files")


def export_store(to: Path, say: Say) -> None:
    """Copy the whole store into a folder: one folder of Parquet files per fact, and a description of every column. For the operator."""
    manifest = store.current()
    to.mkdir(parents=True, exist_ok=True)
    described: dict[str, dict[str, Any]] = {}
    for fact in facts.all():
        table = manifest.facts.get(fact.name)
        place = to / fact.name
        place.mkdir(exist_ok=True)
        for part in table.parts.values() if table else ():
            shutil.copy2(store.folder() / part.file, place / part.file)
        described[fact.name] = {
            "label": str(fact.label),
            "rows": table.rows if table else 0,
            "columns": [{"name": name, "type": kind, "personal": name in fact.personal} for name, kind in fact.schema.items()],
        }
    about = {"generation": manifest.generation, "journal_seq": manifest.seq, "loaded_at": str(manifest.loaded_at), "facts": described}
    (to / "store.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    say(
        f"{sum(one['rows'] for one in described.values()):,} rows of {len(described)} facts are in {to}; store.json describes every column."
    )
