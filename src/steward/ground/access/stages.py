"""The steps of signing in that are other than allauth's."""

from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from .oidc import did_both_steps


class SecondStepStage(AuthenticateStage):
    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(super()._should_handle(request)) and not did_both_steps(request, self.login.user)
