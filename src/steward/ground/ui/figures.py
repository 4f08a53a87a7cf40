"""Words for figures: grouped digits, an interval with its n, and "数据不足" where there is nothing to say."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

Number = int | float | Decimal
NOTHING = "—"


def number_words(value: Number | str | None, *, digits: int = 0, unit: str = "", signed: bool = False) -> str:
    """`1,234.5%`; a dash for None and NaN. Rounds half up, as people do. A real minus sign, so that columns align.

    >>> number_words(0.8249, digits=1, unit="%")
    '0.8%'
    >>> number_words(-1234.5, digits=1)
    '−1,234.5'
    """
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    rounded = amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{digits}f}"
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{text}{_unit(unit)}"


def interval_words(
    value: Number | None, low: Number | None = None, high: Number | None = None, *, n: int | None = None, digits: int = 1, unit: str = ""
) -> str:
    """A figure with its interval and n: `82.4%（79.1–85.2，n=412）`. Without a value: not enough data, with the n there is."""
    if value is None:
        return _("Not enough data (n=%(n)s)") % {"n": number_words(n)} if n is not None else _("Not enough data")
    figure = number_words(value, digits=digits, unit=unit)
    span = range_words(low, high, digits=digits)
    if span and n is not None:
        return _("%(value)s (%(range)s, n=%(n)s)") % {"value": figure, "range": span, "n": number_words(n)}
    if span:
        return _("%(value)s (%(range)s)") % {"value": figure, "range": span}
    return _("%(value)s (n=%(n)s)") % {"value": figure, "n": number_words(n)} if n is not None else figure


def range_words(low: Number | None, high: Number | None, *, digits: int = 1) -> str:
    """`79.1–85.2`, or nothing when an end is missing."""
    if low is None or high is None:
        return ""
    joiner = " – " if low < 0 or high < 0 else "–"
    return f"{number_words(low, digits=digits)}{joiner}{number_words(high, digits=digits)}"


def _decimal(value: Number | str | None) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _unit(unit: str) -> str:
    return unit if unit in ("", "%", "‰") else f" {unit}"
