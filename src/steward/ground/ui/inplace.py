"""Answers to a form that htmx sent: what is wrong appears in the form, which keeps everything typed; success moves on.

A form that wants this names the place for its problems, `hx-target="#…-problem"`. Elsewhere a notice says it, and without htmx the next page does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest
from steward.ground.ui.toasts import toast


def asks_in_place(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target", "").endswith("-problem")


def problems_of(form: BaseForm) -> list[str]:
    """Each problem with the name of its field."""
    found: list[str] = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or name) if name in form.fields else ""
        found.extend(_("%(field)s: %(problem)s") % {"field": label, "problem": error} if label else str(error) for error in errors)
    return found


def answer_problems(request: HttpRequest, problems: Sequence[str], back: str) -> HttpResponse:
    if asks_in_place(request):
        return render(request, "ui/parts/problem.html", {"problems": problems}, status=422)
    if request.headers.get("HX-Request"):
        # Not 422: the browser takes that for an answer to swap in, and a composer would think its text was sent.
        refused = {"steward:refused": {"code": "form", "message": " ".join(problems)}}
        return HttpResponse(status=409, headers={"HX-Reswap": "none", "HX-Trigger": json.dumps(refused)})
    toast(request, " ".join(problems), tone="warn")
    return redirect(back)


def stays_open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal is answered in the form that asked; where no form asked in place, by the middleware."""

    @wraps(view)
    def inner(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            if not asks_in_place(request):
                raise
            return answer_problems(request, [str(refused)], "")

    return inner


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Another page, whole, with its notices."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
