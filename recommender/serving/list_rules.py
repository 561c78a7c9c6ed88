"""What happens to the scores on the way to a list, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Catalog
from recommender.engine.data.head_tail import HEAD_SHARE
from recommender.engine.pipeline import Request
from recommender.engine.reranking import negative_feedback, stated_preferences
from recommender.engine.reranking.reranking import TUNED_AT
from recommender.explanations.evidence import Evidence
from recommender.serving.exclusion_lines import left_out_note
from recommender.serving.left_out import left_out_of
from recommender.serving.live_models import LiveModel


@dataclass(frozen=True)
class Factor:
    """One thing that changes lists.

    ``percent``: the length of its bar, None without a bar. ``reads``: the data that it is made of.
    ``change``: text and address of the page where a person changes it; empty if staff do.
    """

    key: str
    name: str
    value: str
    says: str
    percent: float | None = None
    reads: str = ""
    change: tuple[str, str] = ("", "")


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


def _dial(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    dial = request.tail or 0.0
    low, high = catalog.tail_min, catalog.tail_max
    says = _(
        "At 0 nothing is added for less known items. Up to %(tuned)s they gain more and more of "
        "what fits this catalogue best; beyond, an item loses for every person who knows it. "
        "Here it goes from %(low)s to %(high)s and starts at %(default)s."
    )
    places = {
        "tuned": as_number(TUNED_AT),
        "low": as_number(low),
        "high": as_number(high),
        "default": as_number(catalog.tail_default),
    }
    change = (_("Change the dial"), home_of(catalog))
    yield Factor(
        "tail",
        _("Your dial"),
        as_number(dial),
        says % places,
        100 * dial,
        str(READS[Evidence.DIAL]),
        change,
    )


def _penalty(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    penalty = model.blend.popularity_penalty
    says = _(
        "Added to an item’s score each time the number of people who chose it grows 2.7-fold, "
        "whatever the dial setting. Below 0 it is subtracted. Learnt on this catalogue."
    )
    yield Factor(
        "popularity_penalty",
        _("What popularity alone is worth"),
        as_number(-round(penalty, 3)),
        says,
    )


def _tail_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_tail_share
    says = _(
        "Positions in every list reserved for less known items: all except the best known "
        "%(head)s. Unused if there are none."
    )
    says %= {"head": in_percent(HEAD_SHARE)}
    yield Factor(
        "min_tail_share", _("Quota for less known items"), in_percent(share), says, 100 * share
    )


def _variety(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "How much similarity to the items above lowers a score: enough to separate near duplicates."
    )
    yield Factor(
        "diversity", _("Variety"), in_percent(request.diversity), says, 100 * request.diversity
    )


def _calibration(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "How closely lists follow the categories of what you did: 0 follows the scores "
        "alone, 100 puts the categories first."
    )
    share = request.calibration
    yield Factor(
        "calibration", _("Your own mix of categories"), in_percent(share), says, 100 * share
    )


def _provider_quota(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    share = request.min_provider_share
    says = _(
        "Positions in every list reserved for providers whose share of people is smaller "
        "than their share of items."
    )
    yield Factor(
        "min_provider_share",
        _("Quota for rarely shown providers"),
        in_percent(share),
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
        "gain": in_percent(stated_preferences.MATCH + stated_preferences.WANTED),
        "loss": in_percent(stated_preferences.UNWANTED),
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


def _left_out(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    found = left_out_of(catalog, request.query.stated_preferences.exclusions)
    says = _(
        "These items are in no list of yours, whatever their score. Search and the pages of "
        "categories still find them."
    )
    change = (_("Change my interests"), reverse("recommender:interests", args=[catalog.slug]))
    value = ngettext("%(n)s item", "%(n)s items", len(found)) % {"n": number_format(len(found))}
    reads = str(READS[Evidence.SAID])
    said = " ".join(filter(None, [left_out_note(found.counted), says]))
    yield Factor("exclusions", _("What you leave out"), value, said, None, reads, change)


def _turned_down(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    says = _(
        "An item you marked “Not for me” never comes back by itself. Items more similar to "
        "it than %(percentile)s in 100 pairs lose %(least)s to %(most)s of the distance from "
        "the middle to your best item, until you choose something similar. This does not "
        "apply while your personal lists are off."
    )
    amounts = {
        "percentile": as_number(negative_feedback.PERCENTILE),
        "least": in_percent(negative_feedback.LEAST),
        "most": in_percent(negative_feedback.MOST),
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


def _own_items(model: LiveModel, request: Request, catalog: Catalog) -> Iterator[Factor]:
    if catalog.provider_is_user:
        says = _(
            "Items whose provider is your ID or e-mail address here are in none of your lists."
        )
        yield Factor("own_items", _("What you supply yourself"), _("left out"), says)


RULES: dict[str, Callable[[LiveModel, Request, Catalog], Iterable[Factor]]] = {
    "tail": _dial,
    "stated_preferences": _said,
    "exclusions": _left_out,
    "turned_down": _turned_down,
    "query": _history,
    "exclude": _own_items,
    "min_tail_share": _tail_quota,
    "diversity": _variety,
    "calibration": _calibration,
    "min_provider_share": _provider_quota,
    "popularity_penalty": _penalty,
}
"""What is told of a list's request and of the blend, by the name of the field that holds it."""


def home_of(catalog: Catalog) -> str:
    return reverse("catalog:home", args=[catalog.slug])


def in_percent(share: float) -> str:
    return f"{number_format(100 * share, 0)} %"


def as_number(value: float) -> str:
    return f"{value:g}"
