from __future__ import annotations

from django.urls import path

from .views import calls, hooks, settings

urlpatterns = [
    path("in/phone/<slug:key>/", hooks.events, name="phone_events"),
    path("in/phone/<slug:key>/recordings/<str:ref>/", hooks.recording, name="phone_recording"),
    path("calls/", calls.call_list, name="calls"),
    path("calls/new/", calls.call_new, name="call_new"),
    path("calls/who/", calls.call_who, name="call_who"),
    path("calls/now/", calls.calls_now, name="calls_now"),
    path("calls/<uuid:public_id>/", calls.call_detail, name="call"),
    path("calls/<uuid:public_id>/case/", calls.call_take, name="call_take"),
    path("calls/<uuid:public_id>/number/", calls.call_number, name="call_number"),
    path("calls/<uuid:public_id>/recording/", calls.call_recording, name="call_recording"),
    path("settings/phones/", settings.phone_list, name="phones"),
    path("settings/phones/new/", settings.phone_new, name="phone_new"),
    path("settings/phones/<uuid:public_id>/", settings.phone_edit, name="phone_edit"),
    path("settings/phones/<uuid:public_id>/secret/", settings.phone_secret, name="phone_secret"),
    path("settings/phones/<uuid:public_id>/test/", settings.phone_test, name="phone_test"),
    path("settings/phones/<uuid:public_id>/extensions/", settings.extension_new, name="extension_new"),
    path("settings/extensions/<uuid:public_id>/end/", settings.extension_end, name="extension_end"),
]
