"""Accounts that sign in by e-mail address, consents, and a log of erasures."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("email: an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    email = models.EmailField(_("email address"), unique=True)
    consents = GenericRelation("accounts.Consent", "holder_id", "holder_type")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message=_("An account with this email address already exists."),
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Limit(models.Model):
    """An entry of the cache "limits": how often somebody tried what is limited.

    Django's database cache reads and writes the rows; its columns have these names.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class AccountSession(models.Model):
    """A session in which an account is signed in; `accounts.login.sessions` writes the rows."""

    session_key = models.CharField(_("session"), max_length=40, primary_key=True)
    # Without a constraint: a request of an account that is erased meanwhile must not fail.
    account = models.ForeignKey(
        User, models.CASCADE, related_name="+", db_constraint=False, verbose_name=_("account")
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("session of an account")
        verbose_name_plural = _("sessions of accounts")

    def __str__(self) -> str:
        return self.session_key[:6]


class SignOnRole(models.Model):
    """A role that an account has from single sign-on; `accounts.sign_on.roles` takes it back."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="sign_on_roles", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=100)
    given_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("role from single sign-on")
        verbose_name_plural = _("roles from single sign-on")
        ordering: ClassVar = ["user", "role"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role"], name="one_row_per_sign_on_role"),
        ]

    def __str__(self) -> str:
        return self.role


class Consent(models.Model):
    """A person's consent to one wording of one purpose; see `accounts.privacy.consents`."""

    holder_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("subject type"))
    holder_id = models.PositiveBigIntegerField(_("subject"))
    holder = GenericForeignKey("holder_type", "holder_id")
    purpose = models.SlugField(_("purpose"), max_length=60, db_index=False)
    version = models.CharField(
        _("wording"),
        max_length=20,
        help_text=_("Version of the wording that the person agreed to."),
    )
    given_at = models.DateTimeField(_("agreed"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar = ["-given_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["holder_type", "holder_id", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_active_consent_per_purpose",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder_type", "holder_id"], name="consent_by_holder")
        ]

    def __str__(self) -> str:
        return self.purpose


class Erasure(models.Model):
    """Records when a person's data was erased and how much, but not whose."""

    class By(models.TextChoices):
        PERSON = "person", _("the person")
        PROGRAM = "program", _("a program")
        STAFF = "staff", _("staff")

    place = models.CharField(
        _("where"),
        max_length=60,
        help_text=_("A catalogue’s address. “@account” is the account itself."),
    )
    by = models.CharField(_("requested by"), max_length=10, choices=By)
    rows = models.JSONField(
        _("rows"), default=dict, help_text=_("Number of deleted rows, by kind.")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["place", "created_at"], name="erasure_by_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.created_at:%Y-%m-%d}"
