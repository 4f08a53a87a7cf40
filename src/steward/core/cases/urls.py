from __future__ import annotations

from django.urls import path

from .views import actions, file, lists, procedures

app_name = "cases"
CASE = "cases/<uuid:public_id>/"
urlpatterns = [
    path("cases/", lists.case_list, name="list"),
    path("cases/due/", lists.due_list, name="due"),
    path("cases/new/", actions.case_open, name="open"),
    path("todo/", lists.todo, name="todo"),
    path("todo/<uuid:public_id>/done/", actions.task_done, name="task_done"),
    path(CASE, file.case_detail, name="detail"),
    path(f"{CASE}beside/", file.case_beside, name="beside"),
    path(f"{CASE}history/", file.case_history, name="history"),
    path(f"{CASE}dialogs/", file.case_dialogs, name="dialogs"),
    path(f"{CASE}clocks/<uuid:promise_id>/", file.clock_detail, name="clock"),
    path(f"{CASE}messages/", actions.message_add, name="message"),
    path(f"{CASE}claim/", actions.claim, name="claim"),
    path(f"{CASE}release/", actions.release, name="release"),
    path(f"{CASE}assignment/", actions.assign, name="assign"),
    path(f"{CASE}hold/", actions.hold, name="hold"),
    path(f"{CASE}resumption/", actions.resume, name="resume"),
    path(f"{CASE}closure/", actions.close, name="close"),
    path(f"{CASE}reopening/", actions.reopen, name="reopen"),
    path(f"{CASE}properties/", actions.properties, name="properties"),
    path(f"{CASE}kind/", actions.kind, name="kind"),
    path(f"{CASE}suggestions/<uuid:suggestion_id>/", actions.suggestion_take, name="suggestion_take"),
    path(f"{CASE}suggestions/dismissal/", actions.suggestion_dismiss, name="suggestion_dismiss"),
    path(f"{CASE}transfer/", actions.transfer, name="transfer"),
    path(f"{CASE}links/", actions.link, name="link"),
    path(f"{CASE}merge/", actions.merge, name="merge"),
    path(f"{CASE}merge/undo/", actions.merge_undo, name="merge_undo"),
    path(f"{CASE}procedures/", procedures.of_case, name="procedures"),
    path(f"{CASE}procedures/<uuid:version_id>/<slug:act>/", procedures.act, name="procedure_act"),
    path(f"{CASE}promises/", actions.promise_add, name="promise"),
    path(f"{CASE}promises/<uuid:promise_id>/kept/", actions.promise_kept, name="promise_kept"),
    path(f"{CASE}concerns/", actions.concern, name="concern"),
    path(f"{CASE}concerns/<uuid:staff_id>/clearing/", actions.concern_clear, name="concern_clear"),
    path(f"{CASE}tasks/", actions.task_add, name="task"),
]
