from __future__ import annotations

from django.urls import path

from .views import hooks, settings

urlpatterns = [
    path("in/wechat/<slug:key>/", hooks.call, name="wechat_in"),
    path("settings/wechat/", settings.wechat_list, name="wechat"),
    path("settings/wechat/new/", settings.wechat_new, name="wechat_new"),
    path("settings/wechat/<uuid:public_id>/", settings.wechat_edit, name="wechat_edit"),
    path("settings/wechat/<uuid:public_id>/test/", settings.wechat_test, name="wechat_test"),
    path("settings/wechat/<uuid:public_id>/switch/", settings.wechat_switch, name="wechat_switch"),
]
