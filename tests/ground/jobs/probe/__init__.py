"""A tiny app with jobs that leave marks in a file, for tests with real worker processes."""
