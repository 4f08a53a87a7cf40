"""Whatever comes, it ends as one archived mail with an outcome; nothing is lost, nothing escapes, no machine is written to."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import AT, World

from steward.contact.channels.mail import html, machines, parsing, receive
from steward.contact.channels.mail.models import Mailbox, RawMail
from steward.ground.delivery.models import Dispatch
from steward.ground.jobs.testing import run_waiting

from .torture import corpus

CORPUS = corpus()
# Seconds for the fuzzing; STEWARD_FUZZ_SECONDS=600 makes it ten minutes.
SECONDS = float(os.environ.get("STEWARD_FUZZ_SECONDS", "8"))


@pytest.mark.django_db
def test_every_mail_of_the_corpus_ends_as_one_row_with_an_outcome(mailbox: Mailbox, world: World) -> None:
    assert len(CORPUS) >= 200
    for number, (_name, content) in enumerate(CORPUS):
        at = AT + timedelta(minutes=5 * number)
        raw = receive.archive(mailbox=mailbox, content=content, at=at, uid=number + 1, uidvalidity=7)
        assert raw is not None
        assert receive.original_of(raw) == content
        assert receive.archive(mailbox=mailbox, content=content, at=at, uid=number + 1, uidvalidity=7) is None
        receive.process(raw.pk, at=at)
    rows = list(RawMail.objects.order_by("pk"))
    assert len(rows) == len(CORPUS)
    failed = [(CORPUS[place][0], row.detail) for place, row in enumerate(rows) if row.outcome in ("failed", "received")]
    assert failed == []
    by_name = {name: row for (name, _content), row in zip(CORPUS, rows, strict=True)}
    for name, row in by_name.items():
        if name.startswith(("machine-", "report-", "away-")):
            assert row.outcome == "parked", name
    assert by_name["no-from"].reason == "no_sender"
    assert by_name["thirty-files"].message_id is not None
    assert receive.FileRef.objects.filter(subject_type="cases.message", subject_id=by_name["thirty-files"].message_id).count() == 35
    assert receive.FileRef.objects.filter(subject_id=by_name["tnef-0"].message_id, name="note.txt").exists()
    _nothing_to_machines(by_name)


def _nothing_to_machines(by_name: dict[str, RawMail]) -> None:
    run_waiting(AT + timedelta(days=3))
    machines_ = {row.sender for row in by_name.values() if row.outcome == "parked" and row.reason != "flood"} - {""}
    assert not Dispatch.objects.filter(address__in=machines_).exists()
    assert Dispatch.objects.exists()


@pytest.mark.parametrize(
    ("label", "real"),
    [("gb2312", "gbk"), ("", "gb18030"), ("iso-8859-1", "gbk"), ("big5", "big5hkscs"), ("utf-8", "gbk"), ("us-ascii", "utf-8")],
)
def test_charsets_that_lie_are_read(label: str, real: str) -> None:
    letter = parsing.read(dict(CORPUS)[f"charset-{label}-{real}-plain"])
    assert letter.new == ("您好，請問退費何時到帳" if real.startswith("big5") else "您好，请问退款什么时候到账？朱镕基路的店。")


def test_words_of_the_corpus_are_what_a_database_keeps() -> None:
    for _name, content in CORPUS:
        letter = parsing.read(content)
        assert "reader" not in letter.odd
        for text in (letter.new, letter.history, letter.subject, letter.sender_name, letter.mail_id):
            assert "\0" not in text
            text.encode()


def test_a_mail_that_takes_long_to_read_is_a_finding() -> None:
    slow = []
    for name, content in CORPUS:
        began = time.process_time()
        parsing.read(content)
        if time.process_time() - began > 5:
            slow.append(name)
    assert slow == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<p>一</p><blockquote>旧<br>旧二</blockquote>", "一\n\n> 旧\n> 旧二"),
        ('<a href="https://x.example/a">点这里</a>', "点这里 (https://x.example/a)"),
        ("<style>p{}</style><script>1</script>好", "好"),
    ],
)
def test_html_as_text(content: str, said: str) -> None:
    assert html.to_text(content) == said


def _mutated(base: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, fresh in cuts:
        at = place % (len(base) + 1)
        base = base[:at] + fresh + base[at + length :]
    return base


CUTS = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.sampled_from([0, 1, 2, 5, 40]),
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [
                    b"\r\n",
                    b"\n\n",
                    b"--b\r\n",
                    b"--b--",
                    b"=?gb2312?B?",
                    b"?=",
                    b"<",
                    b">",
                    b'"',
                    b"(",
                    b"\\",
                    b";",
                    b"\x00",
                    b"\xc4",
                    b"Content-Type: message/rfc822\r\n\r\n",
                ]
            ),
        ),
    ),
    min_size=1,
    max_size=12,
)
SMALL = [content for _name, content in CORPUS if len(content) < 20_000]


def test_mutated_mails_never_make_the_reader_raise() -> None:
    """Bounded by time, so that the same test runs for ten minutes when asked."""
    ends = time.monotonic() + SECONDS
    tried = 0

    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(SMALL), st.sampled_from(SMALL), CUTS, st.booleans())
    def one(base: bytes, other: bytes, cuts: list[tuple[int, int, bytes]], spliced: bool) -> None:
        nonlocal tried
        if time.monotonic() > ends:
            return
        content = _mutated(base[: len(base) // 2] + other[len(other) // 2 :] if spliced else base, cuts)
        began = time.process_time()
        letter = parsing.read(content)
        assert "reader" not in letter.odd
        machine = machines.recognise(letter.mail, sender=letter.sender, own=frozenset(), loop="x")
        assert machine in ("", *RawMail.Reason.values)
        for text in (
            letter.new,
            letter.history,
            letter.subject,
            letter.sender,
            letter.sender_name,
            letter.mail_id,
            *(file.name for file in letter.files),
        ):
            assert "\0" not in text
            text.encode()
        assert len(letter.fingerprint) == 64
        assert letter.references is not None
        assert time.process_time() - began < 5
        tried += 1

    while time.monotonic() < ends:
        one()
    print(f"{tried} mutated mails read")  # noqa: T201 - the figure of a long run
    assert tried > 100
