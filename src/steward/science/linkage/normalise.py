"""Bring what people wrote into one form before it is compared. Every function takes a text or None and gives the form to compare, or None.

Widths, case and blanks never count; what stands for "nothing" (无, 不详, 00000000000) becomes None, for two unknowns are not alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from steward.science.extras import needs
from steward.science.linkage.names import COMPOUND_SURNAMES, SIMPLIFIED, SURNAMES

NOTHING = frozenset(
    {"", "-", "--", "/", "无", "没有", "不详", "未知", "未填", "未留", "空", "暂无", "none", "null", "nan", "n/a", "na", "unknown"}
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef]")
_TO_SIMPLIFIED = str.maketrans(SIMPLIFIED)
_TITLE = re.compile(r"(先生|女士|小姐|太太|老师|同学|阿姨|师傅|经理|主任|大夫|医生|(?<=\w)总)$")
_WESTERN_TITLE = re.compile(r"\b(mr|mrs|ms|miss|dr|prof)\b\.?")
_NO_WORD = re.compile(r"[^\w]+")
_SURNAME_SHARE: dict[str, float] = {}
for _family, _share in SURNAMES.values():
    _SURNAME_SHARE[_family] = _SURNAME_SHARE.get(_family, 0) + _share
_SURNAME_SHARE["lu"] += _SURNAME_SHARE["lv"]  # passports write 吕 as LU or LYU
_SURNAME_SHARE["lyu"] = _SURNAME_SHARE["lv"]


def tidy(value: str | None) -> str | None:
    """Half width, lower case, single blanks; None for what stands for nothing."""
    if value is None:
        return None
    text = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return None if text in NOTHING else text


def is_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None


def name(value: str | None) -> str | None:
    """A person's name: 张偉先生 → 张伟; "Mr. José  Pérez" → "jose perez"."""
    text = tidy(value)
    if text is None:
        return None
    if is_han(text):
        return _TITLE.sub("", _NO_WORD.sub("", text).translate(_TO_SIMPLIFIED)) or None
    plain = unicodedata.normalize("NFKD", _WESTERN_TITLE.sub(" ", text))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_NO_WORD.sub(" ", plain.replace("'", "")).split()) or None


def _reading(characters: str) -> str:
    needs("pypinyin", extra="match")
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(characters)).replace("ü", "v")


@lru_cache(maxsize=200_000)
def heard(value: str) -> tuple[str, str]:
    """(surname, given name) as they sound, without tones, of a name that went through :func:`name`.

    Surnames are read as surnames (单 shan, 解 xie). Of two Latin words that may both be Chinese surnames the more frequent one counts as it; of a
    Western name it is the last word.
    """
    if is_han(value):
        family = value[:2] if value[:2] in COMPOUND_SURNAMES and len(value) > 2 else value[0]
        head = SURNAMES[family][0] if family in SURNAMES else _reading(family)
        return _spoken(head), _spoken(_reading(value[len(family) :]))
    words = value.split()
    if len(words) == 1:
        return "", _spoken(words[0])
    first, last = (_SURNAME_SHARE.get(word, 0.0) for word in (words[0], words[-1]))
    if first >= last and first > 0:
        return _spoken(words[0]), _spoken("".join(words[1:]))
    given = "".join(words[:-1])
    return (_spoken(words[-1]), _spoken(given)) if last else (words[-1], given)


def sound(value: str | None) -> str | None:
    """How a whole name sounds: 王小明, "Wang Xiaoming" and "Xiaoming WANG" all give "wangxiaoming". Takes what :func:`name` gave.

    The words of a name without any Chinese surname are put in order: "O'Brien, Seán" and "Sean O'Brien" are one.
    Errors: MissingExtra where a Chinese name cannot be read because pypinyin is absent.
    """
    if value is None:
        return None
    words = value.split()
    if len(words) > 1 and not is_han(value) and _SURNAME_SHARE.keys().isdisjoint((words[0], words[-1])):
        return "".join(sorted(words))
    return "".join(heard(value))


