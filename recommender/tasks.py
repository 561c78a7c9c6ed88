"""The tasks of the workers: each calls one service, and can be repeated.

A task that services send has the name that its ``queue`` module sends. Its queue and its limits are
in `config/task_rules.py`.
"""

from __future__ import annotations

from celery import shared_task
from structlog.contextvars import bound_contextvars

from config import clock
from recommender.interests import interest_texts, llm_wording
from recommender.interests.queue import REFRESH_INTEREST_TEXTS, WORD_INTEREST_TEXT
from recommender.serving import impressions
from recommender.training import child_process, item_changes, item_encodings, runs
from recommender.training.queue import ENCODE_ITEMS, RUN_TRAINING


@shared_task(name=RUN_TRAINING)
def run_training(run_id: int) -> None:
    """Carry out the queued run whose turn it is: ``run_id``, or one that waits for longer.

    Nothing happens if none may begin: another worker has it, or its catalogue is being trained.
    """
    if run := runs.claim_next():
        with bound_contextvars(run=run.pk, catalog=run.catalog.slug):
            child_process.train(run)


@shared_task
def sweep_training_runs() -> int:
    return runs.sweep_lost_runs()


@shared_task
def train_where_due() -> list[int]:
    return [run.pk for run in runs.train_where_due()]


@shared_task
def forget_old_impressions() -> int:
    return impressions.forget_old_impressions() if clock.is_steady() else 0


@shared_task(name=REFRESH_INTEREST_TEXTS)
def refresh_interest_texts(profile_ids: list[int]) -> int:
    return interest_texts.refresh_interest_texts(profile_ids=profile_ids)


@shared_task
def refresh_stale_interest_texts() -> int:
    return interest_texts.refresh_stale_interest_texts()


@shared_task(name=WORD_INTEREST_TEXT)
def word_interest_text(text_id: int, basis: str) -> bool:
    """Have the external language model word the sentence, if one is set up."""
    worded = llm_wording.word(text_id=text_id, basis=basis)
    return worded is not None and interest_texts.word_interest_text(
        text_id=text_id, basis=basis, sentence=worded.sentence, worded_by=worded.worded_by
    )


@shared_task
def word_waiting_texts() -> int:
    """Send the texts whose wording was lost."""
    return llm_wording.send_waiting()


@shared_task(name=ENCODE_ITEMS)
def encode_items(catalog_id: int) -> int:
    """Read new and edited items for the serving processes."""
    return item_encodings.encode_waiting(catalog_id)


@shared_task
def encode_waiting_items() -> int:
    """Send what was not sent, or failed and may be tried again; forget what no version needs."""
    item_changes.forget_removed()
    item_encodings.forget_old()
    return item_encodings.send_waiting()
