"""The e-mail channel: mailboxes are read and answered, every message is kept as it came, and none is lost on the way to a case."""
