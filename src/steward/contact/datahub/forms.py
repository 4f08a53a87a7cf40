from __future__ import annotations

import re
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.models import Channel, Kind, Priority, State
from steward.core.cases.models.case import HoldReason, Resolution
from steward.core.org.forms import UnitField
from steward.ground.fields import offer

from .errors import REASONS
from .mapping import CHOICES, ENCODINGS, FIELDS, REQUIRED, Mapping
from .models import ImportRun
from .readers import exports

SEARCH = forms.TextInput(attrs={"type": "search"})
NONE: Any = ("", _("not in the file"))
AS_WRITTEN = "__as_written__"
LABELS: dict[str, Any] = {
    "key": _("Number in the other system"),
    "title": _("Title"),
    "body": _("What the person said"),
    "kind": _("Kind"),
    "channel": _("Channel"),
    "priority": _("Priority"),
    "state": _("State"),
    "opened_at": _("Received at"),
    "closed_at": _("Closed at"),
    "resolution": _("How it ended"),
    "answer": _("Words of the answer"),
    "answered_at": _("Answered at"),
    "unit": _("Unit"),
    "service": _("Service (code)"),
    "category": _("Category (code)"),
    "assignee": _("Assigned to (sign-in name, employee number or e-mail)"),
    "person_number": _("The person's number with you"),
    "person_name": _("The person's name"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "kept": _("Kept as an internal note"),
}
HOLDS: list[Any] = [(f"{State.ON_HOLD.value}:{code}", label) for code, label in HoldReason.choices]
MEANINGS: dict[str, list[Any]] = {
    "kind": list(Kind.choices),
    "channel": list(Channel.choices),
    "priority": list(Priority.choices),
    "state": [(code, label) for code, label in State.choices if code in CHOICES["state"]] + HOLDS,
    "resolution": list(Resolution.choices),
}
# What a date of the file looks like. The value is the form; the example is the same day in each.
DATES: list[Any] = [
    ("", _("2026-03-02 09:30 or 2026-03-02 (ISO)")),
    ("%Y/%m/%d %H:%M", "2026/03/02 09:30"),
    ("%Y/%m/%d %H:%M:%S", "2026/03/02 09:30:00"),
    ("%Y/%m/%d", "2026/03/02"),
    ("%m/%d/%Y %H:%M", _("03/02/2026 09:30 (month first)")),
    ("%d/%m/%Y %H:%M", _("02/03/2026 09:30 (day first)")),
    ("%m/%d/%y", _("03/02/26 (month first)")),
    ("%d.%m.%Y %H:%M", "02.03.2026 09:30"),
    ("%Y年%m月%d日 %H:%M", "2026年03月02日 09:30"),  # house: Chinese because it is the form of a date in sheets
]


class RunFilters(forms.Form):
    q = forms.CharField(label=_("Search by source or file"), required=False, max_length=80, widget=SEARCH)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *ImportRun.State.choices])


