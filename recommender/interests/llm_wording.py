"""Has the configured external language model word the sentences of interest texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils.timezone import now

from recommender.interests import queue
from recommender.interests.generation import left_out_sentence
from recommender.llm.budget import DailyCosts
from recommender.llm.client import Client, Endpoint
from recommender.llm.language_model import LanguageModel
from recommender.llm.wording import worded
from recommender.models import InterestText
from recommender.preferences import selectors
from recommender.serving.user_context import user_context_of

SENT_AGAIN_AFTER, TRIED_AGAIN_AFTER = timedelta(minutes=10), timedelta(hours=6)
"""A text that is not worded after the first time has lost its message, unless it was tried."""

SWEPT, SWEPT_BACK = 500, timedelta(days=1)


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
    worded_sentence = _word(text_id, basis)
    cache.set(_tried_key(text_id, basis), 1, TRIED_AGAIN_AFTER.total_seconds())
    return worded_sentence


def send_waiting() -> int:
    """Send messages for texts whose own was lost. Returns how many."""
    if not settings.LLM_URL:
        return 0
    written = (now() - SWEPT_BACK, now() - SENT_AGAIN_AFTER)
    waiting = InterestText.objects.filter(worded_by="", refreshed_at__range=written)
    newest = waiting.exclude(sentence="").exclude(basis="").order_by("-refreshed_at")[:SWEPT]
    texts = {_tried_key(pk, basis): (pk, basis) for pk, basis in newest.values_list("pk", "basis")}
    tried = cache.get_many(list(texts))
    lost = [text for key, text in texts.items() if key not in tried]
    for text_id, basis in lost:
        queue.enqueue_wording(text_id, basis)
    return len(lost)


def _tried_key(text_id: int, basis: str) -> str:
    return f"wording-tried:{text_id}:{basis}"


def _word(text_id: int, basis: str) -> WordedSentence | None:
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
