"""The kinds of evidence behind a score, and the lines that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum

from django.utils.translation import gettext_noop

from catalog.models import Item
from config.translation import gettext as _
from recommender.engine.data.types import Contribution


class Evidence(StrEnum):
    """Where a contribution comes from. ``MIXED``: people and texts in one number."""

    TOGETHER = "together"
    MIXED = "mixed"
    TEXT = "text"
    ORDER = "order"
    SAID = "said"
    STARS = "stars"
    GIVEN = "given"
    POPULARITY = "popularity"
    DIAL = "dial"
    TURNED_DOWN = "turned_down"
    NOT_DUE = "not_due"
    AGE = "age"
    TASTE = "taste"
    BASE = "base"


KINDS: dict[str, Evidence] = {
    "item_knn": Evidence.TOGETHER,
    "people_knn": Evidence.TOGETHER,
    "linear": Evidence.TOGETHER,
    "text_knn": Evidence.MIXED,
    "linear_text": Evidence.MIXED,
    "semantic": Evidence.TEXT,
    "sentences": Evidence.TEXT,
    "words": Evidence.TEXT,
    "interest": Evidence.TEXT,
    "transitions": Evidence.ORDER,
    "sequence": Evidence.ORDER,
    "stated_preferences": Evidence.SAID,
    "rating": Evidence.STARS,
    "given": Evidence.GIVEN,
    "popularity": Evidence.POPULARITY,
    "recent_popularity": Evidence.POPULARITY,
    "popular": Evidence.POPULARITY,
    "popularity_penalty": Evidence.POPULARITY,
    "tail_dial": Evidence.DIAL,
    "turned_down": Evidence.TURNED_DOWN,
    "not_due": Evidence.NOT_DUE,
    "age": Evidence.AGE,
    "taste": Evidence.TASTE,
    "base": Evidence.BASE,
}
"""By scorer or rule."""

NAMES: dict[Evidence, str] = {
    Evidence.TOGETHER: gettext_noop("What people chose together"),
    Evidence.MIXED: gettext_noop("What people chose together, supported by texts"),
    Evidence.TEXT: gettext_noop("The items’ texts"),
    Evidence.ORDER: gettext_noop("The order in which people chose"),
    Evidence.SAID: gettext_noop("What you said you like"),
    Evidence.STARS: gettext_noop("Your ratings"),
    Evidence.GIVEN: gettext_noop("Pictures and other features from the owner"),
    Evidence.POPULARITY: gettext_noop("How many people know it"),
    Evidence.DIAL: gettext_noop("Your preference for less known items"),
    Evidence.TURNED_DOWN: gettext_noop("Items you marked “Not for me”"),
    Evidence.NOT_DUE: gettext_noop("What you had not long ago"),
    Evidence.AGE: gettext_noop("How new it is and how it does lately"),
    Evidence.TASTE: gettext_noop("How it suits people with a history like yours"),
    Evidence.BASE: gettext_noop("What every item starts with"),
}


def amounts_by_evidence(
    contributions: Iterable[Contribution],
) -> list[tuple[str, str, float]]:
    """Kind of evidence, its name and its amount, largest first. The amounts sum to the score."""
    amounts: dict[str, float] = defaultdict(float)
    for each in contributions:
        amounts[KINDS.get(each.scorer, each.scorer)] += each.amount
    largest_first = sorted(amounts.items(), key=lambda entry: -entry[1])
    return [
        (kind, _(NAMES[Evidence(kind)]) if kind in NAMES else kind, amount)
        for kind, amount in largest_first
    ]


SCORER_NAMES: dict[str, str] = {
    "item_knn": gettext_noop("What people chose together"),
    "people_knn": gettext_noop("What people with the same items chose"),
    "text_knn": gettext_noop("What people chose together, supported by texts"),
    "linear": gettext_noop("What people chose together, all items at once"),
    "linear_text": gettext_noop("What people chose together and texts, all items at once"),
    "transitions": gettext_noop("What people chose next"),
    "sequence": gettext_noop("The order in which people choose items"),
    "semantic": gettext_noop("Similar texts"),
    "sentences": gettext_noop("Similar sentences"),
    "words": gettext_noop("Words in the texts"),
    "interest": gettext_noop("Your interest words"),
    "given": gettext_noop("Pictures and other features from the owner"),
    "rating": gettext_noop("Your ratings"),
    "stated_preferences": gettext_noop("What you said you like"),
    "popularity": gettext_noop("Popularity"),
    "recent_popularity": gettext_noop("Recent popularity"),
    "popular": gettext_noop("Popularity"),
    "popularity_penalty": gettext_noop("What popularity alone is worth here"),
    "tail_dial": gettext_noop("Your tail dial"),
    "turned_down": gettext_noop("Items you marked “Not for me”"),
    "not_due": gettext_noop("What you had not long ago"),
    "age": gettext_noop("How new it is and how it does lately"),
    "taste": gettext_noop("How it suits people with a history like yours"),
    "base": gettext_noop("What every item starts with"),
}


def scorer_name(scorer: str) -> str:
    return _(SCORER_NAMES[scorer]) if scorer in SCORER_NAMES else scorer


def from_word(word: str) -> str:
    return _("From your interest in “%(word)s”") % {"word": word}


def from_people(item: Item) -> str:
    return _("People who chose “%(title)s” also chose this") % {"title": item}


def from_order(item: Item) -> str:
    return _("People chose this after “%(title)s”") % {"title": item}


def follows(item: Item) -> str:
    return _("Often follows “%(title)s”") % {"title": item}


def from_text(item: Item) -> str:
    return _("Similar to “%(title)s”") % {"title": item}


def from_stars(item: Item) -> str:
    return _("From your rating of “%(title)s”") % {"title": item}


def like_what_was_turned_down(item: Item) -> str:
    return _("Similar to “%(title)s”, which you marked “Not for me”") % {"title": item}


def goes_with(item: Item) -> str:
    return _("Goes with “%(title)s”") % {"title": item}


RELATIONS: dict[str, Callable[[Item], str]] = {
    "item_knn": from_people,
    "people_knn": from_people,
    "linear": from_people,
    "rating": from_stars,
    "transitions": from_order,
    "sequence": follows,
    "semantic": from_text,
    "sentences": from_text,
    "words": from_text,
    "turned_down": like_what_was_turned_down,
}
"""The line for a past item, by scorer. Scorers that mix people and texts have none."""
