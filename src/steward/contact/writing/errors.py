"""Why something about a draft, a review or a mention cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class DraftChanged(Refused):
    """Another window of the same person saved another text. version and body say which."""

    code = "draft_changed"
    message = _("Another window saved a different text meanwhile. Choose which of the two you keep.")


class TextChanged(Refused):
    """Of two who changed a shared text at once, the second. body and version say what stands there now."""

    code = "shared_text_changed"
    message = _("%(name)s changed the text meanwhile. Both texts are shown; put them together, then save again.")


class NeedsReview(Refused):
    code = "needs_review"
    message = _("Here a colleague reads this reply before it goes out (%(reason)s). Hand it over for a review; your text is kept.")


class OwnReview(Refused):
    code = "own_review"
    message = _("Somebody else than the author reads it. Choose a colleague.")
    status = 422


class ReviewerCannot(Refused):
    code = "reviewer_cannot"
    message = _("%(name)s cannot read this reply: they may not work on the case, or their own replies are reviewed. Choose somebody else.")
    status = 422


class ReviewOpen(Refused):
    code = "review_open"
    message = _("A reply of yours on this case is being reviewed already. Go on with that one, or withdraw it first.")


class NotNow(Refused):
    code = "review_state"
    message = _("The shared draft is now: %(state)s. That cannot be done in this state; look at it again.")


class NothingWritten(Refused):
    code = "nothing_written"
    message = _("There are no words yet. Write some, then try again.")
    status = 422


class MentionedCannotSee(Refused):
    code = "mentioned_cannot_see"
    message = _("%(name)s may not see this case, so nobody was told. Take the mention out, or ask whoever decides to let them in.")
    status = 422


class MentionUnclear(Refused):
    code = "mention_unclear"
    message = _("More than one colleague is called %(name)s. Choose one from the list that opens after the @.")
    status = 422


class DemandThere(Refused):
    code = "demand_there"
    message = _("This is demanded in this unit already.")
    status = 422
