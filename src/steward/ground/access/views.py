"""Choosing one's own password, the second step, confirming who one is, and where one is signed in."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.journal.events import Event
from steward.ground.ui.toasts import toast

from . import events, fresh, second_factor, sessions, signins
from .http import StaffRequest, actor_of, staff
from .models import User
from .passwords import note_password_changed


class OwnPasswordView(PasswordChangeView):
    success_url = "/"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            user = cast(User, self.request.user)
            note_password_changed(user=user, keep=self.request.session, by=actor_of(self.request), at=clock.now())
        fresh.mark(self.request, at=clock.now())
        return response


class _Noted:
    """A change of one's second step and its entry, in one transaction."""

    event: type[Event]

    def form_valid(self: Any, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # the view it is mixed into
            signins.note_own_change(event=self.event(), user=self.request.user, by=actor_of(self.request), at=clock.now())
        return response


class SetUpView(_Noted, ActivateTOTPView):
    event = events.SecondFactorSetUp


class SwitchOffView(_Noted, DeactivateTOTPView):
    event = events.SecondFactorRemoved


class RecoveryCodesView(_Noted, GenerateRecoveryCodesView):
    event = events.RecoveryCodesMade


class SecondStepView(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = cast(User, self.request.user)
        return {**context, "demanded": second_factor.demanded_of(user, at=clock.now())}


class _Confirmed:
    """Whoever shows again who they are is asked no more for a while."""

    def form_valid(self: Any, form: Any) -> HttpResponse:
        fresh.mark(self.request, at=clock.now())
        return cast(HttpResponse, super().form_valid(form))  # type: ignore[misc]  # the view it is mixed into


class ConfirmByPasswordView(_Confirmed, ReauthenticateView):
    pass


class ConfirmByCodeView(_Confirmed, CodeReauthenticateView):
    pass


password_change = OwnPasswordView.as_view()
second_step = SecondStepView.as_view()
set_up = SetUpView.as_view()
switch_off = SwitchOffView.as_view()
recovery_codes = RecoveryCodesView.as_view()
confirm_by_password = ConfirmByPasswordView.as_view()
confirm_by_code = ConfirmByCodeView.as_view()


@require_GET
@staff()
def own_sessions(request: StaffRequest) -> HttpResponse:
    """Where one is signed in, this browser first."""
    rows = sessions.open_sessions(request.user, at=clock.now())
    here = request.session.get(sessions.ROW, "")
    ordered = sorted(rows, key=lambda row: str(row.public_id) != here)
    return render(request, "access/sessions.html", {"rows": ordered, "here": here})


@require_POST
@staff()
def end_session(request: StaffRequest, public_id: UUID) -> HttpResponse:
    ended = sessions.end_own(user=request.user, public_id=public_id, by=actor_of(request), at=clock.now())
    if str(public_id) == request.session.get(sessions.ROW):
        logout(request)  # what is left in memory must not be written back
        return redirect("access:sessions")
    toast(request, _("Ended. That browser is signed out now.") if ended else _("It had ended already."))
    return redirect("access:sessions")


@require_POST
@staff()
def end_other_sessions(request: StaffRequest) -> HttpResponse:
    sessions.end_others(user=request.user, keep=request.session, by=actor_of(request), at=clock.now())
    toast(request, _("Ended. You are signed in here only."))
    return redirect("access:sessions")
