"""Why a question has no answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NotPossible(Refused):
    """The measure cannot be asked this way."""

    status = 400


class NoDimension(NotPossible):
    code = "no_dimension"
    message = _("This figure cannot be broken down or filtered by “%(name)s”. Choose another breakdown.")


class BadValue(NotPossible):
    code = "bad_value"
    message = _("“%(value)s” is no value that can be filtered by. Choose one from the list.")


class TooManyDimensions(NotPossible):
    code = "too_many_dimensions"
    message = _("At most two breakdowns at a time. Take one away.")


class NoSeries(NotPossible):
    code = "no_series"
    message = _("This figure says how things stand now; it has no course over time. Ask for it without periods.")


class NoLimit(NotPossible):
    code = "no_limit"
    message = _("This figure is not made of single values that could be held against a limit. Hold the figure itself against it.")


class FixedPartition(NotPossible):
    code = "fixed_partition"
    message = _("This figure protects small groups: it can be asked for whole months and for units only, in the groups that stand fixed.")


class NoRows(NotPossible):
    code = "no_rows"
    message = _("The rows behind this figure are protected and cannot be opened by anybody.")
    status = 403
