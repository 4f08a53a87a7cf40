from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NoItems(Refused):
    code = "checklist_no_items"
    message = _("A checklist needs at least one item, each at most %(limit)s letters long.")
    status = 422


class OtherHouse(Refused):
    code = "checklist_other_house"
    message = _("This does not belong to the unit.")
    status = 422


class AlreadyThere(Refused):
    code = "checklist_already_there"
    message = _("This checklist is on the case already.")


class NotFitting(Refused):
    code = "checklist_not_fitting"
    message = _("This checklist is not for this unit, or it was put away.")


class AlreadyTicked(Refused):
    code = "checklist_already_ticked"
    message = _("%(name)s has ticked this already.")


class NotTicked(Refused):
    code = "checklist_not_ticked"
    message = _("This is not ticked.")


class ItemsOpen(Refused):
    """`items`: what is needed before closing and not ticked."""

    code = "checklist_items_open"
    message = _("Still to be ticked before it is closed: %(items)s.")
