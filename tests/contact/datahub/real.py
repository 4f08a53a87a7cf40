"""Real files that nobody of the project made. They lie beside the repository on our machines, and nowhere else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.core.org import operations as org
from steward.ground.access.models import Unit
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT.parent / "shared" / "data"
EXAMPLES = ROOT / "docs" / "examples"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AGENCIES = {"NYPD": "New York City Police", "DSNY": "Sanitation", "DPR": "Parks and Recreation", "DOHMH": "Health and Mental Hygiene"}
REAL = {
    "nyc311": ("nyc311-animals.mapping.json", "service_records/nyc311_animals_2025Q1.csv"),
    "cfpb": ("cfpb-payday.mapping.json", "service_records/cfpb_payday_2827.csv"),
    "uci498": ("uci498-incidents.mapping.json", "eventlogs/uci498_incident_event_log.zip"),
}


def real_file(name: str) -> Path:
    """The file, or a skip with its reason."""
    path = FOLDER / REAL[name][1]
    if not path.exists():
        pytest.skip(f"The real file {REAL[name][1]} is not on this machine; it lies in a folder beside the repository.")
    return path


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / REAL[name][0]).read_text(encoding="utf-8"))
    return document


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows as another reader sees them: the standard library alone."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as packed:
            yield from csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def part_of(path: Path, target: Path, *, rows: int, key: str = "") -> Path:
    """The first rows as a file of their own; with `key`, whole cases only."""
    kept: list[dict[str, str]] = []
    for row in rows_of(path):
        if len(kept) >= rows and (not key or row[key] != kept[-1][key]):
            break
        kept.append(row)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return target


def open_agencies(organisation: Unit) -> None:
    for code, name in AGENCIES.items():
        org.open_unit(parent=organisation, kind="branch", name=localized(name, en=name), code=code, by=Actor.system("setup"), at=NOW)
