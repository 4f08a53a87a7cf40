"""R-009: the trade chooses the words, and no screen writes one of them itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Template
from django.utils import translation

from steward.ground.ui import terms
from steward.ground.ui.place import Place, place_of

SOURCE = Path(__file__).resolve().parents[3] / "src" / "steward"
TRADE_WORDS = re.compile(r"客户|宾客|患者|顾客|\bcustomers?\b|\bpatients?\b|\bguests?\b", re.IGNORECASE)
# file (below src/steward) → why it may say one of the words
ALLOWED_TEMPLATES: dict[str, str] = {}
ALLOWED_MESSAGES: dict[str, str] = {}


@pytest.fixture
def own_source() -> Iterator[None]:
    yield
    terms.set_term_source(None)


@pytest.mark.parametrize(
    ("industry", "chinese", "english"),
    [
        ("bank", "客户", "customer"),
        ("hotel", "宾客", "guest"),
        ("clinic", "患者", "patient"),
        ("restaurant", "顾客", "guest"),
        ("contact_centre", "客户", "customer"),
        ("nothing we know", "客户", "customer"),
    ],
)
def test_r009_each_trade_has_its_word(industry: str, chinese: str, english: str) -> None:
    assert terms.terms_for(industry, "zh-hans")["customer"] == chinese
    assert terms.terms_for(industry, "en")["customer"] == english


def test_every_pack_gives_every_form_in_both_languages() -> None:
    general = terms.terms_for("general", "zh-hans")
    for industry in terms.industries():
        for language in ("zh-hans", "en"):
            words = terms.terms_for(industry, language)
            assert words.keys() == general.keys()
            assert all(words.values())


def test_the_tag_speaks_the_trade_of_the_page() -> None:
    page = Template('{% term "customer" %}|{% term "customer" many=True capital=True %}|{% words "{Customer_many} waiting" %}')
    with translation.override("en"):
        assert page.render(Context({"place": Place(industry="clinic")})) == "patient|Patients|Patients waiting"
    with translation.override("zh-hans"):
        assert page.render(Context({"place": Place(industry="hotel")})).startswith("宾客|宾客|宾客")


def test_a_pages_unit_wins_over_the_persons(rf: Any) -> None:
    class Unit:
        industry = "clinic"
        zone = "Asia/Urumqi"
        name = "东院区"

    found = place_of({"unit": Unit(), "request": rf.get("/")})
    assert (found.industry, str(found.zone), found.name) == ("clinic", "Asia/Urumqi", "东院区")


def test_an_installations_own_words_win(own_source: None) -> None:
    terms.set_term_source(lambda industry, language: {"customer": "会员", "customer_many": "会员"} if industry == "hotel" else None)
    assert terms.term("customer", Place(industry="hotel")) == "会员"
    assert terms.term("visit", Place(industry="hotel"), language="zh-hans") == "入住"
    assert terms.term("customer", Place(industry="bank"), language="zh-hans") == "客户"


def test_an_unknown_term_is_named() -> None:
    with pytest.raises(terms.UnknownTerm, match="kunde"):
        terms.term("kunde")


def visible_text(template: str) -> str:
    """What a reader could see of a template: no comments, tags, variables or attribute names; translated literals stay."""
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", " ", template, flags=re.DOTALL)
    literals = re.findall(r"""(?:translate\s+|_\()(["'])(.*?)\1""", text)
    blocks = re.findall(r"\{% blocktranslate.*?%\}(.*?)\{% endblocktranslate %\}", text, flags=re.DOTALL)
    shown = " ".join([literal for _quote, literal in literals] + blocks)
    without = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    between = " ".join(re.findall(r">([^<]+)<", without))
    attributes = " ".join(re.findall(r'(?:title|label|aria-label|placeholder|alt)="([^"]*)"', without))
    return re.sub(r"\{\w+\}|%\(\w+\)s|\{\{.*?\}\}", " ", f"{shown} {between} {attributes}")


def messages_of(path: Path) -> Iterator[str]:
    with path.open("rb") as handle:
        for entry in read_po(handle):
            for part in (entry.id, entry.string):
                yield from [part] if isinstance(part, str) else part or ()


def test_the_lint_sees_text_attributes_and_translations_but_not_code() -> None:
    for shown in ("<h1>客户资料</h1>", '<c-card title="Customers">', '{% translate "The guest waits" %}', '{% status "ok" _("Patient") %}'):
        assert TRADE_WORDS.search(visible_text(shown)), shown
    for hidden in (
        '{% term "customer" %}',
        "{{ customer.name }}",
        '<a class="customer">{% url "customers:list" %}</a>',
        '{% words _("{customer}") %}',
    ):
        assert not TRADE_WORDS.search(visible_text(hidden)), hidden


def test_r009_no_template_writes_a_trade_word() -> None:
    wrong = {}
    for path in SOURCE.rglob("templates/**/*.html"):
        name = path.relative_to(SOURCE).as_posix()
        found = TRADE_WORDS.findall(visible_text(path.read_text(encoding="utf-8")))
        if found and name not in ALLOWED_TEMPLATES:
            wrong[name] = sorted(set(found))
    assert not wrong, f"Say it with {{% term %}} or {{% words %}}: {wrong}"


def test_r009_no_translation_writes_a_trade_word() -> None:
    wrong = []
    for path in SOURCE.rglob("locale/*/LC_MESSAGES/django.po"):
        for message in messages_of(path):
            text = re.sub(r"\{\w+\}|%\(\w+\)s", " ", message)
            if TRADE_WORDS.search(text) and message not in ALLOWED_MESSAGES:
                wrong.append(f"{path.relative_to(SOURCE)}: {message}")
    assert not wrong, "Say it with {customer} in the text:\n" + "\n".join(wrong)


def test_the_allow_lists_hold_nothing_stale() -> None:
    for name in ALLOWED_TEMPLATES:
        assert (SOURCE / name).is_file()
    known = {message for path in SOURCE.rglob("django.po") for message in messages_of(path)}
    assert known >= ALLOWED_MESSAGES.keys()
