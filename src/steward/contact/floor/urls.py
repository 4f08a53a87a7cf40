from __future__ import annotations

from django.urls import path

from .views import board, handovers, runs, templates

app_name = "floor"
urlpatterns = [
    path("floor/", board.board, name="board"),
    path("floor/checklists/", runs.run_list, name="runs"),
    path("floor/checklists/begin/", runs.run_begin, name="run_begin"),
    path("floor/checklists/<uuid:public_id>/", runs.run_detail, name="run"),
    path("floor/checklists/<uuid:public_id>/items/<uuid:item_id>/<slug:act>/", runs.item_act, name="item_act"),
    path("floor/checklists/<uuid:public_id>/<slug:act>/", runs.run_act, name="run_act"),
    path("floor/handovers/", handovers.handover_list, name="handovers"),
    path("floor/handovers/new/", handovers.handover_new, name="handover_new"),
    path("floor/handovers/<uuid:public_id>/", handovers.handover_detail, name="handover"),
    path("floor/handovers/<uuid:public_id>/print/", handovers.handover_print, name="handover_print"),
    path("floor/handovers/<uuid:public_id>/take/", handovers.handover_take, name="handover_take"),
    path("floor/handovers/<uuid:public_id>/items/<uuid:item_id>/<slug:act>/", handovers.item_act, name="handed_act"),
    path("settings/checklists/", templates.template_list, name="templates"),
    path("settings/checklists/new/", templates.template_edit, name="template_new"),
    path("settings/checklists/<uuid:public_id>/", templates.template_edit, name="template"),
    path("settings/checklists/<uuid:public_id>/end/", templates.template_end, name="template_end"),
]
