"""Why an item is in a list: the parts of its score, gathered into shares and one honest line.

A line states a relation that was counted, never a cause, and always that of the largest share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Item
from recommender.engine.explanations import Reason, group
from recommender.engine.explanations import Share as Said
from recommender.engine.stages.wishes import WISHES
from recommender.engine.types import Part


@dataclass(frozen=True)
class Share:
    """What one past item, word, scorer or rule gave to a score, in score units and in signed percent of all amounts."""

    line: str
    amount: float
    percent: float
    item: Item | None = None
    word: str | None = None
    scorer: str | None = None


@dataclass(frozen=True)
class Explanation:
    """An item's score taken apart twice: by what the parts speak of, and by who computed them.

    ``by_item``, ``by_word`` and ``general`` (neither: popularity, the dial) sum to ``score`` together; ``by_scorer``
    does so alone. Each comes largest first. ``fallback`` is named where no model could say anything.
    """

    item: Item
    score: float
    reason: str
    by_item: tuple[Share, ...] = ()
    by_word: tuple[Share, ...] = ()
    general: tuple[Share, ...] = ()
    by_scorer: tuple[Share, ...] = ()
    fallback: str | None = None

    @property
    def shares(self) -> tuple[Share, ...]:
        """What the why panel shows: every part once, largest first."""
        return tuple(sorted((*self.by_item, *self.by_word, *self.general), key=lambda share: -share.amount))


def explain(
    item: Item, parts: Sequence[Part], past: Mapping[int, Item], *, dial_gain: float = 0.0, people: int = 1
) -> Explanation:
    """Gather an item's parts. ``past``: the person's items by index; ``dial_gain`` and ``people`` as in ``reason``."""
    grouped = group(parts)
    groups: tuple[Sequence[Said[Any]], ...] = (grouped.past_items, grouped.words, grouped.general)
    whole = sum(abs(each.amount) for shares in groups for each in shares) / 100 or 1.0
    return Explanation(
        item=item,
        score=grouped.score,
        reason=reason(parts, past, dial_gain=dial_gain, people=people),
        by_item=tuple(
            Share(_past_line(each.subject, parts, past), each.amount, each.amount / whole, item=past.get(each.subject))
            for each in grouped.past_items
        ),
        by_word=tuple(
            Share(from_word(each.subject), each.amount, each.amount / whole, word=each.subject)
            for each in grouped.words
        ),
        general=tuple(
            Share(_general_line(each.subject), each.amount, each.amount / whole, scorer=each.subject)
            for each in grouped.general
        ),
        by_scorer=_by_scorer(parts),
    )


def unexplained(item: Item, fallback: str) -> Explanation:
    """For an item that no model scored: shown because of what ``fallback`` names."""
    return Explanation(item, 0.0, new_here() if fallback == "newest" else popular_here(), fallback=fallback)


def _by_scorer(parts: Iterable[Part]) -> tuple[Share, ...]:
    amounts: dict[str, float] = defaultdict(float)
    for part in parts:
        amounts[part.scorer] += part.amount
    whole = sum(map(abs, amounts.values())) / 100 or 1.0
    most_first = sorted(amounts.items(), key=lambda entry: -entry[1])
    return tuple(Share(scorer_name(name), amount, amount / whole, scorer=name) for name, amount in most_first)


def reason(parts: Sequence[Part], past: Mapping[int, Item], *, dial_gain: float = 0.0, people: int = 1) -> str:
    """The line of what speaks most for the item.

    Args:
        parts: of the item's score.
        past: the person's items by index.
        dial_gain: score units that the item gained on well-known ones because the person turned the dial; the dial
            itself only takes away, and from well-known items more.
        people: how many know the item: with none it is new here, not popular.
    """
    grouped = group(parts)
    gain = {
        Reason.PAST_ITEM: sum(share.amount for share in grouped.past_items if share.amount > 0),
        Reason.WORDS: sum(share.amount for share in grouped.words if share.amount > 0),
        Reason.GENERAL: sum(share.amount for share in grouped.general if share.amount > 0),
    }
    if dial_gain > max(gain.values()):
        return asked_for_less_known()
    if grouped.reason == Reason.WORDS:
        return from_word(grouped.words[0].subject)
    if grouped.reason == Reason.PAST_ITEM:
        return _past_line(grouped.past_items[0].subject, parts, past)
    if grouped.general and grouped.general[0].subject == WISHES:
        return from_what_you_said()
    return popular_here() if people else new_here()


def told_of(parts: Iterable[Part]) -> int | None:
    """The index of the one past item that ``reason`` may name."""
    past_items = group(parts).past_items
    return past_items[0].subject if past_items else None


def _past_line(index: int, parts: Iterable[Part], past: Mapping[int, Item]) -> str:
    """What relates the past item to this one: that which gave most."""
    if index not in past:
        return _("From something in your history")
    amounts: dict[Callable[[Item], str], float] = defaultdict(float)
    for part in parts:
        if part.item == index:
            amounts[RELATIONS.get(part.scorer, goes_with)] += part.amount
    return max(amounts, key=amounts.__getitem__)(past[index])


def _general_line(scorer: str) -> str:
    lines = {
        "tail_dial": _("How well known it is, by your dial"),
        "popularity_penalty": _("How well known it is, by this catalogue's tuning"),
        "popularity": popular_here(),
        "recent_popularity": popular_here(),
        "popular": popular_here(),
    }
    return lines.get(scorer) or scorer_name(scorer)


def scorer_name(scorer: str) -> str:
    names = {
        "item_knn": _("What people took together"),
        "people_knn": _("What people with the same things took"),
        "text_knn": _("What people took together, helped by texts"),
        "linear": _("What people took together, all items at once"),
        "transitions": _("What people took next"),
        "semantic": _("Meaning of the texts"),
        "words": _("Words of the texts"),
        "interest": _("Words of your interest"),
        "rating": _("Your stars"),
        "wishes": _("What you said you like"),
        "popularity": _("Popularity"),
        "recent_popularity": _("Popularity of late"),
        "popular": _("Popularity"),
        "popularity_penalty": _("Popularity counts a little less here"),
        "tail_dial": _("Your tail dial"),
    }
    return names.get(scorer, scorer)


def from_word(word: str) -> str:
    return _("From your interest in “%(word)s”") % {"word": word}


def from_people(item: Item) -> str:
    return _("People who took “%(title)s” also took this") % {"title": item}


def from_text(item: Item) -> str:
    return _("Close in meaning to “%(title)s”") % {"title": item}


def from_stars(item: Item) -> str:
    return _("From the stars that you gave “%(title)s”") % {"title": item}


def goes_with(item: Item) -> str:
    return _("Goes with “%(title)s”") % {"title": item}


def asked_for_less_known() -> str:
    return _("You asked for less known things")


def from_what_you_said() -> str:
    return _("Close to what you said you like")


def popular_here() -> str:
    return _("Popular here")


def new_here() -> str:
    return _("New here")


RELATIONS: dict[str, Callable[[Item], str]] = {
    "item_knn": from_people,
    "people_knn": from_people,
    "linear": from_people,
    "rating": from_stars,
    "transitions": from_people,
    "semantic": from_text,
    "words": from_text,
}
"""By scorer; one that mixes people and texts, as text_knn does, claims neither."""
