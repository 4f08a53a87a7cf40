"""Heavy libraries come with an extra and load on first use; where one is missing, the error says which extra to install."""

from __future__ import annotations

from importlib.util import find_spec


class MissingExtra(ImportError):
    """A library is not installed; ``extra`` is the name of the extra that brings it."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed; it comes with the extra {extra!r}: pip install 'steward[{extra}]'", name=library)
        self.module = library
        self.extra = extra


def needs(*libraries: str, extra: str) -> None:
    """Make sure that the libraries (import names) can be imported, without importing them. Errors: MissingExtra for the first that cannot."""
    for library in libraries:
        if find_spec(library) is None:
            raise MissingExtra(library, extra)
