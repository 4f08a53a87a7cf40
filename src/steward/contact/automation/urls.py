from __future__ import annotations

from django.urls import path

from .views import macros, rules, webhooks

app_name = "automation"
urlpatterns = [
    path("settings/rules-of-work/", rules.rule_list, name="rules"),
    path("settings/rules-of-work/new/", rules.rule_new, name="rule_new"),
    path("settings/rules-of-work/<uuid:public_id>/", rules.rule, name="rule"),
    path("settings/rules-of-work/<uuid:public_id>/edit/", rules.rule_edit, name="rule_edit"),
    path("settings/rules-of-work/<uuid:public_id>/closing/", rules.rule_close, name="rule_close"),
    path("settings/rules-of-work/<uuid:public_id>/runs/", rules.run_list, name="runs"),
    path("settings/rules-of-work/version/<uuid:public_id>/trial/", rules.version_try, name="version_try"),
    path("settings/rules-of-work/version/<uuid:public_id>/on/", rules.version_on, name="version_on"),
    path("settings/rules-of-work/version/<uuid:public_id>/off/", rules.version_off, name="version_off"),
    path("settings/rules-of-work/trial/<uuid:public_id>/", rules.trial, name="trial"),
    path("settings/macros/", macros.macro_list, name="macros"),
    path("settings/macros/new/", macros.macro_new, name="macro_new"),
    path("settings/macros/<uuid:public_id>/", macros.macro_edit, name="macro"),
    path("settings/macros/<uuid:public_id>/closing/", macros.macro_close, name="macro_close"),
    path("macros/bar/", macros.macro_bar, name="macro_bar"),
    path("macros/use/", macros.macro_use, name="macro_use"),
    path("macros/<uuid:public_id>/undo/", macros.macro_undo, name="macro_undo"),
    path("settings/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("settings/webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("settings/webhooks/<uuid:public_id>/", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<uuid:public_id>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("settings/webhooks/<uuid:public_id>/closing/", webhooks.webhook_close, name="webhook_close"),
    path("settings/webhooks/deliveries/<uuid:public_id>/again/", webhooks.delivery_again, name="delivery_again"),
]
