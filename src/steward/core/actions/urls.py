from __future__ import annotations

from django.urls import path

from .views import changes, files, lists, reviews

app_name = "actions"
ACTION = "improvement/actions/<uuid:public_id>/"
FINDING = "improvement/findings/<uuid:public_id>/"
urlpatterns = [
    path("improvement/", lists.register, name="list"),
    path("improvement/findings/", lists.findings, name="findings"),
    path("improvement/findings/new/", changes.finding_open, name="finding_open"),
    path("improvement/actions/new/", changes.action_open, name="open"),
    path(FINDING, files.finding_detail, name="finding"),
    path(f"{FINDING}edit/", changes.finding_edit, name="finding_edit"),
    path(f"{FINDING}evidence/", changes.evidence_add, name="evidence"),
    path(f"{FINDING}settlement/", changes.finding_settle, name="finding_settle"),
    path(f"{FINDING}dismissal/", changes.finding_drop, name="finding_drop"),
    path(f"{FINDING}reopening/", changes.finding_reopen, name="finding_reopen"),
    path(ACTION, files.action_detail, name="detail"),
    path(f"{ACTION}edit/", changes.action_edit, name="edit"),
    path(f"{ACTION}start/", changes.start, name="start"),
    path(f"{ACTION}completion/", changes.finish, name="finish"),
    path(f"{ACTION}closure/", changes.close, name="close"),
    path(f"{ACTION}reopening/", changes.reopen, name="reopen"),
    path(f"{ACTION}cancellation/", changes.cancel, name="cancel"),
    path(f"{ACTION}recurrences/", changes.recur, name="recur"),
    path(f"{ACTION}tellings/", changes.tell, name="tell"),
    path(f"{ACTION}review/", reviews.review_new, name="review_new"),
    path(f"{ACTION}reviews/<uuid:review_id>/", reviews.review_detail, name="review"),
]
