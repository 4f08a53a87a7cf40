"""One after the other: writers of one SQLite file, in all threads and processes, take turns.

SQLite lets one writer in at a time, and the others look again after ever longer naps: under load the file is free while everybody sleeps, and an
unlucky writer is passed over for seconds. Here they stand in line instead: inside a process at a lock, between processes at two locked files, of
which the first is a turnstile (whoever stands there is next), so that a busy process cannot go twice while another waits. A turn that cannot be
had in time is not refused: SQLite's own waiting then decides as it did before.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from functools import lru_cache
from pathlib import Path

NAP_SECONDS = 0.0003


class Turns:
    """The queue of the writers of one file. `take` and `give_back` may run in different threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._inside = threading.Lock()
        self._files: tuple[int, int] | None = None

    def take(self, timeout: float) -> bool:
        """Wait for a turn of at most so many seconds; False when it did not come. Whoever got True must give it back."""
        ends = time.monotonic() + timeout
        if not self._inside.acquire(timeout=timeout):
            return False
        next_in_line, turn = self._open()
        try:
            taken = _lock(next_in_line, ends) and _lock(turn, ends)
            fcntl.flock(next_in_line, fcntl.LOCK_UN)
        except BaseException:
            self._inside.release()
            raise
        if not taken:
            self._inside.release()
        return taken

    def give_back(self) -> None:
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._inside.release()

    def _open(self) -> tuple[int, int]:
        if self._files is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._files = (os.open(f"{self.path}.next", flags, 0o600), os.open(f"{self.path}.turn", flags, 0o600))
        return self._files


def _lock(descriptor: int, ends: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                return False
            time.sleep(NAP_SECONDS)
        else:
            return True


@lru_cache(maxsize=64)
def turns_of(path: str) -> Turns | None:
    """The queue of a database file; None for a database in memory, which one connection has to itself."""
    if not path or ":memory:" in path or path.startswith("file:"):
        return None
    return Turns(str(Path(path).resolve()))


# A child made by fork has copies of locks that other threads of its parent held, and shares its locked files.
os.register_at_fork(after_in_child=turns_of.cache_clear)
