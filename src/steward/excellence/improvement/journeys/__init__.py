"""Journeys: what somebody goes through from first contact to delivery, across processes, with what was measured on the way (R-029)."""
