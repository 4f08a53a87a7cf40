"""Signing in: active staff only, names compared without case, no self-registration."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from steward.ground import clock
from steward.ground.journal.actors import Actor

from .models import User
from .passwords import note_sign_in


class StaffBackend(BaseBackend):
    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            # As slow as a real check, so that the time taken does not tell which names exist.
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.select_related("organisation").filter(pk=user_id, is_active=True).first()


class StaffAccountAdapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        note_sign_in(user=user, failed=False, by=Actor.staff(user), at=clock.now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
        if user is not None:
            note_sign_in(user=user, failed=True, by=Actor.system("sign_in"), at=clock.now())

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failed tries are counted by: the name alone. By default the Host header takes part, in which a guesser may write any port."""
        return str(credentials.get("username", "")).casefold()
