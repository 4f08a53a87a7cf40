"""Words that several pages need."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GRAIN_WORDS: dict[str, str | Promise] = {
    "": _("In all"), "day": _("By day"), "week": _("By week"), "month": _("By month"), "quarter": _("By quarter"), "year": _("By year"),
}  # fmt: skip
