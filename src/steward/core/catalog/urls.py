from __future__ import annotations

from django.urls import path

from . import views
from .controlled import views as controlled
from .duties import views as duties
from .procedures import views as procedures
from .processes import views as processes
from .standards import public
from .standards import views as standards

app_name = "catalog"
PROMISE = "settings/promises/<uuid:public_id>/"
urlpatterns = [
    path("documents/", controlled.document_list, name="documents"),
    path("documents/new/<slug:kind>/", controlled.document_new, name="document_new"),
    path("documents/reading/", controlled.reading, name="reading"),
    path("documents/versions/<uuid:public_id>/confirmation/", controlled.confirm, name="confirm_version"),
    path("documents/releases/", controlled.release_list, name="releases"),
    path("documents/releases/new/", controlled.release_new, name="release_new"),
    path("documents/releases/<uuid:public_id>/", controlled.release, name="release"),
    path("documents/releases/<uuid:public_id>/<slug:act>/", controlled.release_act, name="release_act"),
    path("documents/deviations/", procedures.deviation_list, name="deviations"),
    path("documents/deviations/<uuid:public_id>/decision/", procedures.deviation_decide, name="deviation_decide"),
    path("documents/pairs/", standards.pairs, name="standard_pairs"),
    path("documents/pairs/<uuid:first>/<uuid:second>/", standards.pair_judge, name="pair_judge"),
    path("documents/<uuid:public_id>/standard/", standards.standard_edit, name="standard_edit"),
    path("documents/<uuid:public_id>/attainment/", standards.attainment, name="attainment"),
    path("documents/<uuid:public_id>/attainment/rows/", standards.attainment_rows, name="attainment_rows"),
    path("documents/<uuid:public_id>/public-charter/", standards.public_charter_edit, name="public_charter_edit"),
    path("documents/<uuid:public_id>/results/", standards.results, name="charter_results"),
    path("documents/<uuid:public_id>/procedure/", procedures.procedure_edit, name="procedure_edit"),
    path("charter/<uuid:public_id>/", public.public_charter, name="public_charter"),
    path("charter/<uuid:public_id>/poster/", public.poster, name="charter_poster"),
    path("documents/<uuid:public_id>/charter/", duties.charter_edit, name="charter_edit"),
    path("documents/versions/<uuid:public_id>/guide/", processes.process_guide, name="process_guide"),
    path("documents/versions/<uuid:public_id>/file/<slug:form>/", processes.process_file, name="process_file"),
    path("duties/", duties.duties, name="duties"),
    path("duties/new/", duties.activity_new, name="activity_new"),
    path("duties/<uuid:public_id>/", duties.activity, name="activity"),
    path("duties/<uuid:public_id>/closing/", duties.activity_close, name="activity_close"),
    path("documents/<uuid:public_id>/", controlled.document, name="document"),
    path("documents/<uuid:public_id>/<slug:act>/", controlled.document_act, name="document_act"),
    path("settings/services/", views.services, name="services"),
    path("settings/services/new/", views.service_open, name="service_open"),
    path("settings/services/<uuid:public_id>/close/", views.service_close, name="service_close"),
    path("settings/categories/", views.categories, name="categories"),
    path("settings/categories/new/", views.category_open, name="category_open"),
    path("settings/promises/", views.promises, name="promises"),
    path("settings/promises/new/", views.publish, name="publish"),
    path(PROMISE, views.promise, name="promise"),
    path(f"{PROMISE}end/", views.end, name="promise_end"),
    path(f"{PROMISE}confirm/", views.confirm, name="promise_confirm"),
]
