"""Forms of calendars. Hours are typed as text, because that is how people write them on doors."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.fields import LocalizedText
from steward.science.worktime import InvalidCalendar, MinuteSpan, zone_named
from steward.science.worktime import Unit as TimeUnit

from .hours import BadHours, format_hours, parse_hours
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay
from .prefill import COUNTRIES
from .year import WEEKDAYS

USUAL_HOURS = "09:00-12:00, 13:00-18:00"
# Shown while typing; every name of the IANA database is accepted.
COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok", "Asia/Kolkata",
    "Asia/Dubai", "Australia/Sydney", "Europe/Berlin", "Europe/Paris", "Europe/London", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "UTC",
)  # fmt: skip
BAD_HOURS = {
    "unreadable": _("“%(part)s” is not a time span. Write for example 09:00-12:00, 13:00-18:00."),
    "reversed": _("“%(part)s” ends when it begins."),
    "past_midnight": _("“%(part)s” runs past midnight. Write it as two: until 24:00 on this day, and from 00:00 on the next."),
    "overlap": _("“%(part)s” overlaps another span of the same day."),
}


class HoursField(forms.CharField):
    """Text such as "9-12, 13-18" to spans of minutes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, **kwargs})
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        return format_hours(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[MinuteSpan, ...]:
        text = str(super().clean(value) or "")
        try:
            return parse_hours(text)
        except BadHours as error:
            raise forms.ValidationError(BAD_HOURS[error.code], code=error.code, params={"part": error.part}) from None


class ZoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        help_text = _("The name of the time zone, such as Asia/Shanghai.")
        super().__init__(**{"label": _("Time zone"), "max_length": 60, "help_text": help_text, **kwargs})
        self.widget.attrs.setdefault("list", "zones")

    def clean(self, value: Any) -> str:
        zone = str(super().clean(value))
        try:
            zone_named(zone)
        except InvalidCalendar:
            message = _("%(zone)s is not a time zone. Use a name such as Asia/Shanghai.")
            raise forms.ValidationError(message, code="unknown_zone", params={"zone": zone}) from None
        return zone


class LocalizedNameForm(forms.Form):
    """A name in both languages of the interface; one of them is enough. Other languages of the value are kept."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    name_required: ClassVar[bool] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.name_required and not data.get("name_zh") and not data.get("name_en"):
            self.add_error("name_zh", _("Give the name in at least one language."))
        return data

    def name(self, kept: LocalizedText | None = None) -> LocalizedText:
        typed = {"zh-hans": self.cleaned_data["name_zh"], "en": self.cleaned_data["name_en"]}
        others = {code: words for code, words in (kept or {}).items() if code not in typed}
        return LocalizedText({**others, **{code: words for code, words in typed.items() if words}})


class DayForm(LocalizedNameForm):
    """One day: as its week says, or different."""

    name_required = False
    AS_WEEK = "week"
    kind = forms.ChoiceField(
        label=_("This day"),
        choices=[
            (AS_WEEK, _("As its week says")),
            (CalendarDay.Kind.HOLIDAY, _("Holiday, closed")),
            (CalendarDay.Kind.MAKEUP, _("Make-up workday")),
            (CalendarDay.Kind.SPECIAL, _("Special hours")),
        ],
        widget=forms.RadioSelect,
    )
    hours = HoursField(
        label=_("Working hours"), help_text=_("A make-up workday without hours has the usual ones; a special day without hours is closed.")
    )
    field_order = ["kind", "hours", "name_zh", "name_en"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == CalendarDay.Kind.HOLIDAY and data.get("hours"):
            self.add_error("hours", _("A holiday has no hours. Choose special hours, or empty this field."))
        return data

    @classmethod
    def for_day(cls, row: CalendarDay | None) -> DayForm:
        if row is None:
            return cls(initial={"kind": cls.AS_WEEK})
        initial = {"kind": row.kind, "hours": row.spans, "name_zh": row.name.get("zh-hans", ""), "name_en": row.name.get("en", "")}
        return cls(initial=initial)


class WeekForm(forms.Form):
    """Seven days of hours from a date on."""

    starts_date = forms.DateField(
        label=_("Holds from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "min": FIRST_DATE.isoformat(), "max": LAST_DATE.isoformat()}, format="%Y-%m-%d"),
        help_text=_("Days before it stay as they were. Empty: since ever, which corrects the past too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, label in enumerate(WEEKDAYS):
            self.fields[f"day_{weekday}"] = HoursField(label=label)

    def clean_starts_date(self) -> date:
        day: date = self.cleaned_data["starts_date"] or FIRST_DATE
        if not FIRST_DATE <= day <= LAST_DATE:
            params = {"first": FIRST_DATE, "last": LAST_DATE}
            raise forms.ValidationError(_("A calendar knows the days from %(first)s to %(last)s."), code="range", params=params)
        return day

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{weekday}"] for weekday in range(7)]

    def week(self) -> dict[int, tuple[MinuteSpan, ...]]:
        return {weekday: self.cleaned_data[f"day_{weekday}"] for weekday in range(7)}

    def with_monday_copied(self) -> WeekForm:
        """The same form with Monday's hours on all five weekdays, still to be saved."""
        values = {name: self.data.get(name, "") for name in self.fields}
        return WeekForm(initial={**values, **{f"day_{weekday}": values["day_0"] for weekday in range(5)}})


class OpenForm(LocalizedNameForm, WeekForm):
    """A new calendar."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="public_id")
    zone = ZoneField()
    country = forms.ChoiceField(
        label=_("Pre-fill holidays of"),
        required=False,
        choices=[("", _("nowhere")), *COUNTRIES],
        help_text=_("For this year and the next."),
    )
    starts_date = None  # type: ignore[assignment]  # a new calendar's first week holds since ever


class SettingsForm(LocalizedNameForm):
    zone = ZoneField(help_text=_("All hours move with it, and due times are worked out again."))


class PrefillForm(forms.Form):
    country = forms.ChoiceField(label=_("Country or region"), choices=COUNTRIES)
    subdivision = forms.CharField(
        label=_("State or province"),
        required=False,
        max_length=10,
        help_text=_("The code of ISO 3166-2 after the hyphen, such as BY for DE-BY."),
    )
    years = forms.TypedMultipleChoiceField(label=_("Years"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, years: range, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["years"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"]).strip().upper()


class TryForm(forms.Form):
    """When would a promise be due?"""

    start = forms.DateTimeField(
        label=_("Received on"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    amount = forms.IntegerField(label=_("Time limit"), min_value=1, max_value=1_000_000)
    unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=[
            (TimeUnit.WORKING_DAYS, _("working days")),
            (TimeUnit.CALENDAR_DAYS, _("calendar days")),
            (TimeUnit.WORKING_MINUTES, _("working minutes")),
            (TimeUnit.ELAPSED_MINUTES, _("minutes around the clock")),
        ],
    )


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"), help_text=_("The JSON of an export. It replaces zone, weekly hours and days of this calendar.")
    )


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Why it is closed"), max_length=300)


def week_initial(calendar: Calendar, on: date) -> dict[str, Any]:
    """The week in force on a day, for the form."""
    week = calendar.weeks.filter(starts_date__lte=on).last()
    return {f"day_{weekday}": hours for weekday, hours in enumerate(week.hours)} if week else {}
