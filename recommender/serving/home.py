"""A person's home: rows that never show an item twice, each with a title that says what it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import item_queries
from catalog.browse.cards import Shelf, done_by
from catalog.browse.row_pages import RowPage, Span
from catalog.browse.rows import NON_PERSONAL, PAGE, ROW, Reader, row_of, taken_row
from catalog.models import Item, Profile
from catalog.profiles.repeats import Repeat, repeats
from catalog.search.facets import Facets
from recommender.serving import impressions, page_store
from recommender.serving.exclusion_lines import left_out_note, short_note
from recommender.serving.item_lists import Card, ItemList, in_other_languages
from recommender.serving.list_plan import Rows, fill, repeat_plan
from recommender.serving.list_request import ListOptions
from recommender.serving.live_models import LiveModel
from recommender.serving.page_plan import AnyList, PagePlan
from recommender.serving.page_store import PageState, StoredPage
from recommender.serving.user_context import UserContext

WIDE = 12
ORDER = ("for-you", "again", "taken", "gems", "because", "new", "different", "popular")
#: Rows that come with the page; the others are fetched as they come into sight.
FIRST = ("for-you", "again", "taken")
#: Rows that a model makes, by the name under which their impressions are written.
SURFACES = {"for-you": "for_you", "gems": "gems", "because": "because", "different": "different"}


class Home:
    """Plans all rows of a person's home at once, or reads them from a stored page."""

    def __init__(
        self, profile: Profile | None, user: UserContext, *, tail: float, facets: Facets
    ) -> None:
        self.catalog, self.user, self.profile, self.facets = user.catalog, user, profile, facets
        reads = () if facets.language else user.reads
        self.reader = Reader(self.catalog, profile, facets, user.known, reads)
        self.options = ListOptions(
            tail,
            among=facets.keys(self.catalog),
            languages=(facets.language,) if facets.language else (),
        )
        self.plan = self.page_plan(WIDE)

    def page_plan(self, most: int) -> PagePlan:
        return PagePlan(self.profile, self.user, most=most, options=self.options)

    @property
    def state(self) -> PageState:
        return PageState.of(
            self.user,
            self.profile,
            self.plan.version,
            tail=self.plan.tail,
            filters=self.facets.query,
        )

    def planned(self) -> StoredPage:
        """All rows, planned and explained together."""
        found = {key: self._row(key) for key in ORDER}
        made = {key: row for key, row in found.items() if row is not None and row.pks}
        plans = dict(zip(made, self.plan.explain(list(made.values())), strict=True))
        return StoredPage(self.state, plans, self.plan.seed)

    def stored(self, page_id: str, wanted: Collection[str] = ()) -> StoredPage:
        """The page of that id; planned anew and stored under it where it is gone or out of date.

        Out of date is also a page that has an item in a ``wanted`` row that may no longer be shown.
        """
        page = page_store.load(page_id, self.state)
        if page is None or self._has_holes(page, wanted):
            page = self.planned()
            page_store.store(page_id, page)
        return page

    def _has_holes(self, page: StoredPage, wanted: Collection[str]) -> bool:
        keys = {pk for key in wanted if key in page.rows for pk in page.rows[key].pks}
        return len(item_queries.shown(self.catalog, list(keys))) < len(keys)

    def _filled(
        self, page: StoredPage, wanted: Collection[str]
    ) -> tuple[dict[str, ItemList], Rows]:
        """The wanted rows in their order with their items, and all those items by pk."""
        now = {key: plan for key, plan in page.rows.items() if key in wanted}
        also = [page.seed] if page.seed else []
        lists, items = fill(self.catalog, list(now.values()), self.plan.version, also=also)
        return dict(zip(now, lists, strict=True)), items

    def shelves(
        self, page: StoredPage, wanted: Collection[str] = ORDER, *, waiting: str = ""
    ) -> list[Shelf]:
        """The wanted rows in their order, without empty ones.

        ``waiting``: the address that the other rows are fetched from, each by its key; they come
        without cards.
        """
        filled, items = self._filled(page, wanted)
        self._record(filled)
        seed = items.get(page.seed) if page.seed else None
        shelves = [self._shelf(key, found, seed) for key, found in filled.items() if found.cards]
        if waiting:
            later = [key for key in page.rows if key not in filled]
            shelves += [self._waiting(key, seed, waiting) for key in later]
        return shelves

    def row_page(self, key: str, span: Span) -> RowPage:
        """A stretch of a row that the model makes: page after page without what stands before."""
        self.plan = self.page_plan(span.end + 1)
        made = [self._made(key, PAGE) for _page in range(span.last)]
        further = self._made(key, 1)
        plans = self.plan.explain([each for each in made[span.first - 1 :] if each is not None])
        seed_pk = self.plan.seed if key == "because" else None
        also = [seed_pk] if seed_pk else []
        lists, items = fill(self.catalog, plans, self.plan.version, also=also)
        cards = [card for found in lists for card in found.cards]
        title, note = self._head(key, items.get(seed_pk) if seed_pk else None)
        if key == "for-you" and lists:
            note = for_you_note(lists[0], self.user)
        self._record({key: ItemList(cards, self.plan.version)}, first=span.start + 1)
        return RowPage(key, title, note, cards, span, further is not None and bool(further.pks))

    def _made(self, key: str, n: int) -> AnyList | None:
        """The next ``n`` items of a row that the model makes."""
        if key == "because":
            return self.plan.near(self.plan.seed, n) if self.plan.seed is not None else None
        if key == "different":
            return self.plan.unexpected(n)
        return self.plan.recommend(n, only_tail=key == "gems")

    def _row(self, key: str) -> AnyList | None:
        if key in SURFACES:
            return self._made(key, WIDE if key == "for-you" else ROW)
        if key == "again":
            return self.plan.show(repeat_plan(self._due(ROW)))
        if key == "taken":
            shows = self.facets.taken and bool(self.user.known) and not self.user.is_off
            return self.plan.plain(taken_row(self.reader, ROW).keys) if shows else None
        leave_out = {*self.plan.shown, *self.user.unavailable, *self.user.left_out.pks}
        return self.plan.plain(row_of(self.reader, key, ROW, leave_out=leave_out).keys)

    def _due(self, n: int) -> list[Repeat]:
        """What is due again and may be shown."""
        among, user = self.options.among, self.user
        found = repeats(self.catalog, user.repeats)
        left_out = {*user.unwanted, *user.unavailable} if found else set()
        return [
            each
            for each in found
            if each.is_due
            and each.item_id not in left_out
            and (among is None or each.item_id in among)
        ][:n]

    def _shelf(self, key: str, found: ItemList, seed: Item | None) -> Shelf:
        title, note = self._head(key, seed)
        note = for_you_note(found, self.user) if key == "for-you" else note
        cards = found.cards
        note = " ".join(filter(None, (note, other_languages_note(cards, self.user))))
        done = done_by(self.profile, [card.item.pk for card in cards]) if key == "taken" else {}
        return Shelf(key, title, cards, note, key == "for-you", self._more(key), done)

    def _more(self, key: str) -> str:
        """The address of a row's own page; the row of repeats has none."""
        return "" if key == "again" else self.reader.more(key)

    def _waiting(self, key: str, seed: Item | None, address: str) -> Shelf:
        title, note = self._head(key, seed)
        more = self._more(key)
        return Shelf(key, title, (), note, more=more, waiting=f"{address}row={key}")

    def _head(self, key: str, seed: Item | None) -> tuple[str, str]:
        """Title and note."""
        if key == "for-you":
            return _("For everybody") if self.user.is_off else _("For you"), ""
        if key == "gems":
            own = self.catalog.text("gems_title", _("Hidden gems for you"))
            return _("Hidden gems") if self.user.is_off else own, gems_note(self.plan.model)
        if key == "because":
            return _("Because you chose “%(title)s”") % {"title": seed or ""}, ""
        if key == "different":
            return _("Something completely different"), _(
                "Unlike your earlier choices, and well received."
            )
        if key == "again":
            return _("Again"), _("What you buy again and again, when it is nearly time.")
        if key == "taken":
            return _("What you chose before"), ""
        title, note, _order = NON_PERSONAL[key]
        return str(title), str(note)

    def _record(self, filled: Mapping[str, ItemList], first: int = 1) -> None:
        """Write down what the model showed."""
        lists = {
            SURFACES[key]: [(card.item.pk, card.sources) for card in found.cards]
            for key, found in filled.items()
            if key in SURFACES and found.cards
        }
        if self.profile is not None and lists:
            impressions.record_lists(
                profile=self.profile, version=self.plan.version, lists=lists, first=first
            )


