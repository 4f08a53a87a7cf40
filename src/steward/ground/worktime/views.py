"""The screens of working calendars: list, year, weekly hours, holidays, trial, files, settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.fields import offer
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast
from steward.science.worktime import CalendarExhausted, Due, Target, due_at
from steward.science.worktime import Unit as TimeUnit

from . import operations, undo
from .document import LIMIT_BYTES, CalendarDocument
from .errors import UnusableFile
from .forms import (
    COMMON_ZONES,
    USUAL_HOURS,
    CloseForm,
    DayForm,
    ImportForm,
    OpenForm,
    PrefillForm,
    SettingsForm,
    TryForm,
    WeekForm,
    week_initial,
)
from .ics import calendar_text
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay
from .queries import work_calendar
from .year import FIRST_YEAR, LAST_YEAR, ShownWeek, hours_text, labelled_hours, year_view


class CalendarList(ListPage[Calendar]):
    key = "calendars"
    template = "worktime/list.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "-is_default"), "changed": ("-changed_at",)}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Calendar"), str),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("zone", gettext_lazy("Time zone"), lambda row: row.zone),
        Column("changed", gettext_lazy("Last changed"), lambda row: row.changed_at, sort="changed"),
    )

    def queryset(self) -> QuerySet[Calendar]:
        rows = Calendar.objects.visible_to(self.request.user).filter(closed_at=None)
        return rows.select_related("unit").annotate(unverified=Count("days", filter=Q(days__unverified=True)))

    def context(self) -> dict[str, Any]:
        return {"may_open": self.request.user.access.has("worktime.manage")}  # type: ignore[union-attr]


@require_GET
@staff()
def calendars(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, CalendarList(request).respond())  # a stream only for exports, which this list has not


@require_http_methods(["GET", "POST"])
@staff("worktime.manage")
def open_calendar(request: StaffRequest) -> HttpResponse:
    initial = {"zone": _own_zone(request), **{f"day_{weekday}": USUAL_HOURS for weekday in range(5)}}
    form = OpenForm(request.POST or None, initial=initial)
    offer(form, "unit", _units_to_manage(request))
    if request.method == "POST" and form.is_valid():
        data, at, by = form.cleaned_data, clock.now(), actor_of(request)
        calendar = operations.open_calendar(unit=data["unit"], name=form.name(), zone=data["zone"], week=form.week(), by=by, at=at)
        if data["country"]:
            year = _today(calendar).year
            operations.prefill_holidays(calendar=calendar, country=data["country"], years=[year, year + 1], by=by, at=at)
        toast(request, _("Calendar opened."))
        return redirect("worktime:year", calendar.public_id)
    return render(request, "worktime/open.html", {"form": form, "zones": COMMON_ZONES}, status=_status(form))


@require_GET
@staff()
def year(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id)
    context = _year_context(request, calendar, _day(request.GET.get("day", "")))
    return render(request, "worktime/year.html", context)


@require_http_methods(["GET", "POST"])
@staff()
def day(request: StaffRequest, public_id: UUID, day: date) -> HttpResponse:
    """The panel of one day; a POST sets it or lets it follow its week again."""
    calendar = _calendar(request, public_id)
    if not FIRST_DATE <= day <= LAST_DATE:
        raise Http404
    if request.method != "POST":
        return render(request, "worktime/parts/day.html", _day_context(request, calendar, day))
    row = calendar.days.filter(date=day).first()
    form = DayForm(request.POST)
    if not form.is_valid():
        return render(request, "worktime/year.html", _year_context(request, calendar, day, form), status=422)
    undo_url = undo.address(calendar, day, row)
    _save_day(request, calendar, day, row, form)
    toast(request, _("Day saved."), undo_url=undo_url)
    return _back_to_day(calendar, day)


def _save_day(request: StaffRequest, calendar: Calendar, day: date, row: CalendarDay | None, form: DayForm) -> None:
    by, at, data = actor_of(request), clock.now(), form.cleaned_data
    if data["kind"] == DayForm.AS_WEEK:
        operations.clear_day(calendar=calendar, day=day, by=by, at=at)
        return
    operations.set_day(
        calendar=calendar, day=day, kind=data["kind"], spans=data["hours"], name=form.name(row.name if row else None), by=by, at=at
    )


@require_POST
@staff()
def undo_day(request: StaffRequest, public_id: UUID, day: date) -> HttpResponse:
    """Bring a day back as it was; the address carries it signed."""
    calendar = _calendar(request, public_id)
    before = undo.read(request.GET.get("was", ""), calendar, day)
    by, at = actor_of(request), clock.now()
    if before is None:
        operations.clear_day(calendar=calendar, day=day, by=by, at=at)
    else:
        operations.set_day(calendar=calendar, day=day, by=by, at=at, **before)
    toast(request, _("Taken back."))
    return _back_to_day(calendar, day)


@require_http_methods(["GET", "POST"])
@staff()
def week(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Weekly hours: those that hold, held and will hold; a POST adds a week or changes the one of the same day."""
    calendar = _calendar(request, public_id)
    today = _today(calendar)
    form = WeekForm(initial={"starts_date": today, **week_initial(calendar, today)})
    if request.method == "POST":
        form = WeekForm(request.POST)
        if "copy" in request.POST:
            return _tab(request, calendar, "week", {"form": form.with_monday_copied(), **_weeks(calendar, today)})
        if form.is_valid():
            starts = form.cleaned_data["starts_date"]
            operations.change_week(calendar=calendar, week=form.week(), starts_date=starts, by=actor_of(request), at=clock.now())
            toast(request, _("Weekly hours saved."))
            return redirect("worktime:week", calendar.public_id)
    return _tab(request, calendar, "week", {"form": form, **_weeks(calendar, today)}, form)


