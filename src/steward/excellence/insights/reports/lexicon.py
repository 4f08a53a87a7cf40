"""Words that claim a change. Where the figures do not bear a change out, such a word in a person's text is pointed at (rule X2).

What denies a change ("未见提升", "not significant") claims nothing. The list is short on purpose: it shall catch the usual report, not judge style.
"""

from __future__ import annotations

import re
from typing import Literal

Claim = Literal["better", "worse", "any"]

_CHINESE: dict[Claim, tuple[str, ...]] = {
    "better": ("提升", "提高", "改善", "好转", "优化", "进步", "向好", "缩短", "增强"),
    "worse": ("恶化", "变差", "下滑", "退步", "变慢", "延长"),
    "any": ("显著", "明显", "大幅", "上升", "下降", "增长", "增加", "减少", "降低", "升高"),
}
_ENGLISH: dict[Claim, str] = {
    "better": r"improv\w*|better|enhanc\w*|shorten\w*|faster",
    "worse": r"worse\w*|deteriorat\w*|declin\w*|slower",
    "any": r"significant\w*|marked(?:ly)?|substantial\w*|dramatic\w*|rose|risen|rising|fell|fallen|falling|grew|grown|"
    r"increas\w*|decreas\w*|reduc\w*|drop\w*",
}
# What stands right before a word and denies it, asks for it or only hopes for it; "不仅" and "无论" deny nothing.
_DENIED_BEFORE = re.compile(r"(?:未|没|无(?!论)|不(?![仅但断少])|能否|是否|为了|争取|以期|计划|将)[^，。；！？,.;!?]{0,6}$")
_DENIED_ENGLISH = re.compile(
    r"\b(?:no|not|never|without|whether|cannot|neither|nor|nothing|none)\b[^.,;!?]{0,24}$|\b(?:to|will|may|might|should|would|could|can)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_WORDS: list[tuple[Claim, re.Pattern[str], re.Pattern[str]]] = [
    *((claim, re.compile("|".join(words)), _DENIED_BEFORE) for claim, words in _CHINESE.items()),
    *((claim, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), _DENIED_ENGLISH) for claim, words in _ENGLISH.items()),
]


def claims(text: str) -> list[tuple[str, Claim]]:
    """The words of a text that claim a change, each once, in their order.

    >>> claims("首次响应时间显著提升；重开率未见明显变化。")
    [('显著', 'any'), ('提升', 'better')]
    >>> claims("Waits improved; nothing was significantly worse, and we plan to reduce them.")
    [('improved', 'better')]
    """
    found: list[tuple[int, str, Claim]] = []
    for claim, pattern, denied in _WORDS:
        found += [(hit.start(), hit.group(0), claim) for hit in pattern.finditer(text) if not denied.search(text[: hit.start()])]
    return list(dict.fromkeys((word, claim) for _start, word, claim in sorted(found)))
