"""Further questions of the forms that open a case: upper rooms ask them, the case only carries the answers to those rooms in its transaction.

A form includes what `asked` gives it, and hands what `given_in` finds in the request to `open_case(details=…)`. An OnOpen hook finds the answers
on the case and refuses what is missing, so that page, interface and public form cannot disagree. A way in that cannot ask (mail, chat, import)
gives no Details; then what must be known is asked of whoever works on the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.ground.access.models import Unit

PREFIX = "detail-"


@dataclass(frozen=True)
class Details:
    """Answers by key, as they were typed. public: given on a form for everybody, which shows only what is meant for it."""

    values: Mapping[str, str] = field(default_factory=dict)
    public: bool = False


@dataclass(frozen=True)
class Questions:
    """ask: (units that the case may go to, for the public?, what was posted) → what the template needs, or None where nothing is asked."""

    key: str
    template: str
    ask: Callable[[Sequence[Unit], bool, Mapping[str, str]], dict[str, Any] | None]


@dataclass(frozen=True)
class Asked:
    template: str
    data: dict[str, Any]


_questions: dict[str, Questions] = {}


def register(questions: Questions) -> None:
    if questions.key in _questions:
        raise ValueError(f"Questions {questions.key!r} are registered twice.")
    _questions[questions.key] = questions


def asked(units: Sequence[Unit], posted: Mapping[str, Any], *, public: bool = False) -> list[Asked]:
    given = given_in(posted, public=public).values
    found = [(one.template, one.ask(units, public, given)) for _key, one in sorted(_questions.items())]
    return [Asked(template, data) for template, data in found if data is not None]


def given_in(posted: Mapping[str, Any], *, public: bool = False) -> Details:
    values = {name.removeprefix(PREFIX): str(posted[name]) for name in posted if name.startswith(PREFIX)}
    return Details(values, public)
