"""Has the configured external language model word the sentences of interest texts."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache

from recommender.interests import interest_texts
from recommender.llm.budget import DailyCosts
from recommender.llm.client import Client, Endpoint
from recommender.llm.language_model import LanguageModel
from recommender.llm.wording import worded
from recommender.models import InterestText
from recommender.preferences import selectors


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


def word(*, text_id: int, basis: str) -> bool:
    """Have a text's sentence worded. False if the generated sentence stays."""
    model = language_model()
    row = (
        InterestText.objects.filter(pk=text_id, basis=basis)
        .select_related("profile__catalog")
        .first()
    )
    if model is None or row is None:
        return False
    words = [each.word for each in row.interests.words]
    unfit = selectors.blocked_words(row.profile.catalog) | row.unwanted
    sentence = worded(model, words, row.language, unfit.__contains__)
    return sentence is not None and interest_texts.word_interest_text(
        text_id=text_id, basis=basis, sentence=sentence, worded_by=model.name
    )
