"""Signing in through a sign-in service (OpenID Connect), against a provider that really answers: who comes in, and everybody who does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from tests.cast import AT, PASSWORD, World

from steward.ground import clock
from steward.ground.access import providers, second_factor, signinrules
from steward.ground.access.errors import Forbidden
from steward.ground.access.limits import limiter
from steward.ground.access.models import IdentityProvider, Role, SignInNote, User
from steward.ground.journal.models import Entry

from .issuer import CLIENT, SECRET, Issuer, running

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    limiter.forget()
    yield
    cache.clear()
    limiter.forget()


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with running() as found:
        settings.STEWARD_SIGN_IN_HOSTS = [found.host]
        settings.STEWARD_WEBHOOK_ALLOW = [found.host]
        yield found


def values(issuer: Issuer, **others: Any) -> dict[str, Any]:
    usual = {"name": "总行统一登录", "issuer": issuer.url, "client_id": CLIENT, "domains": [], "trusts_second_step": False, "enabled": True}
    return {**usual, **others}


@pytest.fixture
def service(world: World, issuer: Issuer) -> IdentityProvider:
    User.objects.filter(pk=world.cast.supervisor.pk).update(email="zhou@bank.example")
    issuer.told.update(email="Zhou@bank.example", email_verified=True)
    by = world.actor("administrator")
    return providers.save_provider(organisation=world.bank, values=values(issuer), secret=SECRET, by=by, at=AT)


def go(client: Client, service: IdentityProvider, *, where: str = "login", **query: str) -> str:
    """As far as the service's page; the address it is asked at."""
    answer = client.get(f"/{where}/with/{service.public_id}/", query)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def come_back(client: Client, issuer: Issuer, address: str) -> Any:
    """The service asks nothing and sends the browser back."""
    assert address.startswith(f"{issuer.url}/go?"), address
    asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
    back = urlsplit(issuer.authorize(asked))
    return client.get(f"{back.path}?{back.query}")


def enter(client: Client, issuer: Issuer, service: IdentityProvider, **query: str) -> Any:
    return come_back(client, issuer, go(client, service, **query))


def inside(client: Client) -> bool:
    return bool(client.get("/me/sessions/").status_code == 200)


def test_a_colleague_comes_in_and_is_linked(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    client = Client()
    page = client.get("/login/?next=/cases/").content.decode()
    assert f'href="/login/with/{service.public_id}/?next=/cases/"' in page
    answer = enter(client, issuer, service, next="/me/sessions/")
    assert answer.headers["Location"] == "/me/sessions/"
    assert inside(client)
    asked = issuer.asked[0]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["nonce"]) == 32
    assert set(asked["scope"].split()) == {"openid", "email"}
    link = SocialAccount.objects.get()
    assert (link.user_id, link.uid, link.provider, link.extra_data) == (world.cast.supervisor.pk, "s-1", str(service.public_id), {})
    assert SignInNote.objects.latest("pk").method == "provider"
    found = Entry.objects.filter(subject_type="access.user", subject_id=world.cast.supervisor.pk).values_list("code", flat=True)
    assert {"access.identity_linked", "access.signed_in"} <= set(found)


