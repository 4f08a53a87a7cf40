"""The demo holds five changes that are none, one in each organisation, and no page announces any of them, in either language (rule X2).

The whole demo is built once, and its pages are read as its people read them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from steward.console.demo import build
from steward.console.views import LATER
from steward.core.actions.demo_words import PLOTS
from steward.core.actions.models import EffectReview
from steward.excellence.insights.models import Dashboard
from steward.excellence.insights.reports.models import Report
from steward.ground.access.models import User
from steward.ground.demo import NOW
from steward.ground.measures.compare import Change, compare, decompose
from steward.ground.measures.declarations import measures
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.science.inference import Verdict

pytestmark = pytest.mark.store

TODAY = NOW.date()
WEEK = Window(TODAY - timedelta(days=7), TODAY)
MONTH = Window(TODAY - timedelta(days=28), TODAY)
# Of each organisation: the figure whose change is none, and who is asked.
ASKED = {
    "bank": ("complaint_share", ("bank.manager", "bank.super")),
    "hotel": ("praise_share", ("hotel.manager", "hotel.super2")),
    "clinic": ("visits_per_day", ("clinic.manager", "clinic.super")),
    "restaurant": ("complaint_share", ("restaurant.manager", "restaurant.super")),
    "centre": ("complaint_share", ("centre.manager", "centre.super")),
}
# What may be said without evidence: the sentences of `measures.words` and of effect reviews for the verdicts below it.
SANCTIONED = (
    "%(name)s: points to better; the evidence is not enough yet",
    "%(name)s: points to worse; the evidence is not enough yet",
    "%(name)s: no clear change seen; one cannot be ruled out",
    "The direction is better; the evidence is not yet sufficient",
    "No clear change seen; neither improvement nor harm can be ruled out",
)
# What says nothing of any change: which way a figure should go, and what a kind of action and its page are called.
LABELS = ("More is better", "Less is better", "Neither is better", "Improvement")
NO_RANKS = re.compile(r"there is no better direction")
EVIDENCE = (
    "%(name)s: there is evidence that it rose",
    "%(name)s: there is evidence that it fell",
    "%(name)s: there is evidence that it rose, which is better",
    "%(name)s: there is evidence that it fell, which is better",
)
LOUD = {
    "zh-hans": re.compile(r"提升|提高|改善|好转|优化|显著|进步|向好|大幅|明显"),
    "en": re.compile(r"\b(?:improv\w*|significant\w*|better|enhanc\w*|substantial\w*|dramatic\w*|markedly)\b", re.IGNORECASE),
}


class Seen(HTMLParser):
    """What a page says by itself: the text of its main part without what people wrote into a report, which stands in quotation blocks."""

    SILENT = ("script", "style", "blockquote", "template", "option")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.depth = 0
        start = page.find("<main")
        self.feed(page[max(start, 0) :])

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.depth += tag in self.SILENT
        if not self.depth:
            self.parts += [value for name, value in attrs if name in ("title", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.parts))


def without_what_claims_nothing(text: str) -> str:
    """The text without the sentences the verdicts below evidence allow, without definitions, and without labels; in the active language."""
    fixed = [gettext(sentence).replace("%(name)s", "") for sentence in SANCTIONED] + [gettext(label) for label in LABELS]
    for measure in measures.all():
        for told in (str(measure.definition), str(measure.pitfall)):
            fixed += [re.sub(r"\s+", " ", line) for line in told.splitlines() if line]
    for words in sorted(fixed, key=len, reverse=True):
        text = text.replace(words, " ")
    return NO_RANKS.sub(" ", text)


def pages_of(key: str, code: str, user: User) -> Iterator[str]:
    """Addresses on which the figure of this organisation, or an action that changed nothing, could be called better."""
    leads = user.username == f"{key}.manager"
    yield "/"
    yield from (reverse("console:brief_block", args=[block]) for block in LATER)
    for span in ("last7", "last28") if leads else ("last28",):
        yield f"{reverse('insights:measure', args=[code])}?span={span}"
        yield f"{reverse('insights:explore')}?m={code}&m=cases_opened&span={span}&by=unit&vs=before"
    yield reverse("insights:layout", args=["manager" if leads else "supervisor"])
    house = f"{user.organisation_id}."
    if leads:
        yield reverse("insights:measures")
        yield from (reverse("insights:wall", args=[row.public_id]) for row in Dashboard.objects.filter(unit__path__startswith=house))
        yield from (reverse("reports:report", args=[row.public_id]) for row in Report.objects.filter(unit__path__startswith=house))
        yield reverse("actions:list")
        titles = [plot.action for plot in PLOTS[key] if plot.change == 0 and plot.worst]
        for review in EffectReview.objects.filter(action__title__in=titles).select_related("action"):
            yield reverse("actions:review", args=[review.action.public_id, review.public_id])


def read(user: User, address: str, language: str) -> str:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="steward.ground.access.backends.StaffBackend")
    answer = client.get(address)
    assert answer.status_code == 200, f"{user.username} {address}: {answer.status_code}"
    return Seen(answer.content.decode()).text


def changed(who: str, code: str, now: Window, before: Window | None = None) -> Change:
    viewer = viewer_of(User.objects.get(username=who), at=NOW)
    return compare(Question(code, now), before or now.before(), viewer)


def seen_as_none() -> None:
    """The five are really there, each for its own reason."""
    usual = changed("bank.manager", "complaint_share", WEEK)
    assert usual.high is not None
    assert usual.high < 0, "taken by itself, the week after the bad one looks far better"
    assert (usual.signal, usual.verdict is Verdict.EVIDENCE) == (False, False)
    few = changed("hotel.super2", "praise_share", WEEK)
    assert (few.verdict, few.now.n < 10, (few.estimate or 0) > 50) == (Verdict.INSUFFICIENT, True, True)
    small = changed("clinic.manager", "visits_per_day", MONTH)
    assert small.low is not None
    assert (small.verdict, small.low > 0) == (Verdict.NO_CHANGE, True), "it is sure, and too small to matter"
    low = changed("restaurant.manager", "complaint_share", WEEK)
    assert low.high is not None
    assert (low.high < 0, low.signal, low.verdict is Verdict.EVIDENCE) == (True, False, False)
    mixed = changed("centre.manager", "complaint_share", MONTH)
    assert ((mixed.estimate or 0) < -5, mixed.verdict is Verdict.EVIDENCE) == (True, False)
    viewer = viewer_of(User.objects.get(username="centre.manager"), at=NOW)
    parts = decompose(Question("complaint_share", MONTH), MONTH.before(), "service", viewer)
    assert parts is not None
    assert parts.shift.mix_effect < -5 < 0 < parts.shift.rate_effect, "the mix fell, no service got better"


@pytest.mark.skipif(not os.environ.get("STEWARD_SLOW"), reason="minutes: STEWARD_SLOW=1 bin/test tests/console/test_x2_demo.py")
@pytest.mark.django_db
def test_x2_five_changes_of_the_demo_are_none_and_no_page_announces_them(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STEWARD_NOW = NOW.isoformat()
    monkeypatch.setattr("steward.ground.clock.now", lambda: NOW.astimezone(UTC))
    build(lambda chapter: None)
    seen_as_none()
    loud, count, named = [], 0, set()
    for key, (code, people) in ASKED.items():
        for user in User.objects.filter(username__in=people):
            for address in list(pages_of(key, code, user)):
                # Every address in both languages by those who lead; what others see besides, in one.
                for language in ("zh-hans", "en") if user.username.endswith(".manager") else ("en",):
                    with override(language):
                        text, name = read(user, address, language), str(measures.get(code).name)
                        left = without_what_claims_nothing(text)
                        evidence = [gettext(one) % {"name": name} for one in EVIDENCE]
                    count += 1
                    found = [left[max(0, hit.start() - 40) : hit.end() + 20] for hit in LOUD[language].finditer(left)]
                    found += [one for one in evidence if one in text]
                    loud += [f"{user.username} {language} {address}: {one}" for one in found]
                    if name in text:
                        named.add((key, address.split("?")[0].rsplit("/", 2)[-2]))
    assert not loud, "\n".join(loud)
    assert count > 120
    assert {(key, code) for key, (code, _people) in ASKED.items()} <= named
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("language", "text", "claims"),
    [
        ("zh-hans", "投诉占比：有证据表明下降（改善）", True),
        ("zh-hans", "表扬占比：方向改善，证据尚不充分", False),
        ("zh-hans", "等候显著缩短", True),
        ("en", "Share of praise: there is evidence that it rose, which is better", True),
        ("en", "Share of praise: points to better; the evidence is not enough yet", False),
        ("en", "Waits improved", True),
    ],
)
def test_x2_the_reader_of_this_test_hears_what_claims_something(language: str, text: str, claims: bool) -> None:
    page = f"<nav>Improvement 改善</nav><main><p>{text}</p><blockquote>显著提升, improved</blockquote></main>"
    with override(language):
        assert bool(LOUD[language].search(without_what_claims_nothing(Seen(page).text))) is claims
