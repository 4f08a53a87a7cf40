"""Made-up content for the gallery, in both languages, at one fixed instant. Nothing here is read from a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steward.ground.fields import LocalizedText, localized

from .charts import Chart, Mark, Series
from .lists import Page, paginate_rows
from .live import Watch
from .status import SIGNS, Status
from .toasts import Toast

AT = datetime(2026, 3, 4, 6, 15, tzinfo=UTC)  # Wednesday 14:15 in Shanghai


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A line of a made-up list."""

    number: str
    title: LocalizedText
    person: LocalizedText
    channel: LocalizedText
    state: Status
    due_at: datetime
    opened_at: datetime


TITLES = (
    localized("短信验证码一直收不到，手机银行无法登录", en="No text message code arrives, cannot sign in to the mobile bank"),
    localized("等候四十分钟仍未叫号，要求说明原因", en="Waited forty minutes without being called, asks why"),
    localized("房间空调噪声大，夜里两次致电前台未解决", en="Loud air conditioning, called the front desk twice at night in vain"),
    localized("希望门诊增加轮椅借用点", en="Asks for a wheelchair stand at the outpatient entrance"),
    localized("收到的发票抬头错误，要求重开", en="Invoice issued to the wrong name, asks for a new one"),
    localized("表扬三号窗口工作人员耐心细致", en="Praise for the patient work at counter three"),
)
PEOPLE = (
    localized("李建华", en="Li Jianhua"), localized("欧阳文静", en="Ouyang Wenjing"), localized("王芳", en="Wang Fang"),
    localized("陈志远", en="Chen Zhiyuan"), localized("Mary Smith", en="Mary Smith"),
)  # fmt: skip
CHANNELS = (
    localized("电话", en="Phone"), localized("微信", en="WeChat"), localized("现场", en="In person"), localized("邮件", en="E-mail"),
)  # fmt: skip
WEEKDAYS = (
    localized("周一", en="Mon"), localized("周二", en="Tue"), localized("周三", en="Wed"),
    localized("周四", en="Thu"), localized("周五", en="Fri"),
)  # fmt: skip
STEPS = (
    localized("受理", en="Taken"), localized("答复", en="Answered"), localized("结案", en="Closed"), localized("回访", en="Called back"),
    localized("确认解决", en="Confirmed solved"),
)  # fmt: skip
STATE_WORDS = {
    "neutral": localized("草稿", en="Draft"), "active": localized("处理中", en="In progress"),
    "waiting": localized("等待回复", en="Waiting"), "info": localized("待受理", en="To take"),
    "ok": localized("已结案", en="Closed"), "warn": localized("即将超时", en="Due soon"),
    "danger": localized("已超时", en="Overdue"), "muted": localized("已撤回", en="Withdrawn"),
}  # fmt: skip


def state(tone: str) -> Status:
    return Status(tone, str(STATE_WORDS[tone]))


def row(index: int) -> SampleRow:
    """Row number `index`, always the same."""
    tone = ("info", "active", "waiting", "danger", "ok", "warn")[index % 6]
    return SampleRow(
        number=f"2026-{index + 1:05d}",
        title=TITLES[index % len(TITLES)],
        person=PEOPLE[index * 3 % len(PEOPLE)],
        channel=CHANNELS[index * 5 % len(CHANNELS)],
        state=state(tone),
        due_at=AT + timedelta(minutes=(-190 if tone == "danger" else 135 if tone == "warn" else 1500) + index % 7 * 35),
        opened_at=AT - timedelta(hours=2 + index % 50, minutes=index % 60),
    )


def many_rows() -> tuple[SampleRow, ...]:
    """Ten thousand rows, made once per language."""
    return _many(get_language() or "")


@cache
def _many(language: str) -> tuple[SampleRow, ...]:
    return tuple(row(index) for index in range(10_000))


