"""What rules refuse, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused

from .checking import Problem


class UnusableRule(Refused):
    """problems: every place that is wrong, for an editor to show; the message names the first."""

    code = "unusable_rule"
    message = _("This cannot be used as a rule. %(where)s: %(detail)s")
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(where=problems[0].where, detail=problems[0].text)
        self.problems = tuple(problems)


class UnknownKind(Refused):
    code = "unknown_rule_kind"
    message = _("There is no kind of rule called %(kind)s. There are: %(known)s.")
    status = 422


class UnknownKey(Refused):
    code = "unknown_rule_key"
    message = _("%(key)s cannot be used as a key of this kind. Use small letters, digits and underscores, or one of: %(known)s.")
    status = 422


class KeyBelongsToOthers(Refused):
    code = "rule_key_taken"
    message = _("The key %(key)s belongs to the installation or to another organisation. Publish yours under a key of its own.")
    status = 422


class NeedsSource(Refused):
    code = "rule_needs_source"
    message = _("Say where the rule comes from: a law with its article, a notice, or a decision of your own.")
    status = 422


class BadDates(Refused):
    code = "rule_dates"
    message = _("The last day lies before the first.")
    status = 422


class CannotWithdraw(Refused):
    code = "cannot_withdraw_rule"
    message = _("A rule of the whole installation is withdrawn by its operator on the command line.")
    status = 403
