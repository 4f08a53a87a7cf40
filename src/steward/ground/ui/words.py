"""The sentences that browser code speaks, handed over as JSON: there is one catalogue and no second one in JavaScript."""

from __future__ import annotations

from django.utils.translation import gettext as _


def for_browser() -> dict[str, str]:
    """Key → sentence. `%(name)s` placeholders are filled by frontend/src/words.js."""
    return {
        "due_left": _("%(span)s left (%(moment)s)"),
        "due_over": _("%(span)s overdue (%(moment)s)"),
        "span_none": _("less than 1 min"),
        "span_m": _("%(minutes)d min"),
        "span_h": _("%(hours)d h"),
        "span_hm": _("%(hours)d h %(minutes)d min"),
        "span_d": _("%(days)d d"),
        "span_dh": _("%(days)d d %(hours)d h"),
        "undo": _("Undo"),
        "close": _("Close"),
        "offline": _("No connection. Nothing you typed is lost; it is sent when you press the button again."),
        "too_large": _(
            "This is more than the server takes at once. Nothing you typed is lost: choose a smaller file, then press the button again."
        ),
        "not_sent": _(
            "It could not be sent. Nothing you typed is lost. Check the connection, or choose a smaller file; then press the button again."
        ),
        "failed": _("The server could not do this. Nothing was changed. Try again; if it fails again, tell your administrator."),
        "forbidden": _("Your role does not allow this. Ask the person who manages your access."),
        "gone": _("This no longer exists, or you may not see it. Reload the page."),
        "signed_out": _("You have been signed out. Sign in in another tab, then press the button again; your text stays here."),
        "conflict": _("Somebody changed this meanwhile. Reload to see the newest state; your draft is kept."),
        "slow": _("The server is taking long. You can wait or try again."),
        "draft_saved": _("Draft saved on this device"),
        "draft_kept": _("Draft saved; you can go on from any device"),
        "draft_gone": _("This text was sent or discarded in another window. Look at the conversation before you send it."),
        "draft_restored": _("Your draft was restored"),
        "selected": _("%(count)d selected"),
        "results": _("%(count)d results"),
        "no_results": _("No results"),
        "file_ready": _("%(name)s, %(size)s"),
        "file_too_large": _("%(name)s is larger than %(limit)s. Choose a smaller file."),
    }
