"""Django's SQLite backend, with a fair queue of writers in front of it (see turns.py)."""
