"""How work is designed and made better: the designer of processes and journeys."""
