"""Catalogues and their settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from catalog.models.attribute_schemas import validate_attribute_schema
from catalog.models.catalog_texts import validate_texts
from catalog.models.category_paths import BELOW, paths_to
from catalog.models.event_kinds import preset_rows
from catalog.models.rating_scales import Scale
from catalog.models.suppressed_ids import new_salt
from config.text_forms import for_search

FRACTION = [MinValueValidator(0.0), MaxValueValidator(1.0)]
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters such as EUR (ISO 4217)."))


class Catalog(models.Model):
    """A shop, school or library with its own items, people, models and settings."""

    class Domain(models.TextChoices):
        SHOP = "shop", _("Shop")
        COURSES = "courses", _("Courses")
        HEALTH = "health", _("Health")
        COMMUNITY = "community", _("Community")

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh-hans", "简体中文"

    slug = models.SlugField(_("address"), unique=True, help_text=_("Used in the URL: /c/…/"))
    name = models.CharField(_("name"), max_length=120)
    domain = models.CharField(_("domain"), max_length=20, choices=Domain, default=Domain.SHOP)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.ENGLISH
    )
    is_public = models.BooleanField(
        _("public"),
        default=True,
        help_text=_("Open to everybody. Otherwise only staff and API keys have access."),
    )
    log_is_simulated = models.BooleanField(
        _("people are simulated"),
        default=False,
        help_text=_("Shown wherever figures from this data are shown."),
    )
    # The rows of EventKind as plain values: every request reads them, and changes them never.
    kind_rows = models.JSONField(
        _("kinds of events"), default=preset_rows, blank=True, editable=False
    )
    rating_scale = models.CharField(
        _("rating scale"),
        max_length=10,
        choices=Scale,
        default=Scale.FIVE,
        help_text=_("What the values of ratings lie on. Values are stored as they are sent."),
    )
    zero_is_no_rating = models.BooleanField(
        _("0 means no rating"),
        default=False,
        help_text=_("A rating of 0 then counts as an event without a rating."),
    )
    tail_default = models.FloatField(_("tail dial, default"), default=0.3, validators=FRACTION)
    tail_min = models.FloatField(_("tail dial, lowest"), default=0.0, validators=FRACTION)
    tail_max = models.FloatField(_("tail dial, highest"), default=1.0, validators=FRACTION)
    calibration = models.FloatField(
        _("mix of categories"),
        default=0.0,
        validators=FRACTION,
        help_text=_(
            "How closely lists follow the categories of the person’s own history: 0 as "
            "tuned, 1 above all else."
        ),
    )
    min_provider_share = models.FloatField(
        _("quota for rarely shown providers"),
        default=0.0,
        validators=FRACTION,
        help_text=_(
            "Share of every list, 0 to 1, reserved for providers whose share of people is "
            "smaller than their share of items."
        ),
    )
    texts = models.JSONField(
        _("texts"),
        default=dict,
        blank=True,
        validators=[validate_texts],
        help_text=_('By language: {"en": {"name": …, "tagline": …}, "zh-hans": {…}}.'),
    )
    suppression_salt = models.BinaryField(
        _("salt of the erased IDs"),
        default=new_salt,
        editable=False,
        help_text=_("Random, made once: without it, the list of erased IDs finds nobody."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[CURRENCY],
        help_text=_("Of prices without one. ISO 4217, such as EUR."),
    )
    attribute_schema = models.JSONField(
        _("attributes of items"),
        default=dict,
        blank=True,
        validators=[validate_attribute_schema],
        help_text=_(
            'By name: {"colour": {"type": "choice", "label": {"en": "Colour"}, "choices": '
            '["red", "blue"], "facet": true}}. Types: text, number, boolean, date, choice, '
            "list. Empty: attributes are stored as they come."
        ),
    )
    provider_is_user = models.BooleanField(
        _("providers are people here"),
        default=False,
        help_text=_(
            "An item whose provider is the person’s external ID or e-mail address is not "
            "recommended to them."
        ),
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
                violation_error_message=_("The dial requires 0 ≤ lowest ≤ default ≤ highest ≤ 1."),
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
        """A category's name for the reader: ``texts`` may translate it under "categories".

        In a tree the last part of its path.
        """
        shown = self._category_texts(translation.get_language() or self.language)
        return str(shown.get(name) or name.rpartition(BELOW)[2])

    def word_label(self, word: str) -> str:
        """A word for the reader: the label of the category of this name, if there is one."""
        labels = self._category_texts(translation.get_language() or self.language)
        plain = word.casefold()
        same = (name for name in labels if name.rpartition(BELOW)[2].casefold() == plain)
        return str(labels[found]) if (found := next(same, None)) else word

    def category_path(self, name: str) -> str:
        """The whole path of a category with the label of each part."""
        return BELOW.join(map(self.category_label, paths_to(name)))

    def categories_shown_as(self, text: str) -> list[str]:
        """Names of the categories whose label in any language contains this folded text."""
        return [
            name
            for language in self.texts
            for name, label in self._category_texts(language).items()
            if text in for_search(str(label))
        ]

    def _category_texts(self, language: str) -> dict[str, Any]:
        return self.texts.get(language, {}).get("categories", {})

    def clamp_tail(self, tail: float | None) -> float:
        """The dial within this catalogue's limits; its default for None."""
        return min(max(self.tail_default if tail is None else tail, self.tail_min), self.tail_max)
