"""Words for time, figures, masks and status, in both languages, at a fixed instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from steward.ground.ui import figures, masking, timewords
from steward.ground.ui.place import Place
from steward.ground.ui.status import SIGNS, Status

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 7, 15, tzinfo=UTC)  # 15:15 in Shanghai


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context({"read_at": AT, "place": Place(time_zone="Asia/Shanghai"), **context}))


@pytest.mark.parametrize(
    ("minutes", "chinese", "english", "tone"),
    [
        (135, "还剩 2 小时 15 分（今天 17:30）", "2 h 15 min left (today 17:30)", "soon"),
        (-180, "超时 3 小时（今天 12:15）", "3 h overdue (today 12:15)", "over"),
        (-25 * 60 - 15, "超时 1 天 1 小时（昨天 14:00）", "1 d 1 h overdue (yesterday 14:00)", "over"),
        (24 * 60, "还剩 1 天（明天 15:15）", "1 d left (tomorrow 15:15)", "ok"),
        (241, "还剩 4 小时 1 分（今天 19:16）", "4 h 1 min left (today 19:16)", "ok"),
        (9 * 24 * 60 + 90, "还剩 9 天（3月11日 16:45）", "9 d left (11 Mar 16:45)", "ok"),
        (365 * 24 * 60, "还剩 365 天（2027年3月2日 15:15）", "365 d left (2 Mar 2027 15:15)", "ok"),
        (0, "还剩 不到 1 分钟（今天 15:15）", "less than 1 min left (today 15:15)", "soon"),
    ],
)
def test_due_says_how_long_is_left_and_when(minutes: int, chinese: str, english: str, tone: str) -> None:
    due = AT + timedelta(minutes=minutes)
    with translation.override("zh-hans"):
        found = timewords.due_words(due, at=AT, zone=ZONE)
        assert (found.text, found.tone) == (chinese, tone)
    with translation.override("en"):
        assert timewords.due_words(due, at=AT, zone=ZONE).text == english


def test_the_units_time_zone_decides_what_today_is() -> None:
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # 00:30 tomorrow in Shanghai, 16:30 today in London
    with translation.override("zh-hans"):
        assert timewords.moment_words(late, at=AT, zone=ZONE) == "明天 00:30"
        assert timewords.moment_words(late, at=AT, zone=ZoneInfo("Europe/London")) == "今天 16:30"


def test_a_span_that_ends_at_midnight_names_the_day_that_ends() -> None:
    midnight = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)  # 00:00 of the 18th in Shanghai
    with translation.override("zh-hans"):
        assert timewords.due_words(midnight, at=AT, zone=ZONE).moment == "3月17日 24:00"
        assert timewords.moment_words(midnight, at=AT, zone=ZONE) == "3月18日 00:00"


def test_durations_say_how_they_were_counted() -> None:
    with translation.override("zh-hans"):
        assert timewords.duration_words(37 * 3600, "working") == "37 小时（工作时间）"
        assert timewords.duration_words(37 * 3600, "elapsed") == "1 天 13 小时（自然时间）"
    with pytest.raises(ValueError, match="working"):
        timewords.duration_words(1, "other")  # type: ignore[arg-type]


def test_the_due_tag_carries_the_instant_for_machines_hover_and_print() -> None:
    with translation.override("zh-hans"):
        html = render("{% due when %}", when=AT + timedelta(minutes=135))
    assert 'datetime="2026-03-02T09:30:00+00:00"' in html
    assert 'title="2026-03-02 17:30 Asia/Shanghai"' in html
    assert 'data-full="2026-03-02 17:30 Asia/Shanghai"' in html
    assert "due-soon" in html
    assert "还剩 2 小时 15 分（今天 17:30）" in html


def test_when_ago_and_duration_tags() -> None:
    with translation.override("zh-hans"):
        assert "今天 14:55" in render("{% when x %}", x=AT - timedelta(minutes=20))
        assert "20 分钟前" in render("{% ago x %}", x=AT - timedelta(minutes=20))
        assert "刚刚" in render("{% ago x %}", x=AT - timedelta(seconds=20))
        assert "昨天 13:15" in render("{% ago x %}", x=AT - timedelta(hours=26))
        assert ">昨天<" in render("{% when x %}", x=date(2026, 3, 1))
        assert render('{% duration 8100 "working" %}') == "2 小时 15 分（工作时间）"
        assert render("{% when x %}{% due x %}{% ago x %}", x=None) == "———"


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (1234567.891, {"digits": 1}, "1,234,567.9"),
        (-0.04, {"digits": 1}, "0.0"),
        (2.5, {}, "3"),
        (Decimal("0.125"), {"digits": 2}, "0.13"),
        (-3.25, {"digits": 1, "unit": "%"}, "−3.3%"),
        (4, {"signed": True, "unit": "min"}, "+4 min"),
        (None, {}, "—"),
        (float("nan"), {}, "—"),
    ],
)
def test_numbers(value: Any, options: dict[str, Any], expected: str) -> None:
    assert figures.number_words(value, **options) == expected


def test_intervals_show_their_n_and_say_when_there_is_not_enough() -> None:
    with translation.override("zh-hans"):
        assert figures.interval_words(82.4, 79.1, 85.2, n=1412, unit="%") == "82.4%（79.1–85.2，n=1,412）"
        assert figures.interval_words(-1.0, -2.5, 0.5) == "−1.0（−2.5 – 0.5）"
        assert figures.interval_words(None, n=4) == "数据不足（n=4）"
    with translation.override("en"):
        assert figures.interval_words(None) == "Not enough data"


@pytest.mark.parametrize("kind", ["name", "phone", "email", "id", "address", "text"])
@pytest.mark.parametrize("value", ["13812345678", "李", "欧阳文静", "a@b.cn", "上海市静安区南京西路1号", "123", "ab"])
def test_a_mask_never_shows_the_whole_value(kind: Any, value: str) -> None:
    hidden = masking.mask(value, kind)
    assert hidden != value
    assert "*" in hidden


def test_a_masked_value_reaches_the_page_masked_only() -> None:
    html = render('{% masked value "phone" reveal="/x/" %}', value="13812345678")
    assert "13812345678" not in html
    assert "138****5678" in html
    assert 'hx-post="/x/"' in html
    assert "<form" not in render('{% masked value "phone" %}', value="13812345678")


def test_status_has_sign_word_and_colour() -> None:
    html = render("{% status view %}", view=Status("danger", "已超时"))
    assert "alert-octagon" in html
    assert "已超时" in html
    assert "status-danger" in html
    assert len(set(SIGNS.values())) == len(SIGNS), "two tones with one sign need colour to be told apart"
    with pytest.raises(ValueError, match="tone"):
        Status("purple", "x")


def test_values_are_escaped() -> None:
    html = render('{% status "ok" text %}{% icon "x" label=text %}', text="<b>")
    assert "<b>" not in html


def test_url_with_keeps_the_rest_and_starts_at_the_first_page() -> None:
    request = RequestFactory().get("/", {"q": "a b", "after": "cursor", "state": ["open", "due"]})
    assert render('{% url_with sort="due" %}', request=request) == "?q=a+b&amp;state=open&amp;state=due&amp;sort=due"
    assert "after=next" in render('{% url_with after="next" %}', request=request)
    assert "q=" not in render("{% url_with q=None %}", request=request)


def test_a_components_own_instant_does_not_move_the_pages_clock() -> None:
    with translation.override("zh-hans"):
        assert "昨天 13:15" in render("{% when at %}", at=AT - timedelta(hours=26))
