"""The questionnaire for new people: its screens, its questions, and what picks become."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cachetools import cached
from django.utils import translation

from catalog import item_queries
from catalog.browse.cards import PlainCard, cards_of, done_by
from catalog.interactions.record import record_interaction, undo_interactions
from catalog.models import Catalog, Item, Profile
from catalog.models.event_kinds import Kind
from config.caching import SharedCache
from recommender.engine.item_elicitation import questions
from recommender.preferences.health_questions import (
    CONDITIONS,
    EQUIPMENT,
    FOODS,
    GOALS,
    LEVEL,
    OWN_WORDS,
    TIME,
    Question,
)
from recommender.serving import availability
from recommender.serving.live_models import LiveModel, live

ASKED = 12
SPARE = 6
"""Extra items, because some may be unavailable when the items come from the cache."""

CACHED_SECONDS = 7 * 24 * 3600
"""Choosing takes one or two seconds, and a version always chooses the same items."""


@dataclass(frozen=True)
class Screen:
    """A page of the questionnaire. ``questions``: of a health catalogue."""

    key: str
    questions: tuple[Question, ...] = ()
    has_words: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (
            *(question.key for question in self.questions),
            *((OWN_WORDS,) if self.has_words else ()),
        )


CONSENT, PICK, SAY = Screen("consent"), Screen("pick"), Screen("say", has_words=True)
_HEALTH = (
    CONSENT,
    Screen("goals", (GOALS,)),
    Screen("practice", (LEVEL, EQUIPMENT, TIME)),
    Screen("food", (FOODS, CONDITIONS)),
    SAY,
)


def screens(catalog: Catalog) -> tuple[Screen, ...]:
    return _HEALTH if catalog.domain == Catalog.Domain.HEALTH else (PICK, SAY)


@dataclass(frozen=True)
class Step:
    """A screen with its number and its neighbours."""

    screen: Screen
    number: int
    total: int
    previous: str | None
    next: str | None

    @classmethod
    def of(cls, catalog: Catalog, key: str) -> Step | None:
        keys = [screen.key for screen in screens(catalog)]
        if key not in keys:
            return None
        at = keys.index(key)
        previous, following = (
            (keys[at - 1] if at else None),
            (keys[at + 1] if at + 1 < len(keys) else None),
        )
        return cls(screens(catalog)[at], at + 1, len(keys), previous, following)


@dataclass(frozen=True)
class Asked:
    """Items to ask about. ``is_chosen``: the live model chose them, else the categories did."""

    cards: Sequence[PlainCard]
    picked: Collection[int]
    little_known: int
    is_chosen: bool


LITTLE_KNOWN = 0.8
"""Items from this popularity rank on count as little known, as on the cards."""


def asked(catalog: Catalog, profile: Profile | None) -> Asked:
    """The items to ask a new person about, equal for all readers of a language, and the picks."""
    model = live(catalog)
    items = _chosen(catalog, model) if model is not None else _of_each_category(catalog)
    cards = cards_of(catalog, items)
    picked = {
        pk
        for pk, kinds in done_by(profile, [item.pk for item in items]).items()
        if Kind.LIKE in kinds
    }
    return Asked(
        cards,
        picked,
        sum(card.popularity_rank >= LITTLE_KNOWN for card in cards),
        model is not None,
    )


def _chosen(catalog: Catalog, model: LiveModel) -> list[Item]:
    language = translation.get_language() or catalog.language
    return item_queries.items_in_order(_chosen_keys(catalog, model, language))[:ASKED]


def _version_and_language(_catalog: Catalog, model: LiveModel, language: str) -> str:
    return f"{model.version.pk}:{model.version.created_at.timestamp()}:{language}"


@cached(SharedCache("questions", seconds=CACHED_SECONDS), key=_version_and_language)
def _chosen_keys(catalog: Catalog, model: LiveModel, language: str) -> list[int]:
    found = questions(
        model.recommender, ASKED + SPARE, model.mask(availability.askable(catalog, language))
    )
    return model.item_pks[found.items].tolist()


def _of_each_category(catalog: Catalog) -> list[Item]:
    """Without a model: the most popular item of each of the largest categories."""
    pks: list[int] = []
    for category, _size in item_queries.categories(catalog)[:ASKED]:
        inside = availability.popular_first(
            catalog, availability.available_in(catalog, category.name)
        )
        pks.extend([pk for pk in inside if pk not in pks][:1])
    if len(pks) < ASKED:
        pks.extend(
            item.pk for item in item_queries.newest(catalog, n=ASKED - len(pks), exclude=pks)
        )
    return item_queries.items_in_order(pks)


def save_picks(*, profile: Profile, shown: Sequence[Item], picked: Collection[int]) -> int:
    """Record a like for each pick, and undo it for each removed pick.

    An item that is shown and not picked records nothing: the person may not know it.

    Returns:
        The number of picks now.
    """
    before = {
        pk
        for pk, kinds in done_by(profile, [item.pk for item in shown]).items()
        if Kind.LIKE in kinds
    }
    for item in shown:
        if item.pk in picked and item.pk not in before and item.is_available:
            record_interaction(profile=profile, item=item, kind=Kind.LIKE)
        elif item.pk not in picked and item.pk in before:
            undo_interactions(profile=profile, item=item, kinds=[Kind.LIKE])
    return sum(item.pk in picked for item in shown)
