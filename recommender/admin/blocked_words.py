"""The words that a catalogue keeps out of interest texts."""

from __future__ import annotations

from unfold.admin import TabularInline

from catalog.admin.permissions import InlineOfCatalog
from recommender.models import BlockedWord


class BlockedWordInline(InlineOfCatalog, TabularInline):
    """The blocked words on a catalogue's page."""

    model = BlockedWord
    fields = ("word",)
    extra = 1
    tab = True
