"""Steward (服务管家): the working desk of a service supervisor."""

__version__ = "0.1.0"
