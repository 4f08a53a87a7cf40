from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import IdentityProvider, Role, Unit, User
from steward.ground.access.providers import FIELDS
from steward.ground.access.signinrules import LEAST_MINUTES, MOST_MINUTES
from steward.ground.fields import LocalizedText, offer
from steward.ground.worktime.forms import LocalizedNameForm, ZoneField

from .models import Presence, Skill
from .queries import Trade

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SEARCH = forms.TextInput(attrs={"type": "search"})
ANY: Any = ("", _("Any"))
LEVELS: list[Any] = [
    ("", _("Does not have it")), ("1", _("1 learning")), ("2", _("2 with help")), ("3", _("3 alone")), ("4", _("4 expert")), ("5", _("5 teaches it")),
]  # fmt: skip


class UnitField(forms.ModelChoiceField[Unit]):
    """A unit by its public id, indented by its place in the tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Unit.objects.none(), "to_field_name": "public_id", "empty_label": None, **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{'　' * (obj.path.count('.') - 1)}{obj}"


class UnitFilters(forms.Form):
    q = forms.CharField(label=_("Search by name or code"), required=False, max_length=80, widget=SEARCH)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *Unit.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("In use")), ("closed", _("No longer in use")), ("all", _("All"))]
    )


class UnitFields(LocalizedNameForm):
    industry = forms.ChoiceField(
        label=_("Industry"), required=False, help_text=_("It chooses the words on the pages of this unit and of those below it.")
    )
    zone = ZoneField(required=False, help_text=_("Empty: as the unit above. A name such as Asia/Shanghai."))

    def __init__(self, *args: Any, trades: list[Trade], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industry"].choices = [("", _("As the unit above")), *((trade.key, trade.label) for trade in trades)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("zone") and "zone" in self.errors and not self.data.get(self.add_prefix("zone"), "").strip():
            del self.errors["zone"]
            data["zone"] = ""
        return data


class OpenUnitForm(UnitFields):
    parent = UnitField(label=_("Under"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[choice for choice in Unit.Kind.choices if choice[0] != "organisation"])
    code = forms.CharField(label=_("Code"), max_length=30, required=False)
    field_order = ["parent", "kind", "name_zh", "name_en", "code", "industry", "zone"]

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", units)


class WhereForm(forms.Form):
    unit = UnitField(label=_("New place"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class SignInRuleForm(forms.Form):
    confirm_minutes = forms.IntegerField(
        label=_("Ask again after (minutes)"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        help_text=_("Exports, revealing a masked value and work on people ask for the password or code again when the sign-in is older."),
    )
    provider_only = forms.BooleanField(
        label=_("Only through a sign-in service"),
        required=False,
        help_text=_("Passwords and passkeys then open nothing, except for administrators, for the day the service is down."),
    )


class ProviderForm(forms.Form):
    name = forms.CharField(
        label=_("Name on the sign-in page"), max_length=60, help_text=_("Everybody who opens the sign-in page reads it.")
    )
    issuer = forms.CharField(
        label=_("Issuer"), max_length=300, help_text=_("The address exactly as the service names it, such as https://id.example.com/realm.")
    )
    client_id = forms.CharField(label=_("Client"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: the one entered before stays."),
    )
    domains = forms.CharField(
        label=_("Mail domains"),
        max_length=500,
        required=False,
        help_text=_(
            "The service may vouch for addresses of these only; several with spaces between. Empty: any, as long as a colleague here has it."
        ),
    )
    trusts_second_step = forms.BooleanField(
        label=_("Its second step counts here"),
        required=False,
        help_text=_("Where its word says that it asked for two steps (amr “mfa”), nothing more is asked here."),
    )
    enabled = forms.BooleanField(label=_("Switched on"), required=False)


def provider_values(row: IdentityProvider) -> dict[str, Any]:
    """What the form shows of a service; its secret never."""
    return {**{name: getattr(row, name) for name in FIELDS}, "domains": " ".join(row.domains)}


class PeopleFilters(forms.Form):
    q = forms.CharField(label=_("Search by name or number"), required=False, max_length=80, widget=SEARCH)
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Works here")), ("left", _("Has left")), ("all", _("All"))])


class TakeOnForm(forms.Form):
    unit = UnitField(label=_("Unit"))
    name = forms.CharField(label=_("Full name"), max_length=80)
    username = forms.CharField(
        label=_("Sign-in name"), max_length=60, validators=[RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only."))]
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=60, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=60, required=False)
    employee_number = forms.CharField(label=_("Employee number"), max_length=30, required=False)
    started_date = forms.DateField(label=_("First day"), required=False, widget=DATE, help_text=_("Empty: today."))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)

    def title(self) -> LocalizedText:
        typed = {"zh-hans": self.cleaned_data["title_zh"], "en": self.cleaned_data["title_en"]}
        return LocalizedText({code: words for code, words in typed.items() if words})


class EndStaffForm(ReasonForm):
    ended_date = forms.DateField(label=_("Last day"), widget=DATE)
    field_order = ["ended_date", "reason"]


class SkillForm(forms.Form):
    skill = forms.ModelChoiceField(label=_("Skill"), queryset=Skill.objects.none(), to_field_name="public_id", empty_label=None)
    level = forms.TypedChoiceField(label=_("Level"), choices=LEVELS, coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "skill", skills)


class PresenceForm(forms.Form):
    state = forms.ChoiceField(label=_("Presence"), choices=Presence.State.choices)


class GrantFilters(forms.Form):
    q = forms.CharField(label=_("Search by person"), required=False, max_length=80, widget=SEARCH)
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.none(), required=False, to_field_name="public_id", empty_label=_("Any")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("In force")), ("ended", _("Ended")), ("all", _("All"))])


class GrantForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Employee"), queryset=User.objects.none(), to_field_name="public_id", empty_label=None)
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none(), to_field_name="public_id", empty_label=None)
    unit = UnitField(label=_("In this unit and below"))

    def __init__(self, *args: Any, people: Any, roles: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("user", people), ("role", roles), ("unit", units)):
            offer(self, name, rows)


class RoleForm(forms.Form):
    """The capabilities of a role. What the person does not hold in the whole organisation they can neither add nor see added."""

    capabilities = forms.MultipleChoiceField(label=_("Permissions"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, allowed: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capabilities"].choices = allowed  # type: ignore[attr-defined]


class ConfidantFilters(forms.Form):
    q = forms.CharField(label=_("Search by person"), required=False, max_length=80, widget=SEARCH)
    kind = forms.ChoiceField(
        label=_("How"), required=False, choices=[ANY, ("listed", _("On the list")), ("glass", _("Opened in an emergency"))]
    )
