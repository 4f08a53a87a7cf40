"""Measures: every figure with its definition, its denominator, its interval and its rows (rule X1).

Apps declare facts (`facts.py`) and measures (`measures.py`) and register both in `AppConfig.ready()`. `loading` keeps the store up to the
journal, `evaluate` answers questions from it, `verdicts` decides what may be said.
"""
