"""What editors of documents share: texts in languages, and keys of parts that stay with a part when it is rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steward.ground.fields import localized


def texts(value: Any) -> dict[str, str]:
    """{language: text} without what is empty; anything that is no mapping is nothing."""
    rows = value if isinstance(value, Mapping) else {}
    return {str(code): str(words).strip() for code, words in rows.items() if str(words).strip()}


def rewritten(before: Mapping[str, str], words: str, language: str) -> dict[str, str]:
    """A text after somebody wrote it in one language: the others stand only while it says the same, since they would say something else then."""
    return dict(before) if words == str(localized(before)) else texts({language: words})


def keyed(lines: Sequence[str], before: Sequence[Mapping[str, Any]], language: str, letter: str) -> list[dict[str, Any]]:
    """Parts from lines of text. A line that stood there keeps its key, also when rewritten in its place: a difference shows that one only."""
    by_text = {str(localized(part["text"])): part for part in before}
    stays = {by_text[text]["key"] for text in lines if text in by_text}
    latest = max((int(part["key"][1:]) for part in before), default=0)
    found: list[dict[str, Any]] = []
    for at, text in enumerate(lines):
        if text in by_text:
            found.append(dict(by_text.pop(text)))
            continue
        if at < len(before) and before[at]["key"] not in stays:
            found.append({**before[at], "text": {language: text}})
        else:
            latest += 1
            found.append({"key": f"{letter}{latest}", "text": {language: text}})
    return found
