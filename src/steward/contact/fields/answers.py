"""What is typed becomes an answer in the one spelling of its type, and an answer becomes words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import formats
from django.utils.translation import gettext as _

from .errors import BadAnswer
from .models import FieldType, FieldVersion

LONGEST = 2000
DIGITS = 15  # of a number before the point: what stays exact everywhere it is read
MINOR = Decimal(100)


def canonical(version: FieldVersion, typed: str) -> str:
    """ "" for nothing. Numbers without needless zeros, dates as 2026-03-02, yes or no, amounts in whole minor units. Raises BadAnswer."""
    text = typed.strip()
    if not text:
        return ""
    if len(text) > LONGEST or "\0" in text:
        raise BadAnswer(field=str(version.name), problem=_("write at most %(count)s characters.") % {"count": LONGEST})
    if version.type == FieldType.NUMBER:
        return _plain(_number(version, text))
    if version.type == FieldType.AMOUNT:
        minor = _number(version, text) * MINOR
        if minor != minor.to_integral_value():
            raise BadAnswer(field=str(version.name), problem=_("give at most two places after the point."))
        return str(int(minor))
    if version.type == FieldType.DATE:
        return _date(version, text)
    if version.type in (FieldType.CHOICE, FieldType.YES_NO) and text not in values_of(version):
        raise BadAnswer(field=str(version.name), problem=_("choose one of the answers offered."))
    return text


def values_of(version: FieldVersion) -> list[str]:
    """What can be answered where only some answers can be given."""
    if version.type == FieldType.YES_NO:
        return ["yes", "no"]
    return [choice["value"] for choice in version.choices] if version.type == FieldType.CHOICE else []


def typed_of(version: FieldVersion, value: str) -> str:
    """An answer as one would type it again."""
    if version.type == FieldType.AMOUNT and value:
        return f"{Decimal(value) / MINOR:.2f}"
    return value


def words_of(version: FieldVersion, value: str) -> str:
    """An answer for a reader, in their language."""
    if not value:
        return ""
    if version.type == FieldType.YES_NO:
        return str(_("Yes")) if value == "yes" else str(_("No"))
    if version.type == FieldType.CHOICE:
        return version.label_of(value)
    if version.type == FieldType.DATE:
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    if version.type == FieldType.AMOUNT:
        return f"{Decimal(value) / MINOR:,.2f} {version.currency}"
    return value


def _number(version: FieldVersion, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise BadAnswer(field=str(version.name), problem=_("give a number, such as 12 or 12.5.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** DIGITS:
        raise BadAnswer(field=str(version.name), problem=_("give a number, such as 12 or 12.5."))
    return number


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def _date(version: FieldVersion, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadAnswer(field=str(version.name), problem=_("give a date, such as 2026-03-02.")) from None
