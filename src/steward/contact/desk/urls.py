from __future__ import annotations

from django.urls import path

from .checklists import views as checklists
from .emotions import views as emotions
from .recurring import views as recurring
from .views import board, kanban, many, presence, routing, routing_skills, saved, templates

app_name = "desk"
urlpatterns = [
    path("desk/emotions/", emotions.people, name="emotions"),
    path("desk/emotions/breaks/<uuid:public_id>/<slug:act>/", emotions.break_act, name="emotions_break"),
    path("desk/emotions/rotations/<uuid:public_id>/<slug:act>/", emotions.rotation_act, name="emotions_rotation"),
    path("desk/emotions/about/<uuid:case_id>/", emotions.case_page, name="emotions_case"),
    path("desk/emotions/about/<uuid:case_id>/flags/<uuid:flag_id>/dismissal/", emotions.flag_dismiss, name="emotions_dismiss"),
    path("desk/emotions/about/<uuid:case_id>/abuse/<uuid:abuse_id>/<slug:act>/", emotions.abuse_act, name="emotions_abuse"),
    path("desk/emotions/about/<uuid:case_id>/<slug:act>/", emotions.case_act, name="emotions_case_act"),
    path("cases/board/", kanban.kanban, name="kanban"),
    path("cases/board/<uuid:public_id>/to/<slug:to>/", kanban.move, name="kanban_move"),
    path("desk/recurring/", recurring.recurring_list, name="recurring"),
    path("desk/recurring/new/", recurring.recurring_edit, name="recurring_new"),
    path("desk/recurring/<uuid:public_id>/", recurring.recurring_edit, name="recurring_one"),
    path("desk/recurring/<uuid:public_id>/<slug:act>/", recurring.recurring_act, name="recurring_act"),
    path("desk/checklists/", checklists.checklists, name="checklists"),
    path("desk/checklists/new/", checklists.checklist_edit, name="checklist_new"),
    path("desk/checklists/for/<uuid:case_id>/", checklists.of_case, name="checklists_case"),
    path("desk/checklists/for/<uuid:case_id>/adding/", checklists.attach, name="checklist_attach"),
    path("desk/checklists/for/<uuid:case_id>/items/<uuid:item_id>/<slug:act>/", checklists.item_act, name="checklist_item"),
    path("desk/checklists/for/<uuid:case_id>/<uuid:public_id>/removal/", checklists.remove, name="checklist_remove"),
    path("desk/checklists/<uuid:public_id>/", checklists.checklist_edit, name="checklist"),
    path("desk/checklists/<uuid:public_id>/closing/", checklists.checklist_close, name="checklist_close"),
    path("board/", board.board, name="board"),
    path("board/<uuid:staff_id>/sharing/", board.share, name="share"),
    path("desk/many/", many.many, name="many"),
    path("desk/many/colleagues/", many.colleagues, name="colleagues"),
    path("desk/many/<uuid:public_id>/undo/", many.undo, name="undo"),
    path("desk/views/", saved.save, name="view_save"),
    path("desk/views/<uuid:public_id>/removal/", saved.remove, name="view_remove"),
    path("desk/templates/", templates.template_list, name="templates"),
    path("desk/templates/new/", templates.template_edit, name="template_new"),
    path("desk/templates/menu/<uuid:case_id>/", templates.template_menu, name="template_menu"),
    path("desk/templates/<uuid:public_id>/", templates.template_edit, name="template"),
    path("desk/templates/<uuid:public_id>/closing/", templates.template_close, name="template_close"),
    path("desk/templates/<uuid:public_id>/for/<uuid:case_id>/", templates.template_filled, name="template_filled"),
    path("desk/presence/", presence.presence_hours, name="presence"),
    path("desk/routing/", routing.rule_list, name="routing"),
    path("desk/routing/new/", routing.rule_edit, name="routing_new"),
    path("desk/routing/try/", routing.rule_try, name="routing_try"),
    path("desk/routing/skills/", routing_skills.skills, name="routing_skills"),
    path("desk/routing/next/", routing.pull, name="pull"),
    path("desk/routing/of/<uuid:case_id>/", routing.case_routing, name="routing_case"),
    path("desk/routing/<uuid:public_id>/", routing.rule_edit, name="routing_rule"),
    path("desk/routing/<uuid:public_id>/closing/", routing.rule_close, name="routing_close"),
    path("desk/routing/<uuid:public_id>/earlier/", routing.rule_raise, name="routing_raise"),
]
