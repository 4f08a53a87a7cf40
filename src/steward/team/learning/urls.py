from __future__ import annotations

from django.urls import path

from . import views

app_name = "learning"
urlpatterns = [
    path("learning/", views.mine, name="mine"),
    path("learning/certificates/", views.certificates, name="certificates"),
    path("learning/certificates/<uuid:public_id>/withdrawing/", views.certificate_revoke, name="certificate_revoke"),
    path("learning/courses/new/", views.course_new, name="course_new"),
    path("learning/courses/<uuid:public_id>/", views.course, name="course"),
    path("learning/courses/<uuid:public_id>/quiz/", views.quiz, name="quiz"),
    path("learning/courses/<uuid:public_id>/questions/", views.questions, name="questions"),
    path("learning/courses/<uuid:public_id>/lessons/new/", views.lesson_new, name="lesson_new"),
    path("learning/courses/<uuid:public_id>/certificates/new/", views.kind_new, name="kind_new"),
    path("learning/courses/<uuid:public_id>/closing/", views.course_close, name="course_close"),
    path("learning/questions/<uuid:public_id>/retiring/", views.question_retire, name="question_retire"),
]
