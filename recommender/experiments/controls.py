"""Measure user controls: unwanted items in the next list, with the control and without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray
from recommender.engine.evaluation.metrics import bootstrap_interval
from recommender.engine.reranking.negative_feedback import Likeness, TextSimilarity
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.tokenizers import tokenize
from recommender.experiments.control_settings import ControlSetting, UsedControls

Say = Callable[[str], None]

LIST_LENGTH = 50
SEEN = 12
"""Items of a list that a person sees and may turn down."""

DIAL_LIST_LENGTH = 24
DIAL_STEPS = tuple(round(step / 10, 1) for step in range(11))
"""Positions of the tail dial."""

RESAMPLES = 1000

SAME, SIMILAR, SIMILAR_WORDS = "same_item", "similar_items", "similar_by_words"
CATEGORY, PROVIDER, WORD, MORE = (
    "hidden_category",
    "hidden_provider",
    "deleted_word",
    "more_like_this",
)
CONTROLS = (SAME, SIMILAR, SIMILAR_WORDS, CATEGORY, PROVIDER, WORD, MORE)


@dataclass
class Counted:
    """Unwanted items in the next list per trial (for ``MORE``: wanted items), before and after."""

    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    def add(self, before: int, after: int) -> None:
        """Add a trial; one without unwanted items does not count."""
        if before:
            self.before.append(before)
            self.after.append(after)

    def figures(self, *, more: bool = False) -> dict[str, Any]:
        """Prevented share over all trials, with its 95 % interval; ``more``: a ratio instead."""
        before, after = np.array(self.before, dtype=float), np.array(self.after, dtype=float)
        name = "times" if more else "prevented"
        if not len(before):
            return {
                "trials": 0,
                name: None,
                "low": None,
                "high": None,
                "before": None,
                "after": None,
            }
        share = partial(_ratio, more=more)
        low, high = bootstrap_interval(before, after, statistic=share, resamples=RESAMPLES)
        return {
            "trials": len(before),
            name: float(share(before, after)),
            "low": low,
            "high": high,
            "before": float(before.mean()),
            "after": float(after.mean()),
        }


def _ratio(before: Any, after: Any, axis: int = -1, *, more: bool) -> Any:
    ratio = after.sum(axis=axis) / before.sum(axis=axis)
    return ratio if more else 1 - ratio


@dataclass(frozen=True)
class ItemGroups:
    """Which items of a catalogue count as unwanted; by its data, and by the model's likeness."""

    setting: ControlSetting

    @cached_property
    def likeness(self) -> Likeness | None:
        return self.setting.recommender.likeness

    @cached_property
    def by_words(self) -> Likeness:
        """By plain TF-IDF of titles, categories and descriptions."""
        return Likeness((TextSimilarity(item_tfidf(self.setting.items).matrix),))

    @cached_property
    def _texts(self) -> list[str]:
        items = self.setting.items
        rows = zip(items.titles, items.descriptions, items.categories, strict=True)
        return [
            f" {' '.join(tokenize('. '.join([title, text, *names])))} "
            for title, text, names in rows
        ]

    def carrying(self, word: str) -> BoolArray:
        """(n_items,) whether the title, description or categories have the word."""
        wanted = f" {' '.join(tokenize(word))} "
        return np.array([wanted in text for text in self._texts], dtype=bool)

    def in_category(self, name: str) -> BoolArray:
        return np.array([name in names for names in self.setting.items.categories], dtype=bool)

    def by_provider(self, name: str) -> BoolArray:
        return np.array([provider == name for provider in self.setting.items.providers], dtype=bool)


