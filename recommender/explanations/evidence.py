"""The kinds of evidence behind a score, and the lines that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Item
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


KINDS: dict[str, Evidence] = {
    "item_knn": Evidence.TOGETHER,
    "people_knn": Evidence.TOGETHER,
    "linear": Evidence.TOGETHER,
    "text_knn": Evidence.MIXED,
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
}
"""By scorer or rule."""

NAMES: dict[Evidence, Promise] = {
    Evidence.TOGETHER: gettext_lazy("What people took together"),
    Evidence.MIXED: gettext_lazy("What people took together, helped by texts"),
    Evidence.TEXT: gettext_lazy("What the texts say"),
    Evidence.ORDER: gettext_lazy("What people took after what"),
    Evidence.SAID: gettext_lazy("What you said you like"),
    Evidence.STARS: gettext_lazy("Your stars"),
    Evidence.GIVEN: gettext_lazy("Pictures and other things its owner described"),
    Evidence.POPULARITY: gettext_lazy("How many people know it"),
    Evidence.DIAL: gettext_lazy("Your wish for less known things"),
    Evidence.TURNED_DOWN: gettext_lazy("What you turned down"),
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
        (kind, str(NAMES[Evidence(kind)]) if kind in NAMES else kind, amount)
        for kind, amount in largest_first
    ]


def scorer_name(scorer: str) -> str:
    names = {
        "item_knn": _("What people took together"),
        "people_knn": _("What people with the same things took"),
        "text_knn": _("What people took together, helped by texts"),
        "linear": _("What people took together, all items at once"),
        "transitions": _("What people took next"),
        "sequence": _("The order in which people take things"),
        "semantic": _("Meaning of the texts"),
        "sentences": _("Meaning of the sentences"),
        "words": _("Words of the texts"),
        "interest": _("Words of your interest"),
        "given": _("Pictures and other things its owner described"),
        "rating": _("Your stars"),
        "stated_preferences": _("What you said you like"),
        "popularity": _("Popularity"),
        "recent_popularity": _("Popularity of late"),
        "popular": _("Popularity"),
        "popularity_penalty": _("Popularity counts a little less here"),
        "tail_dial": _("Your tail dial"),
        "turned_down": _("What you turned down"),
    }
    return names.get(scorer, scorer)


def from_word(word: str) -> str:
    return _("From your interest in “%(word)s”") % {"word": word}


def from_people(item: Item) -> str:
    return _("People who took “%(title)s” also took this") % {"title": item}


def from_order(item: Item) -> str:
    return _("People took this after “%(title)s”") % {"title": item}


def follows(item: Item) -> str:
    return _("Follows on “%(title)s”") % {"title": item}


def from_text(item: Item) -> str:
    return _("Close in meaning to “%(title)s”") % {"title": item}


def from_stars(item: Item) -> str:
    return _("From the stars that you gave “%(title)s”") % {"title": item}


def like_what_was_turned_down(item: Item) -> str:
    return _("Like “%(title)s”, which is not for you") % {"title": item}


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
