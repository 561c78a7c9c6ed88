"""Explains why an item is in a list: the contributions to its score, and one line.

The line names the largest contribution. It states a relation that was counted, never a cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from catalog.models import Item
from catalog.profiles.repeats import Repeat
from config.translation import gettext as _
from recommender.engine.data.types import Contribution
from recommender.engine.ranking.attribution import BASE, GroupedContribution, Reason, group
from recommender.engine.ranking.features import Kind
from recommender.engine.reranking.stated_preferences import STATED_PREFERENCES
from recommender.explanations.evidence import (
    RELATIONS,
    amounts_by_evidence,
    from_word,
    goes_with,
    scorer_name,
)


@dataclass(frozen=True)
class Share:
    """The contribution of one past item, word, scorer or rule.

    Attributes:
        amount: in score units.
        percent: signed, of the sum of all absolute amounts.
    """

    line: str
    amount: float
    percent: float
    item: Item | None = None
    word: str | None = None
    scorer: str | None = None


@dataclass(frozen=True)
class Explanation:
    """An item's score by subject, by scorer and by kind of evidence, each largest first.

    Attributes:
        by_item, by_word, general: together they sum to ``score``. ``general`` has no past item and
            no word: popularity, the dial.
        by_scorer: sums to ``score``.
        by_evidence: sums to ``score``.
        fallback: the name of the fallback if no model scored the item.
    """

    item: Item
    score: float
    reason: str
    by_item: tuple[Share, ...] = ()
    by_word: tuple[Share, ...] = ()
    general: tuple[Share, ...] = ()
    by_scorer: tuple[Share, ...] = ()
    by_evidence: tuple[Share, ...] = ()
    fallback: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[Share, ...]:
        """Every share by subject once, largest first, as the panel shows them."""
        return tuple(
            sorted((*self.by_item, *self.by_word, *self.general), key=lambda share: -share.amount)
        )


def explain(
    item: Item,
    contributions: Sequence[Contribution],
    past: Mapping[int, Item],
    *,
    dial_gain: float = 0.0,
    people: int = 1,
) -> Explanation:
    """Explain an item's score. The arguments are those of ``reason``."""
    grouped = group(contributions)
    groups: tuple[Sequence[GroupedContribution[Any]], ...] = (
        grouped.past_items,
        grouped.words,
        grouped.general,
    )
    whole = sum(abs(each.amount) for shares in groups for each in shares) / 100 or 1.0
    relations = _relations(contributions)
    return Explanation(
        item=item,
        score=grouped.score,
        reason=reason(contributions, past, dial_gain=dial_gain, people=people),
        by_item=tuple(
            Share(
                _past_line(each.subject, relations[each.subject], past),
                each.amount,
                each.amount / whole,
                item=past.get(each.subject),
            )
            for each in grouped.past_items
        ),
        by_word=tuple(
            Share(from_word(each.subject), each.amount, each.amount / whole, word=each.subject)
            for each in grouped.words
        ),
        general=tuple(
            Share(
                _general_line(each.subject), each.amount, each.amount / whole, scorer=each.subject
            )
            for each in grouped.general
        ),
        by_scorer=_by_scorer(contributions),
        by_evidence=_by_evidence(contributions),
    )


def unexplained(item: Item, fallback: str) -> Explanation:
    """For an item that no model scored, shown because of ``fallback``."""
    return Explanation(
        item, 0.0, new_here() if fallback == "newest" else popular_here(), fallback=fallback
    )


def _by_scorer(contributions: Iterable[Contribution]) -> tuple[Share, ...]:
    amounts: dict[str, float] = defaultdict(float)
    for each in contributions:
        amounts[each.scorer] += each.amount
    largest_first = sorted(amounts.items(), key=lambda entry: -entry[1])
    return _in_percent([(name, scorer_name(name), amount) for name, amount in largest_first])


def _by_evidence(contributions: Iterable[Contribution]) -> tuple[Share, ...]:
    return _in_percent(amounts_by_evidence(contributions))


