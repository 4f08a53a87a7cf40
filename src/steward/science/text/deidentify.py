"""Take persons out of a text: telephone, identity card, bank card, e-mail, account names, plates, and names beside a title or a cue.

What is found is certain in form (checksums hold); what is not found may still be there: a name without title or cue is a word
like any other.
Read before you publish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from steward.science.linkage.names import FIRST, SECOND, SINGLE, SURNAMES


class Personal(StrEnum):
    """What was found."""

    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    PLATE = "plate"
    NAME = "name"


MASKS: Mapping[Personal, str] = {
    Personal.ID_CARD: "【身份证】",
    Personal.BANK_CARD: "【银行卡】",
    Personal.PHONE: "【电话】",
    Personal.EMAIL: "【邮箱】",
    Personal.ACCOUNT: "【账号】",
    Personal.PLATE: "【车牌】",
    Personal.NAME: "【姓名】",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something personal: its kind and its place in the text as it was."""

    kind: Personal
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Deidentified:
    """The text with masks, and what was found in the original, in order."""

    text: str
    found: tuple[Found, ...]


_COURTESY = "先生|女士|小姐|太太|夫人|阿姨|师傅|同学"
_OFFICE = (
    "总经理|副经理|经理|主管|店长|行长|院长|主任|科长|处长|局长|部长|队长|组长|班长|老板|老师|医生|大夫|护士|教授|律师"
    "|总(?![计共是会算的得之有部台数体结分监裁公理])"
)
_SINGLE = "".join(sorted(surname for surname in SURNAMES if len(surname) == 1))
_DOUBLE = "|".join(sorted(surname for surname in SURNAMES if len(surname) > 1))
_FAMILY = f"(?:{_DOUBLE}|[{_SINGLE}])"
_MORE_GIVEN = """
炜皓昊峻骏钢辉晖桦彬韬铭婧婕妮姗姝媛嫣璇璐瑾瑜琦琳琼瑛珊珍珠玥玮珂琪蔓菲菁萌莎莲荷葵蕊薇芸芬芝苗茜茹莉蓓霖霏露雁鹃鸿鸣鹤
凯恺凡帆钧铮锐锦镇栋梁松柏桐楠榕槐森柯樱桃杏柳枫栩晗晟晖晴暄旻昕昱曦晶旺煜炎焱灿烨熙然煊淼沐泓润涵渊滨源溪沛澜浚清洪潇岳
岩峻崇嵩巍川泉邦彦宪宏宗宝富贵财福禄寿康健庆祥瑞吉顺利达发兴隆盛昌茂根才仁义礼智信忠孝廉勤俭德善美贤淑惠敬恭谦逊博学思远
志刚毅坚强勇猛虎彪豹龙凤鹏飞翔腾跃进步胜武斌文章诗书画琴棋韵音乐歌舞迪凌冰冬秋夏春蕾之若如满
"""
_TABLES = (SINGLE, FIRST, SECOND)
_GIVEN = "".join(sorted({letter for table in _TABLES for sex in table for letter, _ in sex} | set("".join(_MORE_GIVEN.split()))))
# 携程小姐, 浙江老板, 我向经理反映: a surname's character that ends or is another word
_WORDS = """
携程 工程 流程 课程 行程 全程 过程 旅程 日程 浙江 长江 龙江 镇江 九江 丽江 珠江 对方 地方 双方 官方 南方 北方 警方 我方 店方
厂方 校方 院方 甲方 乙方 现金 押金 资金
奖金 基金 提高 最高 较高 明白 收钱 付钱 中文 英文 公安 保安 治安 平安 西安 主任 责任 担任 前任 现任 订单 账单 菜单 简单 名单
保单 阶段 豪华 华夏 容易 交易 贸易 完成 非常
经常 平常 正常 通常 园林 桂林 南宁 西宁 高温 方向 岩石 钻石 几万 千万 百万 安安 人和 上海 深夏 盛夏 福田 学易 银行金
"""
_ENDS_A_WORD = frozenset(_WORDS.split())
_PREPOSITIONS = "向于任应常查单"
_SAYS_NAME = "我叫|名叫|叫做|姓名|联系人|收件人|收货人|经办人|署名|签名"
_MAY_SAY_NAME = "我是|投诉人|报修人|患者|病人|当事人|业主|家属|本人"
_PATTERNS: tuple[tuple[Personal, re.Pattern[str]], ...] = (
    (Personal.EMAIL, re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")),
    (Personal.ID_CARD, re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])|(?<!\d)\d{15}(?!\d)")),
    (Personal.PHONE, re.compile(r"(?<![\d])(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?![ \-]?\d)")),
    (Personal.BANK_CARD, re.compile(r"(?<![\d\-])\d(?:[ \-]?\d){12,18}(?![\d])")),
    (Personal.PHONE, re.compile(r"(?<![\d])(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3})[ \-]?[2-9]\d{6,7}(?:[ \-转]\d{1,5})?(?!\d)")),
    (Personal.PHONE, re.compile(r"(?<![\d+])\+(?!86)\d{1,3}(?:[ \-]?\d{2,4}){2,4}(?!\d)")),
    (
        Personal.ACCOUNT,
        re.compile(r"(?:(?<=微信)|(?<=微信号)|(?<=QQ)|(?<=qq)|(?<=WeChat)|(?<=wechat))[ :：号是为]*([A-Za-z0-9_\-]{5,20})(?![A-Za-z0-9])"),
    ),
    (
        Personal.PLATE,
        re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\- ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"),
    ),
    (Personal.NAME, re.compile(rf"({_FAMILY}[{_GIVEN}]{{0,2}})(?={_COURTESY}|{_OFFICE})")),
    (Personal.NAME, re.compile(rf"(?:姓)({_FAMILY})(?=的|$|[^\u4e00-\u9fff])")),
    (
        Personal.NAME,
        re.compile(rf"(?:{_SAYS_NAME})[ :：是为叫]*({_FAMILY}[\u4e00-\u9fff]{{1,2}})(?=$|[^\u4e00-\u9fff]|的|电话|手机|身份|女|男)"),
    ),
    (Personal.NAME, re.compile(rf"(?:{_MAY_SAY_NAME})[ :：]*({_FAMILY}[{_GIVEN}]{{1,2}})(?=$|[^\u4e00-\u9fff]|的|电话|手机|身份|女|男)")),
    (Personal.NAME, re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? ((?:[A-Z][a-z'\-]+)(?: [A-Z][a-z'\-]+)?)")),
    (Personal.NAME, re.compile(r"\b(?:[Mm]y name is) ((?:[A-Z][a-z'\-]+)(?: [A-Z][a-z'\-]+)?)")),
)
_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split())  # noqa: SIM905
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def deidentify(text: str, masks: Mapping[Personal, str] = MASKS) -> Deidentified:
    """The text with a mask for each personal thing. Kinds that ``masks`` does not hold are left as they are.

    Identity cards must have a right check digit (GB 11643, ISO 7064) and date, bank cards a right Luhn digit, so that order
    numbers stay.
    """
    found = sorted(_without_overlaps(each for each in _findings(text) if each.kind in masks), key=lambda each: each.start)
    parts, place = [], 0
    for each in found:
        parts += [text[place : each.start], masks[each.kind]]
        place = each.end
    return Deidentified("".join([*parts, text[place:]]), tuple(found))


