from __future__ import annotations

from django.urls import path

from . import views
from .journeys import views as journeys

app_name = "improvement"
PROCESS, JOURNEY = "improvement/processes/<uuid:public_id>/", "improvement/journeys/<uuid:public_id>/"
urlpatterns = [
    path(PROCESS, views.process_edit, name="process_edit"),
    path(f"{PROCESS}check/", views.process_check, name="process_check"),
    path(f"{PROCESS}import/", views.process_import, name="process_import"),
    path(JOURNEY, journeys.journey_edit, name="journey_edit"),
    path(f"{JOURNEY}log/", journeys.journey_log, name="journey_log"),
    path("improvement/journeys/versions/<uuid:public_id>/measured/", journeys.journey_live, name="journey_live"),
]
