"""A corpus of mails that break things: features of the RFCs, and what programs and attackers make of them. Seeded, the same each time."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from random import Random

HEAD = "Message-ID: <{id}@torture.example>\r\nDate: Mon, 2 Mar 2026 08:30:00 +0800\r\nTo: service@riverside.example\r\n"
CHARSETS = [
    ("gb2312", "gbk"), ("gb2312", "gb18030"), ("gbk", "gb18030"), ("big5", "big5hkscs"), ("utf-8", "utf-8"), ("utf-8", "gbk"), ("iso-8859-1", "gbk"),
    ("iso-8859-1", "utf-8"), ("us-ascii", "utf-8"), ("", "gb18030"), ("", "big5"), ("utf-16", "utf-16"), ("x-unknown", "gbk"), ("rot13", "utf-8"),
    ("utf-7", "utf-8"), ("unicode_escape", "utf-8"), ("hex", "utf-8"), ("iso-2022-jp", "iso-2022-jp"), ("shift_jis", "shift_jis"), ("koi8-r", "utf-8"),
    ("gb2312'zh'", "gbk"), ("\"gb2312", "gbk"), ("undefined", "utf-8"), ("cp1252", "cp1252"), ("8bit", "gbk"),
]  # fmt: skip
SUBJECTS = [
    "=?gb2312?B?xPq6ww==?=", "=?gb2312?Q?=C4=FA?= =?gb2312?Q?=BA=C3?=", "=?utf-8?B?5oKo5aW9?", "=?utf-8?B?5oKo5aW?=", "=?utf-8?Q?=E6=82=A8=ZZ?=", "=?x?B?AAAA?=",
    "=?utf-8?b?5oKo?=\r\n =?utf-8?b?5aW9?=", "=?utf-8?B?5oI=?= =?utf-8?B?qOWlvQ==?=", "=?utf-8*zh?Q?=E6=82=A8?=", "=?utf-8?X?abc?=", "", "   ", "\u202egpj.exe\u200b",
    "a" * 5000, "Re: Re: Fwd: 回复: 转发：2026-000001", "=?utf-8?B?" + "A" * 4000 + "?=", "\t\r\n folded\r\n\tagain", "2026-000001", "=?gbk?Q?" + "=C4=FA" * 300 + "?=",
]  # fmt: skip
SENDERS = [
    "", "<>", "nobody", "a@b", '"陈, 晓明" <chen@x.example>', "=?gb2312?B?s8LP/sP3?= <c@x.example>", "a@x.example, b@y.example", "group: a@x.example, b@x.example;",
    "undisclosed-recipients:;", "<a@x.example", "a@x.example>", '"unclosed <a@x.example>', "a b c <d@e.example>", "MAILER-DAEMON@x.example", "no-reply@x.example",
    "SERVICE@riverside.example", "a@x.example\r\nBcc: victim@y.example", "\u202eelpmaxe@x <a@x.example>", "\u200b\u200b <z@x.example>", "(comment (nested (deep))) a@x.example",
    "(" * 900 + "a@x.example", '"' * 999 + "a@x.example", "a@" + "x" * 300 + ".example", "用户@例子.公司", "a@[127.0.0.1]", "a@x.example;b@y.example", "<<a@x.example>>", "@@@", "a" * 90 + "@x.example",
    ",".join(f"a{n}@x.example" for n in range(800)),
]  # fmt: skip
MACHINES = [
    "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated", "Auto-Submitted: AUTO-NOTIFIED; x=1", "Precedence: bulk", "Precedence: list", "Precedence: auto_reply",
    "List-Id: <a.b>", "List-Unsubscribe: <mailto:x@y.example>", "X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: OOF", "Return-Path: <>", "X-Autoreply: yes",
    "X-Failed-Recipients: a@b.example", "Auto-Submitted: auto-replied\r\nAuto-Submitted: no", "Feedback-ID: 1:2:3",
]  # fmt: skip
NAMES = [
    ".htaccess", "../../etc/passwd", "..\\..\\boot.ini", "收据.pdf", "a\u202efdp.exe", "con.txt", "x" * 400 + ".pdf", "空 格 .png", "a.pdf.exe", "a;b.txt", 'q"uote.txt', "\u200b.txt",
    "a\x00b.txt", "index.php", "shell.sh", "ok.txt", "无后缀", ".", "..", "/", "a.svg",
]  # fmt: skip


def corpus(seed: int = 20260302) -> list[tuple[str, bytes]]:
    """(name, mail): at least two hundred, all different."""
    rng = Random(seed)
    found = [
        *_charsets(),
        *_subjects(),
        *_senders(),
        *_machines(),
        *_files(rng),
        *_structures(rng),
        *_headers(rng),
        *_noise(rng),
        *_quotes(),
    ]
    assert len({content for _name, content in found}) == len(found) >= 200
    return found


def _charsets() -> Iterator[tuple[str, bytes]]:
    words = {
        "iso-2022-jp": "お世話になります",
        "shift_jis": "お世話になります",
        "cp1252": "Übergröße café",
        "big5": "您好，請問退費何時到帳",
        "big5hkscs": "您好，請問退費何時到帳",
    }
    for number, (label, real) in enumerate(CHARSETS):
        text = words.get(real, "您好，请问退款什么时候到账？朱镕基路的店。")
        for kind in ("plain", "html"):
            body = f"<p>{text}</p>" if kind == "html" else text
            mark = f"; charset={label}" if label else ""
            head = (
                _head(f"cs{number}{kind}", "c@x.example", f"charset {number}")
                + f"Content-Type: text/{kind}{mark}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            )
            yield f"charset-{label}-{real}-{kind}", head.encode() + body.encode(real)


def _subjects() -> Iterator[tuple[str, bytes]]:
    for number, subject in enumerate(SUBJECTS):
        yield f"subject-{number}", (_head(f"su{number}", "s@x.example", subject) + "\r\n请看\r\n").encode("utf-8", "surrogatepass")
        yield (
            f"subject-gbk-{number}",
            _head(f"sg{number}", "s@x.example", "").encode()
            + b"X-S: "
            + subject.encode("gbk", "replace")
            + b"\r\nSubject: \xc4\xfa\xba\xc3\r\n\r\n"
            + bytes([65 + number]),
        )


def _senders() -> Iterator[tuple[str, bytes]]:
    for number, sender in enumerate(SENDERS):
        yield f"sender-{number}", (_head(f"se{number}", sender, "谁") + "\r\n我是谁\r\n").encode("utf-8", "surrogatepass")
    yield "no-from", (HEAD.format(id="nf") + "Subject: x\r\n\r\nx\r\n").encode()
    yield "sender-only", (HEAD.format(id="so") + "Sender: q@x.example\r\nSubject: x\r\n\r\nx\r\n").encode()


def _machines() -> Iterator[tuple[str, bytes]]:
    for number, header in enumerate(MACHINES):
        yield f"machine-{number}", (_head(f"ma{number}", f"m{number}@x.example", "自动") + header + "\r\n\r\n不在\r\n").encode()
    for number, kind in enumerate(("delivery-status", "disposition-notification", "feedback-report", '"delivery-status"')):
        body = "--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
        yield (
            f"report-{number}",
            (
                _head(f"re{number}", "MAILER-DAEMON@x.example", "Undelivered")
                + f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n{body}"
            ).encode(),
        )
    for number, subject in enumerate(("自动回复：我在休假", "Out of Office: away", "Automatic reply: hello")):
        yield f"away-{number}", (_head(f"aw{number}", "w@x.example", subject) + "\r\n不在\r\n").encode()


def _files(rng: Random) -> Iterator[tuple[str, bytes]]:
    for number, name in enumerate(NAMES):
        data = base64.b64encode(b"text " + bytes([65 + number])).decode()
        part = f'--b\r\nContent-Type: text/plain\r\n\r\n见附件\r\n--b\r\nContent-Type: application/octet-stream; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n{data}\r\n--b--\r\n'
        yield (
            f"file-{number}",
            (_head(f"fi{number}", "f@x.example", "附件") + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part).encode(
                "utf-8", "surrogatepass"
            ),
        )
    for number, raw in enumerate((
        "filename*=gb2312''%CA%D5%BE%DD.pdf", "filename*0*=utf-8''%E6%94%B6; filename*1*=%E6%8D%AE.pdf", "filename*0=a; filename*2=c", "filename*=utf-8'%E6", "filename*=x''%ZZ",
        "filename=\"=?utf-8?B?5pS25o2uLnBkZg==?=\"", "filename*1=b.txt; filename*0=a", "filename==;;=", "filename*99999999999=a", "filename*a*=b", "filename*0*=x", "filename",
    )):  # fmt: skip
        part = f"--b\r\n\r\nx\r\n--b\r\nContent-Disposition: attachment; {raw}\r\n\r\nhello {number}\r\n--b--"
        yield (
            f"rfc2231-{number}",
            (_head(f"rf{number}", "f@x.example", "附件") + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part).encode(),
        )
    thirty = "".join(f"--b\r\nContent-Disposition: attachment; filename=f{n}.txt\r\n\r\nfile {n} {rng.random()}\r\n" for n in range(35))
    yield (
        "thirty-files",
        (
            _head("thirty", "f@x.example", "很多附件")
            + f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n共三十五个\r\n{thirty}--b--"
        ).encode(),
    )
    for number, content in enumerate((_tnef(), _tnef()[:40], b"\x78\x9f\x3e\x22", b"\x78\x9f\x3e\x22" + b"\xff" * 60, b"no tnef")):
        part = f"--b\r\n\r\nx\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(content).decode()}\r\n--b--"
        yield (
            f"tnef-{number}",
            (_head(f"tn{number}", "o@x.example", "outlook") + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part).encode(),
        )


def _structures(rng: Random) -> Iterator[tuple[str, bytes]]:
    text, mixed = "Content-Type: text/plain\r\n\r\n你好\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    bodies = {
        "no-end": f"{mixed}--b\r\n{text}", "no-boundary": f"Content-Type: multipart/mixed\r\n\r\n--b\r\n{text}--b--", "empty-boundary": f'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n{text}----',
        "wrong-boundary": f"{mixed}--c\r\n{text}--c--", "only-preamble": f"{mixed}preamble only", "empty-multipart": f"{mixed}--b--", "long-boundary": f"Content-Type: multipart/mixed; boundary={'b' * 3000}\r\n\r\n--{'b' * 3000}\r\n{text}--{'b' * 3000}--",
        "boundary-prefix": f"{mixed}--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n{text}--bb--\r\n--b--", "same-boundary": f"{mixed}--b\r\n{mixed}--b\r\n{text}--b--\r\n--b--",
        "alternative-empty": "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>只有网页</p>\r\n--b--",
        "alternative-both": "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n纯文本\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>网页</p>\r\n--b--",
        "message-partial": 'Content-Type: message/partial; id="a@b"; number=2; total=3\r\n\r\nmiddle', "external-body": "Content-Type: message/external-body; access-type=URL; URL=\"http://x\"\r\n\r\nContent-Type: text/plain\r\n\r\n",
        "rfc822": "Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: 里面的\r\n\r\n里面的话\r\n", "rfc822-attached": f"{mixed}--b\r\n{text}--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: inner\r\n\r\n内容\r\n--b--",
        "rfc822-base64": f"{mixed}--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(b'Subject: x').decode()}\r\n--b--", "digest": "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\n1\r\n--b\r\n\r\nSubject: b\r\n\r\n2\r\n--b--",
        "related-cid": f'Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>看图</p><img src="cid:p1">\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n{_png()}\r\n--b--',
        "bad-base64": "Content-Transfer-Encoding: base64\r\n\r\n!!!not base64 at all===", "short-base64": "Content-Transfer-Encoding: base64\r\n\r\n5oKo5aW", "bad-qp": "Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=4=\r\n=",
        "uuencode": "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n#86)C\r\nend", "bad-uu": "Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\r\n\x7f\x7f", "bad-cte": "Content-Transfer-Encoding: rot13\r\n\r\nuryyb",
        "bad-type": "Content-Type: ;;;\r\n\r\nx", "no-slash": "Content-Type: text\r\n\r\nx", "star-type": "Content-Type: */*\r\n\r\nx", "type-loop": "Content-Type: multipart/multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
        "calendar": "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR", "html-script": "Content-Type: text/html\r\n\r\n<script>alert(1)</script><p onclick=x>好<img src=http://t/x.gif><a href='javascript:1'>点</a>", "html-deep": "Content-Type: text/html\r\n\r\n" + "<div>" * 3000 + "深" + "</div>" * 3000,
        "html-formatting-deep": "Content-Type: text/html\r\n\r\n" + "<b><i>" * 2000 + "深", "html-open-attr": "Content-Type: text/html\r\n\r\n<p class='" + "x" * 50000, "html-entities": "Content-Type: text/html\r\n\r\n&#0;&#xD800;&#99999999;&amp;lt;&nbsp;" * 20, "html-comment": "Content-Type: text/html\r\n\r\n<!--" + "<!-" * 5000,
        "html-table": "Content-Type: text/html\r\n\r\n" + "<table><tr><td>" * 300 + "x", "nul": "\r\nA\x00B\x00C", "only-nul": "\r\n" + "\x00" * 500, "empty-body": "\r\n", "spaces": "\r\n" + " \t\r\n" * 3000, "one-line": "\r\n" + "长" * 60000, "many-lines": "\r\n" + ">\r\n" * 20000,
        "signed": f"Content-Type: multipart/signed; protocol=x; boundary=b\r\n\r\n--b\r\n{text}--b\r\nContent-Type: application/pgp-signature\r\n\r\n-----BEGIN\r\n--b--", "encrypted": "Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--",
    }  # fmt: skip
    for name, body in bodies.items():
        yield name, (_head(name, "st@x.example", name) + body).encode("utf-8", "surrogatepass")
    for depth in (5, 60, 200, 1500):
        nest = "".join(f"Content-Type: multipart/mixed; boundary=n{n}\r\n\r\n--n{n}\r\n" for n in range(depth))
        yield f"nested-{depth}", (_head(f"ne{depth}", "n@x.example", f"深 {depth}") + nest + text).encode()
    for depth in (5, 80, 900):
        yield (
            f"rfc822-{depth}",
            (
                _head(f"rn{depth}", "n@x.example", f"转 {depth}")
                + "Content-Type: message/rfc822\r\n\r\n" * depth
                + f"Subject: 底 {rng.random()}\r\n\r\n底"
            ).encode(),
        )
    yield "many-parts", (_head("mp", "n@x.example", "parts") + mixed + "--b\r\n\r\nx\r\n" * 3000 + "--b--").encode()


def _headers(rng: Random) -> Iterator[tuple[str, bytes]]:
    lines = {
        "giant-subject": "Subject: " + "x" * 300_000, "giant-unknown": "X-A: " + "y" * 500_000, "many-headers": "\r\n".join(f"X-{n}: {n}" for n in range(20_000)), "many-references": "References: " + " ".join(f"<{n}@x.example>" for n in range(20_000)),
        "twice-subject": "Subject: a\r\nSubject: b", "twice-from": "From: other@y.example", "twice-id": "Message-ID: <second@x.example>", "cyclic": "In-Reply-To: <cyclic@torture.example>\r\nReferences: <cyclic@torture.example> <cyclic@torture.example>",
        "broken-references": "References: <<<>>> < > <a <b@c> d>", "no-colon": "this is no header", "colon-only": ":", "space-name": "Sub ject: x", "nul-header": "X-N: a\x00b", "cr-only": "X-C: a\rSubject: smuggled", "date-words": "Date: yesterday", "date-huge": "Date: Mon, 99 Feb 99999 99:99:99 +9999",
        "date-negative": "Date: Thu, 01 Jan 1000 00:00:00 -9959", "long-fold": "X-F: a" + "\r\n b" * 20_000, "tab-fold": "X-T:\r\n\t\r\n\t x", "weird-reply-to": "Reply-To: a@b, c@d", "reply-to-ours": "Reply-To: service@riverside.example", "empty-id": "In-Reply-To: <>", "unicode-name": "主题: 名字是中文",
        "comment-bomb": "Reply-To: " + "(" * 5000, "quote-bomb": 'Reply-To: "' + "\\" * 5001 + '"', "route": "Reply-To: <@a,@b:c@d.example>", "encoded-bomb": "X-E: " + "=?utf-8?Q?a?= " * 5000, "mime-twice": "Content-Type: text/plain\r\nContent-Type: text/html; charset=gbk", "content-loop": "Content-Type: message/rfc822; boundary=b; charset=b",
    }  # fmt: skip
    for name, line in lines.items():
        yield name, (_head(name, "h@x.example", name) + line + f"\r\n\r\n头 {rng.random()}\r\n").encode("utf-8", "surrogatepass")


def _noise(rng: Random) -> Iterator[tuple[str, bytes]]:
    for number, content in enumerate(
        (
            b"",
            b"\n",
            b"\r\n\r\n",
            b"\x00",
            b"From ",
            b"From a Mon Mar\n\nx",
            b":",
            b"\xff\xfe" * 20,
            b"\n\n\nFrom: late@x.example\n\nx",
            b"<html>no mail</html>",
            b"\x1f\x8b\x08\x00",
            b"--\r\n--\r\n",
        )
    ):
        yield f"noise-{number}", content
    for number in range(12):
        yield f"random-{number}", rng.randbytes(200 + 300 * number)
        yield f"random-body-{number}", _head(f"rb{number}", "r@x.example", "噪声").encode() + b"\r\n" + rng.randbytes(400)


def _quotes() -> Iterator[tuple[str, bytes]]:
    for number, body in enumerate((
        "新\n\n-----原始邮件-----\n发件人: a\n旧", "新\n\nOn Mon, Mar 2, 2026 at 9:00 AM A <a@b.example>\nwrote:\n> 旧", "新\n\n发件人：甲\n发送时间：2026\n收件人：乙\n主题：丙\n旧", "> 旧\n新", "> 旧\n> 旧", "On x wrote:", "在写道：", "看\n---------- Forwarded message ----------\nFrom: x\n转来的",
        "新\n在 2026年3月2日，滨江 <a@b.cn> 写道：\n> 旧一\n插\n> 旧二", "-----原始邮件-----", "_" * 40 + "\nFrom: a\nSent: b\nTo: c\n旧", "2026-03-02 09:00:00，\"甲\" <a@b.cn> 写道：\n旧",
    )):  # fmt: skip
        yield (
            f"quote-{number}",
            (_head(f"qu{number}", "q@x.example", "回复") + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body).encode(),
        )


def _head(name: str, sender: str, subject: str) -> str:
    return HEAD.format(id=name) + f"From: {sender}\r\nSubject: {subject}\r\n"


def _png() -> str:
    return "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def _tnef() -> bytes:
    """A small winmail.dat with one attached file (attAttachRendData, attAttachTitle, attAttachData)."""

    def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    parts = [
        attribute(1, 0x9006, 8, struct.pack("<I", 0x00010000)),
        attribute(2, 0x9002, 6, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8),
        attribute(2, 0x8010, 1, b"note.txt\x00"),
        attribute(2, 0x800F, 6, b"from outlook"),
    ]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(parts)
