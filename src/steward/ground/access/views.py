"""Choosing one's own password."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import PasswordChangeView
from django.http import HttpResponse

from steward.ground import clock

from .http import actor_of
from .models import User
from .passwords import note_password_changed


class OwnPasswordView(PasswordChangeView):
    success_url = "/"

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_password_changed(user=cast(User, self.request.user), by=actor_of(self.request), at=clock.now())
        return response


password_change = OwnPasswordView.as_view()
