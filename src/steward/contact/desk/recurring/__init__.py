"""Cases that come again by the calendar: the weekly check, the month's report, every working day's round."""