def test_the_link_and_no_longer_the_address_says_who_it_is(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    enter(Client(), issuer, service)
    issuer.told.update(email="somebody@else.example", email_verified=False)
    client = Client()
    enter(client, issuer, service)
    assert inside(client)


def test_an_address_given_to_a_new_identity_opens_nothing(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    enter(Client(), issuer, service)
    issuer.told["sub"] = "s-2"
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)


def test_the_next_page_is_one_of_this_house(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    answer = enter(Client(), issuer, service, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


INSTANTS = ("exp", "iat", "nbf")  # seconds from now
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n" * 32},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "somebody-else"},
    "for several, and not us first": {"aud": [CLIENT, "other"], "azp": "other"},
    "for several, and it says for whom to none": {"aud": [CLIENT, "other"]},
    "of another issuer": {"iss": "https://other.example"},
    "expired": {"exp": -3600},
    "not yet": {"iat": 3600},
    "valid later": {"nbf": 3600},
    "without identity": {"sub": None},
    "without an end": {"exp": None},
    "unknown address": {"email": "nobody@bank.example"},
    "unverified address": {"email_verified": False},
    "verified in words only": {"email_verified": "true"},
    "no address": {"email": None},
    "somebody of another organisation": {"email": "outsider@bank.example"},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_the_token_says_must_be_right(world: World, issuer: Issuer, service: IdentityProvider, lie: str) -> None:
    User.objects.filter(pk=world.cast.outsider.pk).update(email="outsider@bank.example")
    now = int(clock.now().timestamp())
    issuer.told.update({name: now + value if isinstance(value, int) and name in INSTANTS else value for name, value in LIES[lie].items()})
    client = Client()
    answer = enter(client, issuer, service)
    assert answer.headers["Location"] == "/login/"
    assert not inside(client)
    assert not SocialAccount.objects.exists()
    assert "总行统一登录" in client.get("/login/").content.decode()


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_without_a_signature_of_the_service_is_nothing(world: World, issuer: Issuer, service: IdentityProvider, alg: str) -> None:
    issuer.alg = alg
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)


def test_a_token_signed_by_another_key_is_nothing(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    issuer.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)


def test_a_state_opens_once_and_only_in_its_browser(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    client, other = Client(), Client()
    address = go(client, service)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
    first, second = urlsplit(issuer.authorize(asked)), urlsplit(issuer.authorize(asked))
    assert other.get(f"{first.path}?{first.query}").headers["Location"] == "/login/"
    client.get(f"{first.path}?{first.query}")
    assert inside(client)
    client.post("/logout/")
    assert client.get(f"{second.path}?{second.query}").headers["Location"] == "/login/"
    assert not inside(client)
    assert not inside(other)


def test_services_are_not_mixed_up(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    by = world.actor("administrator")
    second = providers.save_provider(organisation=world.bank, values=values(issuer, client_id="other"), secret=SECRET, by=by, at=AT)
    client = Client()
    address = go(client, service)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
    back = urlsplit(issuer.authorize(asked))
    # What one service was asked comes back at the address of the other.
    client.get(f"/login/with/{second.public_id}/back/?{back.query}")
    assert not inside(client)
    # Another says that it is the one who answers (RFC 9207).
    issuer.back = {"iss": "https://other.example"}
    enter(client, issuer, service)
    assert not inside(client)


def test_discovery_that_names_another_issuer_is_not_believed(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    issuer.named = "https://other.example"
    client = Client()
    assert client.get(f"/login/with/{service.public_id}/").headers["Location"] == "/login/"


def test_who_has_left_does_not_come_in(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    enter(Client(), issuer, service)
    User.objects.filter(pk=world.cast.supervisor.pk).update(is_active=False)
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)
    assert SignInNote.objects.latest("pk").result == "refused"


def test_only_the_domains_named_are_vouched_for(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    by = world.actor("administrator")
    providers.save_provider(organisation=world.bank, values=values(issuer, domains=["@Other.example"]), provider=service, by=by, at=AT)
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)


def test_two_with_one_address_are_nobody(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    User.objects.filter(pk=world.cast.front_line.pk).update(email="zhou@bank.example")
    client = Client()
    enter(client, issuer, service)
    assert not inside(client)


def test_the_second_step_is_asked_here_unless_the_service_is_trusted_with_it(
    world: World, issuer: Issuer, service: IdentityProvider
) -> None:
    TOTP.activate(world.cast.supervisor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    issuer.told["amr"] = ["pwd", "mfa"]
    client = Client()
    assert enter(client, issuer, service).headers["Location"] == "/login/code/"
    assert not inside(client)
    by = world.actor("administrator")
    providers.save_provider(organisation=world.bank, values=values(issuer, trusts_second_step=True), provider=service, by=by, at=AT)
    trusted = Client()
    enter(trusted, issuer, service)
    assert inside(trusted)
    issuer.told["amr"] = ["pwd"]
    once = Client()
    assert enter(once, issuer, service).headers["Location"] == "/login/code/"


def test_a_role_that_needs_the_second_step_is_content_with_a_trusted_service(
    world: World, issuer: Issuer, service: IdentityProvider
) -> None:
    role = Role.objects.get(organisation=world.bank, code="supervisor")
    by = world.actor("administrator")
    second_factor.demand(role=role, required=True, by=by, at=AT)
    client = Client()
    enter(client, issuer, service)
    assert client.get("/me/sessions/").headers["Location"] == "/second-step/"
    providers.save_provider(organisation=world.bank, values=values(issuer, trusts_second_step=True), provider=service, by=by, at=AT)
    issuer.told["amr"] = ["mfa"]
    trusted = Client()
    enter(trusted, issuer, service)
    assert inside(trusted)


def test_the_service_confirms_who_one_is(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    client = Client()
    enter(client, issuer, service)
    session = client.session
    session["steward_confirmed"] = 0
    session.save()
    answer = come_back(client, issuer, go(client, service, where="confirm", next="/me/sign-in/"))
    assert answer.headers["Location"] == "/me/sign-in/"
    assert (issuer.asked[-1]["prompt"], issuer.asked[-1]["max_age"]) == ("login", "0")
    assert client.session["steward_confirmed"] > 0
    session = client.session
    session["steward_confirmed"] = 0
    session.save()
    issuer.told["auth_time"] = clock.now().timestamp() - 3600  # the service asked nobody
    come_back(client, issuer, go(client, service, where="confirm"))
    assert client.session["steward_confirmed"] == 0


def test_passwords_close_but_for_who_keeps_the_accounts(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    by = world.actor("administrator")
    with pytest.raises(providers.NoProvider):
        signinrules.change_rule(organisation=world.bank, confirm_minutes=60, provider_only=True, by=by, at=AT)
    SocialAccount.objects.create(user=world.cast.administrator, provider=str(service.public_id), uid="s-9")
    signinrules.change_rule(organisation=world.bank, confirm_minutes=60, provider_only=True, by=by, at=AT)
    staff, keeper, service_only = Client(), Client(), Client()
    staff.post("/login/", {"login": "super", "password": PASSWORD})
    assert not inside(staff)
    keeper.post("/login/", {"login": world.cast.administrator.username, "password": PASSWORD})
    assert inside(keeper)
    enter(service_only, issuer, service)
    assert inside(service_only)


def test_a_link_is_taken_away_but_never_the_last_way_in(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    client = Client()
    enter(client, issuer, service)
    link = SocialAccount.objects.get()
    assert "总行统一登录" in client.get("/me/sign-in/").content.decode()
    user = User.objects.get(pk=world.cast.supervisor.pk)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    with pytest.raises(providers.LastWayIn):
        providers.unlink(user=user, link_id=link.pk, by=world.actor("supervisor"), at=AT)
    user.set_password(PASSWORD)
    assert not providers.unlink(user=world.cast.front_line, link_id=link.pk, by=world.actor("front_line"), at=AT)
    assert providers.unlink(user=user, link_id=link.pk, by=world.actor("supervisor"), at=AT)
    assert not SocialAccount.objects.exists()


def test_the_operator_says_which_services_there_may_be(world: World, issuer: Issuer, settings: Any) -> None:
    by = world.actor("administrator")
    with pytest.raises(Forbidden):
        providers.save_provider(organisation=world.bank, values=values(issuer), secret=SECRET, by=world.actor("supervisor"), at=AT)
    settings.STEWARD_SIGN_IN_HOSTS = []
    with pytest.raises(providers.IssuerNotAllowed):
        providers.save_provider(organisation=world.bank, values=values(issuer), secret=SECRET, by=by, at=AT)
    settings.STEWARD_SIGN_IN_HOSTS, settings.STEWARD_WEBHOOK_ALLOW = [issuer.host], []
    with pytest.raises(providers.NotAnIssuer):  # without TLS only where the operator allowed the very machine
        providers.save_provider(organisation=world.bank, values=values(issuer), secret=SECRET, by=by, at=AT)


def test_the_secret_goes_only_where_it_was_entered_for(world: World, issuer: Issuer, service: IdentityProvider) -> None:
    assert SECRET.encode() not in bytes(service.secret or b"")
    changed = values(issuer, client_id="another")
    with pytest.raises(providers.NeedsSecret):
        providers.save_provider(organisation=world.bank, values=changed, provider=service, by=world.actor("administrator"), at=AT)


def test_a_private_address_is_not_asked(world: World, issuer: Issuer, service: IdentityProvider, settings: Any) -> None:
    settings.STEWARD_WEBHOOK_ALLOW = []
    assert Client().get(f"/login/with/{service.public_id}/").headers["Location"] == "/login/"
    assert not issuer.asked
