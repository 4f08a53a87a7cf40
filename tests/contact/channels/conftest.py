from __future__ import annotations

from collections.abc import Iterator

import pytest

from steward.ground.access.limits import limiter


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """What a process fetched of a limit does not outlive the test."""
    limiter.forget()
    yield
    limiter.forget()
