"""Exports of other desks: each kind turns its files into the rows that the import understands, with the conversation and the history.

A kind is a mapping with the names of the export already in it, and where the export is no table a reader. `register` adds another kind.
"""

from __future__ import annotations

from .registry import Export, export_named, exports, fitting, register
from .tables import table_of

__all__ = ["Export", "export_named", "exports", "fitting", "register", "table_of"]
