from __future__ import annotations

from django.urls import path

from .views import demands, drafts, reviews, watching

app_name = "writing"
CASE = "writing/<uuid:case_id>/"
urlpatterns = [
    path(f"{CASE}draft/", drafts.draft, name="draft"),
    path(f"{CASE}writers/", drafts.writers_of, name="writers"),
    path(f"{CASE}people/", drafts.people, name="people"),
    path(f"{CASE}watch/", watching.watch, name="watch"),
    path(f"{CASE}unwatch/", watching.unwatch, name="unwatch"),
    path("watching/", watching.watched_list, name="watched"),
    path("watching/level/", watching.level, name="level"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/of/<uuid:case_id>/", reviews.ask, name="ask"),
    path("reviews/demands/", demands.demand_list, name="demands"),
    path("reviews/demands/new/", demands.demand_new, name="demand_new"),
    path("reviews/demands/<uuid:public_id>/end/", demands.demand_end, name="demand_end"),
    path("reviews/<uuid:public_id>/", reviews.review, name="review"),
    path("reviews/<uuid:public_id>/<slug:act>/", reviews.review_act, name="review_act"),
]
