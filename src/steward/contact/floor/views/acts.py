"""One of several things done to a row: which one stands in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse

from steward.ground.access.http import StaffRequest
from steward.ground.ui.inplace import answer_problems, go_to, problems_of
from steward.ground.ui.toasts import toast


class WrongForm(Exception):
    """A form that does not validate, with its problems."""


def checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise WrongForm(problems_of(form))
    return form.cleaned_data


def act_on(request: StaffRequest, act: Callable[[], str], address: str) -> HttpResponse:
    """Do it, say what was done, and show the page again."""
    try:
        said = act()
    except WrongForm as wrong:
        return answer_problems(request, wrong.args[0], address)
    toast(request, said)
    return go_to(request, address)
