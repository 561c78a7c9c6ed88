"""Has the configured external language model word the sentences of interest texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache

from recommender.interests.generation import left_out_sentence
from recommender.llm.budget import DailyCosts
from recommender.llm.client import Client, Endpoint
from recommender.llm.language_model import LanguageModel
from recommender.llm.wording import worded
from recommender.models import InterestText
from recommender.preferences import selectors
from recommender.serving.user_context import user_context_of


def language_model() -> LanguageModel | None:
    """The configured model. None unless LLM_URL is set."""
    if not settings.LLM_URL:
        return None
    endpoint = Endpoint(
        settings.LLM_URL,
        settings.LLM_MODEL,
        settings.LLM_API_KEY,
        timeout=settings.LLM_TIMEOUT,
        retries=1,
    )
    costs = DailyCosts(cache, settings.LLM_DAILY_TOKENS, lambda: datetime.now(UTC).date())
    return LanguageModel(Client(endpoint, costs), cache)


@dataclass(frozen=True)
class WordedSentence:
    """``worded_by``: the name of the language model."""

    sentence: str
    worded_by: str


def word(*, text_id: int, basis: str) -> WordedSentence | None:
    """Have a text's sentence worded. None if the generated sentence stays."""
    model = language_model()
    row = (
        InterestText.objects.filter(pk=text_id, basis=basis)
        .select_related("profile__catalog")
        .first()
    )
    if model is None or row is None:
        return None
    words = [each.shown for each in row.interests.words]
    unfit = selectors.blocked_words(row.profile.catalog) | row.unwanted
    sentence = worded(model, words, row.language, unfit.__contains__)
    if sentence is None:
        return None
    profile = row.profile
    person = user_context_of(profile, profile.catalog)
    return WordedSentence((sentence + left_out_sentence(person)).strip(), model.name)
