"""Catalogues and what they hold: items, people, and what people did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey

from catalog.models.catalog_texts import validate_texts
from catalog.models.event_kinds import Kind, default_weights, validate_weights
from catalog.models.home_orders import Listing

FRACTION = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class Catalog(models.Model):
    """One shop, school or library; its items, people, models and settings belong to it alone."""

    class Domain(models.TextChoices):
        SHOP = "shop", _("Shop")
        COURSES = "courses", _("Courses")
        HEALTH = "health", _("Health")
        COMMUNITY = "community", _("Community")

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh-hans", "简体中文"

    slug = models.SlugField(_("address"), unique=True, help_text=_("Part of the address: /c/…/"))
    name = models.CharField(_("name"), max_length=120)
    domain = models.CharField(_("domain"), max_length=20, choices=Domain, default=Domain.SHOP)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.ENGLISH
    )
    is_public = models.BooleanField(
        _("public"),
        default=True,
        help_text=_("Open to everybody; otherwise to staff and API keys only."),
    )
    log_is_simulated = models.BooleanField(
        _("people are simulated"),
        default=False,
        help_text=_("Shown wherever figures from this log are shown."),
    )
    weights = models.JSONField(
        _("weights by kind"),
        default=default_weights,
        validators=[validate_weights],
        help_text=_("How much one interaction of each kind says, 0 to 10."),
    )
    tail_default = models.FloatField(_("tail dial, default"), default=0.3, validators=FRACTION)
    tail_min = models.FloatField(_("tail dial, lowest"), default=0.0, validators=FRACTION)
    tail_max = models.FloatField(_("tail dial, highest"), default=1.0, validators=FRACTION)
    calibration = models.FloatField(
        _("mix of categories"),
        default=0.0,
        validators=FRACTION,
        help_text=_(
            "How closely lists keep the mix of categories in the person’s own history: 0 as tuned, 1 above all."
        ),
    )
    min_provider_share = models.FloatField(
        _("places for seldom met providers"),
        default=0.0,
        validators=FRACTION,
        help_text=_(
            "Share of every list, 0 to 1, kept for providers with a smaller share of the people than of the items."
        ),
    )
    texts = models.JSONField(
        _("texts"),
        default=dict,
        blank=True,
        validators=[validate_texts],
        help_text=_('By language: {"en": {"name": …, "tagline": …}, "zh-hans": {…}}.'),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(tail_min__gte=0)
                & Q(tail_min__lte=F("tail_default"))
                & Q(tail_default__lte=F("tail_max"))
                & Q(tail_max__lte=1),
                name="tail_dial_in_order",
                violation_error_message=_("The dial needs 0 ≤ lowest ≤ default ≤ highest ≤ 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:home", args=[self.slug])

    def text(self, key: str, default: str = "") -> str:
        """A text of this catalogue in the reader's language, else in its own, else ``default``."""
        for language in (translation.get_language() or self.language, self.language):
            if found := self.texts.get(language, {}).get(key):
                return str(found)
        return default

    @property
    def display_name(self) -> str:
        return self.text("name", self.name)

    def category_label(self, name: str) -> str:
        """A category's name for the reader: ``texts`` may translate it under "categories"."""
        return str(
            self._category_texts(translation.get_language() or self.language).get(name, name)
        )

    def categories_shown_as(self, part: str) -> list[str]:
        """Names of the categories whose translation, in any language, holds this text."""
        wanted = part.lower()
        return [
            name
            for language in self.texts
            for name, label in self._category_texts(language).items()
            if wanted in str(label).lower()
        ]

    def _category_texts(self, language: str) -> dict[str, Any]:
        return self.texts.get(language, {}).get("categories", {})

    def clamp_tail(self, tail: float | None) -> float:
        """The dial within this catalogue's bounds; its default when none is given."""
        return min(max(self.tail_default if tail is None else tail, self.tail_min), self.tail_max)