def for_you_note(page: ItemList, user: UserContext) -> str:
    """What the list was made from, what it leaves out, and whether that makes it short."""
    counted = user.left_out.counted
    short = short_note(len(page.cards), WIDE, counted)
    return " ".join(filter(None, [_made_from(page, user), left_out_note(counted), short]))


def _made_from(page: ItemList, user: UserContext) -> str:
    if user.is_off:
        return _("What many people here chose recently.")
    if page.fallback in ("newest", "nothing_available"):
        return _("Nobody has chosen anything here yet. These are the newest items.")
    if page.fallback:
        return _("Not personal yet: this is what many people here chose recently.")
    acts = len(user.history)
    if not acts:
        return _("Based on what you said you like.")
    return ngettext(
        "Based on the one thing you did here.", "Based on the last %(n)s things you did here.", acts
    ) % {"n": acts}


def other_languages_note(cards: Sequence[Card], user: UserContext) -> str:
    """How many items at the end are in a language that the person does not read."""
    others = in_other_languages(cards, user.reads)
    if not others:
        return ""
    text = ngettext(
        "The last one is in another language.",
        "The last %(n)s are in other languages.",
        others,
    )
    return text % {"n": others}


def gems_note(model: LiveModel | None) -> str:
    """How many items the row of hidden gems was chosen from."""
    if model is None:
        return ""
    tail = int((~model.recommender.head).sum())
    return ngettext(
        "Chosen from %(n)s less known item.", "Chosen from the %(n)s less known items.", tail
    ) % {"n": number_format(tail, force_grouping=True)}
