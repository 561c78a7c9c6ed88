"""The rows of a home with non-personal orders, and the pages that continue a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import item_queries
from catalog.browse import sort_orders
from catalog.browse.cards import Shelf, cards_of, done_by
from catalog.item_traits import Traits, traits_of
from catalog.models import Catalog, Hidden, Profile
from catalog.models.home_orders import Listing
from catalog.profiles import history
from catalog.profiles.hidden import hidden_items, hidden_of
from catalog.profiles.reading import own_items
from catalog.search.facets import Facets, offered

#: Number of cards: of a row on the home, of a home with one list, of a page of a row.
ROW, PAGE = 12, 24
#: Items that a row reads beyond those that it shows: some may be gone since they were counted.
SPARE = 12
CATEGORY_ROWS = 6


@dataclass(frozen=True)
class Row:
    """A row before its items are read; ``most``: how many of them it shows, None = all."""

    key: str
    title: str
    keys: Sequence[int]
    note: str = ""
    wide: bool = False
    more: str = ""
    most: int | None = None


@dataclass(frozen=True)
class Reader:
    """Who reads which part of the catalogue.

    ``leave_out``: keys of items that are not shown; ``reads``: codes of the languages whose items
    come first, empty = any.
    """

    catalog: Catalog
    profile: Profile | None
    facets: Facets
    leave_out: Collection[int] = ()
    reads: tuple[str, ...] = ()

    @classmethod
    def of(cls, catalog: Catalog, profile: Profile | None, facets: Facets) -> Reader:
        """Leaves out what the person knows.

        If they ask for what they took, or turned personalisation off, only hidden items are read
        and left out.
        """
        if profile is None:
            return cls(catalog, profile, facets)
        only_disliked = facets.taken or not profile.personal
        known = history.disliked(profile) if only_disliked else history.known(profile)
        hidden = hidden_items(profile) | own_items(profile, catalog)
        return cls(catalog, profile, facets, known | hidden)

    @property
    def lot(self) -> str:
        return sort_orders.lot_of(localdate(), self.profile)

    def more(self, key: str) -> str:
        """The address of a row's own page."""
        query = self.facets.query
        return reverse("catalog:row", args=[self.catalog.slug, key]) + (
            f"?{query}" if query else ""
        )


def listed(reader: Reader, listing: str) -> list[Shelf]:
    """The home in one of the non-personal orders."""
    if listing == Listing.CATEGORY:
        return fill(reader, _by_category(reader))
    if listing in NON_PERSONAL:
        row = row_of(reader, listing, PAGE + SPARE)
        return fill(reader, [replace(row, wide=True, more=reader.more(listing), most=PAGE)])
    popular = row_of(reader, "popular", ROW + SPARE)
    fresh = row_of(reader, "new", ROW + SPARE, leave_out=popular.keys[:ROW])
    wide = replace(popular, wide=True, more=reader.more("popular"), most=ROW)
    return fill(reader, [wide, replace(fresh, more=reader.more("new"), most=ROW)])


def row_of(reader: Reader, key: str, n: int, *, leave_out: Collection[int] = ()) -> Row:
    """The first ``n`` items of a non-personal row."""
    title, note, order = NON_PERSONAL[key]
    keys = _arranged(reader, order, n, {*reader.leave_out, *leave_out})
    return Row(key, str(title), keys, str(note))


def _arranged(reader: Reader, order: Order, n: int, leave_out: set[int]) -> list[int]:
    """The first ``n`` of an order: one variant of each product, what the person reads first."""
    traits = traits_of(reader.catalog)
    unread = traits.unread(reader.reads)
    seen = traits.groups_of(leave_out)
    found = _first_of_groups(traits, reader, order, n, leave_out | unread, seen)
    if unread and len(found) < n:
        rest = {*leave_out, *found}
        found += _first_of_groups(traits, reader, order, n - len(found), rest, seen)
    return found