class SampleForm(forms.Form):
    """A form with every kind of field, some of them wrong."""

    title = forms.CharField(label=_("Title"), help_text=_("One sentence: what happened."))
    channel = forms.ChoiceField(label=_("Channel"), choices=lambda: [("phone", str(CHANNELS[0])), ("wechat", str(CHANNELS[1]))])
    due = forms.DateField(label=_("Promised date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    detail = forms.CharField(label=_("What happened"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    urgency = forms.ChoiceField(label=_("Severity"), choices=[("s3", "S3"), ("s2", "S2"), ("s1", "S1")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label=_("Told the time limit in person"), required=False)

    def clean_title(self) -> str:
        raise ValidationError(_("Too long: at most 60 characters. Put the story below."))


class SampleFilters(forms.Form):
    q = forms.CharField(label=_("Words"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", str(localized("全部", en="All"))), *((tone, str(word)) for tone, word in STATE_WORDS.items())],
    )


def charts() -> list[Chart]:
    """One chart of each kind."""
    return [_waits(), _channels(), _loop(), _control(), _heat(), _handling()]


def _waits() -> Chart:
    lobby = [14.2, 13.1, 15.8, 12.9, 13.4, 16.1, 17.0, 12.2, 10.8, 9.9, 10.4, 9.1, 9.6, 8.8]
    counter = [9.8, 9.1, 10.2, 9.9, 8.7, 9.4, 10.8, 9.9, 9.2, 9.6, 9.0, 9.3, 8.9, 9.2]
    low, high, counts = [v - 1.4 for v in lobby], [v + 1.6 for v in lobby], [80 + 3 * at for at in range(14)]
    return Chart(
        "waits",
        "line",
        str(localized("等候时间中位数", en="Median wait")),
        [f"3/{day}" for day in range(1, 15)],
        [Series(str(localized("大堂", en="Lobby")), lobby, low, high, counts), Series(str(localized("柜台", en="Counter")), counter)],
        unit=str(localized("分", en="min")),
        marks=[Mark("3/8", str(localized("增设弹性窗口", en="Flexible counter opened")))],
        target=10,
        label_name=str(localized("日期", en="Day")),
    )


def _channels() -> Chart:
    this, last = str(localized("本周", en="This week")), str(localized("上周", en="Last week"))
    return Chart(
        "channels",
        "bar",
        str(localized("各渠道来件", en="Cases by channel")),
        [str(channel) for channel in CHANNELS],
        [Series(this, [128, 96, 74, 31]), Series(last, [119, 88, 80, 35])],
        unit=str(localized("件", en="cases")),
        digits=0,
        label_name=str(localized("渠道", en="Channel")),
    )


def _loop() -> Chart:
    counted = Series(str(localized("件数", en="Cases")), [412, 401, 377, 290, 251])
    title, step = localized("闭环各步", en="The loop, step by step"), localized("步骤", en="Step")
    return Chart("loop", "funnel", str(title), [str(each) for each in STEPS], [counted], digits=0, label_name=str(step))


def _control() -> Chart:
    weeks = [str(localized(f"第{week}周", en=f"W{week}")) for week in range(1, 15)]
    return Chart(
        "control",
        "control",
        str(localized("每周投诉数", en="Complaints per week")),
        weeks,
        [Series(str(localized("投诉", en="Complaints")), [12, 15, 11, 14, 13, 16, 12, 14, 13, 29, 14, 12, 15, 13])],
        digits=0,
        centre=13.4,
        lower=[None] + [2.4] * 12 + [None],  # neither the first week nor the one that still runs has limits
        upper=[None] + [24.4] * 12 + [None],
        signals=[9],
        marks=[Mark(weeks[9], str(localized("系统升级", en="System upgrade")))],
        label_name=str(localized("周", en="Week")),
    )


def _heat() -> Chart:
    rows = [Series(str(day), [(3 + at * 2 + hour * 5) % 17 for hour in range(9)]) for at, day in enumerate(WEEKDAYS)]
    hours = [f"{hour}:00" for hour in range(9, 18)]
    title, hour = localized("各时段等候人数", en="People waiting by hour"), localized("时段", en="Hour")
    return Chart("heat", "heat", str(title), hours, rows, digits=0, label_name=str(hour))


def _handling() -> Chart:
    return Chart(
        "handling",
        "distribution",
        str(localized("处理时长分布", en="Handling time")),
        [f"{low}–{low + 5}" for low in range(0, 60, 5)],
        [Series(str(localized("件数", en="Cases")), [4, 18, 39, 58, 61, 47, 33, 21, 12, 8, 3, 2])],
        unit=str(localized("件", en="cases")),
        digits=0,
        label_name=str(localized("分钟", en="Minutes")),
    )


def components(at: datetime) -> dict[str, Any]:
    """What the overview shows."""
    wrong = SampleForm({"title": "x" * 80, "channel": "phone", "urgency": "s2"})
    wrong.is_valid()
    return {
        "tones": [state(tone) for tone in SIGNS],
        "form": SampleForm(initial={"channel": "phone", "urgency": "s3"}),
        "wrong_form": wrong,
        "filters": SampleFilters({"q": ""}),
        "charts": charts(),
        "rows": [row(index) for index in range(6)],
        "page": Page([row(0)], newer="x", older="y", count=paginate_rows(many_rows(), {}, key=lambda each: (each.number,), name="x").count),
        "caller": PEOPLE[0],
        "helper": PEOPLE[3],
        "clerk": PEOPLE[2],
        "toasts": [
            Toast(str(localized("已转办给王芳", en="Assigned to Wang Fang")), "ok", "/gallery/"),
            Toast(str(localized("网络已断开", en="No connection")), "warn"),
        ],
        "soon": at + timedelta(minutes=135),
        "later": at + timedelta(days=2, hours=3),
        "over": at - timedelta(hours=3),
        "earlier": at - timedelta(minutes=8),
        "yesterday": at - timedelta(hours=24, minutes=15),
        "live_watch": Watch(("gallery",), 0, "gather", "#sample-rows", str(localized("条新工单", en="new cases"))),
    }


def page_of(kind: str, params: Mapping[str, str]) -> dict[str, Any]:
    """What a live sample of one page kind shows."""
    found = components(AT)
    found["chart"] = {"figure": found["charts"][0], "report": found["charts"][3]}.get(kind, found["charts"][0])
    found["rows"] = [row(index) for index in range(18)]
    found["opened"] = row(int(params["open"]) % 10_000 if params.get("open", "").isdigit() else 1)
    return found
