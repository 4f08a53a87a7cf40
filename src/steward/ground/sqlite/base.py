"""The backend itself: Django's, whose writers wait for their turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.backends.sqlite3 import base

from .turns import Turns, turns_of

READS = ("SELECT", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "ATTACH", "DETACH", "VACUUM")


class Cursor(base.SQLiteCursorWrapper):
    """A statement that writes outside a transaction takes a turn for itself."""

    def __init__(self, connection: sqlite3.Connection, turns: Turns | None = None, timeout: float = 0) -> None:
        super().__init__(connection)
        self._turns, self._timeout = turns, timeout

    def execute(self, query: str, params: Any = None) -> Any:
        return self._in_turn(query, partial(super().execute, query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        return self._in_turn(query, partial(super().executemany, query, param_list))

    def _in_turn(self, query: str, run: Callable[[], Any]) -> Any:
        if self._turns is None or self.connection.in_transaction or query.lstrip()[:10].upper().startswith(READS):
            return run()
        taken = self._turns.take(self._timeout)
        try:
            return run()
        finally:
            if taken:
                self._turns.give_back()


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction takes a turn when it begins and gives it back when it ends, however it ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        turns, timeout = turns_of(str(self.settings_dict["NAME"])), self._patience
        return self.connection.cursor(factory=lambda connection: Cursor(connection, turns, timeout))

    def _start_transaction_under_autocommit(self) -> None:
        turns = turns_of(str(self.settings_dict["NAME"]))
        if turns is not None and self._turn is None and turns.take(self._patience):
            self._turn = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._give_back()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self._end()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._end()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_back()

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _end(self) -> None:
        # A commit that failed leaves the transaction open, to be rolled back: the turn ends with it.
        if self.connection is None or not self.connection.in_transaction:
            self._give_back()

    def _give_back(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give_back()