class ErrorFilters(forms.Form):
    code = forms.ChoiceField(label=_("Reason"), required=False)
    q = forms.CharField(label=_("Number in the other system"), required=False, max_length=80, widget=SEARCH)

    def __init__(self, *args: Any, codes: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", _("Any")), *((code, _plain(code)) for code in codes)]  # type: ignore[attr-defined]


class NewImportForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX, a ZIP with one CSV in it, or an export of another desk."))
    export = forms.ChoiceField(
        label=_("From another desk"), required=False, help_text=_("Its columns are known then, and the conversations come over too.")
    )
    unit = UnitField(label=_("Unit"), help_text=_("Cases go here unless the file names their unit."))
    sheet = forms.CharField(label=_("Sheet"), max_length=100, required=False, help_text=_("Only where an XLSX file has several."))
    mapping = forms.FileField(
        label=_("Mapping file"), required=False, help_text=_("If you have one. Otherwise you choose the columns next.")
    )
    earlier = forms.ModelChoiceField(
        label=_("As in an earlier import"),
        queryset=ImportRun.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("No, a new kind of file"),
    )

    def __init__(self, *args: Any, units: Any, earlier: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", _("No, a table")), *((export.key, export.label) for export in exports())]
        self.fields["export"].choices = kinds  # type: ignore[attr-defined]
        offer(self, "unit", units)
        offer(self, "earlier", earlier)


class MappingForm(forms.Form):
    """The columns of one file, chosen field by field. What a mapping file may say beyond that is kept as it was written."""

    source = forms.RegexField(
        r"^[a-z0-9][a-z0-9_.-]{0,39}$",
        label=_("Short name of the other system"),
        help_text=_("Small letters, digits, dots and hyphens. Keep it the same every time: by it and the number a record is known again."),
    )
    zone = forms.CharField(
        label=_("Time zone of the file"), max_length=60, required=False, help_text=_("Such as Asia/Shanghai. Empty: that of the unit.")
    )
    dates = forms.ChoiceField(label=_("Dates look like"), required=False)
    encoding = forms.ChoiceField(
        label=_("Characters"), required=False, choices=[(name, _("Find out") if name == "auto" else name.upper()) for name in ENCODINGS]
    )
    empty = forms.CharField(
        label=_("Words that mean nothing"),
        max_length=200,
        required=False,
        help_text=_("Separated by commas, such as ?, None. NA stays a word."),
    )

    def __init__(self, *args: Any, header: Sequence[str], written: Lookup[str, Any], distinct: Lookup[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written, self.distinct = written, distinct
        chosen = written.get("file", {}).get("dates", [])
        own = [] if len(chosen) < 2 and {*chosen} <= {form for form, _example in DATES} else [(AS_WRITTEN, " / ".join(chosen))]
        self.fields["dates"].choices = [*DATES, *own]  # type: ignore[attr-defined]
        for name in FIELDS:
            self._add_column(name, header)
        for name, values in distinct.items():
            for number, (text, count) in enumerate(values):
                field = forms.ChoiceField(label=f"{text} ({count:,})", required=False, choices=[("", _("an error")), *MEANINGS[name]])
                self.fields[f"value_{name}_{number}"] = field
        for name in ("kind", "channel", "priority", "state", "resolution"):
            self.fields[f"default_{name}"] = forms.ChoiceField(
                label=LABELS[name], required=False, choices=[("", pgettext_lazy("default of an import", "as usual")), *MEANINGS[name]]
            )

    def _add_column(self, name: str, header: Sequence[str]) -> None:
        columns: list[Any] = [(column, column) for column in dict.fromkeys(header) if column]
        several = self.written.get("columns", {}).get(name)
        if isinstance(several, list):
            columns.insert(0, (AS_WRITTEN, " + ".join(several)))
        needed = name in REQUIRED
        self.fields[f"column_{name}"] = forms.ChoiceField(
            label=LABELS[name], required=needed, choices=columns if needed and several else [NONE, *columns]
        )

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{name}"] for name in FIELDS]

    @property
    def default_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("default_")]

    @property
    def value_groups(self) -> list[tuple[Any, list[Any]]]:
        """For each field with values that no word of ours says: its label and a choice for each."""
        return [
            (LABELS[name], [self[f"value_{name}_{number}"] for number in range(len(values))])
            for name, values in self.distinct.items()
            if values
        ]

    @property
    def file_fields(self) -> list[Any]:
        return [self[name] for name in ("source", "dates", "zone", "encoding", "empty")]

    def document(self) -> dict[str, Any]:
        """The mapping that these choices say, with what was written before and has no place on the page."""
        data, before = self.cleaned_data, self.written
        file = {key: value for key, value in before.get("file", {}).items() if key in ("sheet", "delimiter", "export")}
        dates = before.get("file", {}).get("dates", []) if data["dates"] == AS_WRITTEN else [data["dates"]] if data["dates"] else []
        words = [text for text in re.split(r"\s*[,，]\s*", data["empty"].strip()) if text]  # house: Chinese because people type this comma
        file |= {"dates": dates, "zone": data["zone"].strip(), "encoding": data["encoding"] or "auto", "empty": words}
        columns = {name: data[f"column_{name}"] for name in FIELDS if data[f"column_{name}"]}
        columns = {name: before["columns"][name] if column == AS_WRITTEN else column for name, column in columns.items()}
        defaults = {name: data[f"default_{name}"] for name in MEANINGS if data[f"default_{name}"]}
        defaults |= {name: text for name, text in before.get("defaults", {}).items() if name not in MEANINGS}
        document = {"steward_mapping": 1, "source": data["source"], "file": {key: value for key, value in file.items() if value}}
        kept = {key: before[key] for key in ("note", "events", "facts", "clocks", "leave_unknown") if key in before}
        return {**document, "columns": columns, "values": self._values(), "defaults": defaults, **kept}

    def _values(self) -> dict[str, dict[str, str]]:
        values = {name: dict(found) for name, found in self.written.get("values", {}).items()}
        for name, texts in self.distinct.items():
            for number, (text, _count) in enumerate(texts):
                chosen = self.cleaned_data.get(f"value_{name}_{number}", "")
                if chosen:
                    values.setdefault(name, {})[text] = chosen
                elif text in values.get(name, {}) and values[name][text]:
                    del values[name][text]
        return {name: found for name, found in values.items() if found}


def initial_of(mapping: Mapping, suggested: Lookup[str, str], distinct: Lookup[str, Any]) -> dict[str, Any]:
    """What the page shows at first: the mapping as it is, and suggestions where it says nothing yet."""
    document, file = mapping.document, mapping.file
    columns = document.get("columns") or suggested
    dates = list(file.get("dates", ()))
    initial: dict[str, Any] = {
        "source": document.get("source", ""),
        "zone": file.get("zone", ""),
        "dates": dates[0] if len(dates) == 1 and dates[0] in {form for form, _example in DATES} else (AS_WRITTEN if dates else ""),
        "encoding": file.get("encoding", "auto"),
        "empty": ", ".join(file.get("empty", ())),
    }
    initial |= {f"column_{name}": AS_WRITTEN if isinstance(column, list) else column for name, column in columns.items()}
    initial |= {f"default_{name}": text for name, text in mapping.defaults.items()}
    for name, texts in distinct.items():
        table = {text.casefold(): value for text, value in mapping.values.get(name, {}).items()}
        initial |= {f"value_{name}_{number}": table.get(text.casefold(), "") for number, (text, _count) in enumerate(texts)}
    return initial


def _plain(code: str) -> str:
    """A reason as a choice: without the values of one row."""
    return re.sub(r"%\(\w+\)s", "…", str(REASONS.get(code, code)))
