"""The operator's desk: audit log, seals, parked entries, registries."""
