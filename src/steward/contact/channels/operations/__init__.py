"""Everything that can be done through the channels, beside what is done to cases."""

from .forms import save_form
from .logo import remove_logo, set_logo
from .receiving import Word, receive_word
from .replies import mail_link, mail_reply
from .tokens import authenticate, issue_token, note_use, revoke_token
from .tracking import add_word, find_link, give_verdict, issue_link, revoke_links, withdraw

__all__ = [
    "Word",
    "add_word",
    "authenticate",
    "find_link",
    "give_verdict",
    "issue_link",
    "issue_token",
    "mail_link",
    "mail_reply",
    "note_use",
    "receive_word",
    "remove_logo",
    "revoke_links",
    "revoke_token",
    "save_form",
    "set_logo",
    "withdraw",
]
