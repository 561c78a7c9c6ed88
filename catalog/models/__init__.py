"""Catalogues, items, profiles and interactions; one file for each subject."""

from catalog.models.api_keys import ApiKey
from catalog.models.catalogs import Catalog
from catalog.models.categories import Category
from catalog.models.event_kinds import EventKind
from catalog.models.exclusions import ExcludedReason, Hidden
from catalog.models.feeds import Feed, FeedItem, FeedRun
from catalog.models.file_imports import FileChunk, FileImport, Holds, RememberedMapping
from catalog.models.interactions import Interaction
from catalog.models.items import Item, ItemCategory, ItemVector
from catalog.models.members import CatalogMember
from catalog.models.profiles import Profile
from catalog.models.suppressed_ids import SuppressedId
from catalog.models.suspects import SuspectProfile

__all__ = [
    "ApiKey",
    "Catalog",
    "CatalogMember",
    "Category",
    "EventKind",
    "ExcludedReason",
    "Feed",
    "FeedItem",
    "FeedRun",
    "FileChunk",
    "FileImport",
    "Hidden",
    "Holds",
    "Interaction",
    "Item",
    "ItemCategory",
    "ItemVector",
    "Profile",
    "RememberedMapping",
    "SuppressedId",
    "SuspectProfile",
]