@require_POST
@staff()
def drop_week(request: StaffRequest, public_id: UUID, day: date) -> HttpResponse:
    calendar = _calendar(request, public_id)
    operations.drop_week(calendar=calendar, starts_date=day, by=actor_of(request), at=clock.now())
    toast(request, _("Weekly hours taken back."))
    return redirect("worktime:week", calendar.public_id)


@require_http_methods(["GET", "POST"])
@staff("worktime.manage")
def prefill(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id, "manage")
    this_year = _today(calendar).year
    form = PrefillForm(request.POST or None, years=range(this_year - 1, this_year + 3), initial={"country": "CN", "years": [this_year]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = operations.prefill_holidays(
            calendar=calendar,
            country=data["country"],
            subdivision=data["subdivision"],
            years=sorted(data["years"]),
            by=actor_of(request),
            at=clock.now(),
        )
        _tell_prefilled(request, result)
        return redirect(f"{reverse('worktime:year', args=[calendar.public_id])}?year={min(data['years'])}")
    return _tab(request, calendar, "prefill", {"form": form}, form)


def _tell_prefilled(request: StaffRequest, result: operations.Prefilled) -> None:
    count = len(result.added) + len(result.changed)
    toast(request, ngettext("%(count)d day proposed. Compare it with the official notice.",
                            "%(count)d days proposed. Compare them with the official notice.", count) % {"count": count})  # fmt: skip
    if result.disputed:
        days = ", ".join(day.isoformat() for day in result.disputed)
        toast(request, _("Left as a person set them, though the library says otherwise: %(days)s.") % {"days": days}, tone="warn")
    if result.computed_years:
        years = ", ".join(map(str, result.computed_years))
        message = _("No official notice is known for %(years)s yet: holidays follow the law, make-up workdays are missing.")
        toast(request, message % {"years": years}, tone="warn")


@require_POST
@staff()
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Lift 未核实 from the days that were ticked, or from all of a year."""
    calendar = _calendar(request, public_id)
    shown = _year(request.POST.get("year", ""), _today(calendar))
    if "all" in request.POST:
        days: Sequence[date] = list(calendar.days.filter(date__year=shown, unverified=True).values_list("date", flat=True))
    else:
        days = [found for found in map(_day, request.POST.getlist("day")) if found]
    count = operations.confirm_days(calendar=calendar, days=days, by=actor_of(request), at=clock.now())
    toast(request, ngettext("%(count)d day confirmed.", "%(count)d days confirmed.", count) % {"count": count})
    return redirect(f"{reverse('worktime:year', args=[calendar.public_id])}?year={shown}")


@require_GET
@staff()
def trial(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """When would a promise be due? Works the answer out and changes nothing."""
    calendar = _calendar(request, public_id)
    with timezone.override(calendar.zone):
        form = TryForm(request.GET) if request.GET else TryForm(initial={"start": clock.now(), "amount": 5, "unit": TimeUnit.WORKING_DAYS})
        context: dict[str, Any] = {"form": form, "last_date": LAST_DATE}
        if form.is_bound and form.is_valid():
            due = _try(calendar, form.cleaned_data)
            context |= {"due": due, "exhausted": due is None, "until": _until(due, calendar) if due else ""}
        return _tab(request, calendar, "trial", context, form)


def _try(calendar: Calendar, data: dict[str, Any]) -> Due | None:
    """None when the answer lies outside the days the calendar knows."""
    try:
        return due_at(data["start"], Target(data["amount"], TimeUnit(data["unit"])), work_calendar(calendar))
    except (CalendarExhausted, OverflowError):
        return None


def _until(due: Due, calendar: Calendar) -> str:
    """The instant as people say it: midnight after the last day is 24:00 of that day."""
    local = due.due_at.astimezone(ZoneInfo(calendar.zone))
    return f"{due.due_date} 24:00" if local.date() > due.due_date else f"{local:%Y-%m-%d %H:%M}"


@require_GET
@staff()
def export_json(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id)
    return _download(CalendarDocument.of(calendar).text(), "application/json", f"calendar-{calendar.public_id}.json")


@require_GET
@staff()
def export_ics(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id)
    text = calendar_text(calendar, calendar.days.all(), title=str(calendar.name))
    return _download(text, "text/calendar; charset=utf-8", f"calendar-{calendar.public_id}.ics")


@require_http_methods(["GET", "POST"])
@staff("worktime.manage")
def import_file(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id, "manage")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LIMIT_BYTES:
            form.add_error("file", _("The file is larger than a calendar can be."))
        else:
            try:
                document = CalendarDocument.read(file.read())
                operations.import_calendar(calendar=calendar, document=document, by=actor_of(request), at=clock.now())
            except UnusableFile as error:
                form.add_error("file", str(error))
            else:
                toast(request, _("Calendar imported."))
                return redirect("worktime:year", calendar.public_id)
    return _tab(request, calendar, "import", {"form": form}, form)


@require_http_methods(["GET", "POST"])
@staff("worktime.manage")
def settings(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id, "manage")
    names = {"name_zh": calendar.name.get("zh-hans", ""), "name_en": calendar.name.get("en", "")}
    form = SettingsForm(request.POST or None, initial={"zone": calendar.zone, **names})
    if request.method == "POST" and form.is_valid():
        name, zone = form.name(calendar.name), form.cleaned_data["zone"]
        operations.change_calendar(calendar=calendar, name=name, zone=zone, by=actor_of(request), at=clock.now())
        toast(request, _("Saved."))
        return redirect("worktime:settings", calendar.public_id)
    return _tab(request, calendar, "settings", {"form": form, "zones": COMMON_ZONES, "close_form": CloseForm()}, form)


@require_POST
@staff()
def make_default(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id)
    operations.make_default(calendar=calendar, by=actor_of(request), at=clock.now())
    toast(request, _("New clocks of %(unit)s use this calendar.") % {"unit": calendar.unit})
    return redirect("worktime:settings", calendar.public_id)


@require_POST
@staff()
def close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    calendar = _calendar(request, public_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        toast(request, _("Give a reason for closing the calendar."), tone="warn")
        return redirect("worktime:settings", calendar.public_id)
    operations.close_calendar(calendar=calendar, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
    toast(request, _("Calendar closed."))
    return redirect("worktime:list")


def _calendar(request: StaffRequest, public_id: UUID, action: str = "") -> Calendar:
    """The calendar as this person may see it; with an action only for those who may do it: a form nobody could send stays hidden."""
    calendar = get_object_or_404(Calendar.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
    if action and not _may(request, calendar, action):
        raise Http404
    return calendar


def _may(request: StaffRequest, calendar: Calendar, action: str = "manage") -> bool:
    return calendar.closed_at is None and policy_for(Calendar).may(actor_of(request), action, calendar, at=request.user.access.at)


def _units_to_manage(request: StaffRequest) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=request.user.access.unit_ids("worktime.manage"), closed_at=None).order_by("path")


def _own_zone(request: StaffRequest) -> str:
    organisation = request.user.organisation
    return organisation.timezone.key if organisation else "Asia/Shanghai"


def _today(calendar: Calendar) -> date:
    return clock.now().astimezone(ZoneInfo(calendar.zone)).date()


def _year(text: str, today: date) -> int:
    return int(text) if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR else today.year


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_DATE <= found <= LAST_DATE else None


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _tab(request: StaffRequest, calendar: Calendar, tab: str, context: dict[str, Any], form: Any = None) -> HttpResponse:
    shown = {"calendar": calendar, "unit": calendar.unit, "tab": tab, "may_manage": _may(request, calendar), **context}
    return render(request, f"worktime/{tab}.html", shown, status=_status(form) if form is not None else 200)


def _year_context(request: StaffRequest, calendar: Calendar, chosen: date | None, form: DayForm | None = None) -> dict[str, Any]:
    today = _today(calendar)
    shown = chosen.year if chosen else _year(request.GET.get("year", ""), today)
    context = {
        "calendar": calendar,
        "unit": calendar.unit,
        "tab": "year",
        "view": year_view(calendar, shown, today=today),
        "previous": shown - 1 if shown > FIRST_YEAR else None,
        "next": shown + 1 if shown < LAST_YEAR else None,
        "this_year": today.year,
        "may_manage": _may(request, calendar),
    }
    return {**context, **(_day_context(request, calendar, chosen, form) if chosen else {})}


def _day_context(request: StaffRequest, calendar: Calendar, day: date, form: DayForm | None = None) -> dict[str, Any]:
    row = calendar.days.filter(date=day).first()
    return {
        "calendar": calendar,
        "unit": calendar.unit,
        "day": day,
        "row": row,
        "hours": hours_text(work_calendar(calendar), day),
        "day_form": form or DayForm.for_day(row),
        "may_manage": _may(request, calendar),
    }


def _weeks(calendar: Calendar, today: date) -> dict[str, Any]:
    weeks = list(calendar.weeks.all())
    current = max((week.starts_date for week in weeks if week.starts_date <= today), default=None)
    shown = [ShownWeek(week.starts_date, tuple(labelled_hours(week))) for week in reversed(weeks)]
    return {"weeks": shown, "current": current, "first_date": FIRST_DATE}


def _back_to_day(calendar: Calendar, day: date) -> HttpResponse:
    return redirect(f"{reverse('worktime:year', args=[calendar.public_id])}?day={day.isoformat()}#day")


def _download(text: str, content_type: str, filename: str) -> HttpResponse:
    return HttpResponse(text, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'})
