from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from . import views


class DayConverter:
    """A local day as 2026-02-14."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "worktime"
urlpatterns = [
    path("calendars/", views.calendars, name="list"),
    path("calendars/new/", views.open_calendar, name="open"),
    path("calendars/<uuid:public_id>/", views.year, name="year"),
    path("calendars/<uuid:public_id>/days/<day:day>/", views.day, name="day"),
    path("calendars/<uuid:public_id>/days/<day:day>/undo/", views.undo_day, name="undo_day"),
    path("calendars/<uuid:public_id>/week/", views.week, name="week"),
    path("calendars/<uuid:public_id>/week/<day:day>/drop/", views.drop_week, name="drop_week"),
    path("calendars/<uuid:public_id>/prefill/", views.prefill, name="prefill"),
    path("calendars/<uuid:public_id>/confirm/", views.confirm, name="confirm"),
    path("calendars/<uuid:public_id>/trial/", views.trial, name="trial"),
    path("calendars/<uuid:public_id>/calendar.json", views.export_json, name="export_json"),
    path("calendars/<uuid:public_id>/holidays.ics", views.export_ics, name="export_ics"),
    path("calendars/<uuid:public_id>/import/", views.import_file, name="import"),
    path("calendars/<uuid:public_id>/settings/", views.settings, name="settings"),
    path("calendars/<uuid:public_id>/default/", views.make_default, name="make_default"),
    path("calendars/<uuid:public_id>/close/", views.close, name="close"),
]
