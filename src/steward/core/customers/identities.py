"""Normal forms of identities, so that the same telephone or address is found however it was written."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused

from .models import ContactPoint

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


class BadIdentity(Refused):
    code = "bad_identity"
    message = _("“%(value)s” cannot be read as %(kind)s. Check it against what the person gave.")
    status = 422


def normalise(kind: str, value: str, *, region: str = "CN") -> str:
    """The form identities are compared in. Raises BadIdentity for a telephone, e-mail or identity card that cannot be one.

    Telephones become E.164 (phonenumbers, region for numbers without a country code); e-mail addresses lower case; identity cards
    are checked by their check digit (GB 11643-1999); everything else NFKC, lower case, without spaces.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    readers = {
        ContactPoint.Kind.PHONE: lambda: _phone(text, region),
        ContactPoint.Kind.EMAIL: lambda: _email(text),
        ContactPoint.Kind.ID_CARD: lambda: _id_card(text),
    }
    read = readers.get(ContactPoint.Kind(kind))
    found = read() if read else re.sub(r"\s+", "", text).lower()
    if not found:
        raise BadIdentity(value=value, kind=ContactPoint.Kind(kind).label)
    return found


def _phone(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    text = text.lower()
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text


def _id_card(text: str) -> str:
    text = text.upper().replace(" ", "")
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return ""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _ID_WEIGHTS, strict=True))
    return text if _ID_CHECKS[total % 11] == text[17] else ""
