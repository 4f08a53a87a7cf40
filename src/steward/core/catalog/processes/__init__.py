"""Processes and journeys as documents people go by: what a flow is, what is wrong with it, how long it takes, how it is drawn and exchanged."""