class Category(models.Model):
    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="categories", verbose_name=_("catalogue")
    )
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "name"], name="one_category_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A thing that can be recommended; ``external_id`` is its owner's key."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="items", verbose_name=_("catalogue")
    )
    external_id = models.CharField(_("owner's id"), max_length=255)
    title = models.CharField(_("title"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)
    categories = models.ManyToManyField(
        Category, through="ItemCategory", related_name="items", verbose_name=_("categories")
    )
    provider = models.CharField(
        _("provider"), max_length=200, blank=True, help_text=_("Brand, author or school.")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    available = models.BooleanField(_("available"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    known_categories: list[str] | None = None

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "external_id"], name="one_item_per_external_id"
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="item_has_external_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["catalog", "available", "-created_at"], name="item_newest"),
            models.Index(fields=["catalog", "provider"], name="item_by_provider"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    def get_absolute_url(self) -> str:
        from catalog.browse.item_urls import address_of  # which needs the models

        return address_of(self, "catalog:item")

    @property
    def category_names(self) -> list[str]:
        """In the owner's order; for lists prefetch ``item_categories__category``, or set ``known_categories``."""
        if self.known_categories is not None:
            return self.known_categories
        return [link.category.name for link in self.item_categories.all()]


class ItemCategory(models.Model):
    """An item's place in a category; position 0 is its main one."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="item_categories")
    category = models.ForeignKey(
        Category, models.CASCADE, related_name="item_categories", verbose_name=_("category")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category of an item")
        verbose_name_plural = _("categories of items")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "category"], name="item_once_per_category")
        ]

    def __str__(self) -> str:
        return str(self.category)


class ItemVector(models.Model):
    """What the owner knows of an item in numbers: of its picture, its sound, anything; one a name."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="vectors", verbose_name=_("item"))
    name = models.CharField(_("name"), max_length=40)
    values = models.BinaryField(_("numbers"), help_text=_("32-bit floats, little-endian."))

    class Meta:
        verbose_name = _("vector of an item")
        verbose_name_plural = _("vectors of items")
        ordering: ClassVar = ["name", "item_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "name"], name="one_vector_per_name")
        ]
        indexes: ClassVar = [models.Index(fields=["name", "item"], name="vector_by_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.item_id}"


class Profile(models.Model):
    """One person in one catalogue: of an account, of an anonymous visit, or known to a program only."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="profiles", verbose_name=_("catalogue")
    )
    external_id = models.CharField(_("owner's id"), max_length=255, null=True, blank=True)  # noqa: DJ001 (NULL: none given)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="profiles",
        verbose_name=_("account"),
    )
    tail = models.FloatField(
        _("tail dial"),
        null=True,
        blank=True,
        validators=FRACTION,
        help_text=_("Empty: the catalogue's default."),
    )
    listing = models.CharField(
        _("choice of list"),
        max_length=10,
        choices=Listing,
        blank=True,
        help_text=_("Empty: for the person."),
    )
    personal = models.BooleanField(
        _("personal lists"),
        default=True,
        help_text=_(
            "Off: of what this person did or said, lists read only what they put away, to leave it out, and trainings "
            "nothing; no view is kept."
        ),
    )
    consents = GenericRelation("accounts.Consent", "holder_id", "holder_type")
    # Spares most people's lists a query; `catalog.profiles.hidden` keeps it.
    hides = models.BooleanField(_("hides categories or providers"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "external_id"], name="one_profile_per_external_id"
            ),
            models.UniqueConstraint(fields=["catalog", "user"], name="one_profile_per_account"),
            models.CheckConstraint(
                condition=Q(external_id__isnull=True) | ~Q(external_id=""),
                name="profile_external_id_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(tail__isnull=True) | Q(tail__gte=0, tail__lte=1),
                name="profile_tail_in_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["catalog"], condition=Q(personal=False), name="profile_without_profiling"
            ),
        ]

    def __str__(self) -> str:
        if self.external_id:
            return self.external_id
        return str(self.user) if self.user_id else f"#{self.pk}"


class Hidden(models.Model):
    """A category or a provider that a person wants in no list."""

    class What(models.TextChoices):
        CATEGORY = "category", _("category")
        PROVIDER = "provider", _("provider")

    profile = models.ForeignKey(
        Profile, models.CASCADE, related_name="hidden", verbose_name=_("profile")
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    value = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hidden category or provider")
        verbose_name_plural = _("hidden categories and providers")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "what", "value"], name="hidden_once"),
            models.CheckConstraint(
                condition=Q(what__in=["category", "provider"]), name="hidden_what_known"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="hidden_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.value}"


class Interaction(models.Model):
    """One event of a profile with an item."""

    profile = models.ForeignKey(
        Profile, models.CASCADE, related_name="interactions", verbose_name=_("profile")
    )
    item = models.ForeignKey(
        Item, models.CASCADE, related_name="interactions", verbose_name=_("item")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.FloatField(
        _("value"),
        null=True,
        blank=True,
        help_text=_("Stars, pieces, minutes: what the kind needs."),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    event_id = models.CharField(_("event id"), max_length=100, null=True, blank=True)  # noqa: DJ001 (NULL: none given)
    # The item's catalogue, repeated here so that event ids can be unique within it and its log read in order.
    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="interactions", verbose_name=_("catalogue")
    )

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "event_id"], name="one_interaction_per_event_id"
            ),
            models.CheckConstraint(
                condition=Q(event_id__isnull=True) | ~Q(event_id=""), name="event_id_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="interaction_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.RATE) | Q(value__isnull=False), name="rating_has_value"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-created_at"], name="interaction_history"),
            models.Index(fields=["catalog", "created_at"], name="interaction_log"),
            # Counting an item's people is answered by the index alone.
            models.Index(fields=["item", "kind", "profile"], name="interaction_people"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.kind} {self.item_id}"


class ExcludedReason(models.Model):
    """An item that may not be a reason for what a person is shown; the events with it stay."""

    profile = models.ForeignKey(
        Profile, models.CASCADE, related_name="excluded_reasons", verbose_name=_("profile")
    )
    item = models.ForeignKey(
        Item, models.CASCADE, related_name="excluded_by", verbose_name=_("item")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("item set aside")
        verbose_name_plural = _("items set aside")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "item"], name="excluded_reason_once")
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} without {self.item_id}"


class ApiKey(AbstractAPIKey):
    """A program's key to one catalogue; only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="api_keys", verbose_name=_("catalogue")
    )
    scope = models.CharField(_("may"), max_length=10, choices=Scope, default=Scope.WRITE)

    class Meta(AbstractAPIKey.Meta):
        abstract = False
        verbose_name = _("API key")  # type: ignore[assignment]
        verbose_name_plural = _("API keys")  # type: ignore[assignment]

    def allows(self, catalog: Any, *, writing: bool) -> bool:
        return self.catalog_id == catalog.pk and (self.scope == self.Scope.WRITE or not writing)
