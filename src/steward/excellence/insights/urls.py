from __future__ import annotations

from django.urls import path

from .views import boards, catalogue, explore, export, kept, proof

app_name = "insights"
urlpatterns = [
    path("insights/", boards.home, name="home"),
    path("insights/measures/", catalogue.measure_list, name="measures"),
    path("insights/measures/<slug:code>/", proof.measure, name="measure"),
    path("insights/measures/<slug:code>/rows/", proof.rows, name="rows"),
    path("insights/explore/", explore.explorer, name="explore"),
    path("insights/analyses/", kept.analyses, name="analyses"),
    path("insights/analyses/new/", kept.save, name="analysis_save"),
    path("insights/analyses/<uuid:public_id>/", explore.analysis, name="analysis"),
    path("insights/analyses/<uuid:public_id>/change/", kept.change, name="analysis_change"),
    path("insights/analyses/<uuid:public_id>/removal/", kept.remove, name="analysis_remove"),
    path("insights/annotations/", kept.annotation_list, name="annotations"),
    path("insights/annotations/new/", kept.annotate, name="annotation_new"),
    path("insights/annotations/<uuid:public_id>/removal/", kept.annotation_remove, name="annotation_remove"),
    path("insights/boards/<uuid:public_id>/", boards.board, name="board"),
    path("insights/boards/<uuid:public_id>/change/", boards.change, name="board_change"),
    path("insights/boards/<uuid:public_id>/removal/", boards.remove, name="board_remove"),
    path("insights/boards/<uuid:public_id>/cards/", boards.card_add, name="card_add"),
    path("insights/boards/<uuid:public_id>/cards/move/", boards.card_move, name="card_move"),
    path("insights/boards/<slug:key>/", boards.layout, name="layout"),
    path("insights/boards/<slug:key>/copy/", boards.copy, name="board_copy"),
    path("insights/wall/<uuid:public_id>/", boards.wall, name="wall"),
    path("insights/store/", export.store, name="store"),
    path("insights/store/file/", export.store_file, name="store_file"),
]
