"""Search in Chinese and Latin text: overlapping bigrams, the same answers on SQLite and PostgreSQL, filtered by each kind's own policy."""