def _findings(text: str) -> Iterator[Found]:
    """In order of certainty."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            start, end = match.span(group)
            if _holds(kind, text, start, end):
                yield Found(kind, start, end)


def _without_overlaps(found: Iterator[Found]) -> list[Found]:
    kept: list[Found] = []
    for each in found:
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return kept


def _holds(kind: Personal, text: str, start: int, end: int) -> bool:
    value = text[start:end]
    if kind is Personal.ID_CARD:
        return is_id_card(value)
    if kind is Personal.BANK_CARD:
        return is_bank_card(value)
    if kind is Personal.NAME and not value.isascii():
        if text[max(start - 1, 0) : start + 1] in _ENDS_A_WORD or text.startswith("康师傅", start):
            return False
        return (
            value[0] not in _PREPOSITIONS
            or re.match(_COURTESY, text[end:]) is not None
            or text[start - 1 : start] == "姓"
            or len(value) > 1
        )
    return True


def is_id_card(number: str) -> bool:
    """Whether it is a Chinese identity number: 18 places with a right check digit and birth date, or 15 of the old kind with a
    birth date."""
    if number[:2] not in _PROVINCES:
        return False
    if len(number) == 15:
        return number.isdigit() and _is_date(f"19{number[6:12]}")
    if len(number) != 18 or not number[:17].isdigit() or not _is_date(number[6:14]):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False)) % 11
    return number[17].upper() == "10X98765432"[rest]


def _is_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    days = (31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


def is_bank_card(number: str) -> bool:
    """Whether it is 13 to 19 digits, blanks and hyphens left out, not all alike, with a right Luhn digit (ISO/IEC 7812)."""
    digits = [int(digit) for digit in number if digit.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
