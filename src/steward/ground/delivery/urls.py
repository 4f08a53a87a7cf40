from __future__ import annotations

from django.urls import path

from . import views

app_name = "delivery"
urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/count/", views.notice_count, name="notice_count"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<uuid:public_id>/open/", views.open_notice, name="open_notice"),
    path("messages/<uuid:public_id>/take-back/", views.take_back, name="take_back"),
    path("operate/deliveries/", views.operate_deliveries, name="operate"),
    path("operate/deliveries/<uuid:public_id>/", views.delivery, name="delivery"),
    path("operate/deliveries/<uuid:public_id>/retry/", views.retry, name="retry"),
]
