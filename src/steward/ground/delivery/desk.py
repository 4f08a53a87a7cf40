"""The channel `desk`: a message to a member of staff becomes a notice."""

from __future__ import annotations

from datetime import datetime

from steward.ground.access.models import User
from steward.ground.fields import localized

from .channels import PermanentFailure
from .models import Dispatch
from .notices import notify
from .recipients import STAFF


def deliver(dispatch: Dispatch, at: datetime) -> None:
    """Write the notice; a second delivery finds it there."""
    known = dispatch.recipient_type == STAFF and dispatch.recipient_id is not None
    user = User.objects.filter(pk=dispatch.recipient_id or 0, is_active=True).first() if known else None
    if user is None:
        raise PermanentFailure("Nobody active has this desk.")
    title, text = (dispatch.subject, dispatch.body) if dispatch.subject else (dispatch.body[:120], "")
    shown = {"title": localized({dispatch.language: title}), "text": localized({dispatch.language: text})}
    notify(users=[user], title=shown["title"], text=shown["text"], at=at, key=f"dispatch:{dispatch.public_id}")
