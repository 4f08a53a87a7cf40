"""Choosing one's own password, the second step, confirming who one is, and where one is signed in."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from allauth.account.models import Login
from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.journal.events import Event
from steward.ground.ui.toasts import toast

from . import events, fresh, passkeys, second_factor, sessions, signins
from .http import StaffRequest, actor_of, inside, staff
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
        demanded, app = second_factor.demanded_of(user, at=clock.now()), context["authenticators"].get("totp")
        may = app is not None and (not demanded or second_factor.has_second_factor(user, but=app.instance.pk))
        return {**context, "demanded": demanded, "may_switch_off": may}


class SecondStepAtSignInView(AuthenticateView):
    """A code or a passkey, after the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        kinds = set(Authenticator.objects.filter(user_id=self.stage.login.user.pk).values_list("type", flat=True))
        options = json.dumps(context["js_data"]["request_options"])
        return {**context, "has_passkey": "webauthn" in kinds, "has_app": "totp" in kinds, "request_options": options}


class AddPasskeyView(_Noted, AddWebAuthnView):
    event = events.PasskeyAdded

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        passkeys.require_room(user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # Held on the device and opened there by finger, face or PIN: only such a one signs in by itself.
        return {**context, "creation_options": json.dumps(webauthn.begin_registration(user, True))}

    def form_valid(self, form: Any) -> HttpResponse:
        passkeys.require_room(cast(User, self.request.user))
        return super().form_valid(form)


class RenamePasskeyView(_Noted, EditWebAuthnView):
    event = events.PasskeyRenamed
    success_url = reverse_lazy("mfa_index")


class RemovePasskeyView(_Noted, RemoveWebAuthnView):
    event = events.PasskeyRemoved
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        passkeys.require_removable(self.get_object(), cast(User, self.request.user))
        return super().form_valid(form)


class PasskeySignInView(LoginWebAuthnView):
    """GET tells the browser what to ask the device; POST brings the device's answer."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and passkeys.refuse_too_many_tries(request):
            toast(request, _("Too many tries from here. Wait a minute."), tone="warn")
            return redirect("account_login")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        found = form.cleaned_data["credential"]
        login = Login(user=found.user, redirect_url=inside(self.request, self.request.POST.get("next", "")) or None)
        response: HttpResponse = perform_passwordless_login(self.request, found, login)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        toast(self.request, _("This passkey opens nothing here."), tone="warn")
        return redirect("account_login")


class _Confirmed:
    """Whoever shows again who they are is asked no more for a while."""

    def form_valid(self: Any, form: Any) -> HttpResponse:
        fresh.mark(self.request, at=clock.now())
        return cast(HttpResponse, super().form_valid(form))  # type: ignore[misc]  # the view it is mixed into


class ConfirmByPasswordView(_Confirmed, ReauthenticateView):
    pass


class ConfirmByCodeView(_Confirmed, CodeReauthenticateView):
    pass


class ConfirmByPasskeyView(_Confirmed, ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # allauth's view keeps what it is given to itself
        return {**context, **kwargs, "request_options": json.dumps(context["js_data"]["request_options"])}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


password_change = OwnPasswordView.as_view()
second_step = SecondStepView.as_view()
set_up = SetUpView.as_view()
switch_off = SwitchOffView.as_view()
recovery_codes = RecoveryCodesView.as_view()
confirm_by_password = ConfirmByPasswordView.as_view()
confirm_by_code = ConfirmByCodeView.as_view()
confirm_by_passkey = ConfirmByPasskeyView.as_view()
second_step_at_sign_in = SecondStepAtSignInView.as_view()
add_passkey = AddPasskeyView.as_view()
rename_passkey = RenamePasskeyView.as_view()
remove_passkey = RemovePasskeyView.as_view()
sign_in_by_passkey = PasskeySignInView.as_view()


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
