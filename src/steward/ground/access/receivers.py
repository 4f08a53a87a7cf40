"""What Django and allauth tell about signing in, taken up by the house."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from steward.ground import clock
from steward.ground.journal.actors import Actor

from . import fresh, sessions
from .models import User
from .signins import Method, Result, note_sign_in


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="access.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="access.signed_out")
    mfa.authentication_failed.connect(_code_failed, dispatch_uid="access.code_failed")


def _signed_in(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    if isinstance(user, User):
        at = clock.now()
        sessions.begin(request, user, at=at)
        fresh.mark(request, at=at)


def _signed_out(request: HttpRequest, **_kwargs: Any) -> None:
    sessions.sign_out(request.session, at=clock.now())


def _code_failed(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    if isinstance(user, User):
        by = Actor.system("sign_in")
        note_sign_in(user=user, result=Result.CODE_REFUSED, method=Method.CODE, request=request, by=by, at=clock.now())
