"""Forms validate and clean; the operations decide."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import UnitField
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer
from steward.ground.measures.declarations import measures

from . import sources
from .method import Form
from .models import Action, Cause, Finding, Kind, Lever, Noticed, State
from .models.action import Outcome

ANY: Any = ("", _("Any"))
SEARCH = forms.TextInput(attrs={"type": "search"})
CURRENCIES = (("CNY", "CNY"), ("HKD", "HKD"), ("USD", "USD"), ("EUR", "EUR"))
GRAINS = (("week", _("Week")), ("month", _("Month")), ("day", _("Day")), ("quarter", _("Quarter")))


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OwnerField(forms.ModelChoiceField[Staff]):
    """Colleagues with their team."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Staff.objects.none(), "to_field_name": "public_id", "empty_label": None, **kwargs})

    def label_from_instance(self, obj: Staff) -> str:
        return f"{obj} · {obj.unit}"


def measure_choices(empty: Any) -> list[Any]:
    found = sorted(((measure.id, measure.name) for measure in measures.all() if measure.when), key=lambda choice: str(choice[1]))
    return [("", empty), *found]


class ActionFilters(forms.Form):
    STATES: ClassVar = [
        ("", _("Unfinished")),
        ("overdue", _("Overdue")),
        ("review", _("Effect to be reviewed")),
        *[(state.value, state.label) for state in (State.PLANNED, State.IN_PROGRESS, State.REOPENED, State.DONE)],
        ("reviewed", _("Reviewed, not closed")),
        (State.CLOSED.value, State.CLOSED.label),
        (State.CANCELLED.value, State.CANCELLED.label),
        ("any", _("All")),
    ]
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=SEARCH)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    lever = forms.ChoiceField(label=_("Lever"), choices=[ANY, *Lever.choices], required=False)
    outcome = forms.ChoiceField(label=_("Effect"), choices=[ANY, *Outcome.choices], required=False)
    owner = forms.ChoiceField(label=_("Owner"), choices=[ANY, ("me", _("Me"))], required=False)
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is not None:
            offer(self, "unit", units)


