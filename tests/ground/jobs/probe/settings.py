"""The smallest Steward that runs jobs: journal, access with what signing in stands on, jobs and the probe."""

from __future__ import annotations

from steward.config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_tasks",
    "steward.ground.journal",
    "steward.ground.access",
    "steward.ground.jobs",
    "tests.ground.jobs.probe",
]
TASKS = {"default": {"BACKEND": "steward.ground.jobs.backend.JobBackend", "QUEUES": ["default", "clock", "heavy"]}}
