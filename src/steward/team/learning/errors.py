from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NotOffered(Refused):
    code = "quiz_not_offered"
    message = _("This quiz has no questions yet, or the course is closed.")


class QuizMoved(Refused):
    code = "quiz_moved"
    message = _("The questions have changed since you opened them. Read them again, then answer.")


class BadQuestion(Refused):
    code = "bad_question"
    message = _("A question needs two to eight different answers, one of them right.")
    status = 422


class OtherDocument(Refused):
    code = "other_document"
    message = _("A question belongs to a version of the document its course teaches.")
    status = 422


class NotInItsUnit(Refused):
    code = "not_in_its_unit"
    message = _("It belongs to another unit than this one and those above it.")
    status = 422


class CertificateEndedAlready(Refused):
    code = "certificate_ended"
    message = _("This certificate has ended already.")
    status = 409