def _in_percent(named: Sequence[tuple[str, str, float]]) -> tuple[Share, ...]:
    whole = sum(abs(amount) for _key, _line, amount in named) / 100 or 1.0
    return tuple(Share(line, amount, amount / whole, scorer=key) for key, line, amount in named)


def reason(
    contributions: Sequence[Contribution],
    past: Mapping[int, Item],
    *,
    dial_gain: float = 0.0,
    people: int = 1,
) -> str:
    """The line of the largest contribution.

    Args:
        contributions: to the item's score.
        past: the person's items by index.
        dial_gain: score units that the item gained on popular ones by the dial. (The dial itself
            only subtracts, and more from popular items.)
        people: how many people know the item. With 0 it is new here, not popular.
    """
    grouped = group(contributions)
    if dial_gain > max(grouped.gains.values()):
        return asked_for_less_known()
    main = grouped.reason
    if main == Reason.WORDS:
        return from_word(grouped.words[0].subject)
    if main == Reason.PAST_ITEM:
        index = grouped.past_items[0].subject
        of_item = [each for each in contributions if each.item == index]
        return _past_line(index, _relations(of_item)[index], past)
    general = [share for share in grouped.general if share.subject != BASE]
    lines = {
        STATED_PREFERENCES: from_what_you_said,
        Kind.AGE: does_well_lately,
        Kind.TASTE: suits_people_like_you,
        "interest": suits_your_interests,
        "words": suits_your_interests,
    }
    if general and general[0].amount > 0 and general[0].subject in lines:
        return lines[general[0].subject]()
    return popular_here() if people else new_here()


def reason_item(contributions: Iterable[Contribution]) -> int | None:
    """The key of the past item that ``reason`` may name."""
    amounts: dict[int, float] = defaultdict(float)
    for each in contributions:
        if each.item is not None:
            amounts[each.item] += each.amount
    return max(amounts, key=amounts.__getitem__) if amounts else None


Relation = Callable[[Item], str]


def _relations(contributions: Iterable[Contribution]) -> dict[int | None, dict[Relation, float]]:
    """By past item what its contributions say, with their amounts."""
    amounts: dict[int | None, dict[Relation, float]] = {}
    for each in contributions:
        own = amounts.setdefault(each.item, {})
        relation = RELATIONS.get(each.scorer, goes_with)
        own[relation] = own.get(relation, 0.0) + each.amount
    return amounts


def _past_line(index: int, amounts: Mapping[Relation, float], past: Mapping[int, Item]) -> str:
    """The line of the largest contribution of a past item."""
    if index not in past:
        return _("From an item in your history")
    return max(amounts, key=amounts.__getitem__)(past[index])


def asked_for_less_known() -> str:
    return _("You asked for less known items")


def from_what_you_said() -> str:
    return _("Similar to what you said you like")


def does_well_lately() -> str:
    return _("Its age and how it does lately speak for it")


def suits_people_like_you() -> str:
    return _("Suits people with a history like yours")


def suits_your_interests() -> str:
    return _("Its text suits your interests")


def unexpected() -> str:
    return _("Unlike your earlier choices, but well received here")


def repeat(found: Repeat) -> str:
    """Why an item comes back."""
    days = ngettext("about every day", "about every %(n)s days", round(found.days)) % {
        "n": max(1, round(found.days))
    }
    if not found.is_own:
        return _("You bought it before; people buy it again %(often)s") % {"often": days}
    return _("You bought it %(times)s times, %(often)s") % {"times": found.times, "often": days}


def popular_here() -> str:
    return _("Popular here")


def popular_lately() -> str:
    return _("Popular here recently")


def new_here() -> str:
    return _("New here")


GENERAL_LINES: Mapping[str, Callable[[], str]] = {
    "tail_dial": lambda: _("How well known it is, from your dial setting"),
    "popularity_penalty": lambda: _("How well known it is, as tuned for this catalogue"),
    "popularity": popular_here,
    "recent_popularity": popular_lately,
    "popular": popular_here,
}


def _general_line(scorer: str) -> str:
    return GENERAL_LINES[scorer]() if scorer in GENERAL_LINES else scorer_name(scorer)
