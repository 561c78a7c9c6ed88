"""What stands on a catalogue's home: shelves that never show an item twice, each saying what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import selectors as catalog_selectors
from catalog.cards import Shelf, cards_of
from catalog.models import Catalog, Item, Profile
from recommender import serving

WIDE, ROW = 12, 12


def home_shelves(catalog: Catalog, profile: Profile | None, *, tail: float) -> list[Shelf]:
    """The rows in their order; those that would be empty are left out."""
    for_you = serving.recommend_for(profile, catalog=catalog, n=WIDE, tail=tail)
    shown = _pks(for_you.cards)
    gems = serving.recommend_for(
        profile, catalog=catalog, n=ROW, tail=tail, only_tail=True, exclude=shown, surface="gems"
    )
    shown |= _pks(gems.cards)
    shelves = [
        Shelf("for-you", _("For you"), for_you.cards, for_you_note(for_you, profile), wide=True),
        Shelf("gems", catalog.text("gems_title", _("Hidden gems for you")), gems.cards, gems_note(catalog)),
        *_because(catalog, profile, shown),
        *_not_personal(catalog, profile, shown),
    ]
    return [shelf for shelf in shelves if shelf.cards]


def _because(catalog: Catalog, profile: Profile | None, shown: set[int]) -> Iterable[Shelf]:
    found = serving.because_of(profile, catalog=catalog, n=ROW + len(shown))
    if found is None:
        return
    seed, near = found
    cards = [card for card in near.cards if card.item.pk not in shown][:ROW]
    shown |= _pks(cards)
    yield Shelf("because", _("Because you chose “%(title)s”") % {"title": seed}, cards)


def _not_personal(catalog: Catalog, profile: Profile | None, shown: set[int]) -> Iterable[Shelf]:
    """The same for everybody, less what stands above and what the person knows already."""
    shown = shown | (catalog_selectors.known_item_ids(profile) if profile else set())
    some_more = ROW + len(shown)
    fresh = _unseen(catalog_selectors.newest(catalog, n=some_more), shown)
    liked = _unseen(catalog_selectors.popular(catalog, n=some_more), shown | {item.pk for item in fresh})
    cards = cards_of(catalog, [*fresh, *liked])
    yield Shelf("new", _("New here"), cards[: len(fresh)], _("Looking for their first people."))
    yield Shelf("popular", _("Popular"), cards[len(fresh) :], _("What most people here chose; the same for everybody."))


def _unseen(items: Sequence[Item], shown: set[int]) -> list[Item]:
    return [item for item in items if item.pk not in shown][:ROW]


def _pks(cards: Sequence[serving.Card]) -> set[int]:
    return {card.item.pk for card in cards}


def for_you_note(page: serving.ItemList, profile: Profile | None) -> str:
    """What the list was made from, in one honest line."""
    if page.fallback in ("newest", "nothing_available"):
        return _("Nobody has chosen anything here yet: these are the newest.")
    if page.fallback or profile is None:
        return _("Not personal yet: this is what many people here chose of late.")
    acts = len(catalog_selectors.history(profile, n=50))
    return ngettext("From the one thing you did here.", "From the last %(n)s things you did here.", acts) % {"n": acts}


def gems_note(catalog: Catalog) -> str:
    model = serving.live(catalog)
    if model is None:
        return ""
    tail = int((~model.recommender.head).sum())
    return ngettext("Chosen from %(n)s less known item.", "Chosen from the %(n)s less known items.", tail) % {
        "n": number_format(tail, force_grouping=True)
    }
