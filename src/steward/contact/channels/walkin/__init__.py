"""The counter: a case in a few seconds, on a telephone in one hand."""
