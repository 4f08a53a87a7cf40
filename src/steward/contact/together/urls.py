from __future__ import annotations

from django.urls import path

from .views import departments, orders, requests, rooms, teams

app_name = "together"
urlpatterns = [
    path("requests/", requests.request_list, name="requests"),
    path("requests/departments/", departments.departments, name="departments"),
    path("requests/about/<uuid:case_id>/", requests.ask, name="ask"),
    path("requests/<uuid:public_id>/", requests.request_detail, name="request"),
    path("requests/<uuid:public_id>/<slug:act>/", requests.request_act, name="request_act"),
    path("teams/about/<uuid:case_id>/", teams.team_open, name="team_open"),
    path("teams/<uuid:public_id>/", teams.team_detail, name="team"),
    path("teams/<uuid:public_id>/<slug:act>/", teams.team_act, name="team_act"),
    path("rooms/", rooms.board, name="rooms"),
    path("rooms/new/", rooms.room_new, name="room_new"),
    path("rooms/<uuid:public_id>/state/", rooms.room_status, name="room_status"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/new/", orders.order_new, name="order_new"),
    path("orders/<uuid:public_id>/", orders.order_detail, name="order"),
    path("orders/<uuid:public_id>/<slug:act>/", orders.order_act, name="order_act"),
]
