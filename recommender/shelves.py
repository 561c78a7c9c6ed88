"""What stands on a catalogue's home: shelves that never show an item twice, each saying what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import selectors as catalog_selectors
from catalog.cards import Shelf, cards_of
from catalog.models import Catalog, Item, Profile
from recommender import serving

WIDE, ROW = 12, 12


def home_shelves(
    catalog: Catalog, profile: Profile | None, *, tail: float, person: serving.Person | None = None
) -> list[Shelf]:
    """The rows in their order; those that would be empty are left out. ``person``: as in ``serving.recommend_for``."""
    home = _Home(catalog, profile, tail, person or serving.person_of(profile, catalog))
    shelves = (home.for_you(), home.gems(), home.because(), *home.new_and_popular())
    return [shelf for shelf in shelves if shelf is not None and shelf.cards]


class _Home:
    """Fills one shelf after the other and remembers what stands already."""

    def __init__(self, catalog: Catalog, profile: Profile | None, tail: float, person: serving.Person) -> None:
        self.catalog, self.profile, self.tail, self.person = catalog, profile, tail, person
        self.shown: set[int] = set()

    def for_you(self) -> Shelf:
        page = self._recommended(WIDE, surface="for_you")
        return Shelf("for-you", _("For you"), page.cards, for_you_note(page, self.person), wide=True)

    def gems(self) -> Shelf:
        page = self._recommended(ROW, surface="gems", only_tail=True)
        title = self.catalog.text("gems_title", _("Hidden gems for you"))
        return Shelf("gems", title, page.cards, gems_note(self.catalog))

    def because(self) -> Shelf | None:
        found = serving.because_of(self.profile, catalog=self.catalog, n=ROW, exclude=self.shown, person=self.person)
        if found is None:
            return None
        seed, near = found
        self._show(card.item.pk for card in near.cards)
        return Shelf("because", _("Because you chose “%(title)s”") % {"title": seed}, near.cards)

    def new_and_popular(self) -> tuple[Shelf, Shelf]:
        """The same for everybody, less what stands above and what the person knows already."""
        known = {*self.shown, *self.person.known}
        fresh = catalog_selectors.newest(self.catalog, n=ROW, exclude=known)
        popular = catalog_selectors.popular(self.catalog, n=ROW, exclude={*known, *_pks(fresh)})
        cards = cards_of(self.catalog, [*fresh, *popular])
        return (
            Shelf("new", _("New here"), cards[: len(fresh)], _("Looking for their first people.")),
            Shelf(
                "popular",
                _("Popular"),
                cards[len(fresh) :],
                _("What most people chose; the same for everybody."),
                more=reverse("catalog:search", args=[self.catalog.slug]),
            ),
        )

    def _recommended(self, n: int, *, surface: str, only_tail: bool = False) -> serving.ItemList:
        page = serving.recommend_for(
            self.profile,
            catalog=self.catalog,
            n=n,
            tail=self.tail,
            only_tail=only_tail,
            exclude=self.shown,
            surface=surface,
            person=self.person,
        )
        self._show(card.item.pk for card in page.cards)
        return page

    def _show(self, pks: Iterable[int]) -> None:
        self.shown.update(pks)


def _pks(items: Sequence[Item]) -> set[int]:
    return {item.pk for item in items}


def for_you_note(page: serving.ItemList, person: serving.Person) -> str:
    """What the list was made from, in one honest line."""
    if person.is_off:
        return _("Your personal lists are off: everybody sees the same here.")
    if page.fallback in ("newest", "nothing_available"):
        return _("Nobody has chosen anything here yet: these are the newest.")
    if page.fallback:
        return _("Not personal yet: this is what many people here chose of late.")
    acts = len(person.history)
    if not acts:
        return _("From what you said you like.")
    return ngettext("From the one thing you did here.", "From the last %(n)s things you did here.", acts) % {"n": acts}


def gems_note(catalog: Catalog) -> str:
    model = serving.live(catalog)
    if model is None:
        return ""
    tail = int((~model.recommender.head).sum())
    return ngettext("Chosen from %(n)s less known item.", "Chosen from the %(n)s less known items.", tail) % {
        "n": number_format(tail, force_grouping=True)
    }
