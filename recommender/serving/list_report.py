"""How a catalogue's lists are made, told from what makes them: the live model, the settings, the
next list's request.

Nothing here is written down a second time: a number comes from where the list takes it, so that
page and list agree.
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
    """One thing that moves lists. ``percent``: length of its bar, None where it is no share of
    anything.

    ``reads``: of which data it is made; ``change``: where a person changes it (words and address),
    empty where the catalogue's staff do.
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
    """``parts`` make the score, ``rules`` make the list of it, ``acts`` is what each kind of act
    says.
    """

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
        "What people here chose, without their names, and what you did."
    ),
    Evidence.MIXED: gettext_lazy(
        "What people here chose, without their names, the items’ texts, and what you did."
    ),
    Evidence.TEXT: gettext_lazy("Titles, descriptions and categories, and what you did."),
    Evidence.ORDER: gettext_lazy("The order in which people here chose items, and your own order."),
    Evidence.SAID: gettext_lazy("What you typed, and the words that you added, pinned or muted."),
    Evidence.STARS: gettext_lazy("The ratings that people gave, and yours."),
    Evidence.GIVEN: gettext_lazy(
        "Numbers from the owner that describe items, for example their pictures, and what you did."
    ),
    Evidence.POPULARITY: gettext_lazy("How many people chose an item. Nothing about you."),
    Evidence.DIAL: gettext_lazy("How many people chose an item, and your dial setting."),
    Evidence.TURNED_DOWN: gettext_lazy("The items’ texts, and what you marked “Not for me”."),
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
        return _("All your actions count equally, whatever their age.")
    return _("Each action counts %(percent)s of the next newer one.") % {"percent": _percent(decay)}


def _where_to_change(name: str, evidence: Evidence | None, catalog: Catalog) -> tuple[str, str]:
    if evidence in IMPERSONAL:
        return _("Change the dial"), _home(catalog)
    if name == "interest":
        return _("Change my interests"), reverse("recommender:interests", args=[catalog.slug])
    return _("Undo single actions"), reverse("catalog:you")


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
        "The further you turn it, the more an item loses for every person who knows it. Here "
        "it goes from %(low)s to %(high)s and starts at %(default)s."
    )
    places = {"low": _number(low), "high": _number(high), "default": _number(catalog.tail_default)}
    change = (_("Change the dial"), _home(catalog))
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
        "Subtracted from an item’s score each time the number of people who chose it grows "
        "2.7-fold, whatever the dial setting."
    )
    yield Factor("popularity_penalty", _("Popularity counts slightly less"), _number(penalty), says)


def _tail_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_tail_share
    says = _(
        "Positions in every list reserved for less known items: all except the best known "
        "%(head)s. Unused if there are none."
    )
    says %= {"head": _percent(HEAD_SHARE)}
    yield Factor(
        "min_tail_share", _("Quota for less known items"), _percent(share), says, 100 * share
    )


def _variety(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "How much similarity to the items above lowers a score: enough to separate near duplicates."
    )
    yield Factor(
        "diversity", _("Variety"), _percent(request.diversity), says, 100 * request.diversity
    )


def _calibration(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "How closely lists follow the categories of what you did: 0 follows the scores "
        "alone, 100 puts the categories first."
    )
    share = request.calibration
    yield Factor("calibration", _("Your own mix of categories"), _percent(share), says, 100 * share)


def _provider_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_provider_share
    says = _(
        "Positions in every list reserved for providers whose share of people is smaller "
        "than their share of items."
    )
    yield Factor(
        "min_provider_share",
        _("Quota for rarely shown providers"),
        _percent(share),
        says,
        100 * share,
    )


def _said(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    if model.recommender.interest is None:
        return
    says = _(
        "The item that best fits what you said gains up to %(gain)s of the distance from the "
        "middle to your best item. A muted word costs an item %(loss)s of it."
    )
    amounts = {
        "gain": _percent(stated_preferences.MATCH + stated_preferences.WANTED),
        "loss": _percent(stated_preferences.UNWANTED),
    }
    change = (_("Change my interests"), reverse("recommender:interests", args=[catalog.slug]))
    value = _("on") if request.query.stated_preferences else _("nothing said yet")
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
        "An item you marked “Not for me” never comes back by itself. Items more similar to "
        "it than %(percentile)s in 100 pairs lose %(least)s to %(most)s of the distance from "
        "the middle to your best item, until you choose something similar. This does not "
        "apply while your personal lists are off."
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
        "turned_down",
        _("Items you marked “Not for me”"),
        value,
        says % amounts,
        None,
        reads,
        change,
    )


def _history(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "This many of your latest actions are used, no older ones. What you have chosen is "
        "not recommended again."
    )
    change = (_("Undo single actions"), reverse("catalog:you"))
    yield Factor(
        "query", _("Length of history"), number_format(settings.HISTORY_LENGTH), says, change=change
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
