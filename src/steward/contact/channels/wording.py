"""What the first words of a stranger become: the title of a case, and the language we answer in."""

from __future__ import annotations

import re


def language_of(text: str) -> str:
    """Chinese when there are Chinese letters, else English."""
    return "zh-hans" if re.search(r"[\u3400-\u9fff]", text) else "en"


def title_of(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
