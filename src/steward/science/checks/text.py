"""Reviews that others have classified, persons' numbers with their check digits, and what the untrained rules are worth."""

from __future__ import annotations

import csv
import time
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from steward.science import text
from steward.science.checks import Truth
from steward.science.text.model import macro_f1

REVIEWS = "text/hotel_reviews_train.csv"
HOTEL = (
    "ChnSentiCorp hotel reviews, 3,868; peer on the same file: character 1–3-grams, TF-IDF, LinearSVC, 5-fold: accuracy .891, macro F1 .867"
)
UNTRAINED = "ChnSentiCorp hotel reviews, 3,868; peer: SnowNLP untrained .709, always positive .692. These rules were not made for them"
ASAP = "ASAP restaurant reviews (Meituan, Apache-2.0), 200 of them; our rules were not made for them, no bar is published for so few"
GB_11643 = "GB 11643-1999, ISO 7064 mod 11-2: the standard's own example number"
LUHN = "ISO/IEC 7812-1, Luhn: the example number of the literature"
MAPPED = {
    "service_wait_time": text.Aspect.WAITING,
    "service_serving_speed": text.Aspect.WAITING,
    "service_waiters_attitude": text.Aspect.ATTITUDE,
    "price_level": text.Aspect.PRICE,
    "price_cost_effective": text.Aspect.PRICE,
    "environment_cleaness": text.Aspect.CLEANLINESS,
    "dish_taste": text.Aspect.FOOD,
}
"""Aspects of ASAP and ours."""


def reviews(data: Path) -> tuple[list[str], np.ndarray]:
    """The texts, and whether each is positive."""
    with (data / REVIEWS).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["review"] for row in rows], np.array([row["label"] == "1" for row in rows])


@lru_cache(maxsize=2)
def trained(data: Path, seed: int = 0) -> text.SentimentModel:
    """A model by the user's own command, with its card."""
    texts, positive = reviews(data)
    return text.train(texts, positive, seed=seed, name="hotel reviews")


def measured(data: Path, name: str) -> float:
    """A figure of the card."""
    return float(getattr(trained(data).card, name))


def scored_per_second(data: Path) -> float:
    """The best of three runs over all reviews."""
    texts, _ = reviews(data)
    model, best = trained(data), 0.0
    for _ in range(3):
        began = time.perf_counter()
        model.score(texts)
        best = max(best, len(texts) / (time.perf_counter() - began))
    return best


def by_rules(data: Path, figure: str) -> float:
    """Accuracy or macro F1 of the untrained rules; what they cannot tell counts as positive, the more frequent label everywhere."""
    texts, positive = reviews(data)
    said = text.sentiment(texts).score >= 0
    return macro_f1(positive, said) if figure == "macro_f1" else float((said == positive).mean())


def aspect_agreement(data: Path) -> float:
    """Where a reviewer's aspect is praised or blamed and the rules say either: how often they say the same."""
    agree = total = 0
    for part in ("train", "dev"):
        with (data / f"text/asap_{part}_sample.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                ours: dict[text.Aspect, float] = {}
                for opinion in text.aspects(row["reviewbody"]):
                    ours[opinion.aspect] = ours.get(opinion.aspect, 0.0) + opinion.score
                for aspect in set(MAPPED.values()):
                    given = [int(float(row[name])) for name, ours_is in MAPPED.items() if ours_is is aspect]
                    theirs = sum(value for value in given if value != -2)
                    if theirs and ours.get(aspect):
                        total += 1
                        agree += (theirs > 0) == (ours[aspect] > 0)
    return agree / total


def wrong_digits_refused(number: str = "11010519491231002X") -> int:
    """How many of the numbers that differ from a right one in one of the first 17 digits are refused."""
    changed = [number[:place] + digit + number[place + 1 :] for place in range(17) for digit in "0123456789" if number[place] != digit]
    return sum(not text.is_id_card(each) for each in changed)


TRUTHS = (
    Truth("text", "trained on hotel reviews, 5-fold: accuracy", 0.89, partial(measured, name="accuracy"), HOTEL, relation="at_least",
          needs=REVIEWS, libraries=("sklearn", "rjieba")),
    Truth("text", "trained on hotel reviews, 5-fold: macro F1", 0.865, partial(measured, name="macro_f1"), HOTEL, relation="at_least",
          needs=REVIEWS, libraries=("sklearn", "rjieba")),
    Truth("text", "trained on hotel reviews, 5-fold: calibration error", 0.05, partial(measured, name="calibration_error"),
          "Bar of this project: the probability is off by at most 5 points on average", relation="at_most", needs=REVIEWS,
          libraries=("sklearn", "rjieba")),
    Truth("text", "reviews scored a second", 5_000, scored_per_second, "Bar of this project", relation="at_least", needs=REVIEWS,
          libraries=("sklearn", "rjieba"), slow=True),
    Truth("text", "untrained rules on hotel reviews: accuracy", 0.709, partial(by_rules, figure="accuracy"), UNTRAINED, relation="at_least",
          needs=REVIEWS),
    Truth("text", "untrained rules on hotel reviews: macro F1 as documented", 0.78, partial(by_rules, figure="macro_f1"),
          "docs/algorithms/text.md states this figure", 0.01, needs=REVIEWS),
    Truth("text", "untrained rules on 200 restaurant reviews: same sign by aspect, as documented", 0.88, aspect_agreement, ASAP, 0.02,
          needs="text/asap_dev_sample.csv"),
    Truth("text", "identity number of GB 11643 has a right check digit", 1, lambda _: text.is_id_card("11010519491231002X"), GB_11643),
    Truth("text", "one of its digits wrong: all 153 changes refused", 153, lambda _: wrong_digits_refused(), GB_11643),
    Truth("text", "4111 1111 1111 111x: one last digit of ten is right", 1,
          lambda _: sum(text.is_bank_card(f"411111111111111{digit}") for digit in range(10)), LUHN),
)  # fmt: skip
