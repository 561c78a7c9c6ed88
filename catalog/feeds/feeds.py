"""Feeds as they are set up: checked, saved, due."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.feeds.addresses import file_below_folder, is_web
from catalog.ingestion.file_readers import ITEMS
from catalog.ingestion.mapping_presets import find_preset
from catalog.models import Feed
from config.errors import AppError


def check_feed(feed: Feed) -> None:
    """Raises:
    ValidationError: by field, for an address, a preset or columns that cannot be used.
    """
    problems = {}
    if not is_web(feed.address):
        try:
            file_below_folder(feed.address)
        except AppError as error:
            problems["address"] = str(error.details["reason"])
    if feed.preset:
        try:
            find_preset(feed.preset, "items")
        except AppError as error:
            problems["preset"] = str(error.details["reason"])
    if problem := _problem_of_mapping(feed.mapping):
        problems["mapping"] = problem
    if problems:
        raise ValidationError(problems)


def _problem_of_mapping(mapping: object) -> str:
    if not isinstance(mapping, dict):
        return _("must be a JSON object")
    for column, name in mapping.items():
        if column not in ITEMS.columns or not isinstance(name, str):
            names = {"name": column, "columns": ", ".join(ITEMS.columns)}
            return _("%(name)s is no column; columns are %(columns)s") % names
    return ""


def save_feed(feed: Feed) -> Feed:
    """Save a feed, new or changed. The next run reads the file whole, whatever the server says."""
    feed.next_at = feed.next_after(now())
    feed.etag = feed.last_modified = ""
    feed.save()
    return feed
