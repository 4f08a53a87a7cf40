"""What is new in a reply, and what is the history below it. Simple rules; the whole mail stays in the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOOKED_AT = 4000  # lines
_DASHES = re.compile(
    r"^[>\s]*-{2,}\s*(原始邮件|原邮件|原始郵件|Original Message|Original-Nachricht|回复的原邮件|回覆的郵件)\s*-{2,}\s*$", re.IGNORECASE
)
_FORWARD = re.compile(
    r"^[>\s]*(-{2,}\s*(转发的邮件|转发邮件信息|轉寄郵件|Forwarded message|Forwarded by .{1,80})\s*-{2,}|"
    r"开始转发的邮件[:：]|Begin forwarded message:)\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^[>\s]*(?:在\s?.{2,200}(?:写道|寫道)\s*[:：]|.{4,200}于\s?.{4,80}写道\s*[:：]|On\s.{4,250}\swrote:|.{0,120}\d{4}.{0,120}<[^<>\s]+@[^<>\s]+>\s?(?:写道|寫道|wrote)?\s?[:：])\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^[>\s*]*(发件人|发送人|寄件者|寄件人|From)\s*\*?\s*[:：]", re.IGNORECASE)
_ALONG = re.compile(r"^[>\s*]*(发送时间|发送日期|日期|时间|收件人|主题|寄件日期|主旨|Sent|Date|To|Subject)\s*\*?\s*[:：]", re.IGNORECASE)
_OPENS = re.compile(r"^(On\s|在)")
_RULE = re.compile(r"^\s*_{15,}\s*$")
_QUOTED = re.compile(r"^\s?>")


@dataclass(frozen=True)
class Split:
    """new: the sender's own words; history: what they answer to. forwarded: the history is what it is about, so it belongs to the words."""

    new: str
    history: str
    forwarded: bool = False


def split(text: str) -> Split:
    """Part a mail. Where nothing is left above or between the quotes, everything counts as new: rather too much than a lost word.

    >>> split("好的，谢谢\\n\\n在 2026年3月2日，滨江支行 <a@b.cn> 写道：\\n> 您好").new
    '好的，谢谢'
    """
    lines = text.split("\n")
    for number, line in enumerate(lines[:LOOKED_AT]):
        if _FORWARD.match(line):
            return Split(_joined(lines[:number]), _joined(lines[number:]), forwarded=True)
        if _begins_history(lines, number, line):
            return _parted(text, lines, number)
    return _without_tail(text, lines)


def _begins_history(lines: list[str], number: int, line: str) -> bool:
    if _DASHES.match(line) or _WROTE.match(line):
        return True
    # "On Mon, 2 March 2026 at 10:00, somebody" and "wrote:" may stand on two or three lines.
    if _OPENS.match(line) and len(line) < 250:
        parts = [part.strip() for part in lines[number : number + 3]]
        if any(_WROTE.match(" ".join(parts[:count])) for count in (2, 3)):
            return True
    after = lines[number + 1 : number + 7]
    if _FROM.match(line):
        return sum(bool(_ALONG.match(other)) for other in after) >= 2
    return bool(_RULE.match(line) and any(_FROM.match(other) for other in after[:3]))


def _parted(text: str, lines: list[str], number: int) -> Split:
    above, below = lines[:number], lines[number:]
    quoted = [place for place, line in enumerate(below) if _QUOTED.match(line)]
    if quoted:
        tail = below[quoted[-1] + 1 :]
        between = [line for line in below[quoted[0] : quoted[-1]] if line.strip() and not _QUOTED.match(line)]
        if between:
            return Split(text.strip(), "")  # answers between the lines: only the whole makes sense
        if any(line.strip() for line in tail):
            above, below = [*above, *tail], below[: quoted[-1] + 1]
    new = _joined(above)
    return Split(new, _joined(below)) if new else Split(text.strip(), "")


def _without_tail(text: str, lines: list[str]) -> Split:
    """No line says where the history begins: quoted lines at the very end are it."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    new = _joined(lines[:end])
    history = _joined(lines[end:])
    return Split(new, history) if new and history and not any(_QUOTED.match(line) for line in lines[:end]) else Split(text.strip(), "")


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()
