"""OpenID Connect through allauth, with what it leaves open closed: calls go through the house's guard, tokens are always checked by their
signature (OpenID Connect Core 1.0 §3.1.3.7), a nonce binds them to this browser, and nobody is made or merged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import jwt
import requests
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from steward.ground import clock, guarded, outbound
from steward.ground.journal.actors import Actor

from .errors import Refused
from .fresh import mark
from .http import inside
from .models import IdentityProvider, User
from .providers import Claims, NotLetIn, check_issuer, person_entering, secret_of
from .signins import Method, Result, note_sign_in

log = logging.getLogger(__name__)
BOTH_STEPS = "steward_both_steps"

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LARGEST = 256 * 1024  # bytes of an answer of the service
LEEWAY = 60.0  # seconds that two clocks may differ
CONFIRMED_WITHIN = 300.0  # seconds: how long ago the service may have asked, when somebody is to show again who they are
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Unfit(OAuth2Error):
    """Why what the service says is not believed; a code for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def guarded_session() -> requests.Session:
    session = guarded.session(limit=LARGEST, wrapped=True, told_as="application/json")
    session.headers["Accept"] = "application/json"
    return session


class HouseProvider(OpenIDConnectProvider):
    """One row of IdentityProvider as allauth sees it."""

    def __init__(self, request: HttpRequest, row: IdentityProvider) -> None:
        self.row = row
        options = {"server_url": row.issuer.rstrip("/"), "oauth_pkce_enabled": True}
        key = str(row.public_id)
        app = SocialApp(provider=self.id, provider_id=key, name=row.name, client_id=row.client_id, secret=secret_of(row), settings=options)
        super().__init__(request, app=app)

    @property
    def sub_id(self) -> str:
        return str(self.row.public_id)

    def get_oauth2_adapter(self, request: HttpRequest) -> HouseAdapter:
        return HouseAdapter(request, self)

    def get_default_scope(self) -> list[str]:
        return ["openid", "email"]

    def extract_uid(self, data: Any) -> str:
        return str(data.subject)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing of what the service tells is kept."""
        return {}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        return []

    def send_there(self, *, process: str, next_url: str) -> Any:
        """The answer that sends the browser to the service. process: "login", or "confirm" who one is. Raises OAuth2Error, requests' faults."""
        nonce = get_random_string(32)
        asked = {"nonce": nonce, **({"prompt": "login", "max_age": "0"} if process == "confirm" else {})}
        return self.redirect(self.request, process, next_url=next_url or None, auth_params=asked, nonce=nonce)


class HouseAdapter(OpenIDConnectOAuth2Adapter):
    state: Mapping[str, Any]

    def __init__(self, request: HttpRequest, provider: HouseProvider) -> None:
        super().__init__(request, provider.sub_id)
        self._provider = provider

    def get_provider(self) -> HouseProvider:
        return self._provider

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("access:provider_back", args=[self._provider.row.public_id]))

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            self._openid_config = discovered(self._provider.row)
        return cast(dict[str, Any], self._openid_config)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        row, config = self._provider.row, self.openid_config
        with guarded_session() as session:
            keys = session.get(config["jwks_uri"])
            keys.raise_for_status()
        told = checked(
            str(kwargs["response"].get("id_token") or ""),
            keys.json(),
            issuer=row.issuer,
            client_id=row.client_id,
            nonce=str(self.state.get("nonce") or ""),
            at=clock.now(),
            asked_again=self.state.get("process") == "confirm",
        )
        claims = claims_in(told)
        login = self._provider.sociallogin_from_response(request, claims)
        login.claims = claims
        return login


class BackView(OAuth2CallbackView):
    """The browser comes back. The state must be one this browser was given for this very service, once."""

    def _get_state(self, request: HttpRequest, provider: HouseProvider) -> Any:
        state, refused = super()._get_state(request, provider)
        if state is not None:
            cast(HouseAdapter, self.adapter).state = state
            named = request.GET.get("iss")  # RFC 9207: who answers says who it is, against mixing services up
            if named is not None and named != provider.row.issuer:
                return None, turned_away(request, provider.row, Unfit("mixed_up"))
        return state, refused


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """Who comes in is `providers.person_entering`'s to say; allauth makes nobody and merges nobody."""

    def get_requests_session(self) -> requests.Session:
        return guarded_session()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        return sociallogin.user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        raise ImmediateHttpResponse(turned_away(request, provider.row, exception or error))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        row, at = sociallogin.provider.row, clock.now()
        try:
            user = person_entering(provider=row, claims=sociallogin.claims, by=Actor.system("sign_in"), at=at)
        except NotLetIn as refusal:
            raise ImmediateHttpResponse(turned_away(request, row, refusal)) from None
        if sociallogin.state.get("process") == "confirm":
            raise ImmediateHttpResponse(_confirmed(request, row, user, str(sociallogin.state.get("next") or "/")))
        sociallogin.user = user
        if request.user.is_authenticated:
            get_account_adapter(request).logout(request)
        if row.trusts_second_step and "mfa" in sociallogin.claims.amr:
            request.session[BOTH_STEPS] = user.pk


