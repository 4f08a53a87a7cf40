"""Every address of the house. An app that has a `urls.py` is mounted at the root and owns the prefixes it names there."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from steward.ground.access.views import password_change

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", password_change, name="account_change_password"),
]
urlpatterns += [
    path("", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("steward.") and find_spec(f"{app.name}.urls") is not None
]
