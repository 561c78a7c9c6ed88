"""Items, their categories and their vectors."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogs import CURRENCY, Catalog
from catalog.models.categories import Category, in_subtree
from catalog.models.item_urls import address_of
from config.text_forms import SearchTextField


def available_now(prefix: str = "", at: datetime | None = None) -> Q:
    """The condition of an item that may be shown: available, not sold out, within its sale window.

    ``prefix`` leads to the item, such as ``item__``; ``at``: None = now.
    """
    now = at or timezone.now()

    def no_or(field: str, condition: str, value: object) -> Q:
        return Q(**{f"{prefix}{field}__isnull": True}) | Q(
            **{f"{prefix}{field}__{condition}": value}
        )

    return (
        Q(**{f"{prefix}available": True})
        & no_or("stock", "gt", 0)
        & no_or("available_from", "lte", now)
        & no_or("available_until", "gt", now)
    )


class Item(models.Model):
    """An item that can be recommended; ``external_id`` is its owner's key."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="items", verbose_name=_("catalogue")
    )
    external_id = models.CharField(_("external ID"), max_length=255)
    title = models.CharField(_("title"), max_length=5000, blank=True)
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
    price = models.DecimalField(
        _("price"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[CURRENCY],
        help_text=_("ISO 4217, such as EUR. Empty: the catalogue’s."),
    )
    stock = models.PositiveIntegerField(
        _("stock"),
        null=True,
        blank=True,
        help_text=_("Pieces left. Empty: not known. 0: sold out, so in no list."),
    )
    image_url = models.CharField(
        _("address of an image"),
        max_length=1000,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("Shown if its host is one of IMAGE_HOSTS; otherwise a cover is drawn."),
    )
    group = models.CharField(
        _("variants of"),
        max_length=255,
        blank=True,
        help_text=_("Items with the same text are variants: lists show one of them."),
    )
    available_from = models.DateTimeField(
        _("available from"), null=True, blank=True, help_text=_("In no list before this time.")
    )
    available_until = models.DateTimeField(
        _("available until"), null=True, blank=True, help_text=_("In no list from this time on.")
    )

    search_title = SearchTextField(sources=("title",))
    search_text = SearchTextField(sources=("description", "provider"))

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
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="item_price_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["catalog", "available", "-created_at"], name="item_newest"),
            models.Index(fields=["catalog", "provider"], name="item_by_provider"),
            # Empty in most catalogues, so that lists ask them for nothing.
            models.Index(fields=["catalog", "group"], condition=~Q(group=""), name="item_by_group"),
            models.Index(
                fields=["catalog", "stock"], condition=Q(stock__isnull=False), name="item_by_stock"
            ),
            models.Index(
                fields=["catalog", "available_from"],
                condition=Q(available_from__isnull=False),
                name="item_by_sale_start",
            ),
            models.Index(
                fields=["catalog", "available_until"],
                condition=Q(available_until__isnull=False),
                name="item_by_sale_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    def get_absolute_url(self) -> str:
        return address_of(self, "catalog:item")

    @property
    def shown_currency(self) -> str:
        """The price's currency: the item's own, else the catalogue's."""
        return self.currency or self.catalog.currency

    @property
    def is_available(self) -> bool:
        """As ``available_now`` decides."""
        if not self.available or self.stock == 0:
            return False
        if self.available_from is None and self.available_until is None:
            return True
        now = timezone.now()
        return (self.available_from is None or self.available_from <= now) and (
            self.available_until is None or self.available_until > now
        )

    @property
    def category_names(self) -> list[str]:
        """Names in the owner's order.

        For lists prefetch ``item_categories__category``, or set ``known_categories``.
        """
        if self.known_categories is not None:
            return self.known_categories
        return [link.category.name for link in self.item_categories.all()]


class ItemCategory(models.Model):
    """A category of an item; position 0 is the main one."""

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
    """An item's vector from its owner, such as of its picture or sound; one for each name."""

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


def available_items(catalog: Catalog) -> models.QuerySet[Item]:
    """The items that may be shown at this moment: all lists and searches begin here."""
    return Item.objects.filter(available_now(), catalog=catalog)


def in_category(name: str) -> Q:
    """The condition of an item of a category or of one below it."""
    links = ItemCategory.objects.filter(in_subtree(name, "category__name"))
    return Q(pk__in=links.order_by().values("item_id"))


def items_of(catalog: Catalog, category: str) -> models.QuerySet[Any]:
    """Keys of the items of a category and of all below it, for a condition ``pk__in``."""
    links = ItemCategory.objects.filter(
        in_subtree(category, "category__name"), category__catalog=catalog
    )
    return links.order_by().values("item_id")
