"""Courses and kinds of certificates are known to those they are for; a certificate to its holder and to whoever leads them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from .models import Certificate, CertificateKind, Course


def _above(user: User, capability: str, at: datetime) -> Q:
    """Rows of the units above those in which one may: what they set holds below."""
    ids = {int(part) for path in access_at(user, at).paths(capability) for part in path.split(".") if part}
    return Q(unit_id__in=ids)


class CoursePolicy(Policy[Course]):
    model = Course
    view = "learning.view"
    actions = {"write": "learning.lead"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return _above(user, self.view, at)


class CertificateKindPolicy(Policy[CertificateKind]):
    model = CertificateKind
    view = "learning.view"
    actions = {"write": "learning.lead"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return _above(user, self.view, at)


class CertificatePolicy(Policy[Certificate]):
    model = Certificate
    view = "learning.lead"
    actions = {"revoke": "learning.lead"}
    unit_field = "staff__unit"

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(staff__user=user)


def register_policies() -> None:
    for policy in (CoursePolicy(), CertificateKindPolicy(), CertificatePolicy()):
        register(policy)
