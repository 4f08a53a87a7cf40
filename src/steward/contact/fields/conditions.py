"""Which questions are asked of a case: one pure function, for the server; frontend/src/fields.js goes by the same data and the same rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """after, values: asked only if the question `after` is asked itself and has one of these values."""

    key: str
    after: str = ""
    values: frozenset[str] = frozenset()


def asked(questions: Iterable[Question], answers: Mapping[str, str]) -> set[str]:
    """The keys of the questions that are asked. A condition on a question that is not there, or in a circle, is never met."""
    by_key = {question.key: question for question in questions}

    def is_asked(key: str, seen: frozenset[str]) -> bool:
        question = by_key.get(key)
        if question is None or key in seen:
            return False
        if not question.after:
            return True
        return answers.get(question.after, "") in question.values and is_asked(question.after, seen | {key})

    return {key for key in by_key if is_asked(key, frozenset())}


def circles(after: Mapping[str, str], key: str) -> bool:
    """Whether following the conditions from this key comes back to where it was. after: key → the key it looks at, "" for none."""
    seen: set[str] = set()
    while key:
        if key in seen:
            return True
        seen.add(key)
        key = after.get(key, "")
    return False
