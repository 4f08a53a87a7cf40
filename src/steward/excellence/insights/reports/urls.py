from __future__ import annotations

from django.urls import path

from .views import files, lists, report, specs, writing

app_name = "reports"
urlpatterns = [
    path("insights/reports/", lists.report_list, name="list"),
    path("insights/reports/plans/", lists.spec_list, name="specs"),
    path("insights/reports/plans/new/", specs.spec_new, name="spec_new"),
    path("insights/reports/plans/<uuid:public_id>/", specs.spec, name="spec"),
    path("insights/reports/plans/<uuid:public_id>/version/", specs.spec_change, name="spec_change"),
    path("insights/reports/plans/<uuid:public_id>/end/", specs.spec_end, name="spec_end"),
    path("insights/reports/plans/<uuid:public_id>/report/", specs.make, name="make"),
    path("insights/reports/<uuid:public_id>/", report.report, name="report"),
    path("insights/reports/<uuid:public_id>/issue/", report.issue, name="issue"),
    path("insights/reports/<uuid:public_id>/discarding/", report.discard, name="discard"),
    path("insights/reports/<uuid:public_id>/correction/", report.correct, name="correct"),
    path("insights/reports/<uuid:public_id>/pdf/", files.pdf, name="pdf"),
    path("insights/reports/<uuid:public_id>/xlsx/", files.xlsx, name="xlsx"),
    path("insights/reports/<uuid:public_id>/commentary/", writing.comment, name="comment"),
    path("insights/reports/commentary/<uuid:public_id>/", writing.comment_change, name="comment_change"),
    path("insights/reports/<uuid:public_id>/recommendations/", writing.recommend, name="recommend"),
    path("insights/reports/recommendations/<uuid:public_id>/withdrawal/", writing.withdraw, name="withdraw"),
    path("insights/reports/recommendations/<uuid:public_id>/decision/", writing.decide, name="decide"),
]
