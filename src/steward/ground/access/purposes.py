"""Purposes for which somebody may look at a personal value that is masked by default (X6)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PURPOSES: dict[str, str | Promise] = {
    "serve_case": _("To work on this case"),
    "call_back": _("To call or write back"),
    "verify_identity": _("To verify who is asking"),
    "investigate": _("To investigate a complaint"),
    "rights_request": _("To answer a personal-data request"),
    "legal_duty": _("A legal duty"),
}
