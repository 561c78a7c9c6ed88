"""The orders of a catalogue's home: personal, or without reading anyone's data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Listing(models.TextChoices):
    PERSONAL = "personal", pgettext_lazy("list", "For you")
    CATEGORY = "category", pgettext_lazy("list", "By category")
    NEWEST = "newest", pgettext_lazy("list", "Newest")
    POPULAR = "popular", pgettext_lazy("list", "Popular")
    RANDOM = "random", pgettext_lazy("list", "At random")
