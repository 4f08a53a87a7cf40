"""One of several things done to a row from its page: which one stands in the address, and its form may not validate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.http import HttpResponse

from steward.ground.access.http import StaffRequest
from steward.ground.ui.inplace import answer_problems, go_to, problems_of
from steward.ground.ui.toasts import toast

Row = TypeVar("Row")
Acts = Mapping[str, Callable[[StaffRequest, Row], str]]


class _Wrong(Exception):
    """A form that does not validate, with its problems."""


def checked(form: forms.Form) -> dict[str, Any]:
    """What a form says; where it does not validate, `act_on` answers with its problems."""
    if not form.is_valid():
        raise _Wrong(problems_of(form))
    return form.cleaned_data


def act_on(request: StaffRequest, act: Callable[[StaffRequest, Row], str], row: Row, address: str) -> HttpResponse:
    """Do it, say what was done, and show the page again."""
    try:
        said = act(request, row)
    except _Wrong as wrong:
        return answer_problems(request, wrong.args[0], address)
    toast(request, said)
    return go_to(request, address)
