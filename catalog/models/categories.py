"""Categories: flat, or trees whose names are paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.category_paths import BELOW, path_of, paths_to
from config.text_forms import SearchTextField


class Category(models.Model):
    """A category; ``name`` is the whole path, and ``parent`` follows from it."""

    catalog = models.ForeignKey(
        "catalog.Catalog", models.CASCADE, related_name="categories", verbose_name=_("catalogue")
    )
    name = models.CharField(
        _("name"),
        max_length=500,
        help_text=_("The whole path, such as “Clothing > T-shirts”."),
    )
    search_name = SearchTextField(sources=("name",))
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="children",
        verbose_name=_("parent"),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "name"], name="one_category_per_name")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Save it below its parent, which is made if it is missing; a renamed one takes those
        below it along.
        """
        self.name = path_of(self.name)
        above = self.name.rpartition(BELOW)[0]
        self.parent = (
            Category.objects.get_or_create(catalog=self.catalog, name=above)[0] if above else None
        )
        same = Category.objects.filter(pk=self.pk) if self.pk else Category.objects.none()
        former = same.values_list("name", flat=True).first()
        super().save(*args, **options)
        if former is not None and former != self.name:
            for child in self.children.all():
                child.name = self.name + child.name[len(former) :]
                child.save()

    def clean(self) -> None:
        try:
            self.name = path_of(self.name)
        except ValueError as error:
            raise ValidationError({"name": str(error)}) from None

    @property
    def last_part(self) -> str:
        return self.name.rsplit(BELOW, 1)[-1]


def in_subtree(name: str, field: str = "name") -> Q:
    """The category with this name and all below it; ``field`` leads to the name."""
    return Q(**{field: name}) | Q(**{f"{field}__startswith": name + BELOW})


def subtree_sizes(pairs: Iterable[tuple[int, str]]) -> dict[str, int]:
    """The number of items of each category and of all below it, from (item key, name) pairs."""
    held: dict[str, set[int]] = {}
    for key, name in pairs:
        for path in paths_to(name):
            held.setdefault(path, set()).add(key)
    return {name: len(keys) for name, keys in held.items()}
