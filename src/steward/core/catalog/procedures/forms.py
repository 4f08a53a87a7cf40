from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steward.core.org.forms import DATE
from steward.ground.access.models import Role
from steward.ground.fields import localized, offer

from ..controlled.forms import DraftForm
from ..controlled.writing import keyed, rewritten
from ..models import Category, DocumentVersion

WARNING, WRITTEN, OPTIONAL = "*", "…", "?"
LONGEST = 1000


def _lines(label: Any, help_text: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": rows})
    )


class ProcedureForm(DraftForm):
    """Steps and checklist are written as lines of text, as people write them anyway; marks at their beginning or end say the rest."""

    purpose = forms.CharField(label=_("What it is for"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    scope = forms.CharField(label=_("Where it applies"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    roles = forms.ModelMultipleChoiceField(
        label=_("Whose people have to know it"),
        required=False,
        queryset=Role.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.MultipleChoiceField(
        label=_("Only for these categories"), required=False, help_text=_("None chosen: for all."), widget=forms.CheckboxSelectMultiple
    )
    steps = _lines(_("Steps"), _("One on each line. A line that begins with “*” is a warning about the step before it."), 12)
    items = _lines(
        _("Checklist"),
        _(
            "One on each line. It has to be ticked before closing; “?” at the beginning: only if it applies; “…” at the end: words are asked for."
        ),
        6,
    )
    process_step = forms.CharField(label=_("Step of the process"), required=False, max_length=200)
    expires_on = forms.DateField(label=_("Last day"), required=False, widget=DATE, help_text=_("After it nobody is asked to work by it."))
    field_order = ["purpose", "scope", "roles", "categories", "steps", "items", "process_step", "expires_on"]

    def __init__(self, *args: Any, roles: QuerySet[Role], categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "roles", roles)
        self.fields["categories"].choices = list({row.code: str(row) for row in categories}.items())  # type: ignore[attr-defined]

    def clean_steps(self) -> list[tuple[str, str]]:
        """Each step with its warning."""
        found: list[tuple[str, str]] = []
        for line in _written(self.cleaned_data["steps"]):
            if line[0] in "*＊" and found:
                step, before = found[-1]
                found[-1] = (step, f"{before} {line[1:].strip()}".strip())
            else:
                found.append((line.lstrip("*＊ "), ""))
        return [step for step in found if step[0]]

    def clean_items(self) -> list[tuple[str, bool, bool]]:
        """Each item: its words, whether it is required, whether something is written down."""
        found = []
        for line in _written(self.cleaned_data["items"]):
            written = line.endswith(("…", "..."))
            text = line.lstrip("?？ ").rstrip("….").strip() if written else line.lstrip("?？ ")
            if text:
                found.append((text, line[0] not in "?？", written))
        return found

    @staticmethod
    def initial_of(draft: DocumentVersion) -> dict[str, Any]:
        content = draft.content
        steps = []
        for step in content["steps"]:
            steps.append(str(localized(step["text"])))
            steps += [f"{WARNING} {localized(step['warning'])}"] if step["warning"] else []
        items = [
            f"{'' if item['required'] else OPTIONAL + ' '}{localized(item['text'])}{WRITTEN if item['written'] else ''}"
            for item in content["items"]
        ]
        texts = {key: str(localized(content[key])) for key in ("purpose", "scope")}
        plain = {key: content[key] for key in ("roles", "categories", "process_step", "expires_on")}
        return {**texts, **plain, "steps": "\n".join(steps), "items": "\n".join(items)}

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        data, language = self.cleaned_data, get_language() or "zh-hans"
        steps = keyed([text for text, _warning in data["steps"]], before["steps"], language, "s")
        items = keyed([text for text, _required, _asks in data["items"]], before["items"], language, "i")
        return {
            **{key: rewritten(before[key], data[key], language) for key in ("purpose", "scope")},
            "roles": [role.code for role in data["roles"]],
            "categories": data["categories"],
            "steps": [
                {**row, "warning": rewritten(row.get("warning", {}), warning, language)}
                for row, (_text, warning) in zip(steps, data["steps"], strict=True)
            ],
            "items": [
                {**row, "required": required, "written": asks} for row, (_text, required, asks) in zip(items, data["items"], strict=True)
            ],
            "process_step": data["process_step"],
            "expires_on": data["expires_on"].isoformat() if data["expires_on"] else "",
        }


def _written(text: str) -> list[str]:
    """Lines with something on them, each once: the same step twice would be one."""
    lines = [line.strip() for line in text.splitlines()]
    return list(dict.fromkeys(line for line in lines if line))
