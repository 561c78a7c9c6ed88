"""Do controls do what they say? What people turn down, counted in their next list with the control and without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray
from recommender.engine.evaluation.metrics import bootstrap_interval
from recommender.engine.reranking.negative_feedback import Likeness, TextSimilarity
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.tokenizers import tokenize
from recommender.experiments.control_worlds import Wish, World

Say = Callable[[str], None]

PLACES = 50
SEEN = 12
"""What a person sees of a list, and turns something of down."""

DIAL_PLACES = 24
DIAL_STEPS = tuple(round(step / 10, 1) for step in range(11))
"""Where the dial can stand."""

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
    """How many of the next places are unwanted (of ``MORE``: wanted), per trial: without the control and with it."""

    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    def add(self, before: int, after: int) -> None:
        """A trial in which there was nothing to prevent says nothing."""
        if before:
            self.before.append(before)
            self.after.append(after)

    def figures(self, *, more: bool = False) -> dict[str, Any]:
        """Share prevented over all trials (``more``: how many times as many), with its 95 % interval over trials."""
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
class Readings:
    """A catalogue as the counting reads it: apart from the model, except for its own idea of what is alike."""

    world: World

    @cached_property
    def likeness(self) -> Likeness | None:
        return self.world.recommender.likeness

    @cached_property
    def by_words(self) -> Likeness:
        """Plain TF-IDF of titles, categories and descriptions alone."""
        return Likeness((TextSimilarity(item_tfidf(self.world.items).matrix),))

    @cached_property
    def _texts(self) -> list[str]:
        items = self.world.items
        rows = zip(items.titles, items.descriptions, items.categories, strict=True)
        return [
            f" {' '.join(tokenize('. '.join([title, text, *names])))} "
            for title, text, names in rows
        ]

    def carrying(self, word: str) -> BoolArray:
        """(n_items,) the items in whose title, description or categories the word stands."""
        wanted = f" {' '.join(tokenize(word))} "
        return np.array([wanted in text for text in self._texts], dtype=bool)

    def in_category(self, name: str) -> BoolArray:
        return np.array([name in names for names in self.world.items.categories], dtype=bool)

    def by_provider(self, name: str) -> BoolArray:
        return np.array([provider == name for provider in self.world.items.providers], dtype=bool)


@dataclass(frozen=True)
class Trial:
    """One person, who looks at their list and turns something down."""

    readings: Readings
    person: int
    rng: np.random.Generator

    def run(self, counted: dict[str, Counted]) -> None:
        base = self._listed(Wish())
        if not len(base):
            return
        item = int(self.rng.choice(base[:SEEN]))
        self._turn_down(item, base, counted)
        for control, mask in self._groups(item, base):
            self._compare(counted[control], mask, base, Wish(hidden=mask))
        if (word := self._word(base)) is not None:
            self._compare(counted[WORD], self.readings.carrying(word), base, Wish(unwanted=word))

    def _turn_down(self, item: int, base: IntArray, counted: dict[str, Counted]) -> None:
        """“Not for me”, against a list in which the item is only left out; and “more like this” against the same."""
        without, disliked = self._listed(Wish(removed=item)), self._listed(Wish(disliked=item))
        counted[SAME].add(int(item in base), int(item in disliked))
        at = np.array([item], dtype=np.int32)
        if self.readings.likeness is not None:
            alike = self.readings.likeness.alike(at)[0]
            counted[SIMILAR].add(int(alike[without].sum()), int(alike[disliked].sum()))
            counted[MORE].add(
                int(alike[without].sum()), int(alike[self._listed(Wish(liked=item))].sum())
            )
        by_words = self.readings.by_words.alike(at)[0]
        counted[SIMILAR_WORDS].add(int(by_words[without].sum()), int(by_words[disliked].sum()))

    def _groups(self, item: int, base: IntArray) -> Iterator[tuple[str, BoolArray]]:
        """A category of the item, and a provider of something that is seen."""
        items = self.readings.world.items
        if names := items.categories[item]:
            yield CATEGORY, self.readings.in_category(str(self.rng.choice(names)))
        makers = [
            items.providers[other]
            for other in base[:SEEN]
            if items.providers and items.providers[other]
        ]
        if makers:
            yield PROVIDER, self.readings.by_provider(str(self.rng.choice(makers)))

    def _word(self, base: IntArray) -> str | None:
        """One of the person's written words that something in their list carries."""
        interest = self.readings.world.recommender.interest
        if interest is None:
            return None
        query = self.readings.world.request(self.person, Wish(), PLACES).query
        words = [word for word, _weight in interest.words(query)]
        carried = [word for word in words if self.readings.carrying(word)[base].any()]
        return str(self.rng.choice(carried)) if carried else None

    def _compare(self, counted: Counted, unwanted: BoolArray, base: IntArray, wish: Wish) -> None:
        counted.add(int(unwanted[base].sum()), int(unwanted[self._listed(wish)].sum()))

    def _listed(self, wish: Wish) -> IntArray:
        world = self.readings.world
        places = world.recommender.recommend(world.request(self.person, wish, PLACES)).ranked_items
        return np.array([place.item for place in places], dtype=np.int32)


def tail_shares(world: World, person: int) -> NDArray[np.float64]:
    """(steps,) which part of the person's list is tail items, dial step by dial step."""
    request = world.request(person, Wish(), DIAL_PLACES)
    scored = world.recommender.score_query(request)
    lists = [scored.recommend(replace(request, tail=tail)) for tail in DIAL_STEPS]
    head = world.recommender.head
    return np.array(
        [
            np.mean([float(not head[place.item]) for place in made.ranked_items] or [np.nan])
            for made in lists
        ]
    )


def try_controls(world: World, *, people: int, seeds: int, say: Say) -> dict[str, Any]:
    """The figures of one catalogue as JSON values; each seed draws people, items, categories and words anew."""
    readings = Readings(world)
    counted: dict[str, Counted] = defaultdict(Counted)
    shares: list[NDArray[np.float64]] = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        for person in _drawn(world.people, people, rng):
            Trial(readings, person, rng).run(counted)
            shares.append(tail_shares(world, person))
        say(f"  seed {seed}: {len(shares)} trials so far")
    return {
        "name": world.name,
        "title": world.title,
        "is_simulated": world.is_simulated,
        "items": len(world.items),
        "people": len(world.people),
        "trials": len(shares),
        "controls": {
            control: counted[control].figures(more=control == MORE) for control in CONTROLS
        },
        "dial": _dial(np.array(shares).reshape(-1, len(DIAL_STEPS))),
    }


def _drawn(people: Sequence[int], n: int, rng: np.random.Generator) -> list[int]:
    return rng.choice(np.array(people, dtype=np.int64), min(n, len(people)), replace=False).tolist()


def _dial(shares: NDArray[np.float64]) -> dict[str, Any]:
    """``monotone``: the share of people whose tail share never falls as the dial rises."""
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
