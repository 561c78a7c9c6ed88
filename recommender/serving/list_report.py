"""How a catalogue's lists are made, told from what makes them: the live model, the settings, the next list's request.

Nothing here is written down a second time: a number comes from where the list takes it, so that page and list agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Catalog, Profile
from catalog.models.event_kinds import NEGATIVE_KINDS, Kind
from recommender.engine.data.head_tail import HEAD_SHARE
from recommender.engine.pipeline import Request
from recommender.engine.reranking import negative_feedback, stated_preferences
from recommender.explanations.evidence import KINDS, Evidence, scorer_name
from recommender.models import ModelVersion
from recommender.serving.list_request import ListOptions
from recommender.serving.live_models import LiveModel
from recommender.serving.page_plan import PagePlan
from recommender.serving.user_context import UserContext, user_context_of
from recommender.training import run_queries

#: The length of the list that is described.
LISTED = 24


@dataclass(frozen=True)
class Factor:
    """One thing that moves lists. ``percent``: length of its bar, None where it is no share of anything.

    ``reads``: of which data it is made; ``change``: where a person changes it (words and address), empty where the
    catalogue's staff do.
    """

    key: str
    name: str
    value: str
    says: str
    percent: float | None = None
    reads: str = ""
    change: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Read:
    """What of the person the next list is made from."""

    acts: int = 0
    words: int = 0
    has_text: bool = False
    disliked: int = 0
    hidden: int = 0
    is_off: bool = False

    @classmethod
    def of(cls, person: UserContext) -> Read:
        said = person.stated_preferences
        words = len(said.wanted) + len(said.unwanted)
        return cls(
            len(person.history),
            words,
            bool(said.text),
            len(person.disliked),
            len(person.hidden),
            person.is_off,
        )

    @property
    def is_nothing(self) -> bool:
        return not (self.acts or self.words or self.has_text or self.disliked or self.hidden)


@dataclass(frozen=True)
class How:
    """``parts`` make the score, ``rules`` make the list of it, ``acts`` is what each kind of act says."""

    version: ModelVersion | None
    trained_at: datetime | None
    read: Read
    parts: tuple[Factor, ...] = ()
    rules: tuple[Factor, ...] = ()
    acts: tuple[Factor, ...] = field(default=())

    @property
    def report(self) -> dict[str, Any]:
        return self.version.report if self.version else {}


READS: dict[Evidence, Promise] = {
    Evidence.TOGETHER: gettext_lazy(
        "What people here took, without their names, beside what you did."
    ),
    Evidence.MIXED: gettext_lazy(
        "What people here took, without their names, and the items’ texts, beside what you did."
    ),
    Evidence.TEXT: gettext_lazy("Titles, descriptions and categories, beside what you did."),
    Evidence.ORDER: gettext_lazy("In which order people here took things, beside your order."),
    Evidence.SAID: gettext_lazy("What you typed, and words that you added, pinned or muted."),
    Evidence.STARS: gettext_lazy("The stars that people gave, beside yours."),
    Evidence.GIVEN: gettext_lazy(
        "What the owner gave of items in numbers, of pictures for instance, beside what you did."
    ),
    Evidence.POPULARITY: gettext_lazy("How many people chose an item. Nothing of you."),
    Evidence.DIAL: gettext_lazy("How many people chose an item, and where your dial stands."),
    Evidence.TURNED_DOWN: gettext_lazy("The items’ texts, beside what you turned down."),
}
"""By kind of evidence, which data it is made from."""

IMPERSONAL = frozenset({Evidence.POPULARITY})


def how_lists_are_made(
    profile: Profile | None, catalog: Catalog, *, tail: float | None = None
) -> How:
    """``tail``: the visit's dial, where it is not the profile's."""
    user, acts = user_context_of(profile, catalog), tuple(_acts(catalog))
    page = PagePlan(profile, user, most=LISTED, options=ListOptions(tail))
    if page.model is None:
        return How(None, None, Read.of(user), acts=acts)
    model, request = page.model, page.request
    return How(
        version=model.version,
        trained_at=run_queries.trained_from(model.version),
        read=Read.of(user),
        parts=tuple(_components(model, catalog)),
        rules=tuple(rule for tell in RULES.values() for rule in tell(model, request, catalog)),
        acts=acts,
    )


def _components(model: LiveModel, catalog: Catalog) -> Iterator[Factor]:
    """The blend's parts by their share, the largest first."""
    whole = sum(model.blend.weights.values()) or 1.0
    for name, weight in sorted(model.blend.weights.items(), key=lambda entry: -entry[1]):
        evidence = KINDS.get(name)
        share = 100 * weight / whole
        yield Factor(
            key=name,
            name=scorer_name(name),
            value=f"{share:.0f} %",
            says="" if evidence in IMPERSONAL else _fading(model.blend.decay(name)),
            percent=share,
            reads=str(READS[evidence]) if evidence else "",
            change=_where_to_change(name, evidence, catalog),
        )


def _fading(decay: float) -> str:
    if decay == 1.0:
        return _("Your acts count alike, old or new.")
    return _("An act counts %(percent)s of the one after it.") % {"percent": _percent(decay)}


