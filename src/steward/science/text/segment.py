"""Words of a Chinese or Latin text."""

from __future__ import annotations

from steward.science.extras import needs


def segment(text: str) -> tuple[str, ...]:
    """The words, in order; joined they are the text again, blanks and marks included. Errors: MissingExtra without rjieba."""
    needs("rjieba", extra="learn")
    import rjieba

    return tuple(rjieba.cut(text))