@dataclass(frozen=True)
class Trial:
    """One person, who sees a list and turns something down."""

    groups: ItemGroups
    person: int
    rng: np.random.Generator

    def run(self, counted: dict[str, Counted]) -> None:
        base = self._listed(UsedControls())
        if not len(base):
            return
        item = int(self.rng.choice(base[:SEEN]))
        self._turn_down(item, base, counted)
        for control, mask in self._groups(item, base):
            self._compare(counted[control], mask, base, UsedControls(hidden=mask))
        if (word := self._word(base)) is not None:
            self._compare(
                counted[WORD], self.groups.carrying(word), base, UsedControls(unwanted=word)
            )

    def _turn_down(self, item: int, base: IntArray, counted: dict[str, Counted]) -> None:
        """“Not for me” and “more like this”, against a list in which the item is only left out."""
        without = self._listed(UsedControls(removed=item))
        disliked = self._listed(UsedControls(disliked=item))
        counted[SAME].add(int(item in base), int(item in disliked))
        at = np.array([item], dtype=np.int32)
        if self.groups.likeness is not None:
            alike = self.groups.likeness.alike(at)[0]
            counted[SIMILAR].add(int(alike[without].sum()), int(alike[disliked].sum()))
            counted[MORE].add(
                int(alike[without].sum()), int(alike[self._listed(UsedControls(liked=item))].sum())
            )
        by_words = self.groups.by_words.alike(at)[0]
        counted[SIMILAR_WORDS].add(int(by_words[without].sum()), int(by_words[disliked].sum()))

    def _groups(self, item: int, base: IntArray) -> Iterator[tuple[str, BoolArray]]:
        """A category of the item, and a provider of a seen item."""
        items = self.groups.setting.items
        if names := items.categories[item]:
            yield CATEGORY, self.groups.in_category(str(self.rng.choice(names)))
        makers = [
            items.providers[other]
            for other in base[:SEEN]
            if items.providers and items.providers[other]
        ]
        if makers:
            yield PROVIDER, self.groups.by_provider(str(self.rng.choice(makers)))

    def _word(self, base: IntArray) -> str | None:
        """One of the person's interest words that an item of their list has."""
        interest = self.groups.setting.recommender.interest
        if interest is None:
            return None
        query = self.groups.setting.request(self.person, UsedControls(), LIST_LENGTH).query
        words = [word for word, _weight in interest.words(query)]
        carried = [word for word in words if self.groups.carrying(word)[base].any()]
        return str(self.rng.choice(carried)) if carried else None

    def _compare(
        self, counted: Counted, unwanted: BoolArray, base: IntArray, used: UsedControls
    ) -> None:
        counted.add(int(unwanted[base].sum()), int(unwanted[self._listed(used)].sum()))

    def _listed(self, used: UsedControls) -> IntArray:
        setting = self.groups.setting
        made = setting.recommender.recommend(setting.request(self.person, used, LIST_LENGTH))
        return np.array([item.item for item in made.ranked_items], dtype=np.int32)


def tail_shares(setting: ControlSetting, person: int) -> NDArray[np.float64]:
    """(steps,) share of tail items in the person's list, by dial position."""
    request = setting.request(person, UsedControls(), DIAL_LIST_LENGTH)
    scored = setting.recommender.score_query(request)
    lists = [scored.recommend(request.turned(tail)) for tail in DIAL_STEPS]
    head = setting.recommender.head
    return np.array(
        [
            np.mean([float(not head[item.item]) for item in made.ranked_items] or [np.nan])
            for made in lists
        ]
    )


def try_controls(setting: ControlSetting, *, people: int, seeds: int, say: Say) -> dict[str, Any]:
    """Figures of one catalogue as JSON values; every seed draws new people, items and words."""
    groups = ItemGroups(setting)
    counted: dict[str, Counted] = defaultdict(Counted)
    shares: list[NDArray[np.float64]] = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        for person in _drawn(setting.people, people, rng):
            Trial(groups, person, rng).run(counted)
            shares.append(tail_shares(setting, person))
        say(f"  seed {seed}: {len(shares)} trials so far")
    return {
        "name": setting.name,
        "title": setting.title,
        "is_simulated": setting.is_simulated,
        "items": len(setting.items),
        "people": len(setting.people),
        "trials": len(shares),
        "controls": {
            control: counted[control].figures(more=control == MORE) for control in CONTROLS
        },
        "dial": _dial(np.array(shares).reshape(-1, len(DIAL_STEPS))),
    }


def _drawn(people: Sequence[int], n: int, rng: np.random.Generator) -> list[int]:
    return rng.choice(np.array(people, dtype=np.int64), min(n, len(people)), replace=False).tolist()


def _dial(shares: NDArray[np.float64]) -> dict[str, Any]:
    """``monotone``: share of people whose tail share never falls when the dial rises."""
    if not len(shares):
        return {
            "trials": 0,
            "monotone": None,
            "low": None,
            "high": None,
            "steps": list(DIAL_STEPS),
            "tail_share": [],
        }
    rises = (np.diff(shares, axis=1) >= -1e-9).all(axis=1).astype(float)
    low, high = bootstrap_interval(rises, resamples=RESAMPLES)
    return {
        "trials": len(rises),
        "monotone": float(rises.mean()),
        "low": low,
        "high": high,
        "steps": list(DIAL_STEPS),
        "tail_share": shares.mean(axis=0).tolist(),
    }
