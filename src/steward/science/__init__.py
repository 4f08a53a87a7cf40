"""Pure Python: no Django, no ORM, no clock; files are touched only by what is named after it (readers, saved models); time and randomness are arguments."""
