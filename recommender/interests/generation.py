"""Has the live model write a person's interest: the words and the sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from catalog.models import Profile
from recommender.engine.data.types import ExclusionKind
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.interest_words.sentences import left_out_sentences, sentence
from recommender.models import ModelVersion
from recommender.models.interest_words import Interests
from recommender.preferences import selectors
from recommender.preferences.interests import Blocked, stated_preferences_of, with_generated
from recommender.serving import live_models, user_context
from recommender.serving.live_models import LiveModel
from recommender.serving.user_context import UserContext

WORDS = 12
"""Words in total, unless a person has more of their own."""

SPARE = 8
"""Extra words to generate when a catalogue blocks some."""


@dataclass(frozen=True)
class GeneratedInterests:
    """``basis``: the fingerprint of everything that the text depends on.

    ``sentences``: by language of the pages; ``sentence``: that of the catalogue's language.
    """

    interests: Interests
    sentence: str
    sentences: dict[str, str]
    language: str
    version: ModelVersion | None
    basis: str


def generated(profile: Profile, interests: Interests, basis: str = "") -> GeneratedInterests | None:
    """Write a person's text. None if it would not change, because ``basis`` is still the same."""
    catalog = profile.catalog
    blocked, model = selectors.blocked_words(catalog), live_models.live(catalog)
    person = user_context.user_context_of(
        profile, catalog, stated_preferences=stated_preferences_of(interests, blocked)
    )
    found = _basis(person, interests, model, blocked)
    if found == basis:
        return None
    written = with_generated(interests, _generated(person, model, blocked), blocked, WORDS)
    sentences = {
        language: _sentence(person, written, language)
        for language in dict.fromkeys((catalog.language, *dict(settings.LANGUAGES)))
    }
    return GeneratedInterests(
        written,
        sentences[catalog.language],
        sentences,
        catalog.language,
        model.version if model else None,
        found,
    )


def _sentence(person: UserContext, interests: Interests, language: str) -> str:
    """The sentence in one language, with the categories' names in it."""
    with translation.override(language):
        words = [person.catalog.word_label(word.shown) for word in interests.words]
    return (sentence(words, language) + left_out_sentence(person, language)).strip()


def left_out_sentence(person: UserContext, language: str = "") -> str:
    """What follows the sentence: the person's exclusions that leave something out here."""
    counted = [each.exclusion for each in person.left_out.counted]
    without, only = (
        [each.words for each in counted if each.kind == kind]
        for kind in (ExclusionKind.WITHOUT, ExclusionKind.ONLY)
    )
    return left_out_sentences(without, only, language or person.catalog.language)


def interest_of(model: LiveModel | None) -> Interest | None:
    return model.recommender.interest if model else None


def _generated(
    person: UserContext, model: LiveModel | None, blocked: Blocked
) -> list[tuple[str, float]]:
    """Words and weights, best first. Empty if nothing is known about the person."""
    interest = interest_of(model)
    if interest is None or model is None:
        return []
    query = person.query(model)
    if not (len(query) or query.stated_preferences):
        return []
    # Names that contain a blocked word are removed later: there must be enough others.
    return interest.words(query, WORDS + SPARE * bool(blocked.words), hidden=blocked.words)


def _basis(
    person: UserContext, interests: Interests, model: LiveModel | None, blocked: Blocked
) -> str:
    own = sorted(repr(word) for word in interests.own)
    version = (model.version.pk, str(model.version.created_at)) if model else None
    history = list(zip(person.history, person.weights.tolist(), strict=True))
    known = (
        version,
        history,
        interests.text,
        own,
        sorted(interests.unwanted),
        sorted(interests.lifted),
        [each.key for each in interests.exclusions],
        list(blocked),
        person.catalog.language,
        sorted(person.catalog.texts.items()),
    )
    return hashlib.sha256(repr(known).encode()).hexdigest()
