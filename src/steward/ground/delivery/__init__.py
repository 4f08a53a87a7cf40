"""Every message out, and the notices to staff: consent, contact cap, quiet hours, language, ten seconds to take it back, and a log."""
