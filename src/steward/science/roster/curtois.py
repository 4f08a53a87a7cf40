"""Reads the text format of the shift-scheduling benchmark of T. Curtois (schedulingbenchmarks.org)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from steward.science.roster.problem import Contract, Cover, Employee, NotARoster, Request, RosterProblem, Shift


def read_curtois(source: Path | str) -> RosterProblem:
    """The problem in a file (a ``Path``) or in its text. Every employee gets a contract of her own. Errors: NotARoster, OSError."""
    sections = _sections(source.read_text(encoding="utf-8") if isinstance(source, Path) else source)
    try:
        leave = {row[0]: frozenset(map(int, row[1:])) for row in sections.get("SECTION_DAYS_OFF", [])}
        contracts = tuple(_contract(row) for row in sections["SECTION_STAFF"])
        return RosterProblem(
            days=int(sections["SECTION_HORIZON"][0][0]),
            shifts=tuple(_shift(row) for row in sections["SECTION_SHIFTS"]),
            contracts=contracts,
            employees=tuple(Employee(c.id, c.id, leave=leave.get(c.id, frozenset())) for c in contracts),
            cover=tuple(_cover(row) for row in sections["SECTION_COVER"]),
            requests=tuple(
                Request(row[0], int(row[1]), row[2], int(row[3]), on)
                for on, name in ((True, "SECTION_SHIFT_ON_REQUESTS"), (False, "SECTION_SHIFT_OFF_REQUESTS"))
                for row in sections.get(name, [])
            ),
        )
    except (KeyError, IndexError) as error:
        raise NotARoster(f"the file is not complete: {error}") from error


def _sections(text: str) -> dict[str, list[list[str]]]:
    """The rows below each heading, split at commas, without comments and blank lines."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("SECTION_"):
            rows = found.setdefault(line, [])
        elif line and not line.startswith("#"):
            rows.append([part.strip() for part in line.split(",")])
    return found


def _named(text: str, read: Callable[[str], int]) -> dict[str, int]:
    return {name: read(number) for name, number in (part.split("=") for part in text.split("|") if part)}


def _shift(row: list[str]) -> Shift:
    return Shift(row[0], int(row[1]), cannot_precede=frozenset(name for name in row[2].split("|") if name))


def _contract(row: list[str]) -> Contract:
    limits = [int(part) for part in row[2:8]]
    return Contract(
        row[0],
        max_shifts=_named(row[1], int),
        max_minutes=limits[0],
        min_minutes=limits[1],
        max_consecutive=limits[2],
        min_consecutive=limits[3],
        min_days_off=limits[4],
        max_weekends=limits[5],
    )


def _cover(row: list[str]) -> Cover:
    wanted = int(row[2])
    return Cover(int(row[0]), row[1], wanted, wanted, int(row[3]), int(row[4]))
