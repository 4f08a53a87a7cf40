"""Personal values as a person without a reason sees them. The full value leaves the house only through a view that logs the purpose."""

from __future__ import annotations

from typing import Literal, get_args

MaskKind = Literal["name", "phone", "email", "id", "address", "text"]
DOT = "*"


def mask(value: str, kind: MaskKind = "text") -> str:
    """Hide what identifies, keep what helps to recognise.

    >>> mask("13812345678", "phone"), mask("欧阳修", "name"), mask("li.lei@example.com", "email")
    ('138****5678', '欧**', 'l***@example.com')
    >>> mask("110101199003071234", "id")
    '110***********1234'
    """
    if kind not in get_args(MaskKind):
        raise ValueError(f"No mask is named {kind!r}. Known: {', '.join(get_args(MaskKind))}.")
    text = value.strip()
    if not text:
        return ""
    if kind == "email" and "@" in text:
        user, _, host = text.partition("@")
        return f"{user[:1]}{DOT * 3}@{host}"
    head, tail = {"name": (1, 0), "phone": (3, 4), "id": (3, 4), "address": (6, 0)}.get(kind, (0, 0))
    if len(text) <= head + tail:
        head, tail = min(1, len(text) - 1), 0
    return f"{text[:head]}{DOT * (len(text) - head - tail)}{text[len(text) - tail :] if tail else ''}"
