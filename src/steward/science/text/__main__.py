"""``python -m steward.science.text``: train a model of sentiment on one's own texts, measure one on a file, or score a file with one.

    python -m steward.science.text train FILE --out MODEL [--text COLUMN] [--label COLUMN] [--positive VALUE] [--seed N] [--name NAME] [--no-words]
    python -m steward.science.text measure FILE --model MODEL [--text COLUMN] [--label COLUMN] [--positive VALUE]
    python -m steward.science.text score FILE --model MODEL [--text COLUMN]

FILE is CSV (UTF-8) with a header. ``train`` and ``measure`` print what was measured as JSON; ``score`` prints the probability of "positive" per line.
Nothing leaves the machine. Without ``--model``, ``measure`` judges the rules that work untrained.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from steward.science.text.model import SentimentModel, macro_f1, train
from steward.science.text.opinion import sentiment


def read_texts(path: Path, column: str) -> list[str]:
    """One column of a CSV file. Errors: ValueError when it is not there, OSError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if column not in (rows.fieldnames or ()):
            raise ValueError(f"{path.name} has no column {column!r}; it has {', '.join(rows.fieldnames or ())}")
        return [row[column] or "" for row in rows]


def quality(positive: np.ndarray, said: np.ndarray) -> dict[str, float]:
    """Accuracy, macro F1 and the recall of both labels."""
    return {
        "texts": positive.size,
        "accuracy": float((said == positive).mean()),
        "macro_f1": macro_f1(positive, said),
        "recall_negative": float((~said)[~positive].mean()),
        "recall_positive": float(said[positive].mean()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    given = _parser().parse_args(arguments)
    try:
        texts = read_texts(given.file, given.text)
        if given.command == "score":
            chances = SentimentModel.load(given.model).score(texts)
            sys.stdout.writelines(f"{chance:.4f}\n" for chance in chances)
            return 0
        positive = np.array([label == given.positive for label in read_texts(given.file, given.label)])
        if given.command == "train":
            model = train(texts, positive, seed=given.seed, name=given.name or given.file.name, words=not given.no_words)
            model.save(given.out)
            report: dict[str, object] = asdict(model.card) if model.card else {}
        else:
            told = sentiment(texts, SentimentModel.load(given.model) if given.model else None)
            report = {**quality(positive, told.score >= 0), "source": told.source}
    except (ValueError, OSError, ImportError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m steward.science.text", description="Sentiment from one's own texts, offline.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("train", "measure", "score"):
        one = commands.add_parser(command)
        one.add_argument("file", type=Path)
        one.add_argument("--text", default="review", help="column of the texts (default review)")
        if command != "score":
            one.add_argument("--label", default="label", help="column of the labels (default label)")
            one.add_argument("--positive", default="1", help="the label of positive texts (default 1); all others are negative")
        if command != "train":
            one.add_argument("--model", type=Path, required=command == "score")
    teach = commands.choices["train"]
    teach.add_argument("--out", type=Path, required=True, help="where the model goes")
    teach.add_argument("--seed", type=int, default=0)
    teach.add_argument("--name", default="")
    teach.add_argument("--no-words", action="store_true", help="runs of characters only: the model then needs no segmentation")
    return parser


if __name__ == "__main__":
    sys.exit(main())
