"""``python -m steward.science.check``: every published number beside ours, in one table; exit 1 if any falls short.

    python -m steward.science.check [module …] [--data FOLDER] [--slow] [--strict] [--write [FILE]]

``--data`` is the folder with the public data sets (``../shared/data`` unless given); truths that need a file from it are passed over where it is
absent. ``--strict`` fails for those too. ``--slow`` runs the long ones. ``--write`` also writes the table as a page.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from steward.science.checks import Outcome, Truth, all_truths, judge

DATA = Path("../shared/data")
PAGE = Path("docs/algorithms/truths.md")
HEADER = ("module", "truth", "published", "ours", "difference", "verdict")
RELATIONS = {"equal": "", "at_least": "≥ ", "at_most": "≤ "}
PREFACE = """# Published numbers beside ours

Written by `python -m steward.science.check --write`; do not edit. Numbers that others published, or that were worked by hand for
this project's domain guide, computed again. A verdict says whether ours lies within the tolerance: half a unit of the last digit that was
published, unless the row says otherwise. A row that needs a data set is passed over where the data are not at hand.
"""


def row(outcome: Outcome) -> tuple[str, ...]:
    """One line of the table."""
    truth = outcome.truth
    ours = "–" if outcome.ours is None else f"{outcome.ours:.7g}"
    gap = "–" if outcome.difference is None else f"{outcome.difference:+.1e}"
    standing = f"{outcome.standing}" + (f" ({outcome.remark})" if outcome.remark else "")
    return truth.module, truth.name, f"{RELATIONS[truth.relation]}{truth.published:.7g}", ours, gap, standing


def as_text(outcomes: Sequence[Outcome]) -> str:
    """The table for a terminal, with a last line that counts."""
    rows = [HEADER, *(row(outcome) for outcome in outcomes)]
    widths = [max(_width(cells[column]) for cells in rows) for column in range(len(HEADER))]
    lines = ["  ".join(_pad(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in rows]
    return "\n".join([*lines, "", summary(outcomes)]) + "\n"


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many hold, fall short and were passed over."""
    failed = sum(outcome.standing.failed for outcome in outcomes)
    skipped = sum(outcome.standing.passed_over for outcome in outcomes)
    return f"{len(outcomes) - failed - skipped} hold, {failed} fall short, {skipped} passed over."


def as_page(outcomes: Sequence[Outcome]) -> str:
    """The same as a page of Markdown, by module, with the sources."""
    parts = [PREFACE, f"{summary(outcomes)}\n"]
    for module, group in groupby(outcomes, key=lambda outcome: outcome.truth.module):
        parts.append(f"## {module}\n")
        parts.append("| Truth | Published | Ours | Difference | Verdict | Source |\n| --- | --- | --- | --- | --- | --- |")
        parts.append(
            "\n".join(f"| {' | '.join(_cell(cell) for cell in (*row(outcome)[1:], outcome.truth.source))} |" for outcome in group) + "\n"
        )
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m steward.science.check", description="Published numbers beside ours.")
    parser.add_argument("modules", nargs="*", help="only these modules")
    parser.add_argument("--data", type=Path, default=DATA, help=f"folder of the public data sets (default {DATA})")
    parser.add_argument("--slow", action="store_true", help="run the long ones too")
    parser.add_argument("--strict", action="store_true", help="fail for what was passed over")
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, help=f"write the page (default {PAGE})")
    given = parser.parse_args(arguments)
    try:
        truths: list[Truth] = list(all_truths(given.modules))
    except ValueError as error:
        parser.error(str(error))
    outcomes = [judge(truth, given.data, slow=given.slow) for truth in truths]
    sys.stdout.write(as_text(outcomes))
    if given.write:
        given.write.write_text(as_page(outcomes), encoding="utf-8")
    bad = any(outcome.standing.failed or (given.strict and outcome.standing.passed_over) for outcome in outcomes)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