def _where_to_change(name: str, evidence: Evidence | None, catalog: Catalog) -> tuple[str, str]:
    if evidence in IMPERSONAL:
        return _("Turn the dial"), _home(catalog)
    if name == "interest":
        return _("Change my interests"), reverse("recommender:interests", args=[catalog.slug])
    return _("Take single acts back"), reverse("catalog:you")


def _acts(catalog: Catalog) -> Iterator[Factor]:
    """What one act of each kind says, by the catalogue's table."""
    weights = {
        kind: weight for kind, weight in catalog.weights.items() if kind not in NEGATIVE_KINDS
    }
    most = max(weights.values(), default=0.0) or 1.0
    for kind, weight in sorted(weights.items(), key=lambda entry: -entry[1]):
        yield Factor(kind, str(Kind(kind).label), f"{weight:g}", "", 100 * weight / most)


# Rules: what happens to the scores on the way to a list


def _dial(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    dial = request.tail or 0.0
    low, high = catalog.tail_min, catalog.tail_max
    says = _(
        "The further it is turned, the more of its score an item loses for every person who knows it. "
        "It goes from %(low)s to %(high)s here and begins at %(default)s."
    )
    places = {"low": _number(low), "high": _number(high), "default": _number(catalog.tail_default)}
    change = (_("Turn the dial"), _home(catalog))
    yield Factor(
        "tail",
        _("Your dial"),
        _number(dial),
        says % places,
        100 * dial,
        str(READS[Evidence.DIAL]),
        change,
    )


def _penalty(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    penalty = model.blend.popularity_penalty
    says = _(
        "Taken off a score each time the number of people who chose the item grows 2.7-fold, wherever the dial is."
    )
    yield Factor("popularity_penalty", _("Popularity counts a little less"), _number(penalty), says)


def _tail_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_tail_share
    says = _(
        "Places of every list that go to less known items, as far as there are any: all but the best known %(head)s."
    )
    says %= {"head": _percent(HEAD_SHARE)}
    yield Factor("min_tail_share", _("Kept for the less known"), _percent(share), says, 100 * share)


def _variety(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _("How much likeness to what stands above counts against an item: enough to part twins.")
    yield Factor(
        "diversity", _("Variety"), _percent(request.diversity), says, 100 * request.diversity
    )


def _calibration(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "How closely lists keep the mix of categories in what you did: 0 as the scores have it, 100 above all."
    )
    share = request.calibration
    yield Factor("calibration", _("Your own mix of categories"), _percent(share), says, 100 * share)


def _provider_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_provider_share
    says = _(
        "Places of every list that go to providers who have a smaller share of the people than of the items."
    )
    yield Factor(
        "min_provider_share", _("Kept for seldom met providers"), _percent(share), says, 100 * share
    )


def _said(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    if model.recommender.interest is None:
        return
    says = _(
        "What fits best what you said gains up to %(gain)s of the way from the middle to your best item; "
        "a muted word takes %(loss)s of it."
    )
    amounts = {
        "gain": _percent(stated_preferences.MATCH + stated_preferences.WANTED),
        "loss": _percent(stated_preferences.UNWANTED),
    }
    change = (_("Change my interests"), reverse("recommender:interests", args=[catalog.slug]))
    value = _("on") if request.query.stated_preferences else _("nothing said")
    yield Factor(
        "stated_preferences",
        _("What you said you like"),
        value,
        says % amounts,
        None,
        str(READS[Evidence.SAID]),
        change,
    )


def _turned_down(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "What you put away never comes back by itself. Items closer to it than %(percentile)s in 100 pairs are lose "
        "%(least)s to %(most)s of the way from the middle to your best item, until you choose something like them. "
        "Nothing sinks while your personal lists are off."
    )
    amounts = {
        "percentile": _number(negative_feedback.PERCENTILE),
        "least": _percent(negative_feedback.LEAST),
        "most": _percent(negative_feedback.MOST),
    }
    change = (_("See what I have hidden"), reverse("catalog:hidden", args=[catalog.slug]))
    value = number_format(len(request.query.negative_feedback))
    reads = str(READS[Evidence.TURNED_DOWN])
    yield Factor(
        "turned_down", _("What you turned down"), value, says % amounts, None, reads, change
    )


def _history(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "So many of your latest acts are read, no older ones. What you have taken is not recommended again."
    )
    change = (_("Take single acts back"), reverse("catalog:you"))
    yield Factor(
        "query", _("How far back"), number_format(settings.HISTORY_LENGTH), says, change=change
    )


RULES: dict[str, Callable[[LiveModel, Request, Catalog], Iterable[Factor]]] = {
    "tail": _dial,
    "stated_preferences": _said,
    "turned_down": _turned_down,
    "query": _history,
    "min_tail_share": _tail_quota,
    "diversity": _variety,
    "calibration": _calibration,
    "min_provider_share": _provider_quota,
    "popularity_penalty": _penalty,
}
"""What is told of a list's request and of the blend, by the name of the field that holds it."""


def _home(catalog: Catalog) -> str:
    return reverse("catalog:home", args=[catalog.slug])


def _percent(share: float) -> str:
    return f"{number_format(100 * share, 0)} %"


def _number(value: float) -> str:
    return f"{value:g}"
