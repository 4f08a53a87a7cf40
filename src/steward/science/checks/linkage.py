"""Records whose persons are known: FEBRL's, which others have linked, and ours, written with fixed error rates; and weights worked by hand."""

from __future__ import annotations

import csv
import time
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from steward.science import linkage
from steward.science.checks import Truth, from_nothing

FEBRL_SOURCE = "FEBRL 4 (splink_datasets, MIT); peer Splink 5 on the same files: F1 .9995 at threshold .2, .9999 one-to-one, 5.5–16.5 s"
OURS = "Persons of steward.science.linkage.people with a known truth; bar of this project: cluster F1 ≥ .95"
CASE = "Domain guide of this project: Fellegi–Sunter weights log₂(m/u)"
LIBRARIES = ("splink", "pyarrow")
READING = (*LIBRARIES, "pypinyin")
MERGE_AT = 0.9
"""The default of ``clusters``. One-to-one matches begin at .5, where a match is likelier than not. Neither was fitted to these records."""
FEBRL = linkage.LinkSettings(
    fields=(
        linkage.Field("given_name", "word"),
        linkage.Field("surname", "word"),
        linkage.Field("date_of_birth", "birth_date"),
        linkage.Field("soc_sec_id", "identity"),
        linkage.Field("street_number", "code"),
        linkage.Field("address_1", "text"),
        linkage.Field("address_2", "text"),
        linkage.Field("suburb", "text"),
        linkage.Field("postcode", "code"),
        linkage.Field("state", "category"),
    ),
    blocks=(
        ("given_name", "surname"),
        ("soc_sec_id",),
        ("date_of_birth",),
        ("surname", "postcode"),
        ("given_name", "postcode"),
        ("address_1",),
        ("surname_first3", "given_name_first3"),
        ("street_number", "suburb"),
    ),
)


def febrl(path: Path) -> list[linkage.Record]:
    """One of the FEBRL files; blanks around header and cells do not count."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return [{name.strip(): cell.strip() for name, cell in zip(header, row, strict=True)} for row in rows]


def person_of(record: linkage.Record) -> str:
    """rec-1070-org and rec-1070-dup-0 are one person."""
    return str(record["rec_id"]).split("-")[1]


@lru_cache(maxsize=1)
def febrl_4(data: Path) -> tuple[linkage.Linked, np.ndarray, float]:
    """The pairs found, which of them are right, and seconds."""
    left, right = (febrl(data / "linkage" / f"febrl_dataset4{part}.csv") for part in "ab")
    began = time.perf_counter()
    found = linkage.link(left, FEBRL, others=right)
    seconds = time.perf_counter() - began
    persons = np.array([person_of(record) for record in left]), np.array([person_of(record) for record in right])
    return found, persons[0][found.left] == persons[1][found.right], seconds


def febrl_f1(data: Path, *, one_to_one: bool) -> float:
    """F1 over the 5,000 true pairs."""
    found, right, _ = febrl_4(data)
    kept = linkage.one_to_one(found) if one_to_one else np.flatnonzero(found.probability >= 0.5)
    return linkage.Quality(5_000, kept.size, int(right[kept].sum())).f1


@lru_cache(maxsize=8)
def chinese(seed: int, persons: int = 3_000) -> tuple[linkage.Quality, linkage.Quality]:
    """Clusters of Chinese persons, and the pairs from which they were made, against the truth."""
    known = linkage.people(persons, np.random.default_rng(seed))
    found = linkage.link(known.records, seed=seed)
    person = np.array(known.person)
    kept = found.probability >= MERGE_AT
    right = person[found.left[kept]] == person[found.right[kept]]
    pairs = linkage.Quality(linkage.pairs_in(person), int(kept.sum()), int(right.sum()))
    return linkage.cluster_quality(linkage.clusters(found, MERGE_AT), person), pairs


def _chinese_f1(seed: int) -> float:
    return chinese(seed)[0].f1


def by_hand(kind: str, m: float, u: float, values: tuple[str, str]) -> float:
    """The weight of one field between two records, from a given m and u."""
    levels = len(linkage.KINDS[kind].levels) - 1
    field = linkage.Field("value", kind, (m, *[1e-12] * levels, 1 - m), (u, *[1e-12] * levels, 1 - u))
    settings = linkage.LinkSettings((field, linkage.Field("shop", "category")), (("shop",),))
    pair = linkage.link([{"value": value, "shop": "1"} for value in values], settings, learn=False, least=0)
    evidence = pair.explain(0)[0]
    return evidence.weight - evidence.rarity


TRUTHS = (
    Truth("linkage", "FEBRL 4: F1, each record once", 0.9995, partial(febrl_f1, one_to_one=True), FEBRL_SOURCE, relation="at_least",
          needs="linkage/febrl_dataset4a.csv", libraries=LIBRARIES),
    Truth("linkage", "FEBRL 4: F1 of pairs likelier than not", 0.9995, partial(febrl_f1, one_to_one=False), FEBRL_SOURCE, relation="at_least",
          needs="linkage/febrl_dataset4a.csv", libraries=LIBRARIES),
    Truth("linkage", "FEBRL 4: seconds", 20, lambda data: febrl_4(data)[2], FEBRL_SOURCE, relation="at_most",
          needs="linkage/febrl_dataset4a.csv", libraries=LIBRARIES),
    *(
        Truth("linkage", f"3,000 Chinese persons, seed {seed}: cluster F1", 0.95, from_nothing(_chinese_f1, seed), OURS,
              relation="at_least", libraries=READING, slow=seed > 1)
        for seed in (1, 2, 3)
    ),
    Truth("linkage", "3,000 Chinese persons, seed 1: precision of merged pairs", 0.99, lambda _: chinese(1)[1].precision,
          "Requirement of this project: merged without asking only above precision .99", relation="at_least", libraries=READING),
    Truth("linkage", "8,000 Chinese persons, seed 11: cluster F1", 0.95, lambda _: chinese(11, 8_000)[0].f1, OURS, relation="at_least",
          libraries=READING, slow=True),
    Truth("linkage", "phone agrees: bits (m .9, u .0001)", 13.1, lambda _: by_hand("phone", 0.9, 1e-4, ("13812345678",) * 2), CASE, 0.05,
          libraries=LIBRARIES),
    Truth("linkage", "phone differs: bits (m .9, u .0001)", -3.3, lambda _: by_hand("phone", 0.9, 1e-4, ("13812345678", "15987654321")), CASE, 0.05,
          libraries=LIBRARIES),
    Truth("linkage", "surname agrees: bits (m .95, u .05)", 4.2, lambda _: by_hand("word", 0.95, 0.05, ("smith",) * 2), CASE, 0.05,
          libraries=LIBRARIES),
    Truth("linkage", "surname differs: bits (m .95, u .05)", -4.2, lambda _: by_hand("word", 0.95, 0.05, ("smith", "okafor")), CASE, 0.05,
          libraries=LIBRARIES),
    Truth("linkage", "birth date agrees: bits (m .9, u .01)", 6.5, lambda _: by_hand("birth_date", 0.9, 0.01, ("1990-03-05",) * 2), CASE, 0.05,
          libraries=LIBRARIES),
    Truth("linkage", "birth date differs: bits (m .9, u .01)", -3.3, lambda _: by_hand("birth_date", 0.9, 0.01, ("1990-03-05", "1962-11-28")), CASE,
          0.05, libraries=LIBRARIES),
)  # fmt: skip
