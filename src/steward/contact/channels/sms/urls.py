from __future__ import annotations

from django.urls import path

from .views import hooks, settings

urlpatterns = [
    path("in/sms/<slug:key>/", hooks.incoming, name="sms_in"),
    path("in/sms/<slug:key>/receipts/", hooks.receipts, name="sms_receipts"),
    path("settings/sms/", settings.sms_list, name="sms"),
    path("settings/sms/new/", settings.sms_new, name="sms_new"),
    path("settings/sms/<uuid:public_id>/", settings.sms_edit, name="sms_edit"),
    path("settings/sms/<uuid:public_id>/secret/", settings.sms_secret, name="sms_secret"),
    path("settings/sms/<uuid:public_id>/test/", settings.sms_test, name="sms_test"),
]