def turned_sound(value: str | None) -> str | None:
    """A Latin name of two words read the other way round ("Pan Feng" may be 潘锋 or 冯攀), None for others."""
    words = [] if value is None or is_han(value) else value.split()
    family, given = heard(value) if value is not None and len(words) == 2 else ("", "")
    return given + family or None


def surname_sound(value: str | None) -> str | None:
    """How its surname sounds; None where a single Latin word does not tell."""
    return None if value is None else heard(value)[0] or None


def _spoken(reading: str) -> str:
    """Passports write ü as YU, computers as V, most people as U: one form for all."""
    return re.sub(r"([ln])(?:v|yu)", r"\1u", reading)


def phone(value: str | None) -> str | None:
    """Digits without the country code of China or a leading 0 of the area; None with fewer than 5, or when they are all alike."""
    text = tidy(value)
    if text is None:
        return None
    digits = re.sub(r"\D", "", text)
    digits = re.sub(r"^(?:00)?86(?=1\d{10}$|0?\d{10,11}$)", "", digits).lstrip("0")
    return digits if len(digits) >= 5 and len(set(digits)) > 1 else None


def email(value: str | None) -> str | None:
    """Lower case, no blanks; None without an @."""
    text = tidy(value)
    # Tidied again: without the blank a mark that stood apart joins the letter before it.
    return tidy(text.replace(" ", "")) if text and "@" in text else None


def birth_date(value: str | None) -> str | None:
    """Eight digits, year first: 1990年3月5日, 1990/3/5 and 19900305 give 19900305. A day that does not exist keeps its digits (it may be one
    digit wrong); 1900-01-01, which systems write for "unknown", and anything else than a date is None."""
    text = tidy(value)
    if text is None:
        return None
    parts = re.findall(r"\d+", text)
    in_three = len(parts) >= 3 and len(parts[0]) == 4
    digits = f"{parts[0]}{parts[1]:0>2}{parts[2]:0>2}" if in_three else "".join(parts)
    return digits if len(digits) == 8 and digits not in ("19000101", "00000000") else None


def code(value: str | None) -> str | None:
    """Letters and digits only: identity numbers, member numbers, post codes, house numbers."""
    text = tidy(value)
    return (re.sub(r"[^\w]", "", text) or None) if text else None


_PROVINCE = re.compile(r"^(?:中国)?(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|特别行政区))?")
_NUMERALS = str.maketrans("零一二三四五六七八九", "0123456789")
_UNIT_WORDS = re.compile(r"(?<=\d)(?:号楼|幢|栋|座|单元|号|室|楼|层|弄|#|-)+")


def address(value: str | None) -> str | None:
    """An address without the words that some write and others leave out: 浙江省杭州市西湖区文三路123号4幢502室 → 杭州西湖文三路 123 4 502."""
    text = tidy(value)
    if text is None:
        return None
    if not is_han(text):
        return " ".join(_NO_WORD.sub(" ", text).split()) or None
    text = _PROVINCE.sub("", text.translate(_TO_SIMPLIFIED).replace(" ", ""))
    text = re.sub(r"(?<=\d)[\-—－/](?=\d)", "-", text)
    text = re.sub(r"([零一二三四五六七八九])(?=号|幢|栋|单元|楼|室)", lambda match: match[1].translate(_NUMERALS), text)
    text = re.sub(r"(?<=[\u4e00-\u9fff]{2})[市区县](?=[\u4e00-\u9fff])", "", text)
    text = _UNIT_WORDS.sub(" ", text)
    text = re.sub(r"(?<=[^\d\s])(?=\d)", " ", text)
    return " ".join(text.split()) or None


def address_number(value: str | None) -> str | None:
    """The last numbers of an address that went through :func:`address`: what tells neighbours apart."""
    found = re.findall(r"\d+", value) if value else []
    return "-".join(found) or None
