"""Signing in: active staff only, names compared without case, no self-registration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from steward.ground import clock
from steward.ground.journal.actors import Actor

from .fresh import is_fresh
from .limits import client_of, hidden, limiter
from .models import SignInNote, User
from .oidc import BOTH_STEPS
from .providers import links_of, only_by_provider
from .signins import Method, Result, method_of, note_sign_in


class StaffBackend(BaseBackend):
    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            # As slow as a real check, so that the time taken does not tell which names exist.
            User().set_password(password)
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        # The password is right and counts for nothing: the organisation has its people come in through its sign-in service.
        return None if only_by_provider(user, at=clock.now()) else user

    def get_user(self, user_id: int) -> User | None:
        return User.objects.select_related("organisation").filter(pk=user_id, is_active=True).first()


# Wrong passwords: so many from one client, so many for one name wherever they come from.
PER_CLIENT, CLIENT_WINDOW = 10, timedelta(minutes=1)
PER_NAME, NAME_WINDOW = 5, timedelta(minutes=5)


class StaffAccountAdapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        method = method_of(request, user)
        note_sign_in(user=user, result=Result.SIGNED_IN, method=method, request=request, by=Actor.staff(user), at=clock.now())

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if isinstance(user, User):
            note_sign_in(user=user, result=Result.SIGNED_OUT, request=request, by=Actor.staff(user), at=clock.now())
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        _note(Result.REFUSED, request, credentials)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at, over all processes. By the name alone: a guesser may write any Host header."""
        request.session.pop(BOTH_STEPS, None)  # what a service said of somebody before says nothing of who comes now
        at, counted = clock.now(), []
        for key, limit, lasts in _counts(request, credentials):
            if limiter.take(key, limit=limit, lasts=lasts, at=at):
                # One entry for each lock, or a guesser would fill the journal.
                if not limiter.take(f"{key}:told", limit=1, lasts=lasts, at=at):
                    _note(Result.LOCKED, request, credentials)
                raise self.validation_error("too_many_login_attempts")
            counted.append((key, lasts))
        self._counted = (counted, at)

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right. Only this try is given back: a guesser who may sign in as somebody could otherwise wipe the count."""
        counted, at = self._counted
        for key, lasts in counted:
            limiter.give_back(key, lasts=lasts, at=at)

    def get_login_stages(self) -> list[str]:
        house = "steward.ground.access.stages.SecondStepStage"
        return [house if stage == "allauth.mfa.stages.AuthenticateStage" else stage for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """With what somebody may show again who they are; a sign-in service first where it is the only way in."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not isinstance(user, User):
            return ways
        services = [
            {"id": "provider", "description": row.name, "url": reverse("access:provider_confirm", args=[row.public_id])}
            for _link, row in links_of(user)
            if row.enabled
        ]
        if services and only_by_provider(user, at=clock.now()):
            ways = [way for way in ways if way["id"] != "reauthenticate"]
            return services + ways
        return ways + services

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """Allauth asks before each change of the second factor, however fresh the sign-in is; the house's own rule is enough."""
        return not is_fresh(self.request, at=clock.now())


def _note(result: SignInNote.Result, request: HttpRequest, credentials: dict[str, Any]) -> None:
    user = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
    if user is not None:
        note_sign_in(user=user, result=result, method=Method.PASSWORD, request=request, by=Actor.system("sign_in"), at=clock.now())


def _counts(request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[str, int, timedelta]]:
    name = str(credentials.get("username", "")).casefold()
    return [
        (f"login:client:{client_of(request)}", PER_CLIENT, CLIENT_WINDOW),
        (f"login:name:{hidden('name', name)}", PER_NAME, NAME_WINDOW),
    ]
