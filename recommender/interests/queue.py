"""Sends the work on interest texts to the workers.

A task is sent by its name, because the tasks import the services that send them. If the broker is
unavailable, the page does not fail: the error is logged, and the sweep finds the text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from config import celery_app

REFRESH_INTEREST_TEXTS = "recommender.tasks.refresh_interest_texts"
WORD_INTEREST_TEXT = "recommender.tasks.word_interest_text"

logger = logging.getLogger(__name__)


def enqueue_refresh(profile_ids: Sequence[int], *, countdown: float) -> None:
    """Have the texts of these profiles rewritten after ``countdown`` seconds."""
    _send(REFRESH_INTEREST_TEXTS, list(profile_ids), countdown=countdown)


def enqueue_wording(text_id: int, basis: str) -> None:
    """Have the external language model word a text's sentence."""
    _send(WORD_INTEREST_TEXT, text_id, basis)


def _send(task: str, *args: Any, countdown: float = 0) -> None:
    try:
        celery_app.signature(task, args=args).apply_async(countdown=countdown, retry=False)
    except Exception as error:  # every broker has its own errors
        logger.warning("%s was not sent, the sweep will find it: %s", task, error)
