"""How many messages a text becomes on its way: 160 or 153 signs each of the GSM alphabet (3GPP TS 23.038), else 70 or 67 of UCS-2."""

from __future__ import annotations

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")  # behind an escape, so they take two places


@dataclass(frozen=True)
class Length:
    """signs: places taken; each: how many one message holds; segments: messages."""

    signs: int
    each: int
    segments: int
    unicode: bool


def length_of(text: str) -> Length:
    if all(sign in GSM or sign in GSM_TWICE for sign in text):
        costs, whole, part, wide = [2 if sign in GSM_TWICE else 1 for sign in text], 160, 153, False
    else:
        # Signs outside the basic plane (emoji) are two units, and a pair is never torn apart.
        costs, whole, part, wide = [2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67, True
    total = sum(costs)
    if total <= whole:
        return Length(total, whole, 1 if text else 0, wide)
    return Length(total, part, _packed(costs, part), wide)


def _packed(costs: list[int], size: int) -> int:
    count, room = 1, size
    for cost in costs:
        if cost > room:
            count, room = count + 1, size
        room -= cost
    return count
