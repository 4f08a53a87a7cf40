"""Pure Python: no Django, no ORM, no clock; time and randomness are arguments. Files are touched by readers and saved models alone."""
