"""Checklists of cases: what must not be forgotten, ticked by whom and when."""
