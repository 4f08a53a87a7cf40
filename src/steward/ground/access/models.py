"""People who sign in, the unit tree they work in, and what they may do there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.fields import LocalizedTextField, PublicIdModel

from .scope import Access


class Unit(PublicIdModel):
    """A node of the unit tree. Roots are organisations that share nothing.

    path: the ids from the root to this unit, each followed by a dot ("3.17.42."), so that a subtree is a prefix.
    industry, zone: empty means inherited from the parent.
    """

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        REGION = "region", _("Region")
        BRANCH = "branch", _("Branch")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = LocalizedTextField()
    code = models.CharField(max_length=30, blank=True)
    industry = models.CharField(max_length=30, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="organisation", parent=None) | ~Q(kind="organisation") & Q(parent__isnull=False), name="unit_root"
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def root_id(self) -> int:
        return int(self.path.split(".", 1)[0])

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to and including this unit."""
        return [int(part) for part in self.path.split(".") if part]

    def contains(self, other: Unit) -> bool:
        return other.path.startswith(self.path)

    @cached_property
    def lineage(self) -> list[Unit]:
        """This unit and its ancestors, nearest first; one query, and none for a root."""
        ids = self.ancestor_ids
        if len(ids) == 1:
            return [self]
        rows = Unit.objects.in_bulk(ids)
        return [rows[pk] for pk in reversed(ids) if pk in rows]

    @classmethod
    def fill_lineages(cls, units: Iterable[Unit]) -> None:
        """Read the lineages of many units at once."""
        units = list(units)
        rows = cls.objects.in_bulk({pk for unit in units for pk in unit.ancestor_ids})
        for unit in units:
            unit.lineage = [rows[pk] for pk in reversed(unit.ancestor_ids) if pk in rows]

    @classmethod
    def with_lineages(cls, ids: Iterable[int]) -> dict[int, Unit]:
        """Units by id, and with each its lineage: one query, and a second only where an ancestor is not among them."""
        wanted = set(ids)
        rows: dict[int, Unit] = dict(cls.objects.in_bulk(wanted))
        above = {pk for unit in rows.values() for pk in unit.ancestor_ids} - rows.keys()
        known: dict[int, Unit] = {**rows, **(cls.objects.in_bulk(above) if above else {})}
        for unit in rows.values():
            unit.lineage = [known[pk] for pk in reversed(unit.ancestor_ids) if pk in known]
        return rows

    @property
    def effective_industry(self) -> str:
        return next((unit.industry for unit in self.lineage if unit.industry), "")

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone or self._zone_above or "Asia/Shanghai")

    @cached_property
    def _zone_above(self) -> str:
        """The zone of the nearest unit above that has one. Every case that is opened asks, and needs nothing else of whole units."""
        if "lineage" in self.__dict__:
            return next((unit.zone for unit in self.lineage[1:] if unit.zone), "")
        above = self.ancestor_ids[:-1]
        if not above:
            return ""
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(above))
            cursor.execute(f"SELECT id, zone FROM access_unit WHERE id IN ({marks})", above)  # noqa: S608 - marks only
            zones = dict(cursor.fetchall())
        return next((zones[pk] for pk in reversed(above) if zones.get(pk)), "")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(PublicIdModel, AbstractBaseUser):
    """Somebody who can sign in. What they may do stands in their grants, never here."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")

    username = models.CharField(
        max_length=60, unique=True, validators=[RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only."))]
    )
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.AUTO)
    text_size = models.CharField(max_length=10, choices=TextSize.choices, default=TextSize.NORMAL)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    # Read once per request. A plain attribute, because `request.user` is a lazy stand-in whose own __dict__ holds nothing of the user.
    loaded_access: Access | None = None

    @property
    def access(self) -> Access:
        """What this person may do now; operations ask `policies.access_at(user, at)` instead."""
        if self.loaded_access is None:
            self.loaded_access = Access.load(self, at=clock.now())
        return self.loaded_access


class Role(PublicIdModel):
    """A named set of capabilities inside one organisation.

    withheld: what the house took away; a new version does not give it back. second_factor: who holds it signs in with a code as well.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="roles")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    capabilities = models.JSONField[Any](default=list)
    withheld = models.JSONField[Any](default=list)
    second_factor = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="access_role_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, at: datetime) -> GrantQuerySet:
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), starts_at__lte=at)


