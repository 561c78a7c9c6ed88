"""What stands on a person's home: shelves that never show an item twice, each saying what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.browse.cards import Shelf, done_by
from catalog.browse.rows import EVERYBODYS, PAGE, ROW, Reader, row_of, taken_row
from catalog.models import Item, Profile
from catalog.search.facets import Facets
from catalog.views.rows import RowPage, Span
from recommender.serving import impressions, user_context
from recommender.serving.item_lists import ItemList
from recommender.serving.list_builder import ListPlan, fill
from recommender.serving.live_models import LiveModel
from recommender.serving.page_plan import Chosen, PagePlan

WIDE = 12
ORDER = ("for-you", "taken", "gems", "because", "new", "different", "popular")
#: Rows that are there at once.
FIRST = ("for-you", "taken")
#: Rows that a model makes: what they show is written down, by these names.
SURFACES = {"for-you": "for_you", "gems": "gems", "because": "because", "different": "different"}


class Home:
    """Drafts one row after the other and remembers what stands already."""

    def __init__(
        self,
        profile: Profile | None,
        person: user_context.UserContext,
        *,
        tail: float,
        facets: Facets,
        most: int = WIDE,
    ) -> None:
        self.catalog, self.person = person.catalog, person
        self.reader = Reader(self.catalog, profile, facets, person.known)
        self.page_plan = PagePlan(profile, person, tail, most, facets.keys(self.catalog))
        self.seed = self.page_plan.seed

    def shelves(self, wanted: Sequence[str] = ORDER, *, waiting: str = "") -> list[Shelf]:
        """The wanted rows in their order, without empty ones.

        ``waiting``: the address that the other rows are fetched from, each by its key; they come without cards.
        """
        plans: dict[str, Chosen | ListPlan] = {}
        for key in ORDER[: 1 + max(map(ORDER.index, wanted))]:
            if (plan := self._plan(key)) is not None:
                plans[key] = plan
        told = {key: plan for key, plan in plans.items() if key in wanted}
        lists = dict(zip(told, self.page_plan.tell(list(told.values())), strict=True))
        pages, items = fill(
            self.catalog, list(lists.values()), also=[self.seed] if self.seed else []
        )
        filled = dict(zip(lists, pages, strict=True))
        self._record(filled)
        seed = items.get(self.seed) if self.seed else None
        shelves = [self._shelf(key, page, seed) for key, page in filled.items() if page.cards]
        if waiting and shelves:
            left = [key for key in ORDER if key not in plans and self._may_have(key)]
            shelves += [self._waiting(key, seed, waiting) for key in left]
        return shelves

    def page(self, key: str, span: Span) -> RowPage:
        """A stretch of a row that the model makes: page after page without what stands before."""
        plans = [self._made(key, PAGE) for _page in range(span.last)]
        further = self._made(key, 1)
        wanted = [plan for plan in plans[span.first - 1 :] if plan is not None]
        seeds = [self.seed] if key == "because" and self.seed else []
        pages, items = fill(self.catalog, self.page_plan.tell(wanted), also=seeds)
        cards = [card for page in pages for card in page.cards]
        title, note = self._head(key, items.get(self.seed) if self.seed else None)
        if key == "for-you" and pages:
            note = for_you_note(pages[0], self.person)
        self._record({key: ItemList(cards)}, first=span.start + 1)
        return RowPage(key, title, note, cards, span, further is not None and bool(further.pks))

    def _made(self, key: str, n: int) -> Chosen | ListPlan | None:
        """The next ``n`` of a row that the model makes."""
        if key == "because":
            return self.page_plan.because(n)
        if key == "different":
            return self.page_plan.different(n)
        return self.page_plan.personal(n, only_tail=key == "gems")

    def _plan(self, key: str) -> Chosen | ListPlan | None:
        page_plan = self.page_plan
        if key in SURFACES:
            return self._made(key, WIDE if key == "for-you" else ROW)
        if key == "taken":
            return (
                page_plan.plain(taken_row(self.reader, ROW).keys) if self._may_have(key) else None
            )
        return page_plan.plain(row_of(self.reader, key, ROW, leave_out=page_plan.shown).keys)

    def _may_have(self, key: str) -> bool:
        """Whether a row may have anything, before it is drafted."""
        if key == "taken":
            return self.reader.facets.taken and bool(self.person.known) and not self.person.is_off
        if key == "because":
            return self.seed is not None
        if key == "different":
            return self.page_plan.model is not None and bool(self.person.history)
        return key in ("new", "popular") or self.page_plan.model is not None

    def _shelf(self, key: str, page: ItemList, seed: Item | None) -> Shelf:
        title, note = self._head(key, seed)
        note = for_you_note(page, self.person) if key == "for-you" else note
        done = (
            done_by(self.reader.profile, [card.item.pk for card in page.cards])
            if key == "taken"
            else {}
        )
        return Shelf(key, title, page.cards, note, key == "for-you", self.reader.more(key), done)

    def _waiting(self, key: str, seed: Item | None, address: str) -> Shelf:
        title, note = self._head(key, seed)
        return Shelf(
            key, title, (), note, more=self.reader.more(key), waiting=f"{address}row={key}"
        )

    def _head(self, key: str, seed: Item | None) -> tuple[str, str]:
        """Title and note."""
        if key == "for-you":
            return _("For everybody") if self.person.is_off else _("For you"), ""
        if key == "gems":
            own = self.catalog.text("gems_title", _("Hidden gems for you"))
            return _("Hidden gems") if self.person.is_off else own, gems_note(self.page_plan.model)
        if key == "because":
            return _("Because you chose “%(title)s”") % {"title": seed or ""}, ""
        if key == "different":
            return _("Something completely different"), _(
                "Far from what you chose so far, and well received."
            )
        if key == "taken":
            return _("What you chose before"), ""
        title, note, _order = EVERYBODYS[key]
        return str(title), str(note)

    def _record(self, filled: Mapping[str, ItemList], first: int = 1) -> None:
        """Write down what the model showed."""
        profile, model = self.reader.profile, self.page_plan.model
        lists = {
            SURFACES[key]: [(card.item.pk, card.sources) for card in page.cards]
            for key, page in filled.items()
            if key in SURFACES and page.cards
        }
        if profile is not None and lists:
            impressions.record_lists(
                profile=profile, version=model.version if model else None, lists=lists, first=first
            )


def for_you_note(page: ItemList, person: user_context.UserContext) -> str:
    """What the list was made from, in one honest line."""
    if person.is_off:
        return _("What many people here chose of late.")
    if page.fallback in ("newest", "nothing_available"):
        return _("Nobody has chosen anything here yet: these are the newest.")
    if page.fallback:
        return _("Not personal yet: this is what many people here chose of late.")
    acts = len(person.history)
    if not acts:
        return _("From what you said you like.")
    return ngettext(
        "From the one thing you did here.", "From the last %(n)s things you did here.", acts
    ) % {"n": acts}


def gems_note(model: LiveModel | None) -> str:
    if model is None:
        return ""
    tail = int((~model.recommender.head).sum())
    return ngettext(
        "Chosen from %(n)s less known item.", "Chosen from the %(n)s less known items.", tail
    ) % {"n": number_format(tail, force_grouping=True)}