class FindingFilters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=SEARCH)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Open")), *Finding.State.choices[1:], ("any", _("All"))])
    source = forms.ChoiceField(label=_("Source"), required=False)
    cause = forms.ChoiceField(label=_("Cause"), required=False, choices=[ANY, *Cause.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [ANY, *((source.code, source.label) for source in sources.sources())]  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    unit = UnitField(label=_("Unit"))
    title = forms.CharField(label=_("What was found, in one sentence"), max_length=200)
    detail = forms.CharField(label=_("In detail"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    source = forms.ChoiceField(label=_("Source"))
    noticed = forms.ChoiceField(label=_("Noticed by"), choices=Noticed.choices)
    cause = forms.ChoiceField(label=_("Root cause"), required=False, choices=[("", _("Not known yet")), *Cause.choices])
    factor = forms.ChoiceField(
        label=_("What let it happen"),
        required=False,
        choices=[("", _("Nothing else known")), *[choice for choice in Cause.choices if choice[0] != "human"]],
        help_text=_("Needed beside human error, which alone is no root cause."),
    )
    step = forms.CharField(
        label=_("Step of the process"),
        required=False,
        max_length=120,
        help_text=_("The same cause at the same step is recognised when it comes again."),
    )
    trigger_measure = forms.ChoiceField(label=_("Figure that led here"), required=False)
    trigger_extreme = forms.BooleanField(
        label=_("It was picked because of an extreme value, such as the worst month"),
        required=False,
        help_text=_("Extreme values fall back by themselves. The effect review allows for that."),
    )
    trigger_date = forms.DateField(label=_("A day of that period"), required=False, widget=day_input())

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"], self.fields["source"]
        else:
            offer(self, "unit", units)
            self.fields["source"].choices = [(source.code, source.label) for source in sources.sources()]  # type: ignore[attr-defined]
        self.fields["trigger_measure"].choices = measure_choices(_("None"))  # type: ignore[attr-defined]


class EditFindingForm(FindingForm):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ActionForm(forms.Form):
    title = forms.CharField(label=_("What is to be done, in one sentence"), max_length=200)
    unit = UnitField(label=_("Unit"))
    owner = OwnerField(label=_("Owner"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    lever = forms.ChoiceField(label=_("Lever"), choices=Lever.choices)
    hypothesis = forms.CharField(label=_("Why it should work"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    measure = forms.ChoiceField(label=_("Figure that shows it"), required=False)
    direction = forms.ChoiceField(label=_("Which way is better"), choices=Action.Direction.choices)
    expected = forms.FloatField(
        label=_("Expected effect"), required=False, min_value=0, help_text=_("In the unit of the figure; of a percentage, in points.")
    )
    practical = forms.FloatField(
        label=_("Smallest change that matters"),
        required=False,
        min_value=0,
        help_text=_("Empty: what the figure's definition says."),
    )
    due_date = forms.DateField(label=_("Done by"), widget=day_input())
    verify_date = forms.DateField(
        label=_("Effect verified on"), widget=day_input(), help_text=_("Not before it is due; it cannot be closed earlier.")
    )
    cost = forms.DecimalField(label=_("Cost"), required=False, min_value=0, max_digits=14, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=CURRENCIES)

    def __init__(self, *args: Any, units: Any = None, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", owners)
        if units is None:
            del self.fields["unit"]
        else:
            offer(self, "unit", units)
        self.fields["measure"].choices = measure_choices(_("None; figures are entered with the review"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("measure") and data.get("practical") is None:
            self.add_error("practical", _("Figures that are entered need it: say which change would matter."))
        due, verify = data.get("due_date"), data.get("verify_date")
        if due and verify and verify < due:
            self.add_error("verify_date", _("It lies before the due date."))
        return data

    @property
    def plan(self) -> dict[str, Any]:
        """What the operations take."""
        data = dict(self.cleaned_data)
        cost, currency = data.pop("cost"), data.pop("currency")
        data["cost_minor"] = None if cost is None else int(cost * 100)
        data["currency"] = (currency or "CNY") if cost is not None else ""
        return data


class EditActionForm(ActionForm):
    started_date = forms.DateField(
        label=_("Day of change"), required=False, widget=day_input(), help_text=_("Before and after are told apart by this day.")
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class StartForm(forms.Form):
    started_date = forms.DateField(label=_("Day of change"), required=False, widget=day_input(), help_text=_("Empty: today."))


class FinishForm(forms.Form):
    reason = forms.CharField(label=_("Remark"), required=False, max_length=500)
    verify_date = forms.DateField(
        label=_("New verification date"), required=False, widget=day_input(), help_text=_("Needed when the planned one has passed.")
    )


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Remark"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RemarkForm(forms.Form):
    reason = forms.CharField(label=_("Remark"), required=False, max_length=500)


class ReopenForm(ReasonForm):
    due_date = forms.DateField(label=_("Done by"), required=False, widget=day_input())
    verify_date = forms.DateField(label=_("Effect verified on"), required=False, widget=day_input())


class SubjectForm(forms.Form):
    """Names a row of another room by what people call it, such as the number of a case."""

    subject = forms.CharField(label=_("Number of a case"), required=False, max_length=40)


class RecurrenceForm(SubjectForm):
    note = forms.CharField(label=_("What happened again"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["note", "subject"]


class TellForm(SubjectForm):
    text = forms.CharField(label=_("What they were told"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ["text", "subject"]


class EvidenceForm(SubjectForm):
    label = forms.CharField(label=_("Or in words"), required=False, max_length=200)
    note = forms.CharField(label=_("What it shows"), required=False, max_length=500)


class ReviewForm(forms.Form):
    """Where the figures come from. Which method is used follows from them."""

    SOURCES: ClassVar = [("measure", _("The figure of the action")), ("entered", _("A table that I paste"))]
    FORMS: ClassVar = [
        (Form.SHARE.value, _("Shares: part and whole")),
        (Form.RATE.value, _("Events per thousand: events and exposure")),
        (Form.AMOUNT.value, _("Values: minutes, points, amounts")),
    ]
    source = forms.ChoiceField(label=_("Figures"), choices=SOURCES, widget=forms.RadioSelect)
    grain = forms.ChoiceField(label=_("By"), choices=GRAINS, required=False, initial="week")
    start = forms.DateField(label=_("From"), required=False, widget=day_input())
    end = forms.DateField(label=_("To"), required=False, widget=day_input())
    comparisons = forms.ModelMultipleChoiceField(
        label=_("Compared with"),
        queryset=Unit.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Units in which nothing was changed. A comparison makes the answer stronger than any series of its own."),
    )
    form = forms.ChoiceField(label=_("They are"), choices=FORMS, required=False, initial=Form.SHARE.value)
    table = forms.CharField(
        label=_("Table"),
        required=False,
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false"}),
        help_text=_(
            "With a heading: period, side (treated or control), numerator, denominator; or period, side, value. From a spreadsheet, or with commas."
        ),
    )
    first_after = forms.CharField(
        label=_("First period after the change"), required=False, max_length=60, help_text=_("Empty: by the day of change.")
    )
    practical = forms.FloatField(label=_("Smallest change that matters"), required=False, min_value=0, help_text=_("Empty: as planned."))
    remark = forms.CharField(label=_("Remark"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, action: Action, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "comparisons", units)
        if not action.measure:
            self.fields["source"].choices = self.SOURCES[1:]  # type: ignore[attr-defined]
            for name in ("grain", "start", "end", "comparisons"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and end <= start:
            self.add_error("end", _("It lies before the beginning."))
        return data