class Grant(PublicIdModel):
    """A role on a subtree, from when to when. Ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "ended_at"], name="access_grant_user")]


class Confidant(models.Model):
    """A person on the need-to-know list of a confidential subject. No role overrides the list."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="confidences")
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    broke_glass = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id"], name="access_confidant_subject"),
            models.Index(fields=["user", "subject_type"], name="access_confidant_user"),
        ]


class Quota(models.Model):
    """How much of a limit was used in one window. key holds no address, only a keyed digest of one; rows of past windows are removed."""

    key = models.CharField(max_length=80)
    window = models.BigIntegerField()
    used = models.PositiveIntegerField(default=0)
    until_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["key", "window"], name="access_quota_once")]


class SignInSession(PublicIdModel):
    """Where somebody is or was signed in. device: the browser and system it says it is; place: the first part of an address, never all of it."""

    class Ending(models.TextChoices):
        SIGNED_OUT = "signed_out", _("Signed out")
        BY_OWNER = "by_owner", _("Ended by the person")
        BY_ADMINISTRATOR = "by_administrator", _("Ended by an administrator")
        PASSWORD = "password", _("Password changed")
        LEFT = "left", _("Has left")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_sessions")
    session_key = models.CharField(max_length=40, db_index=True)
    device = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "ended_at"], name="access_session_user")]


class SignInNote(models.Model):
    """One try to sign in, or its end, as an administrator reads it. The journal proves that it was; this says from where, until a rule ends it."""

    class Result(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        REFUSED = "refused", _("Refused")
        LOCKED = "locked", _("Too many tries")
        CODE_REFUSED = "code_refused", _("Wrong code")
        SIGNED_OUT = "signed_out", _("Signed out")
        ENDED = "ended", _("Session ended")

    class Method(models.TextChoices):
        NONE = "", "—"
        PASSWORD = "password", _("Password")
        CODE = "code", _("Password and code")
        PASSKEY = "passkey", _("Passkey")
        PROVIDER = "provider", _("Sign-in service")
        PROVIDER_CODE = "provider_code", _("Sign-in service and code")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_notes")
    at = models.DateTimeField(db_index=True)
    result = models.CharField(max_length=20, choices=Result.choices)
    method = models.CharField(max_length=20, choices=Method.choices, blank=True)
    device = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "at"], name="access_note_user")]


class IdentityProvider(PublicIdModel):
    """A sign-in service (OpenID Connect) of one organisation, such as its directory.

    issuer: its address, exactly as its tokens name it; secret: sealed under a key of its own in the vault; domains: mail domains whose addresses
    it may vouch for, all where empty; trusts_second_step: its word that it asked for two steps (amr "mfa") counts here.
    Who is linked with which identity stands in allauth's SocialAccount: provider is this row's public id, uid the identity (sub).
    """

    organisation = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="identity_providers")
    name = models.CharField(max_length=60)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret = models.BinaryField(null=True)
    domains = models.JSONField[Any](default=list)
    trusts_second_step = models.BooleanField(default=False)
    enabled = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "issuer", "client_id"], name="access_provider_once")
        ]

    def __str__(self) -> str:
        return self.name


class SignInRule(models.Model):
    """How people of one organisation sign in. confirm_minutes: after so long a sensitive act asks for the password or code again.

    provider_only: people come in through a sign-in service; only who keeps the accounts safe still has a password, for the day it is down.
    """

    organisation = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="sign_in_rule")
    confirm_minutes = models.PositiveIntegerField(default=60)
    provider_only = models.BooleanField(default=False)
