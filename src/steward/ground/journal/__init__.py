"""The append-only journal: audit trail, customer timeline, event log and change feed in one table."""
