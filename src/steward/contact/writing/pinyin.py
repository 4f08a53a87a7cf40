"""Finding a Chinese name by what one types on a Latin keyboard: the characters, their pinyin, or its first letters."""

from __future__ import annotations

from functools import lru_cache


def sounds_like(name: str, typed: str) -> bool:
    """
    >>> sounds_like("周二", "zhou"), sounds_like("周二", "ze"), sounds_like("周二", "周"), sounds_like("周二", "wang")
    (True, True, True, False)
    """
    wanted = typed.strip().casefold()
    if not wanted or wanted in name.casefold():
        return True
    return any(spelling.startswith(wanted) for spelling in _spellings(name))


@lru_cache(maxsize=4096)
def _spellings(name: str) -> tuple[str, ...]:
    """Empty without the library of the extra `match`: then names are found by their characters."""
    try:
        from pypinyin import lazy_pinyin
    except ImportError:
        return ()
    syllables = [syllable.casefold() for syllable in lazy_pinyin(name)]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)
