"""Background work: one `enqueue`, one table of jobs, lanes that run them, and schedules.

A job is a row. Workers claim rows by conditional updates, keep a lease while they work, and a job whose worker vanished is taken again,
so every handler must be safe to run twice. `docs/concepts/jobs.md` explains it.
"""
