"""Why somebody is written to. The purpose decides which gates a message passes: an answer is not held back by what a survey is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Purpose:
    """needs_consent: asks the consent checks. capped: counts towards, and is stopped by, the contact cap. keeps_quiet: waits for the
    morning. hold: whether there are some seconds to take it back."""

    code: str
    label: str | Promise
    needs_consent: bool = False
    capped: bool = False
    keeps_quiet: bool = False
    hold: bool = True


_purposes: dict[str, Purpose] = {}


def register(*purposes: Purpose) -> None:
    for purpose in purposes:
        if purpose.code in _purposes:
            raise ValueError(f"The purpose {purpose.code!r} is registered twice.")
        _purposes[purpose.code] = purpose


def purpose_of(code: str) -> Purpose:
    try:
        return _purposes[code]
    except KeyError:
        raise LookupError(f"No message purpose is called {code!r}. Known: {', '.join(sorted(_purposes))}.") from None


def purposes() -> list[Purpose]:
    return [_purposes[code] for code in sorted(_purposes)]


register(
    Purpose("reply", _("Answer to a request")),
    Purpose("statutory", _("Notice required by law")),
    Purpose("service", _("Service notice"), keeps_quiet=True),
    Purpose("survey", _("Survey"), needs_consent=True, capped=True, keeps_quiet=True),
    Purpose("marketing", _("Offer"), needs_consent=True, capped=True, keeps_quiet=True),
    Purpose("staff", _("Notice to staff"), hold=False),
    Purpose("account", _("Sign-in and security"), hold=False),
)
