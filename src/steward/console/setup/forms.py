"""The forms of the set-up. Hours are typed as text, lists as lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.rules.standard import TRADES
from steward.ground.worktime.forms import HoursField, LocalizedNameForm, ZoneField
from steward.ground.worktime.prefill import COUNTRIES
from steward.ground.worktime.year import WEEKDAYS
from steward.science.worktime import MinuteSpan

from .operations import ChosenLimit, password_problems
from .outline import MAX_NAME, name_of
from .presets import Limit, Named, Preset

MAX_TEXT = 1024 * 1024
MAX_OWN = 30
_PARTS = re.compile(r"[|｜]")
_SLUG = re.compile(r"[^a-z0-9]+")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Set-up code"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class OrganisationForm(LocalizedNameForm):
    industry = forms.ChoiceField(
        label=_("Trade"),
        choices=list(TRADES.items()),
        widget=forms.RadioSelect,
        initial="general",
        help_text=_("It chooses the words on the pages and what the next steps propose."),
    )
    zone = ZoneField()
    person = forms.CharField(label=_("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only."))],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a short sentence is easy to keep in mind."),
    )
    again = forms.CharField(
        label=_("Password, again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = settings.TIME_ZONE

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("The sign-in name %(username)s is taken. Choose another."), params={"username": username})
        return username

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            for problem in password_problems(password, username=data.get("username", ""), name=data.get("person", "")):
                self.add_error("password", problem)
        return data


class UnitsForm(forms.Form):
    text = forms.CharField(
        label=_("Units, one a line"),
        max_length=100_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "setup-list"}),
        help_text=_("Indent a line with spaces and it belongs to the line above. A second name or a kind may follow after |."),
    )


class WorkingTimeForm(forms.Form):
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        choices=[("", _("none: we work on public holidays too")), *COUNTRIES],
    )

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        """fixed: the hours are shown and cannot be changed here."""
        super().__init__(*args, **kwargs)
        for weekday, label in enumerate(WEEKDAYS):
            self.fields[f"day_{weekday}"] = HoursField(label=label, disabled=fixed)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{weekday}"] for weekday in range(7)]

    def week(self) -> dict[int, tuple[MinuteSpan, ...]]:
        return {weekday: self.cleaned_data[f"day_{weekday}"] for weekday in range(7)}


class OwnNamesField(forms.CharField):
    """Further names, one a line: name, or name | name in the other language. Codes are made of the English name, else numbered."""

    def __init__(self, *, prefix: str, **kwargs: Any) -> None:
        self._prefix = prefix
        super().__init__(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[Named]:
        typed = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if len(typed) > MAX_OWN:
            raise forms.ValidationError(_("At most %(limit)d lines at a time."), params={"limit": MAX_OWN})
        found: dict[str, Named] = {}
        for line in typed:
            names = [part.strip() for part in _PARTS.split(line) if part.strip()]
            if not names or len(names) > 2 or any(len(name) > MAX_NAME for name in names):
                raise forms.ValidationError(
                    _("“%(line)s”: write a name, or a name | its name in the other language."), params={"line": line}
                )
            name = name_of(names)
            code = _SLUG.sub("-", name.get("en", "").casefold()).strip("-")[:30] or self._numbered(name["zh-hans"])
            found.setdefault(code, Named(code, name))
        return list(found.values())

    def _numbered(self, name: str) -> str:
        """The same code for the same name, so that sending the form twice adds nothing."""
        return f"{self._prefix}-{'-'.join(f'{ord(sign):x}' for sign in name[:6])}"[:40]


class PickField(forms.MultipleChoiceField):
    """Boxes for what is new; what exists meanwhile (the form sent twice) is no fault."""

    def __init__(self, *, offered: Iterable[Named], known: set[str], **kwargs: Any) -> None:
        self._codes = {named.code for named in offered}
        choices = [(named.code, str(named.name)) for named in offered if named.code not in known]
        super().__init__(required=False, choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return value in self._codes


class OfferForm(forms.Form):
    """What a preset proposes, ticked the first time; what exists already is not asked again."""

    def __init__(self, *args: Any, preset: Preset, known: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._preset, self._known = preset, set(known)
        self._pick("services", _("Services"), preset.services, "service:")
        self.fields["more_services"] = OwnNamesField(prefix="service", label=_("Further services"), help_text=_("One a line."))
        self._pick("categories", _("Categories"), preset.categories, "category:")
        self.fields["more_categories"] = OwnNamesField(prefix="category", label=_("Further categories"), help_text=_("One a line."))
        for limit in self.open_limits:
            self.fields[f"use_{limit.key}"] = forms.BooleanField(required=False, initial=not self._known)
            self.fields[f"amount_{limit.key}"] = forms.IntegerField(min_value=1, max_value=9999, initial=limit.amount, required=False)

    def _pick(self, name: str, label: Any, offered: tuple[Named, ...], prefix: str) -> None:
        known = {code.removeprefix(prefix) for code in self._known if code.startswith(prefix)}
        ticked = [] if self._known else [named.code for named in offered]
        self.fields[name] = PickField(label=label, offered=offered, known=known, initial=ticked)

    @property
    def open_limits(self) -> list[Limit]:
        return [limit for limit in self._preset.limits if f"limit:{limit.key}" not in self._known]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for limit in self.open_limits:
            used, amount = data.get(f"use_{limit.key}"), data.get(f"amount_{limit.key}")
            if used and amount is None and f"amount_{limit.key}" not in self.errors:
                self.add_error(f"amount_{limit.key}", _("Give the number, or untick this line."))
            elif used and amount and limit.law and amount > limit.amount:
                self.add_error(f"amount_{limit.key}", _("Not longer than %(limit)s.") % {"limit": limit.words(limit.amount)})
        return data

    def services(self) -> list[Named]:
        return [*self._picked("services", self._preset.services), *self.cleaned_data["more_services"]]

    def categories(self) -> list[Named]:
        return [*self._picked("categories", self._preset.categories), *self.cleaned_data["more_categories"]]

    def _picked(self, name: str, offered: Iterable[Named]) -> list[Named]:
        return [named for named in offered if named.code in self.cleaned_data[name]]

    def limits(self) -> list[ChosenLimit]:
        data = self.cleaned_data
        return [ChosenLimit(limit, data[f"amount_{limit.key}"]) for limit in self.open_limits if data[f"use_{limit.key}"]]


class PeopleForm(forms.Form):
    text = forms.CharField(
        label=_("The list"),
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "setup-list"}),
        help_text=_("Copy the cells from your spreadsheet and paste them here, the names of the columns first."),
    )
    file = forms.FileField(
        label=_("Or a CSV file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"})
    )
