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
from recommender.engine.data.types import Contribution
from recommender.engine.ranking.attribution import GroupedContribution, Reason, group
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
    """What one past item, word, scorer or rule gave to a score, in score units and in signed percent of all amounts."""

    line: str
    amount: float
    percent: float
    item: Item | None = None
    word: str | None = None
    scorer: str | None = None


@dataclass(frozen=True)
class Explanation:
    """An item's score taken apart: by what the parts speak of, by who computed them, and by the kind of evidence.

    ``by_item``, ``by_word`` and ``general`` (neither: popularity, the dial) sum to ``score`` together; ``by_scorer``
    and ``by_evidence`` do so alone. Each comes largest first. ``fallback`` is named where no model could say anything.
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

    @property
    def shares(self) -> tuple[Share, ...]:
        """What the why panel shows: every part once, largest first."""
        return tuple(
            sorted((*self.by_item, *self.by_word, *self.general), key=lambda share: -share.amount)
        )


def explain(
    item: Item,
    parts: Sequence[Contribution],
    past: Mapping[int, Item],
    *,
    dial_gain: float = 0.0,
    people: int = 1,
) -> Explanation:
    """Gather an item's parts. ``past``: the person's items by index; ``dial_gain`` and ``people`` as in ``reason``."""
    grouped = group(parts)
    groups: tuple[Sequence[GroupedContribution[Any]], ...] = (
        grouped.past_items,
        grouped.words,
        grouped.general,
    )
    whole = sum(abs(each.amount) for shares in groups for each in shares) / 100 or 1.0
    return Explanation(
        item=item,
        score=grouped.score,
        reason=reason(parts, past, dial_gain=dial_gain, people=people),
        by_item=tuple(
            Share(
                _past_line(each.subject, parts, past),
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
        by_scorer=_by_scorer(parts),
        by_evidence=_by_evidence(parts),
    )


def unexplained(item: Item, fallback: str) -> Explanation:
    """For an item that no model scored: shown because of what ``fallback`` names."""
    return Explanation(
        item, 0.0, new_here() if fallback == "newest" else popular_here(), fallback=fallback
    )


def _by_scorer(parts: Iterable[Contribution]) -> tuple[Share, ...]:
    amounts: dict[str, float] = defaultdict(float)
    for part in parts:
        amounts[part.scorer] += part.amount
    most_first = sorted(amounts.items(), key=lambda entry: -entry[1])
    return _in_percent([(name, scorer_name(name), amount) for name, amount in most_first])


def _by_evidence(parts: Iterable[Contribution]) -> tuple[Share, ...]:
    return _in_percent(amounts_by_evidence(parts))


def _in_percent(named: Sequence[tuple[str, str, float]]) -> tuple[Share, ...]:
    whole = sum(abs(amount) for _key, _line, amount in named) / 100 or 1.0
    return tuple(Share(line, amount, amount / whole, scorer=key) for key, line, amount in named)


def reason(
    parts: Sequence[Contribution],
    past: Mapping[int, Item],
    *,
    dial_gain: float = 0.0,
    people: int = 1,
) -> str:
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
    if grouped.general and grouped.general[0].subject == STATED_PREFERENCES:
        return from_what_you_said()
    return popular_here() if people else new_here()


def reason_item(parts: Iterable[Contribution]) -> int | None:
    """The key of the one past item that ``reason`` may name."""
    past_items = group(parts).past_items
    return past_items[0].subject if past_items else None


def _past_line(index: int, parts: Iterable[Contribution], past: Mapping[int, Item]) -> str:
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
        "recent_popularity": popular_lately(),
        "popular": popular_here(),
    }
    return lines.get(scorer) or scorer_name(scorer)


def asked_for_less_known() -> str:
    return _("You asked for less known things")


def from_what_you_said() -> str:
    return _("Close to what you said you like")


def unexpected() -> str:
    return _("Far from what you chose so far; well received here")


def popular_here() -> str:
    return _("Popular here")


def popular_lately() -> str:
    return _("Popular here of late")


def new_here() -> str:
    return _("New here")
