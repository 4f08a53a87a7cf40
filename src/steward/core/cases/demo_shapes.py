"""Changes in the demo that are none (rule X2), one for each organisation, in what people come with. What stays the same is the service.

    bank        a bad week, and after it a week as usual: the share of complaints falls back by itself
    hotel       words of praise in a branch where a handful of people come: too few to say anything
    restaurant  complaints go up and down every week anyway; last week was one of the low ones
    centre      the services that draw complaints are asked for less: the mix changed, no service did

The clinic's, a sure change that is too small to matter, is in its counts of visits (`encounters.demo`). No page may call any of them better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from steward.ground.demo import Demo

from .demo_words import BY_PLACE, Words

WEEK = 7
OFTEN, SELDOM = 4.0, 0.6
DRAWS_COMPLAINTS = {1, 3}  # services of the contact centre
Weigh = Callable[[Words, int, bool], float]


def shaped(demo: Demo, key: str, words: Words, at: datetime, *, elsewhere: bool, rng: Random) -> Words:
    """What somebody comes with on this day. rng is its own, so that everything else of the demo is drawn as before."""
    weigh = SHAPES.get(key)
    if weigh is None:
        return words
    back = (demo.now.date() - at.astimezone(demo.now.tzinfo).date()).days
    said: Sequence[Words] = BY_PLACE[key]
    weights = [weigh(one, back, elsewhere) for one in said]
    return words if len(set(weights)) == 1 else rng.choices(said, weights)[0]


def week_of(back: int) -> int:
    """0: the seven whole days before today; 1: the seven before them. Today is of none: −1."""
    return (back - 1) // WEEK


def _bank(words: Words, back: int, elsewhere: bool) -> float:
    return OFTEN if week_of(back) == 1 and words.kind == "complaint" else 1.0


def _hotel(words: Words, back: int, elsewhere: bool) -> float:
    if not elsewhere or words.kind != "praise":
        return 1.0
    return 3 * OFTEN if week_of(back) == 0 else 0.0


def _restaurant(words: Words, back: int, elsewhere: bool) -> float:
    if words.kind != "complaint":
        return 1.0
    return SELDOM if week_of(back) % 2 == 0 else OFTEN * SELDOM


def _centre(words: Words, back: int, elsewhere: bool) -> float:
    return 0.5 if back <= 4 * WEEK and words.service in DRAWS_COMPLAINTS else 1.0


SHAPES: dict[str, Weigh] = {"bank": _bank, "hotel": _hotel, "restaurant": _restaurant, "centre": _centre}
