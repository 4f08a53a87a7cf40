"""`python -m steward` is the same as `steward`."""

from steward.config.cli import main

main()
