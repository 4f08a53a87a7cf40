"""Choosing one's own password, the second step, confirming who one is, and where one is signed in."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from allauth.account.models import Login
from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
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
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from steward.ground import clock
from steward.ground.journal.events import Event
from steward.ground.ui.toasts import toast

from . import events, fresh, oidc, passkeys, providers, second_factor, sessions, signins
from .errors import Refused
from .http import StaffRequest, actor_of, inside, staff
from .limits import client_of, limiter
from .models import IdentityProvider, User
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


class SignInView(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "providers": providers.offered()}


sign_in = SignInView.as_view()
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


@require_GET
@never_cache
def go_to_provider(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """To the sign-in service. A link and no form: the content policy lets forms go nowhere but here, and this changes nothing."""
    return _sent(request, public_id, process="login")


@require_GET
@never_cache
@staff()
def confirm_by_provider(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The service asks the person once more, whatever it remembers."""
    if not any(row.public_id == public_id for _link, row in providers.links_of(request.user)):
        raise Http404
    return _sent(request, public_id, process="confirm")


def _sent(request: HttpRequest, public_id: UUID, *, process: str) -> HttpResponseBase:
    row = get_object_or_404(IdentityProvider, public_id=public_id, enabled=True)
    key = f"provider:client:{client_of(request)}"
    if limiter.take(key, limit=passkeys.PER_CLIENT, lasts=passkeys.CLIENT_WINDOW, at=clock.now()):
        toast(request, _("Too many tries from here. Wait a minute."), tone="warn")
        return redirect("account_login")
    try:
        back = inside(request, request.GET.get("next", ""))
        return cast(HttpResponseBase, oidc.HouseProvider(request, row).send_there(process=process, next_url=back))
    except (OAuth2Error, RequestException, ValueError, Refused) as fault:
        return oidc.turned_away(request, row, fault)


@require_GET
@never_cache
def back_from_provider(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    row = get_object_or_404(IdentityProvider, public_id=public_id, enabled=True)
    try:
        view = cast(Any, oidc.BackView).adapter_view(oidc.HouseProvider(request, row).get_oauth2_adapter(request))
        return cast(HttpResponseBase, view(request))
    except (OAuth2Error, RequestException, ValueError, Refused) as fault:
        return oidc.turned_away(request, row, fault)


@require_GET
@staff()
def own_identities(request: StaffRequest) -> HttpResponse:
    """With which sign-in services one comes in."""
    return render(request, "access/identities.html", {"links": providers.links_of(request.user)})


@require_POST
@staff()
@fresh.fresh
def unlink_identity(request: StaffRequest, pk: int) -> HttpResponse:
    gone = providers.unlink(user=request.user, link_id=pk, by=actor_of(request), at=clock.now())
    toast(request, _("The link is gone.") if gone else _("There was none."))
    return redirect("access:identities")
