"""Pure Python: no Django, no ORM, no clock, no input or output; time and randomness are arguments."""
