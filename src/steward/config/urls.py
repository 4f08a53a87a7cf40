"""Every address of the house. An app that has a `urls.py` is mounted at the root and owns the prefixes it names there."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as codes
from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from steward.ground.access import views as access

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", access.sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", access.password_change, name="account_change_password"),
    path("confirm/", access.confirm_by_password, name="account_reauthenticate"),
    path("confirm/code/", access.confirm_by_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", access.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("login/code/", access.second_step_at_sign_in, name="mfa_authenticate"),
    path("login/passkey/", access.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("second-step/", access.second_step, name="mfa_index"),
    path("second-step/set-up/", access.set_up, name="mfa_activate_totp"),
    path("second-step/off/", access.switch_off, name="mfa_deactivate_totp"),
    path("second-step/passkeys/add/", access.add_passkey, name="mfa_add_webauthn"),
    path("second-step/passkeys/<int:pk>/name/", access.rename_passkey, name="mfa_edit_webauthn"),
    path("second-step/passkeys/<int:pk>/remove/", access.remove_passkey, name="mfa_remove_webauthn"),
    path("second-step/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/codes/new/", access.recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-step/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
urlpatterns += [
    path("", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("steward.") and find_spec(f"{app.name}.urls") is not None
]
