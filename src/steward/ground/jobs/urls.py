from __future__ import annotations

from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.my_jobs, name="mine"),
    path("jobs/<uuid:public_id>/", views.job_page, name="job"),
    path("jobs/<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("jobs/<uuid:public_id>/retry/", views.retry, name="retry"),
    path("operate/jobs/", views.operate_jobs, name="operate"),
]