def _first_of_groups(
    traits: Traits, reader: Reader, order: Order, n: int, leave_out: set[int], seen: set[int]
) -> list[int]:
    """Reads on, twice as far each time, until ``n`` products are found or nothing is left."""
    if not traits.groups:
        return order(reader, n, leave_out)
    far = 2 * n
    while True:
        keys = order(reader, far, leave_out)
        met = set(seen)
        found = list(islice(traits.one_of_each_group(keys, met), n))
        if len(found) == n or len(keys) < far:
            seen |= traits.groups_of(found)
            return found
        far *= 2


def fill(reader: Reader, rows: Sequence[Row]) -> list[Shelf]:
    """The rows with their items, read together; no item twice, no empty rows."""
    items = item_queries.items_in_order(
        list(dict.fromkeys(key for row in rows for key in row.keys)), catalog=reader.catalog
    )
    cards = {card.item.pk: card for card in cards_of(reader.catalog, items)}
    done = done_by(reader.profile, cards) if reader.facets.taken else {}
    shelves = []
    for row in rows:
        own = [cards[key] for key in row.keys if key in cards][: row.most]
        for card in own:
            del cards[card.item.pk]
        shelves.append(Shelf(row.key, row.title, own, row.note, row.wide, row.more, done))
    return [shelf for shelf in shelves if shelf.cards]


def _by_category(reader: Reader) -> list[Row]:
    catalog, facets = reader.catalog, reader.facets
    names = [facets.category] if facets.category else _categories(reader)
    held = sort_orders.by_category(
        catalog, facets, names[:CATEGORY_ROWS], n=ROW, leave_out=reader.leave_out
    )
    return [
        Row(
            f"category-{number}",
            catalog.category_label(name),
            held[name],
            more=reverse("catalog:search", args=[catalog.slug], query={"category": name}),
        )
        for number, name in enumerate(held, start=1)
    ]


def _categories(reader: Reader) -> list[str]:
    """The largest categories that the person has not hidden."""
    hidden = {row.value for row in hidden_of(reader.profile) if row.what == Hidden.What.CATEGORY}
    return [name for name, _size in offered(reader.catalog).categories if name not in hidden]


Order = Callable[[Reader, int, Collection[int]], list[int]]


def _newest(reader: Reader, n: int, leave_out: Collection[int]) -> list[int]:
    return sort_orders.newest(reader.catalog, reader.facets, n=n, leave_out=leave_out)


def _fresh(reader: Reader, n: int, leave_out: Collection[int]) -> list[int]:
    return sort_orders.fresh(reader.catalog, reader.facets, n=n, leave_out=leave_out)


def _popular(reader: Reader, n: int, leave_out: Collection[int]) -> list[int]:
    return sort_orders.popular(reader.catalog, reader.facets, n=n, leave_out=leave_out)


def _by_lot(reader: Reader, n: int, leave_out: Collection[int]) -> list[int]:
    return sort_orders.by_lot(
        reader.catalog, reader.facets, n=n, seed=reader.lot, leave_out=leave_out
    )


NON_PERSONAL: dict[str, tuple[object, object, Order]] = {
    "new": (
        gettext_lazy("New here"),
        gettext_lazy("Waiting for the first people to choose them."),
        _fresh,
    ),
    "newest": (
        gettext_lazy("Newest"),
        gettext_lazy("Newest first, the same for everybody."),
        _newest,
    ),
    "popular": (
        gettext_lazy("Popular"),
        gettext_lazy("What most people chose first, the same for everybody."),
        _popular,
    ),
    "random": (
        gettext_lazy("At random"),
        gettext_lazy("Drawn at random, anew every day. Your activity has no effect."),
        _by_lot,
    ),
}
"""Row key -> title, note and order."""


def taken_row(reader: Reader, n: int) -> Row:
    """What the person took, if they ask to see it again."""
    among = reader.facets.keys(reader.catalog)
    keys = history.taken(reader.profile, n=10 * PAGE) if reader.profile is not None else []
    shown = [key for key in keys if among is None or key in among]
    return Row("taken", _("What you chose before"), shown[:n], more=reader.more("taken"))