def _confirmed(request: HttpRequest, row: IdentityProvider, user: User, back: str) -> HttpResponse:
    """The person at the service must be the one who is signed in here; then what was asked for goes on, with what was typed."""
    if request.user.pk != user.pk:
        return turned_away(request, row, NotLetIn("somebody_else"))
    mark(request, at=clock.now())
    record_authentication(request, user, "socialaccount", provider=str(row.public_id), reauthenticated=True)
    request.GET = QueryDict(urlencode({"next": inside(request, back) or "/"}))
    return cast(HttpResponse, resume_request(request)) or redirect("/")


def turned_away(request: HttpRequest, row: IdentityProvider, why: object) -> HttpResponse:
    """Back to the sign-in page. The log says why; the page only what to do, or it would tell who works here."""
    code = why.code if isinstance(why, NotLetIn | Unfit | Refused) else type(why).__name__ if isinstance(why, Exception) else str(why)
    log.warning("sign-in by %s refused: %s", row.issuer, code)
    if isinstance(why, NotLetIn) and why.user is not None:
        by, at = Actor.system("sign_in"), clock.now()
        note_sign_in(user=why.user, result=Result.REFUSED, method=Method.PROVIDER, request=request, by=by, at=at)
    said = _("%(name)s did not let you in here. Try again, sign in another way, or ask your administrator.")
    messages.warning(request, said % {"name": row.name})
    return redirect("account_login")


def discovered(row: IdentityProvider) -> dict[str, Any]:
    """What the issuer says about itself. Raises Unfit, and requests' faults where it does not answer."""
    check_issuer(row.issuer)
    with guarded_session() as session:
        answer = session.get(row.issuer.rstrip("/") + "/.well-known/openid-configuration")
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict) or told.get("issuer") != row.issuer:
        raise Unfit("other_issuer")
    if not all(isinstance(told.get(name), str) for name in ENDPOINTS):
        raise Unfit("endpoint_missing")
    try:
        outbound.target_of(told["authorization_endpoint"])
    except outbound.Unreachable as fault:
        raise Unfit(f"authorization_endpoint_{fault.code}") from None
    return told


def checked(token: str, keys: Any, *, issuer: str, client_id: str, nonce: str, at: datetime, asked_again: bool = False) -> dict[str, Any]:
    """What an identity token says, if it is genuine, for us, for this browser, and in time. asked_again: it must say when the person was asked.

    Raises Unfit with what is wrong.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Unfit("algorithm")
        own: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": ["iss", "aud", "exp", "iat", "sub"]}
        key = _key_of(keys, header.get("kid"), header["alg"])
        told: dict[str, Any] = jwt.decode(token, key, algorithms=[header["alg"]], issuer=issuer, audience=client_id, options=own)
        expires, made, asked = float(told["exp"]), float(told["iat"]), float(told.get("auth_time", 0))
    except (jwt.PyJWTError, TypeError, ValueError, KeyError, AttributeError) as fault:
        raise Unfit(type(fault).__name__) from fault
    # The instants are compared with the house's clock, which the caller read.
    now = at.timestamp()
    if expires <= now - LEEWAY or made > now + LEEWAY or float(told.get("nbf", 0)) > now + LEEWAY:
        raise Unfit("not_in_time")
    if not nonce or not constant_time_compare(str(told.get("nonce", "")), nonce):
        raise Unfit("nonce")
    several = isinstance(told["aud"], list) and len(told["aud"]) > 1
    if told.get("azp", None if several else client_id) != client_id:
        raise Unfit("authorised_party")
    if asked_again and now - asked > CONFIRMED_WITHIN:
        raise Unfit("asked_long_ago")
    return told


def _key_of(keys: Any, kid: Any, algorithm: str) -> Any:
    fit = [key for key in keys["keys"] if key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm]
    named = [key for key in fit if key.get("kid") == kid] if kid else fit
    if len(named) != 1:
        raise Unfit("unknown_key")
    return jwt.PyJWK(named[0], algorithm=algorithm).key


def claims_in(told: Mapping[str, Any]) -> Claims:
    amr = told.get("amr")
    steps = tuple(str(each) for each in amr) if isinstance(amr, list) else ()
    return Claims(str(told["sub"]), str(told.get("email") or ""), told.get("email_verified") is True, steps)


def did_both_steps(request: HttpRequest, user: Any) -> bool:
    """Whether the service asked this person for two steps at this sign-in, and is trusted to."""
    return bool(request.session.get(BOTH_STEPS, 0) == user.pk)
