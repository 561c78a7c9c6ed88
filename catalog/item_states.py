"""Whether lists may hold an item now, and if not, why.

The catalogue knows what may be shown. An app that reads items before it lists them registers here
(see `recommender.training.item_changes`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.models import Item


class State(TextChoices):
    LISTED = "listed", _("may be in lists")
    UNAVAILABLE = "unavailable", _("not available")
    SOLD_OUT = "sold_out", _("sold out: its stock is 0")
    NOT_YET = "not_yet", _("its sale has not begun")
    OVER = "over", _("its sale is over")
    WAITING = "waiting", _("only among the newest, until a worker has read it")
    FAILED = "failed", _("only among the newest: the text encoder failed")


class ItemState(NamedTuple):
    """``reason``: why the encoder failed; empty for the other states."""

    name: State
    reason: str = ""


Reader = Callable[[Item], ItemState | None]
"""What an app knows of an item that may be shown; None: nothing against it."""

readers: list[Reader] = []


def register(reader: Reader) -> None:
    if reader not in readers:
        readers.append(reader)


def state_of(item: Item, now: datetime) -> ItemState:
    """What keeps the item out of lists, or `State.LISTED`."""
    if not item.available:
        return ItemState(State.UNAVAILABLE)
    if item.stock == 0:
        return ItemState(State.SOLD_OUT)
    if item.available_from is not None and item.available_from > now:
        return ItemState(State.NOT_YET)
    if item.available_until is not None and item.available_until <= now:
        return ItemState(State.OVER)
    found = (reader(item) for reader in readers)
    return next(filter(None, found), ItemState(State.LISTED))
