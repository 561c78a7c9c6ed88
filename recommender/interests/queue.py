"""Sends the work on interest texts to the workers.

A task is sent by its name, because the tasks import the services that send them. If the broker is
unavailable, the page does not fail: the sweep finds the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from config import task_queue

REFRESH_INTEREST_TEXTS = "recommender.tasks.refresh_interest_texts"
WORD_INTEREST_TEXT = "recommender.tasks.word_interest_text"


def enqueue_refresh(profile_ids: Sequence[int], *, countdown: float) -> None:
    """Have the texts of these profiles rewritten after ``countdown`` seconds."""
    task_queue.send_or_leave(REFRESH_INTEREST_TEXTS, list(profile_ids), countdown=countdown)


def enqueue_wording(text_id: int, basis: str) -> None:
    """Have the external language model word a text's sentence."""
    task_queue.send_or_leave(WORD_INTEREST_TEXT, text_id, basis)
