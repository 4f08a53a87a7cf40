from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from steward.core.cases.forms import StaffField
from steward.core.cases.models import Kind, Message
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.fields import offer

from .models import SharedDraft, WatchSetting

LONG = 20_000  # as a message


class DraftForm(forms.Form):
    """What the composer sends while somebody types. A text is kept as it is, with its blanks and line ends."""

    direction = forms.ChoiceField(choices=Message.Direction.choices)
    body = forms.CharField(max_length=LONG, required=False, strip=False)
    version = forms.IntegerField(min_value=0)
    leaving = forms.BooleanField(required=False)


def _text(label: Any, *, required: bool = True, rows: int = 4, limit: int = 1000) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=required, widget=forms.Textarea(attrs={"rows": rows}))


class AskForm(forms.Form):
    reviewer = StaffField(label=_("Who reads it first"), queryset=Staff.objects.none(), to_field_name="public_id", empty_label=None)
    body = _text(_("Your reply"), rows=8, limit=LONG)
    why = _text(_("What they should look at"), required=False, rows=2)
    draft = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reviewer", staff)


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class TextForm(VersionForm):
    body = _text(_("Text of the reply"), rows=8, limit=LONG)


class SendForm(TextForm):
    NAMES: ClassVar = [("author", _("In the author's name")), ("own", _("In my own name"))]

    name = forms.ChoiceField(label=_("Whose name stands under it"), choices=NAMES, initial="author")
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ApprovedForm(VersionForm):
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    words = _text(_("What is to be changed"), rows=3)


class RemarkForm(forms.Form):
    words = _text(_("What you think of it"), rows=3)


class AgainForm(forms.Form):
    words = _text(_("What you changed"), required=False, rows=2)


class NothingForm(forms.Form):
    pass


class SharedFilters(forms.Form):
    STATES: ClassVar = [("", _("Still open")), *SharedDraft.State.choices, ("any", _("All"))]
    SIDES: ClassVar = [("", _("Either part")), ("review", _("I read")), ("mine", _("I wrote"))]

    q = forms.CharField(label=_("Number, title or author"), max_length=60, required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    side = forms.ChoiceField(label=_("My part"), choices=SIDES, required=False)


class WatchedFilters(forms.Form):
    q = forms.CharField(label=_("Number or title"), max_length=60, required=False)


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=_("What I am told"), choices=WatchSetting.Level.choices)


class DemandFilters(forms.Form):
    STATES: ClassVar = [("", _("In force")), ("any", _("All"))]

    q = forms.CharField(label=_("Person or reason"), max_length=60, required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)


class DemandForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("In which unit"), queryset=Unit.objects.none(), to_field_name="public_id", empty_label=None)
    staff = StaffField(
        label=_("Replies of this person"),
        queryset=Staff.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Nobody in particular"),
    )
    kind = forms.ChoiceField(
        label=_("Replies on cases of this kind"), choices=[("", _("No kind in particular")), *Kind.choices], required=False
    )
    reason = forms.CharField(
        label=_("Why they are read first"),
        max_length=200,
        help_text=_("Whoever is held to it reads this, such as: first month at the counter."),
    )

    def __init__(self, *args: Any, units: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "staff", staff)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("staff")) == bool(data.get("kind")):
            raise forms.ValidationError(_("Choose either a person or a kind of cases."))
        return data
