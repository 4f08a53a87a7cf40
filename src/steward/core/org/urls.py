from __future__ import annotations

from django.urls import path

from .views import accounts, home, people, providers, roles, units

app_name = "org"
UNIT, PERSON = "settings/units/<uuid:public_id>/", "settings/people/<uuid:public_id>/"
urlpatterns = [
    path("settings/", home.settings, name="settings"),
    path("settings/units/", units.unit_list, name="units"),
    path("settings/units/new/", units.open_unit, name="unit_open"),
    path(UNIT, units.unit, name="unit"),
    path(f"{UNIT}move/", units.move, name="unit_move"),
    path(f"{UNIT}close/", units.close, name="unit_close"),
    path("settings/people/", people.people_list, name="people"),
    path("settings/people/new/", people.take_on, name="take_on"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}move/", people.move, name="person_move"),
    path(f"{PERSON}password/", people.password, name="person_password"),
    path(f"{PERSON}end/", people.end, name="person_end"),
    path(f"{PERSON}skill/", people.skill, name="person_skill"),
    path(f"{PERSON}presence/", people.presence_of, name="person_presence"),
    path(f"{PERSON}sessions/end/", accounts.end_sessions, name="person_sessions_end"),
    path(f"{PERSON}second-step/reset/", accounts.reset_second_step, name="person_second_step_reset"),
    path("settings/sign-in/services/", providers.provider_list, name="providers"),
    path("settings/sign-in/services/new/", providers.provider, name="provider_new"),
    path("settings/sign-in/services/<uuid:public_id>/", providers.provider, name="provider"),
    path("settings/sign-in/services/<uuid:public_id>/try/", providers.provider_try, name="provider_try"),
    path("settings/sign-in/", accounts.sign_in_rule, name="sign_in_rule"),
    path("settings/roles/<uuid:public_id>/second-step/", accounts.demand_second_step, name="role_second_step"),
    path("me/presence/", people.presence, name="presence"),
    path("settings/roles/", roles.role_list, name="roles"),
    path("settings/roles/<uuid:public_id>/", roles.role, name="role"),
    path("settings/grants/", roles.grant_list, name="grants"),
    path("settings/grants/new/", roles.grant, name="grant"),
    path("settings/grants/<uuid:public_id>/end/", roles.end, name="grant_end"),
    path("settings/need-to-know/", roles.confidants, name="confidants"),
]
