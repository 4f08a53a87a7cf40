"""To whom a message goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from steward.ground.access.models import User

STAFF = User._meta.label_lower
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\Z"
)


@dataclass(frozen=True)
class Recipient:
    """type and id: the model label and key of a customer or user, empty for a bare address. language: empty means the installation's."""

    type: str
    id: int | None
    address: str = ""
    language: str = ""

    @classmethod
    def staff(cls, user: User) -> Recipient:
        return cls(STAFF, user.pk, user.email, user.language)

    @classmethod
    def person(cls, row: Any, *, address: str, language: str = "") -> Recipient:
        """A customer or contact kept in a table of an upper room."""
        return cls(row._meta.label_lower, row.pk, address, language)

    @classmethod
    def at_address(cls, address: str, *, language: str = "") -> Recipient:
        return cls("", None, address, language)

    @property
    def is_customer(self) -> bool:
        return self.type != STAFF


def is_email(address: str) -> bool:
    """Whether this can stand in a mail's To: one plain address, no display name, no line break, no second recipient."""
    return len(address) <= 254 and bool(_EMAIL.match(address))
