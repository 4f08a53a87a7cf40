"""Rows of the authorisation matrix: one's own second step, confirming, and where one is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from steward.ground.access.models import SignInSession

STAFF = "FTSBQMAO"


def session(scene: Any) -> dict[str, Any]:
    """A session of the front line. Whoever else names it ends nothing and is sent to their own list; test_sessions.py shows it."""
    return {"public_id": SignInSession.objects.filter(user=scene.world.cast.front_line).latest("pk").public_id}


def one(scene: Any) -> dict[str, Any]:
    return {"pk": 1}


def no_service(scene: Any) -> dict[str, Any]:
    """A sign-in service that is not there; test_oidc.py has one that is."""
    return {"public_id": UUID(int=1)}


def nothing(scene: Any) -> dict[str, Any]:
    return {}


# address, who, method, its parts
SIGN_IN_ROWS: list[tuple[Any, ...]] = [
    ("account_reauthenticate", STAFF),
    ("mfa_reauthenticate", STAFF),
    # Answers only who has just shown the right password; who is in already is sent home.
    ("mfa_authenticate", STAFF),
    ("mfa_index", STAFF),
    ("mfa_activate_totp", STAFF),
    ("mfa_deactivate_totp", ""),  # nobody of the cast has it; not there
    ("mfa_view_recovery_codes", ""),
    ("mfa_generate_recovery_codes", STAFF),
    ("mfa_download_recovery_codes", ""),
    # No passkey and no identity of the cast: there is nothing to name, confirm with or unlink.
    ("mfa_login_webauthn", STAFF),
    ("mfa_reauthenticate_webauthn", STAFF),
    ("mfa_add_webauthn", STAFF),
    ("mfa_edit_webauthn", "", "GET", one),
    ("mfa_remove_webauthn", "", "GET", one),
    ("access:identities", STAFF),
    ("access:identity_unlink", STAFF, "POST", one),
    ("access:provider_go", "", "GET", no_service),
    ("access:provider_back", "", "GET", no_service),
    ("access:provider_confirm", "", "GET", no_service),
    ("access:sessions", STAFF),
    ("access:sessions_end_others", STAFF, "POST", nothing),
    ("access:session_end", STAFF, "POST", session),
]
