from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Kind
from steward.core.catalog.models import ControlledDocument, DocumentVersion, ServiceItem
from steward.core.org.forms import UnitField
from steward.ground.access.models import Unit
from steward.ground.fields import offer
from steward.ground.worktime.forms import LocalizedNameForm

from .models import Course, Question

LONGEST = 20000


class CourseForm(LocalizedNameForm):
    unit = UnitField(label=_("Unit"), help_text=_("It is for the people of this unit and of those below it."))
    code = forms.SlugField(label=_("Code"), max_length=40)
    track = forms.ChoiceField(label=_("What it is about"), choices=Course.Track.choices)
    method = forms.ChoiceField(label=_("How it is taught"), choices=Course.Method.choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=10000, initial=30)
    document = forms.ModelChoiceField(
        label=_("Document it teaches"),
        queryset=ControlledDocument.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text=_("Each version of it then has questions of its own, and nobody is ready for a version without passing them."),
    )
    field_order = ["unit", "code", "name_zh", "name_en", "track", "method", "minutes", "document"]

    def __init__(self, *args: Any, units: QuerySet[Unit], documents: QuerySet[ControlledDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "document", documents)


class LessonForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 10}))
    steps = forms.CharField(
        label=_("Steps to go through"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in each line."),
    )

    def clean_steps(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["steps"].splitlines() if line.strip()]


class QuestionForm(forms.Form):
    """version: only where the course teaches a document."""

    version = forms.ModelChoiceField(label=_("About version"), queryset=DocumentVersion.objects.none(), to_field_name="public_id")
    text = forms.CharField(label=_("Question"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    choices = forms.CharField(
        label=_("Answers"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One in each line, two to eight.")
    )
    correct = forms.IntegerField(label=_("Which of them is right"), min_value=1, max_value=8, initial=1)

    def __init__(self, *args: Any, versions: QuerySet[DocumentVersion] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if versions is None:
            del self.fields["version"]
        else:
            offer(self, "version", versions)

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]


class QuizForm(forms.Form):
    """One field for each question, named by its public id."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, row in enumerate(questions, 1):
            self.fields[str(row.public_id)] = forms.TypedChoiceField(
                label=f"{number}. {row.text}", choices=list(enumerate(row.choices)), coerce=int, widget=forms.RadioSelect
            )


class CertificateKindForm(LocalizedNameForm):
    code = forms.SlugField(label=_("Code"), max_length=40)
    months = forms.IntegerField(label=_("Months it holds"), min_value=1, max_value=120, initial=12)
    service = forms.ModelChoiceField(
        label=_("Needed for the service"), queryset=ServiceItem.objects.none(), to_field_name="public_id", required=False
    )
    case_kind = forms.ChoiceField(label=_("Needed for the kind of case"), choices=[("", "—"), *Kind.choices], required=False)
    field_order = ["code", "name_zh", "name_en", "months", "service", "case_kind"]

    def __init__(self, *args: Any, services: QuerySet[ServiceItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "service", services)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500)


class CertificateFilters(forms.Form):
    q = forms.CharField(label=_("Search by name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Hold now")), ("ended", _("Ended or expired")), ("all", _("All"))]
    )
